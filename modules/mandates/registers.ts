import type { Text } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import type { MandateKind, SigningPower } from '#protocol/representation';
import { problem } from './contract.ts';
import type { MandateNeeds } from './needs.ts';

type RegisterKind = Exclude<MandateKind, 'agent'>;

/** Which evidence of a state says for whom somebody may act, and which one says what those are called. */
const registers: Record<RegisterKind, { of: string; list: string; named: string; ar: string; latin: string }> = {
  guardian: {
    of: 'guardianship',
    list: 'children',
    named: 'person-identity',
    ar: 'full_name_ar',
    latin: 'full_name_latin',
  },
  signatory: {
    of: 'signatory-authority',
    list: 'companies',
    named: 'company-record',
    ar: 'company_name_ar',
    latin: 'company_name_latin',
  },
};
export const registerKinds = Object.keys(registers) as RegisterKind[];

/** The numbers of everybody for whom the register lets somebody act. Throws `register-unreachable`. */
export async function readNumbers(needs: MandateNeeds, kind: RegisterKind, nationalId: string): Promise<string[]> {
  const { of, list } = registers[kind];
  const record = await reading(needs, of, nationalId);
  const numbers = record?.[list];
  return Array.isArray(numbers) ? numbers.filter((one): one is string => typeof one === 'string') : [];
}

/** What somebody in the register is called; undefined when no register knows, and then nobody acts for them. */
export async function readNames(needs: MandateNeeds, kind: RegisterKind, number: string): Promise<Text | undefined> {
  const { named, ar, latin } = registers[kind];
  const record = await reading(needs, named, number);
  if (record?.['standing'] !== undefined && record['standing'] !== 'active') return undefined;
  const names = { ar: record?.[ar], en: record?.[latin] };
  return typeof names.ar === 'string' && typeof names.en === 'string' ? { ar: names.ar, en: names.en } : undefined;
}

/** Whether the register lets somebody sign for a company alone or with another; undefined where it keeps no such thing. */
export async function readPower(
  needs: MandateNeeds,
  companyNumber: string,
  signatoryId: string,
): Promise<SigningPower | undefined> {
  const record = await reading(needs, 'representation-proof', companyNumber, signatoryId);
  const power = record?.['power'];
  return power === 'sole' || power === 'joint' ? power : undefined;
}

async function reading(needs: MandateNeeds, evidenceType: string, nationalId: string, signatoryId?: string) {
  try {
    return await needs.readRegister(evidenceType, nationalId, signatoryId);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    needs.log.warn({ code: error.code, evidenceType }, 'a register of mandates could not be read');
    throw problem('register-unreachable');
  }
}

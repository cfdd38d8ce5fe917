import type { Text } from '#kernel/languages';
import type { FeeDefinition, FeeExemption, ServiceFiles } from '#modules/catalogue';
import { printJson, readJson } from '../places.ts';
import { refuse } from './refusals.ts';

/** What one state asks for the service and promises: whole minor units, and working days to a decision. */
export type Terms = {
  workingDays: number;
  fee?: {
    amountMinor: number;
    refundAloneMinorMax: number;
    due: FeeDefinition['due'];
    /** In their order; as they are where it is absent. What they are called is a text, and who fulfils them a row of a table. */
    exemptions?: ExemptionTerms[];
  };
};
/** `percent`: what is taken off, at most two decimals; the whole fee at 100. `text`: of a new one. */
export type ExemptionTerms = { id: string; percent: number; text?: Text };
type Definition = { serviceLevel: { workingDays: number } };

export function termsOf(files: ServiceFiles, state: string): Terms {
  const fee = readJson<FeeDefinition>(files, 'fee.json');
  const own = fee?.amounts.find((amount) => amount.state === state);
  return {
    workingDays: readJson<Definition>(files, 'service.json')!.serviceLevel.workingDays,
    ...(fee && own
      ? { fee: { amountMinor: own.amountMinor, refundAloneMinorMax: own.refundAloneMinorMax, due: own.due ?? fee.due } }
      : {}),
  };
}

/** Other states' amounts stay as they are; the file comes with the first amount and goes with the last. */
export function putTerms(
  files: ServiceFiles,
  { code, currency }: { code: string; currency: string },
  terms: Terms,
): ServiceFiles {
  const definition = readJson<Definition>(files, 'service.json')!;
  const fee = readJson<FeeDefinition>(files, 'fee.json');
  const others = fee?.amounts.filter(({ state }) => state !== code) ?? [];
  const { 'fee.json': _, ...rest } = files;
  const { workingDays } = terms;
  const changed = {
    ...rest,
    'service.json': printJson({ ...definition, serviceLevel: { ...definition.serviceLevel, workingDays } }),
  };
  const { fee: own } = terms;
  if (!own && others.length === 0) return changed;
  const whole = fee ?? {
    text: { ar: 'رسم الخدمة', en: 'Fee for the service' },
    amounts: [],
    due: own!.due,
    exemptions: [],
    refunds: ['withdrawn-before-taken' as const],
  };
  const { amountMinor, refundAloneMinorMax, due } = own ?? {};
  const amount = { state: code, amountMinor, currency, ...(due === whole.due ? {} : { due }), refundAloneMinorMax };
  const at = whole.amounts.findIndex(({ state }) => state === code);
  const amounts: unknown[] = own ? others.toSpliced(at < 0 ? others.length : at, 0, amount as never) : others;
  const exemptions = own?.exemptions?.map((one) => putExemption(whole, one)) ?? whole.exemptions;
  return { ...changed, 'fee.json': printJson({ ...whole, amounts, exemptions }) };
}

/** What an exemption takes off, as officials say it; amounts of single states are set in the folder, and stay as they are. */
export const percentOf = ({ off }: FeeExemption): number | undefined =>
  off && 'amountsMinor' in off ? undefined : (off?.basisPoints ?? 10_000) / 100;

function putExemption({ exemptions, decision }: FeeDefinition, { id, percent, text }: ExemptionTerms): FeeExemption {
  const known = exemptions.find((one) => one.id === id);
  const basisPoints = Math.round(percent * 100);
  const off = basisPoints === 10_000 ? {} : { off: { basisPoints } };
  if (known && !text) {
    if (percentOf(known) === undefined) return known;
    if (!isShare(percent)) throw refuse('percent-wrong');
    const { off: _, ...rest } = known;
    return { ...rest, ...off };
  }
  if (known) throw refuse('exemption-name-taken', { id });
  if (!/^[a-z][a-z0-9-]*$/.test(id)) throw refuse('exemption-name-wrong', { id: id.slice(0, 60) });
  if (!decision) throw refuse('exemption-needs-table');
  if (!isShare(percent)) throw refuse('percent-wrong');
  return { id, text: text!, ...off };
}

const isShare = (percent: number) => percent > 0 && percent <= 100 && Number.isInteger(Math.round(percent * 1e6) / 1e4);

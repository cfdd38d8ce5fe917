import type { FeeDefinition, ServiceFiles } from '#modules/catalogue';
import { printJson, readJson } from '../places.ts';

/** What one state asks for the service and promises: whole minor units, and working days to a decision. */
export type Terms = {
  workingDays: number;
  fee?: { amountMinor: number; refundAloneMinorMax: number; due: FeeDefinition['due'] };
};
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
  return { ...changed, 'fee.json': printJson({ ...whole, amounts }) };
}

import { evaluate } from 'feelin';
import type { ServiceDefinition } from '../contract.ts';
import { type ValueSource, valueAt } from '../paths.ts';
import type { FeeAmount, FeeDefinition, FeeExemption, RefundOccasion, RefundRule } from './contract.ts';

/** What a state asks for a service; undefined where it is free. */
export function findFee(fee: FeeDefinition | undefined, state: string): FeeAmount | undefined {
  return fee?.amounts.find((amount) => amount.state === state);
}

/** The first exemption that this case fulfils. What cannot be read, or is neither true nor false, exempts nobody. */
export function findExemption(fee: FeeDefinition, source: ValueSource): FeeExemption | undefined {
  return fee.exemptions.find(({ when, inputs }) => {
    const values = Object.fromEntries(Object.entries(inputs).map(([name, path]) => [name, valueAt(source, path)]));
    return evaluate(when, values).value === true;
  });
}

const occasionOf = (rule: RefundRule): RefundOccasion => (typeof rule === 'string' ? rule : rule.when);

/**
 * What a rule gives back of what was paid, in minor units; undefined where no rule speaks of it. A share that is no whole number of
 * `stepMinor` (the smallest amount that the provider moves) is rounded up, in favour of the person, and never above what was paid.
 */
export function refundShareOf(
  rules: readonly RefundRule[],
  occasion: RefundOccasion,
  { amountMinor, state, stepMinor }: { amountMinor: number; state: string; stepMinor: number },
): number | undefined {
  const rule = rules.find((one) => occasionOf(one) === occasion);
  if (rule === undefined || typeof rule === 'string') return rule && amountMinor;
  if ('amountsMinor' in rule) return rule.amountsMinor[state] && Math.min(rule.amountsMinor[state], amountMinor);
  // Whole numbers all the way: a hundred million times ten thousand is well within them.
  return Math.min(amountMinor, Math.ceil((amountMinor * rule.basisPoints) / (10_000 * stepMinor)) * stepMinor);
}

/** What does not fit in a fee, in plain words. */
export function checkFee(fee: FeeDefinition, definition: ServiceDefinition): string[] {
  const findings: string[] = [];
  const states = fee.amounts.map(({ state }) => state);
  const twice = states.filter((state, at) => states.indexOf(state) !== at);
  findings.push(...twice.map((state) => `it names two amounts for ${state}`));
  for (const { state, amountMinor, refundAloneMinorMax } of fee.amounts) {
    if (!definition.offeredBy.some((offering) => offering.state === state))
      findings.push(`it names an amount for ${state}, where nobody offers the service`);
    if (refundAloneMinorMax > amountMinor)
      findings.push(`in ${state} an officer may give back ${refundAloneMinorMax} alone, more than the whole fee`);
  }
  findings.push(...checkRefunds(fee));
  const ids = fee.exemptions.map(({ id }) => id);
  findings.push(
    ...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `the exemption '${id}' is there twice`),
    ...fee.exemptions.flatMap(checkExemption),
  );
  return findings;
}

function checkRefunds({ refunds, refundReasons = [], amounts }: FeeDefinition): string[] {
  const twice = (ids: string[]) => ids.filter((id, at) => ids.indexOf(id) !== at);
  const shares = refunds.flatMap((rule) => (typeof rule === 'object' && 'amountsMinor' in rule ? [rule] : []));
  return [
    ...twice(refunds.map(occasionOf)).map((when) => `it says twice what goes back when it is ${when}`),
    ...twice(refundReasons.map(({ id }) => id)).map((id) => `the reason '${id}' for a refund is there twice`),
    ...shares.flatMap(({ when, amountsMinor }) =>
      Object.entries(amountsMinor).flatMap(([state, minor]) => {
        const asked = amounts.find((amount) => amount.state === state)?.amountMinor;
        if (asked === undefined) return [`it gives back an amount in ${state} (${when}), where nothing is asked`];
        return minor > asked ? [`in ${state} it gives back ${minor} (${when}), more than the whole fee`] : [];
      }),
    ),
  ];
}

function checkExemption({ id, when, inputs }: FeeExemption): string[] {
  try {
    const { warnings = [] } = evaluate(when, Object.fromEntries(Object.keys(inputs).map((name) => [name, null])));
    return warnings
      .filter(({ type }) => type === 'NO_VARIABLE_FOUND')
      .map(({ message }) => `the exemption '${id}' uses a value that its inputs do not name: ${message}`);
  } catch (error) {
    return [`the condition of the exemption '${id}' is not FEEL: ${(error as Error).message}`];
  }
}

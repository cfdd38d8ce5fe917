import { evaluate } from 'feelin';
import type { ServiceDefinition } from '../contract.ts';
import { type ValueSource, valueAt } from '../paths.ts';
import type { FeeAmount, FeeDefinition, FeeExemption } from './contract.ts';

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
  const ids = fee.exemptions.map(({ id }) => id);
  findings.push(
    ...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `the exemption '${id}' is there twice`),
    ...fee.exemptions.flatMap(checkExemption),
  );
  return findings;
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

import { evaluate } from 'feelin';
import type { ServiceDefinition } from '../contract.ts';
import type { DecisionModel, DecisionTable } from '../decisions/contract.ts';
import { inputsOf } from '../decisions/rules.ts';
import type { FeeAmount, FeeDefinition, FeeExemption, RefundOccasion, RefundRule } from './contract.ts';

/** What a state asks for a service; undefined where it is free. */
export function findFee(fee: FeeDefinition | undefined, state: string): FeeAmount | undefined {
  return fee?.amounts.find((amount) => amount.state === state);
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
export function checkFee(fee: FeeDefinition, definition: ServiceDefinition, decisions: DecisionModel): string[] {
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
    ...fee.exemptions.flatMap((exemption) => [...checkExpression(exemption), ...checkReduction(exemption, fee)]),
    ...checkTable(fee, decisions),
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

/** What an exemption takes off is a whole number of the smallest unit, in a state that asks for something, and no more than that. */
function checkReduction({ id, off }: FeeExemption, { amounts }: FeeDefinition): string[] {
  if (!off) return [];
  if ('basisPoints' in off)
    return amounts
      .filter(({ amountMinor }) => (amountMinor * off.basisPoints) % 10_000 !== 0)
      .map(({ state }) => `in ${state} the exemption '${id}' takes off a part of the smallest unit`);
  return Object.entries(off.amountsMinor).flatMap(([state, minor]) => {
    const asked = amounts.find((amount) => amount.state === state)?.amountMinor;
    if (asked === undefined) return [`the exemption '${id}' takes off an amount in ${state}, where nothing is asked`];
    return minor > asked ? [`in ${state} the exemption '${id}' takes off ${minor}, more than the whole fee`] : [];
  });
}

/** Whether table and exemptions speak of each other. */
function checkTable({ exemptions, decision }: FeeDefinition, model: DecisionModel): string[] {
  const byTable = exemptions.filter(({ when }) => when === undefined);
  if (!decision)
    return byTable.map(({ id }) => `the exemption '${id}' is given by no table: name one under "decision"`);
  const findings: string[] = Object.entries(decision.inputs).flatMap(([name, path]) => [
    ...(model.inputs.includes(name) ? [] : [`fee.json gives '${name}', which the rules do not take`]),
    ...(/^(decision|case)\./.test(path) ? [`'${path}' is known only after the fee`] : []),
  ]);
  for (const input of inputsOf(model, decision.name))
    if (!(input in decision.inputs)) findings.push(`the input '${input}' is given no value by fee.json`);
  const logic = model.decisions.find(({ name }) => name === decision.name)?.logic;
  if (logic?.kind !== 'table') return [...findings, `there is no table '${decision.name}' for the fee in decision.dmn`];
  for (const { id } of byTable)
    if (!givenIn(logic).includes(`"${id}"`))
      findings.push(`the exemption '${id}' is given by no row of '${decision.name}'`);
  return findings;
}

/** What the rows of a table of exemptions give, as it is written. */
function givenIn({ outputs, rules }: DecisionTable): string[] {
  const column = outputs.findIndex(({ name }) => name === 'exemption');
  return rules.map(({ results }) => results[Math.max(0, column)]!.trim());
}

/** Rows of the table of exemptions that give none of them. A row that takes nothing off gives null. */
export function checkExemptionRows({ exemptions, decision }: FeeDefinition, { decisions }: DecisionModel): string[] {
  const logic = decisions.find(({ name }) => name === decision?.name)?.logic;
  if (logic?.kind !== 'table') return [];
  const known = exemptions.flatMap(({ id, when }) => (when === undefined ? [`"${id}"`] : []));
  return givenIn(logic).flatMap((text, at) =>
    text === 'null' || known.includes(text)
      ? []
      : [`${decision!.name}, row ${at + 1}: '${text}' is no exemption of the fee`],
  );
}

function checkExpression({ id, when, inputs = {} }: FeeExemption): string[] {
  if (when === undefined) return [];
  try {
    const { warnings = [] } = evaluate(when, Object.fromEntries(Object.keys(inputs).map((name) => [name, null])));
    return warnings
      .filter(({ type }) => type === 'NO_VARIABLE_FOUND')
      .map(({ message }) => `the exemption '${id}' uses a value that its inputs do not name: ${message}`);
  } catch (error) {
    return [`the condition of the exemption '${id}' is not FEEL: ${(error as Error).message}`];
  }
}

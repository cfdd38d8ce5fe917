import { evaluate } from 'feelin';
import { evaluateDecision } from '../decisions/rules.ts';
import type { EvidenceValues } from '../forms/conditions.ts';
import { formFor, isAnswered } from '../forms/rules.ts';
import { type ValueSource, valueAt } from '../paths.ts';
import type { Service } from '../services.ts';
import type { FeeAmount, FeeDefinition, FeeExemption } from './contract.ts';
import { findFee } from './rules.ts';

/** What a case is asked for: `fullMinor` less what its exemption takes off. Whole minor units. */
export type AskedFee = { amount: FeeAmount; fullMinor: number; amountMinor: number; exemption?: FeeExemption };

type FeeSource = Required<Pick<ValueSource, 'evidence' | 'answers' | 'today'>>;

/**
 * The fee of one case in a state, by the exemption that takes off most; undefined where nothing is asked of anybody. What cannot be
 * read, or names no exemption of the service, takes off nothing.
 */
export function askedFee(service: Service, state: string, source: FeeSource): AskedFee | undefined {
  const { fee } = service;
  const amount = findFee(fee, state);
  if (!fee || !amount) return undefined;
  const fulfilled = fulfilledBy(service, fee, { ...source, data: service.data });
  const [most] = fee.exemptions
    .filter((exemption) => fulfilled.includes(exemption.id))
    .map((exemption) => ({ exemption, offMinor: offOf(exemption, amount) }))
    .filter(({ offMinor }) => offMinor > 0)
    .sort((one, other) => other.offMinor - one.offMinor);
  const fullMinor = amount.amountMinor;
  return most
    ? { amount, fullMinor, amountMinor: fullMinor - most.offMinor, exemption: most.exemption }
    : { amount, fullMinor, amountMinor: fullMinor };
}

function fulfilledBy(service: Service, fee: FeeDefinition, source: ValueSource): string[] {
  const valuesOf = (inputs: Record<string, string>) =>
    Object.fromEntries(Object.entries(inputs).map(([name, path]) => [name, valueAt(source, path)]));
  const byExpression = fee.exemptions.flatMap(({ id, when, inputs = {} }) =>
    when !== undefined && evaluate(when, valuesOf(inputs)).value === true ? [id] : [],
  );
  if (!fee.decision) return byExpression;
  const { value, problems } = evaluateDecision(service.decisions, fee.decision.name, valuesOf(fee.decision.inputs));
  if (problems.length > 0) return byExpression;
  return [...byExpression, ...[value].flat().filter((id) => typeof id === 'string')];
}

/** What an exemption takes off an amount, never more than the whole. */
export function offOf({ off }: Pick<FeeExemption, 'off'>, { state, amountMinor }: FeeAmount): number {
  if (!off) return amountMinor;
  if ('amountsMinor' in off) return Math.min(off.amountsMinor[state] ?? 0, amountMinor);
  // The check of the service has seen that this is whole; a share that is not is rounded for the person.
  return Math.ceil((amountMinor * off.basisPoints) / 10_000);
}

/** Every path that decides about exemptions. */
export const exemptionPaths = ({ exemptions, decision }: FeeDefinition): string[] => [
  ...Object.values(decision?.inputs ?? {}),
  ...exemptions.flatMap(({ inputs = {} }) => Object.values(inputs)),
];

/**
 * Whether everything is there that an exemption could hang on: what is asked and has to be answered is, and evidence that has to be sent was. Until
 * then nobody is asked to pay.
 */
export function isFeeKnown(
  { fee, form, definition }: Service,
  { evidence, answers }: Omit<FeeSource, 'today'>,
): boolean {
  if (!fee) return true;
  return exemptionPaths(fee).every((path) => {
    const [root, name = ''] = path.split('.');
    if (root === 'answers') return isAnswered(formFor(form, evidence as EvidenceValues), answers as never, name);
    if (root !== 'evidence') return true;
    const asked = definition.requirements.find((requirement) => requirement.evidence.type === name)?.evidence;
    return name in evidence || !asked?.fields.some(({ essential }) => essential);
  });
}

import type { LawfulQuestion } from '#protocol/exchange-message';
import { findLaw, type Law } from '#protocol/laws';
import { problem } from '../contract.ts';

const dayMs = 86_400_000;

/** Where and when a question under a law is judged: states as ISO 3166-1 alpha-2. */
export type LawFacts = { requesterState: string; holderState: string; at: Date };
/** A question as far as a law judges it: without the person. */
export type GroundedQuestion = Pick<LawfulQuestion, 'evidenceType' | 'fields' | 'purpose' | 'ground'>;

/**
 * Whether the law that a question names carries it: known, in force in both states, grounding evidence, fields and purpose
 * together, and, when the question asks to be kept from the person, allowing that for so long. Throws the refusal.
 */
export function checkLaw(question: GroundedQuestion, facts: LawFacts): Law {
  const law = findLaw(question.ground.law);
  if (!law) throw problem('law-unknown');
  if (!isInForce(law, facts)) throw problem('law-not-in-force');
  if (!law.grounds.some((ground) => isGrounding(ground, question))) throw problem('law-does-not-ground');
  const { sealUntil } = question.ground;
  if (sealUntil !== undefined && !maySeal(law, sealUntil, facts.at)) throw problem('sealing-not-allowed');
  return law;
}

export function isInForce(law: Law, { requesterState, holderState, at }: LawFacts): boolean {
  const atMs = at.getTime();
  return (
    atMs >= Date.parse(law.from) &&
    (law.until === undefined || atMs < Date.parse(law.until)) &&
    law.parties.includes(requesterState) &&
    law.parties.includes(holderState)
  );
}

function isGrounding(ground: Law['grounds'][number], question: GroundedQuestion): boolean {
  return (
    ground.evidenceType === question.evidenceType &&
    ground.purposes.includes(question.purpose) &&
    question.fields.every((field) => ground.fields.includes(field))
  );
}

/** A seal ends in the future and within the law's limit: one that has ended already would only confuse. */
function maySeal({ sealing }: Law, sealUntil: string, at: Date): boolean {
  const lengthMs = Date.parse(sealUntil) - at.getTime();
  return sealing !== undefined && lengthMs > 0 && lengthMs <= sealing.daysMax * dayMs;
}

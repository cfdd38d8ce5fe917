import { canonicalJson, sha256 } from '#kernel/ids';
import type { Answers } from '#modules/catalogue';
import type { ReceivedEvidence } from '../contract.ts';
import type { Person } from '../rules.ts';
import type { EventRow } from '../store.ts';

/** What a signature of a case is over: what the company says in it. Another answer, and it is another application. */
export function digestOfAnswers(answers: Answers): string {
  return sha256(canonicalJson(answers)).toString('hex');
}

/**
 * Whether whoever sends a case signs for the company only with another signatory: as their home state said when they began to act, or as
 * the company's register says of whoever gave the evidence.
 */
export function isJoint({ representative }: Person, evidence: readonly ReceivedEvidence[]): boolean {
  if (representative?.kind !== 'signatory') return false;
  const proof = evidence.find(({ evidenceType }) => evidenceType === 'representation-proof');
  return representative.power === 'joint' || proof?.values['power'] === 'joint';
}

/** Who has signed exactly these answers, each once. */
export function signersOf(events: readonly EventRow[], digest: string): Set<string> {
  return new Set(
    events.flatMap(({ kind, actorId, body }) =>
      kind === 'case-signed' && body['digest'] === digest && actorId !== undefined ? [actorId] : [],
    ),
  );
}

import type { Tx } from '#kernel/database';
import type { Answers } from '#modules/catalogue';
import type { ReceivedEvidence } from '../contract.ts';
import { actBody, actorOf, type Person } from '../rules.ts';
import { appendEvent, type CaseRow, listEvents } from '../store.ts';
import { digestOfAnswers, isJoint, signersOf } from './rules.ts';

/**
 * Puts a joint signature down. True when another signatory of the company has signed the same answers, and the case may be sent; false
 * when the first one has signed now, and the second is waited for. True for whoever signs alone.
 */
export async function signCase(
  tx: Tx,
  row: CaseRow,
  person: Person,
  { evidence, answers, at }: { evidence: readonly ReceivedEvidence[]; answers: Answers; at: Date },
): Promise<boolean> {
  if (!isJoint(person, evidence)) return true;
  const digest = digestOfAnswers(answers);
  const signers = signersOf(await listEvents(tx, row.id), digest);
  const actor = actorOf(person);
  if (!signers.has(actor.id))
    await appendEvent(tx, { caseId: row.id, kind: 'case-signed', actor, body: { ...actBody(person), digest }, at });
  signers.delete(actor.id);
  return signers.size > 0;
}

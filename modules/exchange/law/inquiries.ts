import type { Tx } from '#kernel/database';
import type { AskEvidence } from '../asking.ts';
import { type Evidence, problem } from '../contract.ts';
import type { ExchangeNeeds } from '../needs.ts';
import type { AskUnderLaw } from './service.ts';
import * as store from './store.ts';

/** A question that an officer asks under a law: who asks and why stays at this node, for the office's own audit. */
export type Inquiry = Omit<Extract<AskEvidence, AskUnderLaw>, 'questionId' | 'personId'> & {
  /** Made with the form: sent again, it is the same question. */
  questionId: string;
  /** The officer. */
  officerId: string;
  /** Names nobody. */
  reason: string;
};

/** One inquiry of an office of this node, as its officers read it: not whom it is about. */
export type AskedInquiry = {
  questionId: string;
  at: string;
  providerState: string;
  evidenceType: string;
  law: string;
  caseId: string;
  reason: string;
  /** `open`: not ended, or never sent. */
  outcome: 'open' | 'given' | 'refused';
  refusalCode?: string;
};

const inquiriesListedMax = 100;

/**
 * Asks under a law in the name of an officer. Officer and reason are durable before the question leaves. Throws what asking
 * throws, and `question-replayed` for one that has ended: its answer was shown, and is not kept.
 */
export async function inquire(
  needs: Pick<ExchangeNeeds, 'database' | 'clock'>,
  ask: (asked: AskEvidence) => Promise<Evidence>,
  { officerId, reason, ...asked }: Inquiry,
): Promise<Evidence> {
  const isOwn = await store.noteInquiry(needs.database.db, {
    question_id: asked.questionId,
    office_id: asked.officeId,
    officer_id: officerId,
    provider_state: asked.providerState,
    evidence_type: asked.evidenceType,
    law: asked.law,
    case_id: asked.caseId,
    reason,
    asked_at: needs.clock.now(),
  });
  if (!isOwn) throw problem('question-replayed');
  return ask(asked);
}

/** Of an office, latest first; of one officer of it where named. */
export async function listInquiries(db: Tx, of: { officeId: string; officerId?: string }): Promise<AskedInquiry[]> {
  return (await store.listInquiries(db, of, inquiriesListedMax)).map((row) => ({
    questionId: row.question_id,
    at: row.asked_at.toISOString(),
    providerState: row.provider_state,
    evidenceType: row.evidence_type,
    law: row.law,
    caseId: row.case_id,
    reason: row.reason,
    outcome: row.state === 'received' ? 'given' : row.state === 'refused' ? 'refused' : 'open',
    ...(row.refusal_code === null ? {} : { refusalCode: row.refusal_code }),
  }));
}

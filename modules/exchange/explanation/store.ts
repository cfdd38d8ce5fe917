import { type Tx, tablesOf } from '#kernel/database';
import type { RefusalRow, UseRow } from '../store.ts';

type Tables = { uses: UseRow; refusals: RefusalRow };
const tables = (db: Tx) => tablesOf<Tables>(db, 'exchange');

/** What may be read of a use without saying whom it is about. */
export type AnsweredRow = Omit<
  UseRow,
  | 'person_id'
  | 'signatory_id'
  | 'nonce'
  | 'question_digest'
  | 'question_headers'
  | 'answer_sealed'
  | 'answer_headers'
  | 'answer_until'
>;

const answeredColumns = [
  'question_id',
  'requester',
  'requester_names',
  'office_id',
  'evidence_type',
  'version',
  'fields',
  'purpose',
  'case_id',
  'consent_id',
  'outcome',
  'refusal_code',
  'used_at',
  'leaf_hash',
  'law',
  'access_rule',
  'access_version',
  'disclosure',
  'is_about_others',
  'hidden_until',
] as const;

export function listAnsweredBy(db: Tx, officeId: string, limit: number): Promise<AnsweredRow[]> {
  return tables(db)
    .selectFrom('uses')
    .select(answeredColumns)
    .where('office_id', '=', officeId)
    .orderBy('used_at', 'desc')
    .limit(limit)
    .execute();
}

/** Of one question: what was answered, by one office or by any of this node. */
export function findAnswered(db: Tx, questionId: string, officeId?: string): Promise<AnsweredRow | undefined> {
  let query = tables(db).selectFrom('uses').select(answeredColumns).where('question_id', '=', questionId);
  if (officeId !== undefined) query = query.where('office_id', '=', officeId);
  return query.orderBy('used_at', 'desc').limit(1).executeTakeFirst();
}

/** Refusals to questions that were sent to one office: `service` begins with its member code. */
export function listRefusedBy(db: Tx, xRoadClient: string, limit: number): Promise<RefusalRow[]> {
  return tables(db)
    .selectFrom('refusals')
    .selectAll()
    .where('claimed_question_id', 'is not', null)
    .where((is) => is(is.fn<boolean>('starts_with', ['service', is.val(`${xRoadClient}/`)]), '=', true))
    .orderBy('refused_at', 'desc')
    .limit(limit)
    .execute();
}

export function findRefused(db: Tx, questionId: string, xRoadClient?: string): Promise<RefusalRow | undefined> {
  let query = tables(db).selectFrom('refusals').selectAll().where('claimed_question_id', '=', questionId);
  if (xRoadClient !== undefined)
    query = query.where((is) => is(is.fn<boolean>('starts_with', ['service', is.val(`${xRoadClient}/`)]), '=', true));
  return query.orderBy('refused_at', 'desc').limit(1).executeTakeFirst();
}

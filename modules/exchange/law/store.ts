import { type Tx, tablesOf } from '#kernel/database';
import type { Statement } from '#kernel/statements';
import type { LawfulQuestion } from '#protocol/exchange-message';
import type { QuestionRow } from '../store.ts';

export type AskedPersonRow = { question_id: string; national_id: string; salt: string };
type Tables = { asked_persons: AskedPersonRow; questions: QuestionRow; inquiries: InquiryRow };
const tables = (db: Tx) => tablesOf<Tables>(db, 'exchange');

/** The person of a question that is still open; gone once it has ended. */
export async function findAskedPerson(db: Tx, questionId: string): Promise<LawfulQuestion['person'] | undefined> {
  const row = await tables(db)
    .selectFrom('asked_persons')
    .selectAll()
    .where('question_id', '=', questionId)
    .executeTakeFirst();
  return row && { nationalId: row.national_id, salt: row.salt };
}

export const insertingAskedPerson = (row: AskedPersonRow): Statement => ({
  text: 'insert into exchange.asked_persons (question_id, national_id, salt) values ($1, $2, $3)',
  values: [row.question_id, row.national_id, row.salt],
});

/** The same question of the same office about the same person, asked and never ended. */
export function findOpenLawfulQuestion(
  db: Tx,
  of: { officeId: string; target: string; body: string; nationalId: string },
): Promise<QuestionRow | undefined> {
  return tables(db)
    .selectFrom('questions')
    .innerJoin('asked_persons', 'asked_persons.question_id', 'questions.question_id')
    .selectAll('questions')
    .where('state', '=', 'asked')
    .where('office_id', '=', of.officeId)
    .where('target', '=', of.target)
    .where('body', '=', of.body)
    .where('asked_persons.national_id', '=', of.nationalId)
    .orderBy('asked_at', 'desc')
    .executeTakeFirst();
}

export const droppingAskedPerson = (questionId: string): Statement => ({
  text: 'delete from exchange.asked_persons where question_id = $1',
  values: [questionId],
});

/** Questions that never ended are given up after a while: then nobody needs to know any more whom they were about. */
export async function dropAskedPersonsBefore(db: Tx, before: Date): Promise<void> {
  await tables(db)
    .deleteFrom('asked_persons')
    .where('question_id', 'in', (query) =>
      query.selectFrom('questions').select('question_id').where('asked_at', '<', before),
    )
    .execute();
}

export type InquiryRow = {
  question_id: string;
  office_id: string;
  officer_id: string;
  provider_state: string;
  evidence_type: string;
  law: string;
  case_id: string;
  reason: string;
  asked_at: Date;
};

/** False when somebody else has asked under this id. */
export async function noteInquiry(db: Tx, row: InquiryRow): Promise<boolean> {
  await tables(db)
    .insertInto('inquiries')
    .values(row)
    .onConflict((conflict) => conflict.column('question_id').doNothing())
    .execute();
  const known = await tables(db)
    .selectFrom('inquiries')
    .select(['office_id', 'officer_id'])
    .where('question_id', '=', row.question_id)
    .executeTakeFirst();
  return known?.office_id === row.office_id && known.officer_id === row.officer_id;
}

/** Latest first, with how each question ended; null where it never left. */
export function listInquiries(
  db: Tx,
  { officeId, officerId }: { officeId: string; officerId?: string },
  limit: number,
): Promise<Array<InquiryRow & { state: QuestionRow['state'] | null; refusal_code: string | null }>> {
  return tables(db)
    .selectFrom('inquiries')
    .leftJoin('questions', 'questions.question_id', 'inquiries.question_id')
    .selectAll('inquiries')
    .select(['questions.state', 'questions.refusal_code'])
    .where('inquiries.office_id', '=', officeId)
    .$if(officerId !== undefined, (query) => query.where('inquiries.officer_id', '=', officerId!))
    .orderBy('inquiries.asked_at', 'desc')
    .limit(limit)
    .execute();
}

export async function dropInquiriesBefore(db: Tx, before: Date): Promise<void> {
  await tables(db).deleteFrom('inquiries').where('asked_at', '<', before).execute();
}

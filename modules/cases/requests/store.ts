import { type Tx, tablesOf } from '#kernel/database';
import type { Text } from '#kernel/languages';
import type { Answers, FileType } from '#modules/catalogue';

/** Something that an officer asks for by name: how many files of which kinds. */
export type AskedFiles = { names: Text; filesMax: number; accept: FileType[] };
export type RequestOutcome = 'answered' | 'unanswered' | 'ended';
export type RequestRow = {
  id: string;
  caseId: string;
  askedAt: Date;
  thingIds: string[];
  ownWords?: Text;
  pageIds: string[];
  files: AskedFiles[];
  /** ISO 8601 dates of the deciding state. */
  answerBy: string;
  remindOn?: string;
  remindedAt?: Date;
  endedAt?: Date;
  outcome?: RequestOutcome;
  answer?: string;
  before?: Answers;
  after?: Answers;
};

type Tables = {
  requests: {
    id: string;
    case_id: string;
    asked_at: Date;
    thing_ids: unknown;
    own_words: unknown;
    page_ids: unknown;
    answer_by: string;
    remind_on: string | null;
    reminded_at: Date | null;
    ended_at: Date | null;
    outcome: RequestOutcome | null;
    answer: string | null;
    answers_before: unknown;
    answers_after: unknown;
    files: unknown;
  };
  files: { id: string; added_in: string | null; removed_in: string | null };
  request_pages: { request_id: string; page_id: string; answers: unknown; saved_at: Date };
};
const on = (db: Tx) => tablesOf<Tables>(db, 'cases');

export async function insertRequest(tx: Tx, request: RequestRow): Promise<void> {
  await on(tx)
    .insertInto('requests')
    .values({
      id: request.id,
      case_id: request.caseId,
      asked_at: request.askedAt,
      thing_ids: JSON.stringify(request.thingIds),
      own_words: request.ownWords ? JSON.stringify(request.ownWords) : null,
      page_ids: JSON.stringify(request.pageIds),
      files: JSON.stringify(request.files),
      answer_by: request.answerBy,
      remind_on: request.remindOn ?? null,
    })
    .execute();
}

/** Requests of a case, the oldest first. */
export async function listRequests(db: Tx, caseId: string): Promise<RequestRow[]> {
  const rows = await on(db)
    .selectFrom('requests')
    .selectAll()
    .where('case_id', '=', caseId)
    .orderBy('asked_at')
    .orderBy('id')
    .execute();
  return rows.map(toRequest);
}

export async function findOpenRequest(db: Tx, caseId: string): Promise<RequestRow | undefined> {
  const row = await on(db)
    .selectFrom('requests')
    .selectAll()
    .where('case_id', '=', caseId)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return row && toRequest(row);
}

/** Cases whose open request has something due: a reminder on or before `today`, or its end before it. */
export async function listRequestsDue(db: Tx, today: string, limit: number): Promise<string[]> {
  const rows = await on(db)
    .selectFrom('requests')
    .select('case_id')
    .where('ended_at', 'is', null)
    .where((where) =>
      where.or([
        where('answer_by', '<', today),
        where.and([where('reminded_at', 'is', null), where('remind_on', '<=', today)]),
      ]),
    )
    .orderBy('answer_by')
    .limit(limit)
    .execute();
  return rows.map((row) => row.case_id);
}

export async function markReminded(tx: Tx, requestId: string, at: Date): Promise<void> {
  await on(tx).updateTable('requests').set({ reminded_at: at }).where('id', '=', requestId).execute();
}

/** Ends the open request of a case, if there is one. What was sent for it and not given is erased, and what was to go stays. */
export async function endRequest(
  tx: Tx,
  caseId: string,
  end: { outcome: RequestOutcome; at: Date; answer?: string | undefined; before?: Answers; after?: Answers },
): Promise<void> {
  const request = await findOpenRequest(tx, caseId);
  if (!request) return;
  if (end.outcome !== 'answered') {
    await on(tx).deleteFrom('files').where('added_in', '=', request.id).execute();
    await on(tx).updateTable('files').set({ removed_in: null }).where('removed_in', '=', request.id).execute();
  }
  await on(tx)
    .updateTable('requests')
    .set({
      ended_at: end.at,
      outcome: end.outcome,
      answer: end.answer ?? null,
      answers_before: end.before ? JSON.stringify(end.before) : null,
      answers_after: end.after ? JSON.stringify(end.after) : null,
    })
    .where('case_id', '=', caseId)
    .where('ended_at', 'is', null)
    .execute();
}

/** Keeps a corrected page beside the answers of the case until the person gives it. */
export async function savePage(tx: Tx, requestId: string, pageId: string, answers: Answers, at: Date): Promise<void> {
  const saved = { answers: JSON.stringify(answers), saved_at: at };
  await on(tx)
    .insertInto('request_pages')
    .values({ request_id: requestId, page_id: pageId, ...saved })
    .onConflict((conflict) => conflict.columns(['request_id', 'page_id']).doUpdateSet(saved))
    .execute();
}

export async function listPagesOf(db: Tx, requestId: string): Promise<Record<string, Answers>> {
  const rows = await on(db).selectFrom('request_pages').selectAll().where('request_id', '=', requestId).execute();
  return Object.fromEntries(rows.map((row) => [row.page_id, row.answers as Answers]));
}

function toRequest(row: Tables['requests']): RequestRow {
  return {
    id: row.id,
    caseId: row.case_id,
    askedAt: row.asked_at,
    thingIds: row.thing_ids as string[],
    ...(row.own_words ? { ownWords: row.own_words as Text } : {}),
    pageIds: row.page_ids as string[],
    files: row.files as AskedFiles[],
    answerBy: row.answer_by,
    ...(row.remind_on ? { remindOn: row.remind_on } : {}),
    ...(row.reminded_at ? { remindedAt: row.reminded_at } : {}),
    ...(row.ended_at ? { endedAt: row.ended_at } : {}),
    ...(row.outcome ? { outcome: row.outcome } : {}),
    ...(row.answer === null ? {} : { answer: row.answer }),
    ...(row.answers_before ? { before: row.answers_before as Answers } : {}),
    ...(row.answers_after ? { after: row.answers_after as Answers } : {}),
  };
}

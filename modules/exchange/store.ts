import { sql, type Tx, tablesOf } from '#kernel/database';
import type { Text } from '#kernel/languages';
import type { ExchangeReceipt } from '#protocol/exchange-message';
import type { AccessFacts } from './access/rules.ts';
import type { Asked } from './rules.ts';

export type QuestionRow = {
  question_id: string;
  office_id: string;
  provider: string;
  provider_state: string;
  /** Null in a question under a law. */
  consent_id: string | null;
  case_id: string;
  evidence_type: string;
  target: string;
  body: string;
  state: 'asked' | 'received' | 'refused';
  refusal_code: string | null;
  asked_at: Date;
  ended_at: Date | null;
  question_headers: Record<string, string> | null;
  answer_headers: Record<string, string> | null;
  own_receipt: ExchangeReceipt | null;
  their_receipt: ExchangeReceipt | null;
  law: string | null;
};

export type UseRow = {
  question_id: string;
  requester: string;
  requester_names: Text;
  nonce: string;
  question_digest: string;
  question_headers: Record<string, string>;
  person_id: string;
  office_id: string;
  evidence_type: string;
  version: string;
  fields: string[];
  purpose: string;
  case_id: string;
  consent_id: string | null;
  outcome: 'given' | 'refused';
  refusal_code: string | null;
  used_at: Date;
  leaf_hash: string;
  answer_sealed: Uint8Array | null;
  answer_headers: Record<string, string> | null;
  answer_until: Date | null;
  /** The law under which it was asked; null where a consent was. */
  law: string | null;
  access_rule: string | null;
  access_version: number | null;
  disclosure: 'open' | 'delayed' | 'sealed' | 'about-others';
  is_about_others: boolean;
  /** While in the future, the person is not shown what the use was. */
  hidden_until: Date | null;
};

export type RefusalRow = {
  refusal_id: string;
  refused_at: Date;
  code: string;
  origin: string;
  claimed_requester: string | null;
  claimed_question_id: string | null;
  service: string;
  /** What it asked for, where it had the form of a question, and once it was known, who asked. */
  asked: AccessFacts | Asked | null;
};

type Tables = {
  questions: QuestionRow;
  uses: UseRow;
  refusals: RefusalRow;
  registries: { registry_id: string; content_digest: string; imported_at: Date };
};

const tables = (db: Tx) => tablesOf<Tables>(db, 'exchange');
const json = (value: unknown) => JSON.stringify(value) as never;

export async function insertQuestion(tx: Tx, row: QuestionRow): Promise<void> {
  await tables(tx).insertInto('questions').values(row).execute();
}

export function findQuestion(db: Tx, questionId: string): Promise<QuestionRow | undefined> {
  return tables(db).selectFrom('questions').selectAll().where('question_id', '=', questionId).executeTakeFirst();
}

/** The same question of the same office, asked and never ended: its id is used again, so that it counts once. */
export function findOpenQuestion(
  db: Tx,
  of: { officeId: string; consentId: string; target: string; body: string },
): Promise<QuestionRow | undefined> {
  return tables(db)
    .selectFrom('questions')
    .selectAll()
    .where('state', '=', 'asked')
    .where('office_id', '=', of.officeId)
    .where('consent_id', '=', of.consentId)
    .where('target', '=', of.target)
    .where('body', '=', of.body)
    .orderBy('asked_at', 'desc')
    .executeTakeFirst();
}

export async function endQuestion(
  tx: Tx,
  questionId: string,
  end: {
    state: 'received' | 'refused';
    refusalCode: string | null;
    at: Date;
    questionHeaders: Record<string, string>;
    answerHeaders: Record<string, string>;
    ownReceipt: ExchangeReceipt | null;
    theirReceipt: ExchangeReceipt | null;
  },
): Promise<void> {
  await tables(tx)
    .updateTable('questions')
    .set({
      state: end.state,
      refusal_code: end.refusalCode,
      ended_at: end.at,
      question_headers: json(end.questionHeaders),
      answer_headers: json(end.answerHeaders),
      own_receipt: end.ownReceipt && json(end.ownReceipt),
      their_receipt: end.theirReceipt && json(end.theirReceipt),
    })
    .where('question_id', '=', questionId)
    .execute();
}

export function findUse(db: Tx, requester: string, questionId: string): Promise<UseRow | undefined> {
  return tables(db)
    .selectFrom('uses')
    .selectAll()
    .where('requester', '=', requester)
    .where('question_id', '=', questionId)
    .executeTakeFirst();
}

/** What a requester has asked before under this question id or under this nonce: at most two rows. */
export function listUsesLike(db: Tx, requester: string, questionId: string, nonce: string): Promise<UseRow[]> {
  return tables(db)
    .selectFrom('uses')
    .selectAll()
    .where('requester', '=', requester)
    .where((is) => is.or([is('question_id', '=', questionId), is('nonce', '=', nonce)]))
    .execute();
}

/** Saves a use. A refused one may later be given; a given one stays. Returns whether this call saved it. */
export async function saveUse(tx: Tx, row: UseRow): Promise<boolean> {
  const values = {
    ...row,
    requester_names: json(row.requester_names),
    question_headers: json(row.question_headers),
    fields: json(row.fields),
    answer_headers: row.answer_headers && json(row.answer_headers),
  };
  const saved = await tables(tx)
    .insertInto('uses')
    .values(values)
    .onConflict((conflict) =>
      conflict.columns(['requester', 'question_id']).doUpdateSet(values).where('uses.outcome', '=', 'refused'),
    )
    .returning('question_id')
    .executeTakeFirst();
  return saved !== undefined;
}

/** Keeps the signature under which an answer first left. Returns what is kept: of two at once, the first wins. */
export async function keepAnswerHeaders(
  tx: Tx,
  requester: string,
  questionId: string,
  headers: Record<string, string>,
): Promise<Record<string, string>> {
  const row = await tables(tx)
    .updateTable('uses')
    .set({ answer_headers: sql`coalesce(answer_headers, ${JSON.stringify(headers)}::jsonb)` as never })
    .where('requester', '=', requester)
    .where('question_id', '=', questionId)
    .returning('answer_headers')
    .executeTakeFirstOrThrow();
  return row.answer_headers!;
}

export function listUsesOf(db: Tx, personId: string, limit: number): Promise<UseRow[]> {
  return tables(db)
    .selectFrom('uses')
    .selectAll()
    .where('person_id', '=', personId)
    .orderBy('used_at', 'desc')
    .orderBy('question_id', 'desc')
    .limit(limit)
    .execute();
}

/** Drops sealed answers whose time is over; the use and its proof stay. */
export async function dropSealedAnswers(db: Tx, now: Date): Promise<void> {
  await tables(db)
    .updateTable('uses')
    .set({ answer_sealed: null })
    .where('answer_until', '<', now)
    .where('answer_sealed', 'is not', null)
    .execute();
}

export async function insertRefusal(db: Tx, row: RefusalRow): Promise<void> {
  await tables(db)
    .insertInto('refusals')
    .values({ ...row, asked: row.asked && json(row.asked) })
    .execute();
}

export function listRefusals(db: Tx, limit: number): Promise<RefusalRow[]> {
  return tables(db).selectFrom('refusals').selectAll().orderBy('refused_at', 'desc').limit(limit).execute();
}

export async function dropRefusals(db: Tx, before: Date): Promise<void> {
  await tables(db).deleteFrom('refusals').where('refused_at', '<', before).execute();
}

export async function findRegistryDigest(db: Tx, registryId: string): Promise<string | undefined> {
  const row = await tables(db)
    .selectFrom('registries')
    .select('content_digest')
    .where('registry_id', '=', registryId)
    .executeTakeFirst();
  return row?.content_digest;
}

export async function saveRegistryDigest(tx: Tx, registryId: string, digest: string, at: Date): Promise<void> {
  await tables(tx)
    .insertInto('registries')
    .values({ registry_id: registryId, content_digest: digest, imported_at: at })
    .onConflict((conflict) => conflict.column('registry_id').doUpdateSet({ content_digest: digest, imported_at: at }))
    .execute();
}

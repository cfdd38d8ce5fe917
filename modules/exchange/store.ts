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
  /** The leaf of `question-asked`, in hex. */
  asked_leaf_hash: string | null;
  refusal_code: string | null;
  asked_at: Date;
  ended_at: Date | null;
  question_headers: Record<string, string> | null;
  answer_headers: Record<string, string> | null;
  own_receipt: ExchangeReceipt | null;
  their_receipt: ExchangeReceipt | null;
  /** Names what is asked, by whom and on what consent: of equal ones only one is open at a time. */
  ask_digest: string | null;
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

/** Opens questions. Returns those that are open now in their place: the new row, or an earlier one that asks the same. */
export async function openQuestions(tx: Tx, rows: readonly QuestionRow[]): Promise<QuestionRow[]> {
  if (rows.length === 0) return [];
  const { rows: inserted } = await sql<{ question_id: string }>`
    insert into exchange.questions (question_id, office_id, provider, provider_state, consent_id, case_id, evidence_type,
      target, body, state, asked_at, ask_digest, asked_leaf_hash, law)
    select question_id, office_id, provider, provider_state, consent_id, case_id, evidence_type,
      target, body, state, asked_at, ask_digest, asked_leaf_hash, law
    from json_to_recordset(${JSON.stringify(rows)}::json) as row (question_id uuid, office_id text, provider text,
      provider_state text, consent_id uuid, case_id text, evidence_type text, target text, body text, state text,
      asked_at timestamptz, ask_digest text, asked_leaf_hash text, law text)
    on conflict (ask_digest) where state = 'asked' do nothing
    returning question_id`.execute(tx);
  const isNew = new Set(inserted.map((row) => row.question_id));
  const others = rows.filter((row) => !isNew.has(row.question_id));
  if (others.length === 0) return [...rows];
  const open = await tables(tx)
    .selectFrom('questions')
    .selectAll()
    .where('state', '=', 'asked')
    .where(sql<boolean>`ask_digest = any(${others.map((row) => row.ask_digest)}::text[])`)
    .execute();
  return rows.map((row) => open.find((one) => one.ask_digest === row.ask_digest) ?? row);
}

export function findQuestion(db: Tx, questionId: string): Promise<QuestionRow | undefined> {
  return tables(db).selectFrom('questions').selectAll().where('question_id', '=', questionId).executeTakeFirst();
}

export type QuestionEnd = {
  questionId: string;
  state: 'received' | 'refused';
  refusalCode: string | null;
  at: Date;
  questionHeaders: Record<string, string>;
  answerHeaders: Record<string, string>;
  ownReceipt: ExchangeReceipt | null;
  theirReceipt: ExchangeReceipt | null;
};

/** The list of ids beside the join keeps PostgreSQL, which cannot guess how many ends there are, from reading the whole table. */
export async function endQuestions(tx: Tx, ends: readonly QuestionEnd[]): Promise<void> {
  if (ends.length === 0) return;
  await sql`update exchange.questions as question
    set state = "end".state, refusal_code = "end"."refusalCode", ended_at = "end".at,
      question_headers = "end"."questionHeaders", answer_headers = "end"."answerHeaders",
      own_receipt = "end"."ownReceipt", their_receipt = "end"."theirReceipt"
    from json_to_recordset(${JSON.stringify(ends)}::json) as "end" ("questionId" uuid, state text, "refusalCode" text,
      at timestamptz, "questionHeaders" json, "answerHeaders" json, "ownReceipt" json, "theirReceipt" json)
    where question.question_id = "end"."questionId"
      and question.question_id = any(${ends.map(({ questionId }) => questionId)}::uuid[])`.execute(tx);
}

export function findUse(db: Tx, requester: string, questionId: string): Promise<UseRow | undefined> {
  return tables(db)
    .selectFrom('uses')
    .selectAll()
    .where('requester', '=', requester)
    .where('question_id', '=', questionId)
    .executeTakeFirst();
}

/** What requesters have asked before under these question ids or nonces. */
export async function listUsesLike(
  db: Tx,
  questions: ReadonlyArray<{ requester: string; questionId: string; nonce: string }>,
): Promise<UseRow[]> {
  const requesters = questions.map(({ requester }) => requester);
  // Two look-ups rather than one condition with "or", which PostgreSQL would answer by reading the whole table.
  const { rows } = await sql<UseRow>`
    select uses.* from exchange.uses join unnest(${requesters}::text[],
      ${questions.map(({ questionId }) => questionId)}::uuid[]) as asked (requester, question_id)
      using (requester, question_id)
    union all
    select uses.* from exchange.uses join unnest(${requesters}::text[],
      ${questions.map(({ nonce }) => nonce)}::text[]) as asked (requester, nonce)
      using (requester, nonce)`.execute(db);
  return rows;
}

/** Saves uses. A refused one may later be given; a given one stays. Returns which of them this call saved, in their order. */
export async function saveUses(tx: Tx, rows: readonly UseRow[]): Promise<boolean[]> {
  if (rows.length === 0) return [];
  const written = rows.map((row) => ({
    ...row,
    answer_sealed: row.answer_sealed && Buffer.from(row.answer_sealed).toString('base64'),
  }));
  const { rows: saved } = await sql<{ requester: string; question_id: string }>`
    insert into exchange.uses as known (question_id, requester, requester_names, nonce, question_digest, question_headers,
      person_id, office_id, evidence_type, version, fields, purpose, case_id, consent_id, outcome, refusal_code, used_at,
      leaf_hash, answer_sealed, answer_headers, answer_until, law, access_rule, access_version, disclosure,
      is_about_others, hidden_until)
    select question_id, requester, requester_names, nonce, question_digest, question_headers,
      person_id, office_id, evidence_type, version, fields, purpose, case_id, consent_id, outcome, refusal_code, used_at,
      leaf_hash, decode(answer_sealed, 'base64'), answer_headers, answer_until, law, access_rule, access_version, disclosure,
      is_about_others, hidden_until
    from json_to_recordset(${JSON.stringify(written)}::json) as row (question_id uuid, requester text, requester_names json,
      nonce text, question_digest text, question_headers json, person_id uuid, office_id text, evidence_type text,
      version text, fields json, purpose text, case_id text, consent_id uuid, outcome text, refusal_code text,
      used_at timestamptz, leaf_hash text, answer_sealed text, answer_headers json, answer_until timestamptz,
      law text, access_rule text, access_version integer, disclosure text, is_about_others boolean, hidden_until timestamptz)
    on conflict (requester, question_id) do update set
      requester_names = excluded.requester_names, nonce = excluded.nonce, question_digest = excluded.question_digest,
      question_headers = excluded.question_headers, person_id = excluded.person_id, office_id = excluded.office_id,
      evidence_type = excluded.evidence_type, version = excluded.version, fields = excluded.fields,
      purpose = excluded.purpose, case_id = excluded.case_id, consent_id = excluded.consent_id,
      outcome = excluded.outcome, refusal_code = excluded.refusal_code, used_at = excluded.used_at,
      leaf_hash = excluded.leaf_hash, answer_sealed = excluded.answer_sealed, answer_headers = excluded.answer_headers,
      answer_until = excluded.answer_until, law = excluded.law, access_rule = excluded.access_rule,
      access_version = excluded.access_version, disclosure = excluded.disclosure,
      is_about_others = excluded.is_about_others, hidden_until = excluded.hidden_until
    where known.outcome = 'refused'
    returning requester, question_id`.execute(tx);
  const keys = new Set(saved.map((row) => `${row.question_id} ${row.requester}`));
  return rows.map((row) => keys.has(`${row.question_id} ${row.requester}`));
}

/** Notes a refused use, unless the question is known already. Returns whether this call noted it. */
export async function noteRefusal(tx: Tx, row: UseRow): Promise<boolean> {
  const known = await tables(tx)
    .selectFrom('uses')
    .select('question_id')
    .where('requester', '=', row.requester)
    .where((is) => is.or([is('question_id', '=', row.question_id), is('nonce', '=', row.nonce)]))
    .executeTakeFirst();
  return known === undefined && (await saveUses(tx, [row]))[0] === true;
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
    .values({ ...row, asked: row.asked && (JSON.stringify(row.asked) as never) })
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

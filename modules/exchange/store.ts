import { sql, type Tx, tablesOf } from '#kernel/database';
import type { Text } from '#kernel/languages';
import {
  inPowers,
  type Part,
  reading,
  runStatements,
  type Statement,
  type Value,
  valuesText,
} from '#kernel/statements';
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
  /** Whoever acted for the company whose record was asked for; they see the use too. */
  signatory_id: string | null;
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

/** Opens questions. One that asks the same as an open one is refused by the index `questions_open`, and all with it. */
export function openingQuestions(questions: readonly QuestionRow[]): Statement[] {
  const rows = questions.map((row) => [
    row.question_id,
    row.office_id,
    row.provider,
    row.provider_state,
    row.consent_id,
    row.case_id,
    row.evidence_type,
    row.target,
    row.body,
    row.state,
    row.asked_at,
    row.ask_digest,
    row.asked_leaf_hash,
    row.law,
  ]);
  return inPowers(rows).map((some) => ({
    text: `insert into exchange.questions (question_id, office_id, provider, provider_state, consent_id, case_id,
      evidence_type, target, body, state, asked_at, ask_digest, asked_leaf_hash, law) ${valuesText(some, 1)}`,
    values: some.flat(),
  }));
}

/** Whether questions were not opened because one that asks the same is open. */
export function isOpenAlready(error: unknown): boolean {
  return (error as { constraint?: unknown }).constraint === 'questions_open';
}

/** Whether a question was not opened because one of that id is there. */
export function isKnownAlready(error: unknown): boolean {
  return (error as { constraint?: unknown }).constraint === 'questions_pkey';
}

/** Whether a question was not ended because its answer was received before. */
export function isReceivedAlready(error: unknown): boolean {
  return (error as { constraint?: unknown }).constraint === 'questions_received_once';
}

export function listOpenQuestions(db: Tx, askDigests: ReadonlyArray<string | null>): Promise<QuestionRow[]> {
  return tables(db)
    .selectFrom('questions')
    .selectAll()
    .where('state', '=', 'asked')
    .where(sql<boolean>`ask_digest = any(${[...askDigests]}::text[])`)
    .execute();
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

const endTypes = ['uuid', 'text', 'text', 'timestamptz', 'jsonb', 'jsonb', 'jsonb', 'jsonb'];

/**
 * Ends questions. One that is ended twice stands in two statements: within one the second would be left out without a word,
 * where it has to meet the trigger `questions_received_once`.
 */
export function endingQuestions(ends: readonly QuestionEnd[]): Statement[] {
  if (ends.length === 0) return [];
  const first = new Map<string, QuestionEnd>();
  for (const end of ends) if (!first.has(end.questionId)) first.set(end.questionId, end);
  const rows = [...first.values()].map((end) => [
    end.questionId,
    end.state,
    end.refusalCode,
    end.at,
    JSON.stringify(end.questionHeaders),
    JSON.stringify(end.answerHeaders),
    end.ownReceipt && JSON.stringify(end.ownReceipt),
    end.theirReceipt && JSON.stringify(end.theirReceipt),
  ]);
  const statements = inPowers(rows).map((some) => ({
    text: `update exchange.questions as known set state = ended.state, refusal_code = ended.refusal_code,
      ended_at = ended.ended_at, question_headers = ended.question_headers, answer_headers = ended.answer_headers,
      own_receipt = ended.own_receipt, their_receipt = ended.their_receipt
      from (${valuesText(some, 1, endTypes)}) as ended (question_id, state, refusal_code, ended_at, question_headers,
        answer_headers, own_receipt, their_receipt)
      where known.question_id = ended.question_id`,
    values: some.flat(),
  }));
  return [...statements, ...endingQuestions(ends.filter((end) => first.get(end.questionId) !== end))];
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
export function readingUsesLike(
  questions: ReadonlyArray<{ requester: string; questionId: string; nonce: string }>,
): Part<UseRow[]> {
  // Two look-ups rather than one condition with "or", which PostgreSQL would answer by reading the whole table.
  return reading(
    `select uses.* from exchange.uses join unnest($1::text[], $2::uuid[]) as asked (requester, question_id)
      using (requester, question_id)
    union all
    select uses.* from exchange.uses join unnest($1::text[], $3::text[]) as asked (requester, nonce)
      using (requester, nonce)`,
    [
      questions.map(({ requester }) => requester),
      questions.map(({ questionId }) => questionId),
      questions.map(({ nonce }) => nonce),
    ],
    (rows) => rows,
  );
}

/** The columns of a use, in the order of the values of `savingUses`. */
const useColumns = [
  'question_id',
  'requester',
  'requester_names',
  'nonce',
  'question_digest',
  'question_headers',
  'person_id',
  'signatory_id',
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
  'answer_sealed',
  'answer_headers',
  'answer_until',
  'law',
  'access_rule',
  'access_version',
  'disclosure',
  'is_about_others',
  'hidden_until',
] as const satisfies ReadonlyArray<keyof UseRow>;
const written = (row: UseRow): Record<keyof UseRow, Value> => ({
  ...row,
  requester_names: JSON.stringify(row.requester_names),
  question_headers: JSON.stringify(row.question_headers),
  fields: JSON.stringify(row.fields),
  answer_headers: row.answer_headers && JSON.stringify(row.answer_headers),
});
const keyColumns = ['question_id', 'requester'];
const replaced = useColumns.filter((column) => !keyColumns.includes(column));

/** Saves uses. A refused one may later be given; a given one stays. Reads which of them it saved, in their order. */
export function savingUses(rows: readonly UseRow[]): Part<boolean[]> {
  const valuesOf = (row: UseRow) => {
    const values = written(row);
    return useColumns.map((column) => values[column]);
  };
  return {
    statements: inPowers(rows.map(valuesOf)).map((some) => ({
      text: `insert into exchange.uses as known (${useColumns.join(', ')}) ${valuesText(some, 1)}
        on conflict (requester, question_id) do update set
          ${replaced.map((column) => `${column} = excluded.${column}`).join(', ')}
        where known.outcome = 'refused'
        returning requester, question_id`,
      values: some.flat(),
    })),
    read: (results) => {
      const keys = new Set(results.flat().map((row) => `${row.question_id} ${row.requester}`));
      return rows.map((row) => keys.has(`${row.question_id} ${row.requester}`));
    },
  };
}

/** Notes a refused use, unless the question is known already. Returns whether this call noted it. */
export async function noteRefusal(tx: Tx, row: UseRow): Promise<boolean> {
  const known = await tables(tx)
    .selectFrom('uses')
    .select('question_id')
    .where('requester', '=', row.requester)
    .where((is) => is.or([is('question_id', '=', row.question_id), is('nonce', '=', row.nonce)]))
    .executeTakeFirst();
  if (known) return false;
  const { statements, read } = savingUses([row]);
  return read(await runStatements(tx, statements))[0] === true;
}

/** Of a person's own data, and of the records of companies that the person had sent and that speak of them. */
export async function listUsesOf(db: Tx, personId: string, limit: number): Promise<UseRow[]> {
  const listBy = (column: 'person_id' | 'signatory_id') =>
    tables(db)
      .selectFrom('uses')
      .selectAll()
      .where(column, '=', personId)
      .orderBy('used_at', 'desc')
      .orderBy('question_id', 'desc')
      .limit(limit)
      .execute();
  // Two look-ups by an index each: one condition with "or" could be answered by reading the whole table.
  const rows = [...(await listBy('person_id')), ...(await listBy('signatory_id'))];
  return rows
    .sort(
      (one, other) => other.used_at.getTime() - one.used_at.getTime() || (other.question_id < one.question_id ? -1 : 1),
    )
    .slice(0, limit);
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

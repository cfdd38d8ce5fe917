import { sql, type Tx, tablesOf } from '#kernel/database';
import type { AnswerValue, HistoryEntry, ProvenFact, Role, RoundState, SettledBy, Side } from './contract.ts';

export type RoundRow = {
  round_id: string;
  survey_year: number;
  number: number;
  state: RoundState;
  settled_by: SettledBy | null;
  first_assessor: string;
  second_assessor: string;
  reviewer: string;
  senior_reviewer: string;
  opened_at: Date;
  first_handed_in_at: Date | null;
  second_handed_in_at: Date | null;
  approved_at: Date | null;
};
export type AnswerRow = {
  round_id: string;
  side: Side;
  code: string;
  answer: AnswerValue;
  link: string | null;
  note: string | null;
  fact: ProvenFact | null;
  picture_hash: string | null;
  saved_at: Date;
};
export type PictureRow = { round_id: string; side: Side; code: string; media_type: string; bytes: Uint8Array };
export type SettlementRow = {
  round_id: string;
  code: string;
  state: 'open' | 'proposed' | 'settled';
  answer: AnswerValue | null;
  why: string | null;
  person_id: string | null;
  sent_back_why: string | null;
  changed_at: Date;
};
export type HistoryRow = {
  round_id: string;
  at: Date;
  person_id: string;
  role: Role;
  kind: HistoryEntry['kind'];
  code: string | null;
  before: unknown;
  after: unknown;
  why: string | null;
  leaf_hash: string | null;
};
export type FormerRow = { round_id: string; person_id: string; role: Role; replaced_at: Date };
type Tables = {
  former_people: FormerRow;
  rounds: RoundRow;
  answers: AnswerRow;
  pictures: PictureRow;
  settlements: SettlementRow;
  history: HistoryRow;
};

const on = (db: Tx) => tablesOf<Tables>(db, 'insights');
const json = (value: unknown) => (value === null || value === undefined ? null : JSON.stringify(value)) as never;
const listedMax = 100;
const historyMax = 2_000;

/** Rounds of a year are numbered one after another. */
export async function nextNumber(tx: Tx, year: number): Promise<number> {
  await sql`select pg_advisory_xact_lock(hashtextextended('insights.rounds', 0))`.execute(tx);
  const row = await on(tx)
    .selectFrom('rounds')
    .select(({ fn }) => fn.max('number').as('last'))
    .where('survey_year', '=', year)
    .executeTakeFirst();
  return (row?.last ?? 0) + 1;
}

export async function insertRound(tx: Tx, row: RoundRow): Promise<void> {
  await on(tx).insertInto('rounds').values(row).execute();
}

export async function updateRound(tx: Tx, roundId: string, changes: Partial<RoundRow>): Promise<void> {
  await on(tx).updateTable('rounds').set(changes).where('round_id', '=', roundId).execute();
}

export function findRound(db: Tx, roundId: string): Promise<RoundRow | undefined> {
  return on(db).selectFrom('rounds').selectAll().where('round_id', '=', roundId).executeTakeFirst();
}

/** Steps of one round are taken one after another. */
export function holdRound(tx: Tx, roundId: string): Promise<RoundRow | undefined> {
  return on(tx).selectFrom('rounds').selectAll().where('round_id', '=', roundId).forUpdate().executeTakeFirst();
}

/** Rounds in which a person has a role, latest first. */
export function listRoundsOf(db: Tx, personId: string): Promise<RoundRow[]> {
  return on(db)
    .selectFrom('rounds')
    .selectAll()
    .where((where) =>
      where.or(
        (['first_assessor', 'second_assessor', 'reviewer', 'senior_reviewer'] as const).map((column) =>
          where(column, '=', personId),
        ),
      ),
    )
    .orderBy('opened_at', 'desc')
    .limit(listedMax)
    .execute();
}

export function listOpenRounds(db: Tx): Promise<RoundRow[]> {
  return on(db)
    .selectFrom('rounds')
    .selectAll()
    .where('state', '!=', 'approved')
    .orderBy('opened_at', 'desc')
    .limit(listedMax)
    .execute();
}

export function listAnswers(db: Tx, roundId: string, side?: Side): Promise<AnswerRow[]> {
  let query = on(db).selectFrom('answers').selectAll().where('round_id', '=', roundId);
  if (side) query = query.where('side', '=', side);
  return query.orderBy('code').execute();
}

export async function countAnswers(db: Tx, roundIds: readonly string[]): Promise<Map<string, number>> {
  if (roundIds.length === 0) return new Map();
  const rows = await on(db)
    .selectFrom('answers')
    .select(({ fn }) => ['round_id', 'side', fn.countAll<string>().as('count')])
    .where('round_id', 'in', roundIds)
    .groupBy(['round_id', 'side'])
    .execute();
  return new Map(rows.map(({ round_id, side, count }) => [`${round_id} ${side}`, Number(count)]));
}

export function findAnswer(db: Tx, roundId: string, side: Side, code: string): Promise<AnswerRow | undefined> {
  return on(db)
    .selectFrom('answers')
    .selectAll()
    .where('round_id', '=', roundId)
    .where('side', '=', side)
    .where('code', '=', code)
    .executeTakeFirst();
}

export async function saveAnswer(tx: Tx, row: AnswerRow): Promise<void> {
  const { round_id: _round, side: _side, code: _code, ...changes } = { ...row, fact: json(row.fact) };
  await on(tx)
    .insertInto('answers')
    .values({ ...row, fact: json(row.fact) })
    .onConflict((conflict) => conflict.columns(['round_id', 'side', 'code']).doUpdateSet(changes))
    .execute();
}

export async function savePicture(tx: Tx, row: PictureRow): Promise<void> {
  const { media_type, bytes } = row;
  await on(tx)
    .insertInto('pictures')
    .values(row)
    .onConflict((conflict) => conflict.columns(['round_id', 'side', 'code']).doUpdateSet({ media_type, bytes }))
    .execute();
}

export async function deletePicture(tx: Tx, roundId: string, side: Side, code: string): Promise<void> {
  await on(tx)
    .deleteFrom('pictures')
    .where('round_id', '=', roundId)
    .where('side', '=', side)
    .where('code', '=', code)
    .execute();
}

export function findPicture(db: Tx, roundId: string, side: Side, code: string): Promise<PictureRow | undefined> {
  return on(db)
    .selectFrom('pictures')
    .selectAll()
    .where('round_id', '=', roundId)
    .where('side', '=', side)
    .where('code', '=', code)
    .executeTakeFirst();
}

/** All that one side has answered so far. Its history stays. */
export async function deleteSheet(tx: Tx, roundId: string, side: Side): Promise<void> {
  await on(tx).deleteFrom('pictures').where('round_id', '=', roundId).where('side', '=', side).execute();
  await on(tx).deleteFrom('answers').where('round_id', '=', roundId).where('side', '=', side).execute();
}

export async function insertFormer(tx: Tx, row: FormerRow): Promise<void> {
  await on(tx).insertInto('former_people').values(row).execute();
}

export async function listFormer(db: Tx, roundId: string): Promise<Set<string>> {
  const rows = await on(db).selectFrom('former_people').select('person_id').where('round_id', '=', roundId).execute();
  return new Set(rows.map(({ person_id }) => person_id));
}

export function listSettlements(db: Tx, roundId: string): Promise<SettlementRow[]> {
  return on(db).selectFrom('settlements').selectAll().where('round_id', '=', roundId).orderBy('code').execute();
}

export async function saveSettlement(tx: Tx, row: SettlementRow): Promise<void> {
  const { round_id: _round, code: _code, ...changes } = row;
  await on(tx)
    .insertInto('settlements')
    .values(row)
    .onConflict((conflict) => conflict.columns(['round_id', 'code']).doUpdateSet(changes))
    .execute();
}

/** How many differences of each round there are, and how many of them are not settled. */
export async function countSettlements(
  db: Tx,
  roundIds: readonly string[],
): Promise<Map<string, { all: number; open: number }>> {
  if (roundIds.length === 0) return new Map();
  const rows = await on(db)
    .selectFrom('settlements')
    .select(({ fn }) => ['round_id', 'state', fn.countAll<string>().as('count')])
    .where('round_id', 'in', roundIds)
    .groupBy(['round_id', 'state'])
    .execute();
  const found = new Map<string, { all: number; open: number }>();
  for (const { round_id, state, count } of rows) {
    const one = found.get(round_id) ?? { all: 0, open: 0 };
    one.all += Number(count);
    if (state !== 'settled') one.open += Number(count);
    found.set(round_id, one);
  }
  return found;
}

export async function appendHistory(tx: Tx, rows: readonly HistoryRow[]): Promise<void> {
  if (rows.length === 0) return;
  await on(tx)
    .insertInto('history')
    .values(rows.map((row) => ({ ...row, before: json(row.before), after: json(row.after) })))
    .execute();
}

/** Latest first. */
export function listHistory(db: Tx, roundId: string): Promise<HistoryRow[]> {
  return on(db)
    .selectFrom('history')
    .selectAll()
    .where('round_id', '=', roundId)
    .orderBy(sql.ref('entry_id'), 'desc')
    .limit(historyMax)
    .execute();
}

import { sql, type Tx, tablesOf } from '#kernel/database';
import type { MatchReason } from './comparison/rules.ts';
import type { AttemptState, LinkEnd } from './contract.ts';
import type { DeskReason } from './rules.ts';

export type ComparisonRow = { outcome: 'same' | 'doubtful'; reasons: MatchReason[] };
export type AttemptRow = {
  attempt_id: string;
  reference: string;
  person_id: string;
  home_state: string;
  state: AttemptState;
  desk_reason: DeskReason | null;
  comparisons: ComparisonRow[];
  /** What is compared, sealed; gone with the decision. */
  sealed: Uint8Array | null;
  proofs_given: number;
  begun_at: Date;
  decided_at: Date | null;
  decided_by: 'machine' | 'officer' | null;
  officer_id: string | null;
  objection_to: string | null;
  waits_until: Date;
  leaf_hash: string | null;
};
export type LinkRow = {
  link_id: string;
  attempt_id: string;
  reference: string;
  person_id: string;
  home_state: string;
  number_hash: Uint8Array;
  /** Gone when the link ends. */
  sealed_number: Uint8Array | null;
  made_at: Date;
  made_by: 'machine' | 'officer';
  officer_id: string | null;
  checked_at: Date;
  moved_at: Date | null;
  ended_at: Date | null;
  ended_for: LinkEnd | null;
  undo_by: string | null;
  undo_reason: string | null;
  undo_at: Date | null;
  undone_by: string | null;
  leaf_hash: string;
};
export type ReadRow = {
  read_id: string;
  link_id: string;
  person_id: string;
  office: string;
  evidence_type: string;
  fields: string[];
  purpose: string;
  case_id: string;
  read_at: Date;
  leaf_hash: string;
};
type Tables = {
  attempts: AttemptRow;
  links: LinkRow;
  separations: { person_id: string; number_hash: Uint8Array; separated_at: Date };
  views: { view_id: string; attempt_id: string; officer_id: string; viewed_at: Date };
  reads: ReadRow;
};

const on = (db: Tx) => tablesOf<Tables>(db, 'matching');
const json = (value: unknown) => JSON.stringify(value) as never;
const listedMax = 200;
const inQueue: AttemptState[] = ['waiting', 'proof-asked'];

/** Links are made, moved and undone one after another: each looks at all the others. */
export async function holdLinks(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('matching.links', 0))`.execute(tx);
}

export async function insertAttempt(tx: Tx, row: AttemptRow): Promise<void> {
  await on(tx)
    .insertInto('attempts')
    .values({ ...row, comparisons: json(row.comparisons) })
    .execute();
}

export async function updateAttempt(tx: Tx, attemptId: string, changes: Partial<AttemptRow>): Promise<void> {
  const { comparisons, ...rest } = changes;
  await on(tx)
    .updateTable('attempts')
    .set({ ...rest, ...(comparisons ? { comparisons: json(comparisons) } : {}) })
    .where('attempt_id', '=', attemptId)
    .execute();
}

export function findAttempt(db: Tx, attemptId: string): Promise<AttemptRow | undefined> {
  return on(db).selectFrom('attempts').selectAll().where('attempt_id', '=', attemptId).executeTakeFirst();
}

export function holdAttempt(tx: Tx, attemptId: string): Promise<AttemptRow | undefined> {
  return on(tx).selectFrom('attempts').selectAll().where('attempt_id', '=', attemptId).forUpdate().executeTakeFirst();
}

/** Latest first; one that never came back from the home state is not among them. */
export function listAttemptsOf(db: Tx, personId: string): Promise<AttemptRow[]> {
  return on(db)
    .selectFrom('attempts')
    .selectAll()
    .where('person_id', '=', personId)
    .where('state', '!=', 'begun')
    .orderBy('begun_at', 'desc')
    .limit(listedMax)
    .execute();
}

export async function countAttemptsSince(tx: Tx, personId: string, since: Date): Promise<number> {
  const row = await on(tx)
    .selectFrom('attempts')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('person_id', '=', personId)
    .where('begun_at', '>', since)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export function findWaitingOf(db: Tx, personId: string): Promise<AttemptRow | undefined> {
  return on(db)
    .selectFrom('attempts')
    .selectAll()
    .where('person_id', '=', personId)
    .where('state', 'in', inQueue)
    .executeTakeFirst();
}

/** What waits for the desk, oldest first. */
export function listQueue(db: Tx): Promise<AttemptRow[]> {
  return on(db)
    .selectFrom('attempts')
    .selectAll()
    .where('state', 'in', inQueue)
    .orderBy('begun_at')
    .orderBy('attempt_id')
    .limit(listedMax)
    .execute();
}

/** Sealed inputs whose time is over, whatever they waited for. */
export function listOverdue(db: Tx, now: Date): Promise<AttemptRow[]> {
  return on(db)
    .selectFrom('attempts')
    .selectAll()
    .where('sealed', 'is not', null)
    .where('waits_until', '<=', now)
    .orderBy('waits_until')
    .limit(listedMax)
    .execute();
}

export async function insertView(tx: Tx, row: Tables['views']): Promise<void> {
  await on(tx).insertInto('views').values(row).execute();
}

/** What ended before a moment is forgotten; a link in force, its request, and separations stay. */
export async function forgetBefore(tx: Tx, before: Date): Promise<void> {
  const db = on(tx);
  await db.deleteFrom('reads').where('read_at', '<', before).execute();
  await db.deleteFrom('links').where('ended_at', '<', before).execute();
  const old = db
    .selectFrom('attempts')
    .select('attempt_id')
    .where('begun_at', '<', before)
    .where('sealed', 'is', null)
    .where('attempt_id', 'not in', db.selectFrom('links').select('attempt_id'))
    .where(
      'attempt_id',
      'not in',
      db
        .selectFrom('attempts')
        .select('objection_to')
        .where('objection_to', 'is not', null)
        .$castTo<{ objection_to: string }>(),
    );
  await db.deleteFrom('views').where('attempt_id', 'in', old).execute();
  await db.deleteFrom('attempts').where('attempt_id', 'in', old).execute();
}

/** How often officers looked at each request of a person; one at which nobody looked is left out. */
export async function countViewsOf(db: Tx, personId: string): Promise<Map<string, number>> {
  const rows = await on(db)
    .selectFrom('views')
    .innerJoin('attempts', 'attempts.attempt_id', 'views.attempt_id')
    .select(({ fn }) => ['views.attempt_id', fn.countAll<string>().as('count')])
    .where('attempts.person_id', '=', personId)
    .groupBy('views.attempt_id')
    .execute();
  return new Map(rows.map((row) => [row.attempt_id, Number(row.count)]));
}

export async function insertLink(tx: Tx, row: LinkRow): Promise<void> {
  await on(tx).insertInto('links').values(row).execute();
}

export async function updateLink(tx: Tx, linkId: string, changes: Partial<LinkRow>): Promise<void> {
  await on(tx).updateTable('links').set(changes).where('link_id', '=', linkId).execute();
}

export function findLink(db: Tx, linkId: string): Promise<LinkRow | undefined> {
  return on(db).selectFrom('links').selectAll().where('link_id', '=', linkId).executeTakeFirst();
}

export function findLinkOf(db: Tx, personId: string): Promise<LinkRow | undefined> {
  return on(db)
    .selectFrom('links')
    .selectAll()
    .where('person_id', '=', personId)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
}

export function listLinksOf(db: Tx, personId: string): Promise<LinkRow[]> {
  return on(db)
    .selectFrom('links')
    .selectAll()
    .where('person_id', '=', personId)
    .orderBy('made_at', 'desc')
    .limit(listedMax)
    .execute();
}

/** Links in force to one of these records. */
export function listLinksTo(db: Tx, hashes: readonly Uint8Array[]): Promise<LinkRow[]> {
  if (hashes.length === 0) return Promise.resolve([]);
  return on(db)
    .selectFrom('links')
    .selectAll()
    .where('number_hash', 'in', hashes)
    .where('ended_at', 'is', null)
    .execute();
}

/** Links in force for the desk, latest first: nobody's name, nobody's number. */
export function listLinks(db: Tx): Promise<LinkRow[]> {
  return on(db)
    .selectFrom('links')
    .selectAll()
    .where('ended_at', 'is', null)
    .orderBy('made_at', 'desc')
    .limit(listedMax)
    .execute();
}

/** Links in force that the register was not asked about since. */
export function listUnchecked(db: Tx, since: Date): Promise<LinkRow[]> {
  return on(db)
    .selectFrom('links')
    .selectAll()
    .where('ended_at', 'is', null)
    .where('checked_at', '<', since)
    .orderBy('checked_at')
    .limit(listedMax)
    .execute();
}

export async function separate(tx: Tx, personId: string, numberHash: Uint8Array, at: Date): Promise<void> {
  await on(tx)
    .insertInto('separations')
    .values({ person_id: personId, number_hash: numberHash, separated_at: at })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** A human has said since that they are one person after all. */
export async function unite(tx: Tx, personId: string, numberHash: Uint8Array): Promise<void> {
  await on(tx)
    .deleteFrom('separations')
    .where('person_id', '=', personId)
    .where('number_hash', '=', numberHash)
    .execute();
}

export async function listSeparated(db: Tx, personId: string): Promise<Uint8Array[]> {
  const rows = await on(db)
    .selectFrom('separations')
    .select('number_hash')
    .where('person_id', '=', personId)
    .limit(listedMax)
    .execute();
  return rows.map((row) => row.number_hash);
}

export async function insertRead(tx: Tx, row: ReadRow): Promise<void> {
  await on(tx)
    .insertInto('reads')
    .values({ ...row, fields: json(row.fields) })
    .execute();
}

export function listReadsOf(db: Tx, personId: string): Promise<ReadRow[]> {
  return on(db)
    .selectFrom('reads')
    .selectAll()
    .where('person_id', '=', personId)
    .orderBy('read_at', 'desc')
    .limit(listedMax)
    .execute();
}

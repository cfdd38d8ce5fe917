import { sql } from 'kysely';
import { type Tx, tablesOf } from '#kernel/database';
import { newId } from '#kernel/ids';
import type { BreachKind } from '../rules.ts';
import type { BreachState, ForkProof } from './evidence.ts';

type Tables = {
  breaches: {
    breach_id: string;
    origin: string;
    kind: string;
    state: string;
    seen_size: string;
    seen_note: string;
    witnessed_size: string;
    witnessed_note: string | null;
    proof: unknown;
    seen_at: Date;
  };
  disputes: { witness_key: string; witness_name: string; size: string; since: Date };
};

export type Breach = {
  origin: string;
  kind: BreachKind;
  state: BreachState;
  seenSize: number;
  seenNote: string;
  witnessedSize: number;
  /** The cosigned checkpoint that the seen one contradicts. */
  witnessedNote?: string;
  /** Where the two sizes differ: what shows that the longer tree does not begin with the shorter one. */
  proof?: ForkProof;
  seenAt: Date;
};

export type SavedBreach = Breach & { breachId: string };

const at = (db: Tx) => tablesOf<Tables>(db, 'ledger');

/**
 * Keeps the first twenty of each kind per log, and each note once: evidence, not a diary that a stranger can fill. False
 * when nothing new was written.
 */
export async function insertBreach(db: Tx, breach: Breach): Promise<boolean> {
  const { origin, kind, state, seenSize, seenNote, witnessedSize, witnessedNote, proof, seenAt } = breach;
  const { rows } = await sql`insert into ledger.breaches
    (breach_id, origin, kind, state, seen_size, seen_note, witnessed_size, witnessed_note, proof, seen_at)
    select ${newId()}::uuid, ${origin}::text, ${kind}::text, ${state}::text, ${seenSize}::bigint, ${seenNote}::text,
      ${witnessedSize}::bigint, ${witnessedNote ?? null}::text, ${proof ? JSON.stringify(proof) : null}::json,
      ${seenAt}::timestamptz
    where (select count(*) from ledger.breaches where origin = ${origin} and kind = ${kind}) < 20
      and not exists (select 1 from ledger.breaches
        where origin = ${origin} and kind = ${kind} and seen_note = ${seenNote} and state = ${state})
    returning breach_id`.execute(db);
  return rows.length > 0;
}

/** A suspicion that turned out to be true: the same breach, with the notes and the proof that show it. */
export async function replaceBreach(db: Tx, breachId: string, breach: Breach): Promise<void> {
  await at(db)
    .updateTable('breaches')
    .set({
      kind: breach.kind,
      state: breach.state,
      seen_size: String(breach.seenSize),
      seen_note: breach.seenNote,
      witnessed_size: String(breach.witnessedSize),
      witnessed_note: breach.witnessedNote ?? null,
      proof: breach.proof ? sql`${JSON.stringify(breach.proof)}::json` : null,
    })
    .where('breach_id', '=', breachId)
    .execute();
}

/** For a suspicion that was looked into and came to nothing. What is proven is never deleted. */
export async function deleteCleared(db: Tx, breachId: string): Promise<void> {
  await at(db).deleteFrom('breaches').where('breach_id', '=', breachId).where('state', '<>', 'proven').execute();
}

export async function listBreaches(
  db: Tx,
  by: { origin?: string; states?: BreachState[] } = {},
): Promise<SavedBreach[]> {
  let query = at(db).selectFrom('breaches').selectAll().orderBy('seen_at').orderBy('breach_id').limit(1_000);
  if (by.origin !== undefined) query = query.where('origin', '=', by.origin);
  if (by.states) query = query.where('state', 'in', by.states);
  return (await query.execute()).map((row) => ({
    breachId: row.breach_id,
    origin: row.origin,
    kind: row.kind as BreachKind,
    state: row.state as BreachState,
    seenSize: Number(row.seen_size),
    seenNote: row.seen_note,
    witnessedSize: Number(row.witnessed_size),
    ...(row.witnessed_note === null ? {} : { witnessedNote: row.witnessed_note }),
    ...(row.proof === null ? {} : { proof: row.proof as ForkProof }),
    seenAt: row.seen_at,
  }));
}

/** Logs with a breach in one of these states. */
export async function listBreachedOrigins(db: Tx, states: BreachState[]): Promise<string[]> {
  const rows = await at(db).selectFrom('breaches').select('origin').distinct().where('state', 'in', states).execute();
  return rows.map(({ origin }) => origin);
}

/** Remembers that a witness accuses this log, from the first time on. */
export async function saveDispute(
  db: Tx,
  dispute: { witnessKey: string; witnessName: string; size: number; since: Date },
): Promise<void> {
  await at(db)
    .insertInto('disputes')
    .values({
      witness_key: dispute.witnessKey,
      witness_name: dispute.witnessName,
      size: String(dispute.size),
      since: dispute.since,
    })
    .onConflict((conflict) => conflict.column('witness_key').doUpdateSet({ size: String(dispute.size) }))
    .execute();
}

export async function deleteDispute(db: Tx, witnessKey: string): Promise<void> {
  await at(db).deleteFrom('disputes').where('witness_key', '=', witnessKey).execute();
}

export async function listDisputes(db: Tx): Promise<Array<{ witnessName: string; size: number; since: Date }>> {
  const rows = await at(db).selectFrom('disputes').selectAll().orderBy('since').execute();
  return rows.map((row) => ({ witnessName: row.witness_name, size: Number(row.size), since: row.since }));
}

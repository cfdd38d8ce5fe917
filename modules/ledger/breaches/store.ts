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
    log_key: string | null;
    ended_at: Date | null;
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
  /** Verifier key of the log when it was seen; absent where it was seen before keys were kept. */
  logKey?: string;
  /** Since when the log publishes again what it had lost. What is proven does not end. */
  endedAt?: Date;
};

export type SavedBreach = Breach & { breachId: string };

const at = (db: Tx) => tablesOf<Tables>(db, 'ledger');

/** So many of each kind and state are kept of one log. */
const keptMax = 20;

/**
 * Keeps the first twenty of each kind and state per log, and each note once: evidence, not a diary that a stranger can fill. Those
 * states are counted apart, or played-back suspicions would leave no room for what the log itself confirms. False when nothing new was
 * written.
 */
export async function insertBreach(db: Tx, breach: Breach): Promise<boolean> {
  const { origin, kind, state, seenSize, seenNote, witnessedSize, witnessedNote, proof, seenAt, logKey } = breach;
  const { rows } = await sql`insert into ledger.breaches
    (breach_id, origin, kind, state, seen_size, seen_note, witnessed_size, witnessed_note, proof, seen_at, log_key)
    select ${newId()}::uuid, ${origin}::text, ${kind}::text, ${state}::text, ${seenSize}::bigint, ${seenNote}::text,
      ${witnessedSize}::bigint, ${witnessedNote ?? null}::text, ${proof ? JSON.stringify(proof) : null}::json,
      ${seenAt}::timestamptz, ${logKey ?? null}::text
    where (select count(*) from ledger.breaches
        where origin = ${origin} and kind = ${kind} and state = ${state} and ended_at is null) < ${keptMax}
      and not exists (select 1 from ledger.breaches
        where origin = ${origin} and kind = ${kind} and seen_note = ${seenNote} and state = ${state} and ended_at is null)
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

/** A suspicion that was looked into and came to nothing is forgotten. */
export async function deleteCleared(db: Tx, breachId: string): Promise<void> {
  await at(db).deleteFrom('breaches').where('breach_id', '=', breachId).where('state', '=', 'suspected').execute();
}

/** A log publishes again what it had lost: trust comes back, and what was seen stays. The newest of what is over are kept. */
export async function endConfirmed(db: Tx, { breachId, origin }: SavedBreach, endedAt: Date): Promise<void> {
  await sql`update ledger.breaches set ended_at = ${endedAt}
    where breach_id = ${breachId} and state = 'confirmed' and ended_at is null`.execute(db);
  await sql`delete from ledger.breaches where origin = ${origin} and ended_at is not null and breach_id not in
    (select breach_id from ledger.breaches where origin = ${origin} and ended_at is not null
      order by ended_at desc, breach_id limit ${keptMax})`.execute(db);
}

export async function listBreaches(
  db: Tx,
  by: { origin?: string; states?: BreachState[]; areOpen?: true } = {},
): Promise<SavedBreach[]> {
  let query = at(db).selectFrom('breaches').selectAll().orderBy('seen_at').orderBy('breach_id').limit(1_000);
  if (by.origin !== undefined) query = query.where('origin', '=', by.origin);
  if (by.states) query = query.where('state', 'in', by.states);
  if (by.areOpen) query = query.where('ended_at', 'is', null);
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
    ...(row.log_key === null ? {} : { logKey: row.log_key }),
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
  }));
}

/** Logs with a breach in one of these states that is not over. */
export async function listBreachedOrigins(db: Tx, states: BreachState[]): Promise<string[]> {
  const rows = await at(db)
    .selectFrom('breaches')
    .select('origin')
    .distinct()
    .where('state', 'in', states)
    .where('ended_at', 'is', null)
    .execute();
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

import { type Generated, type Selectable, sql } from 'kysely';
import { type Tx, tablesOf } from '#kernel/database';
import type { Json, LedgerReceipt } from './contract.ts';
import type { BreachKind, Witnessed } from './rules.ts';

// Both engines hand bigint over as text.
type Tables = {
  entries: {
    entry_id: string;
    append_order: Generated<string>;
    commitment: Uint8Array;
    leaf_hash: Uint8Array;
    salt: Uint8Array;
    record: unknown;
    kind: string;
    person_id: string | null;
    appended_at: Date;
    leaf_index: Generated<string | null>;
  };
  checkpoints: { size: string; root: Uint8Array; note: string; made_at: Date };
  cosignatures: { size: string; witness_key: string; witness_name: string; line: string; cosigned_at: Date };
  witnessed: { origin: string; size: string; root: Uint8Array; note: string; witnessed_at: Date };
  breaches: {
    breach_id: string;
    origin: string;
    kind: string;
    seen_size: string;
    seen_note: string;
    witnessed_size: string;
    witnessed_note: string | null;
    seen_at: Date;
  };
};

export type SavedEntry = LedgerReceipt & { leafIndex: number | null };
export type SavedCheckpoint = { size: number; root: Buffer; note: string; madeAt: Date };
export type Breach = {
  origin: string;
  kind: BreachKind;
  seenSize: number;
  seenNote: string;
  witnessedSize: number;
  /** The cosigned checkpoint that the seen one contradicts. */
  witnessedNote?: string;
  seenAt: Date;
};

const at = (db: Tx) => tablesOf<Tables>(db, 'ledger');

export async function insertEntry(
  tx: Tx,
  entry: LedgerReceipt & {
    text: string;
    personId?: string;
    commitmentBytes: Buffer;
    leafHashBytes: Buffer;
    saltBytes: Buffer;
  },
): Promise<void> {
  await at(tx)
    .insertInto('entries')
    .values({
      entry_id: entry.entryId,
      commitment: entry.commitmentBytes,
      leaf_hash: entry.leafHashBytes,
      salt: entry.saltBytes,
      record: sql`${entry.text}::json`,
      kind: entry.kind,
      person_id: entry.personId ?? null,
      appended_at: entry.appendedAt,
    })
    .execute();
}

/** Says whom an entry is about, where nothing said so yet. */
export async function nameEntry(tx: Tx, leafHash: Buffer, personId: string): Promise<void> {
  await at(tx)
    .updateTable('entries')
    .set({ person_id: personId })
    .where('leaf_hash', '=', leafHash)
    .where('person_id', 'is', null)
    .execute();
}

export async function findEntry(
  db: Tx,
  by: { entryId: string } | { leafHash: Buffer },
): Promise<SavedEntry | undefined> {
  const query = at(db).selectFrom('entries').selectAll();
  const row = await ('entryId' in by
    ? query.where('entry_id', '=', by.entryId)
    : query.where('leaf_hash', '=', by.leafHash)
  ).executeTakeFirst();
  return row && toEntry(row);
}

export async function listEntriesAbout(
  db: Tx,
  personId: string,
  { kinds, limit }: { kinds?: string[]; limit: number },
): Promise<SavedEntry[]> {
  let query = at(db).selectFrom('entries').selectAll().where('person_id', '=', personId);
  if (kinds) query = kinds.length === 0 ? query.where(sql`false`, '=', true) : query.where('kind', 'in', kinds);
  return (await query.orderBy('append_order', 'desc').limit(limit).execute()).map(toEntry);
}

export async function countPending(db: Tx): Promise<number> {
  const row = await at(db)
    .selectFrom('entries')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('leaf_index', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Held to the end of the transaction: one integrator sequences at a time, whichever process it runs in. */
export async function lockSequence(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('ledger.entries.leaf_index', 0))`.execute(tx);
}

/** Leaves numbered so far: the next leaf index. */
export async function countSequenced(db: Tx): Promise<number> {
  const row = await at(db)
    .selectFrom('entries')
    .select(({ fn }) => fn.max('leaf_index').as('last'))
    .executeTakeFirstOrThrow();
  return row.last === null ? 0 : Number(row.last) + 1;
}

/** Numbers at most `limit` pending entries in the order of their writing, from `first` on; under `lockSequence`. */
export async function sequencePending(tx: Tx, first: number, limit: number): Promise<void> {
  await sql`update ledger.entries as entry set leaf_index = ${first}::bigint + pending.place - 1
    from (select entry_id, row_number() over (order by append_order) as place
      from ledger.entries where leaf_index is null order by append_order limit ${limit}) as pending
    where entry.entry_id = pending.entry_id`.execute(tx);
}

export async function listCommitments(db: Tx, range: { start: number; end: number }): Promise<Buffer[]> {
  const rows = await at(db)
    .selectFrom('entries')
    .select('commitment')
    .where('leaf_index', '>=', String(range.start))
    .where('leaf_index', '<', String(range.end))
    .orderBy('leaf_index')
    .execute();
  return rows.map((row) => Buffer.from(row.commitment));
}

export async function findLatestCheckpoint(db: Tx): Promise<SavedCheckpoint | undefined> {
  const row = await at(db).selectFrom('checkpoints').selectAll().orderBy('size', 'desc').limit(1).executeTakeFirst();
  return row && toCheckpoint(row);
}

/** The newest checkpoint over `leafIndex` that at least `quorum` (above 0) witnesses have cosigned. */
export async function findCosignedCheckpoint(
  db: Tx,
  leafIndex: number,
  quorum: number,
): Promise<SavedCheckpoint | undefined> {
  const cosigned = at(db)
    .selectFrom('cosignatures')
    .select('size')
    .where('size', '>', String(leafIndex))
    .groupBy('size')
    .having(({ fn }) => fn.countAll(), '>=', quorum)
    .orderBy('size', 'desc')
    .limit(1);
  const row = await at(db).selectFrom('checkpoints').selectAll().where('size', '=', cosigned).executeTakeFirst();
  return row && toCheckpoint(row);
}

export async function insertCheckpoint(tx: Tx, checkpoint: SavedCheckpoint): Promise<void> {
  const { size, root, note, madeAt } = checkpoint;
  await at(tx)
    .insertInto('checkpoints')
    .values({ size: String(size), root, note, made_at: madeAt })
    .execute();
}

export async function listCosignatures(
  db: Tx,
  size: number,
): Promise<Array<{ witnessKey: string; witnessName: string; line: string }>> {
  const rows = await at(db)
    .selectFrom('cosignatures')
    .select(['witness_key', 'witness_name', 'line'])
    .where('size', '=', String(size))
    .orderBy('witness_name')
    .execute();
  return rows.map((row) => ({ witnessKey: row.witness_key, witnessName: row.witness_name, line: row.line }));
}

export async function insertCosignature(
  db: Tx,
  cosignature: { size: number; witnessKey: string; witnessName: string; line: string; cosignedAt: Date },
): Promise<void> {
  await at(db)
    .insertInto('cosignatures')
    .values({
      size: String(cosignature.size),
      witness_key: cosignature.witnessKey,
      witness_name: cosignature.witnessName,
      line: cosignature.line,
      cosigned_at: cosignature.cosignedAt,
    })
    .onConflict((conflict) => conflict.columns(['size', 'witness_key']).doNothing())
    .execute();
}

/** Size of the last of our checkpoints that a witness is known to have cosigned; 0 for none. */
export async function findSizeKnownTo(db: Tx, witnessKey: string): Promise<number> {
  const row = await at(db)
    .selectFrom('cosignatures')
    .select(({ fn }) => fn.max('size').as('size'))
    .where('witness_key', '=', witnessKey)
    .executeTakeFirstOrThrow();
  return Number(row.size ?? 0);
}

export async function findWitnessed(db: Tx, origin: string): Promise<(Witnessed & { note: string }) | undefined> {
  const row = await at(db).selectFrom('witnessed').selectAll().where('origin', '=', origin).executeTakeFirst();
  return row && { size: Number(row.size), root: Buffer.from(row.root), note: row.note };
}

/** One statement compares and replaces, so that of two racing checkpoints one wins. False when `before` is no longer true. */
export async function replaceWitnessed(
  db: Tx,
  origin: string,
  before: Witnessed | undefined,
  after: Witnessed & { note: string; at: Date },
): Promise<boolean> {
  const values = { size: String(after.size), root: Buffer.from(after.root), note: after.note, witnessed_at: after.at };
  const row = before
    ? await at(db)
        .updateTable('witnessed')
        .set(values)
        .where('origin', '=', origin)
        .where('size', '=', String(before.size))
        .where('root', '=', Buffer.from(before.root))
        .returning('origin')
        .executeTakeFirst()
    : await at(db)
        .insertInto('witnessed')
        .values({ origin, ...values })
        .onConflict((conflict) => conflict.column('origin').doNothing())
        .returning('origin')
        .executeTakeFirst();
  return row !== undefined;
}

/** Keeps the first twenty of each kind per log: evidence, not a diary that a stranger can fill. */
export async function insertBreach(db: Tx, breachId: string, breach: Breach): Promise<void> {
  const { origin, kind, seenSize, seenNote, witnessedSize, witnessedNote, seenAt } = breach;
  await sql`insert into ledger.breaches
    (breach_id, origin, kind, seen_size, seen_note, witnessed_size, witnessed_note, seen_at)
    select ${breachId}::uuid, ${origin}::text, ${kind}::text, ${seenSize}::bigint, ${seenNote}::text,
      ${witnessedSize}::bigint, ${witnessedNote ?? null}::text, ${seenAt}::timestamptz
    where (select count(*) from ledger.breaches where origin = ${origin} and kind = ${kind}) < 20`.execute(db);
}

export async function listBreaches(db: Tx, origin?: string): Promise<Breach[]> {
  const query = at(db).selectFrom('breaches').selectAll().orderBy('seen_at').limit(1_000);
  const rows = await (origin === undefined ? query : query.where('origin', '=', origin)).execute();
  return rows.map((row) => ({
    origin: row.origin,
    kind: row.kind as BreachKind,
    seenSize: Number(row.seen_size),
    seenNote: row.seen_note,
    witnessedSize: Number(row.witnessed_size),
    ...(row.witnessed_note === null ? {} : { witnessedNote: row.witnessed_note }),
    seenAt: row.seen_at,
  }));
}

function toEntry(row: Selectable<Tables['entries']>): SavedEntry {
  return {
    entryId: row.entry_id,
    kind: row.kind,
    leafHash: Buffer.from(row.leaf_hash).toString('hex'),
    commitment: Buffer.from(row.commitment).toString('base64'),
    salt: Buffer.from(row.salt).toString('base64'),
    record: row.record as Record<string, Json>,
    appendedAt: row.appended_at,
    leafIndex: row.leaf_index === null ? null : Number(row.leaf_index),
  };
}

function toCheckpoint(row: Selectable<Tables['checkpoints']>): SavedCheckpoint {
  return { size: Number(row.size), root: Buffer.from(row.root), note: row.note, madeAt: row.made_at };
}

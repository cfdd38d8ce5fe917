import type { Selectable } from 'kysely';
import { sql, type Tx, tablesOf } from '#kernel/database';
import { inPowers, type Statement, valuesText } from '#kernel/statements';
import type { Json, LedgerReceipt, PreparedEntry } from './contract.ts';
import type { Witnessed } from './rules.ts';

// Both engines hand bigint over as text.
type Tables = {
  entries: {
    entry_id: string;
    append_id: string;
    place: number;
    commitment: Uint8Array;
    leaf_hash: Uint8Array;
    salt: Uint8Array;
    record: unknown;
    kind: string;
    person_id: string | null;
    appended_at: Date;
  };
  appends: { append_id: string; commitments: Uint8Array; first_leaf: string | null };
  checkpoints: { size: string; root: Uint8Array; note: string; made_at: Date };
  cosignatures: { size: string; witness_key: string; witness_name: string; line: string; cosigned_at: Date };
  witnessed: { origin: string; size: string; root: Uint8Array; note: string; witnessed_at: Date };
};

export type SavedEntry = LedgerReceipt & { leafIndex: number | null };
export type SavedCheckpoint = { size: number; root: Buffer; note: string; madeAt: Date };
const at = (db: Tx) => tablesOf<Tables>(db, 'ledger');

const entryTypes = ['uuid', 'int', 'bytea', 'bytea', 'bytea', 'json', 'text', 'uuid', 'timestamptz'];

/** Writes entries that are appended together: what one statement writes is numbered together. */
export function insertingEntries(entries: readonly PreparedEntry[]): Statement[] {
  return inPowers(entries).map((some) => {
    const rows = some.map(({ receipt, text, personId, commitmentBytes, leafHashBytes, saltBytes }, place) => {
      const { entryId, kind, appendedAt } = receipt;
      return [entryId, place, commitmentBytes, leafHashBytes, saltBytes, text, kind, personId ?? null, appendedAt];
    });
    return {
      text: `with appended as (insert into ledger.appends (commitments) values ($1) returning append_id)
        insert into ledger.entries
          (append_id, entry_id, place, commitment, leaf_hash, salt, record, kind, person_id, appended_at)
        select append_id, entry.* from appended, (${valuesText(rows, 2, entryTypes)}) as entry`,
      values: [Buffer.concat(some.map(({ commitmentBytes }) => commitmentBytes)), ...rows.flat()],
    };
  });
}

type NumberedEntry = Selectable<Tables['entries']> & { first_leaf: string | null };

const entriesWithIndex = (db: Tx) =>
  at(db)
    .selectFrom('entries')
    .innerJoin('appends', 'appends.append_id', 'entries.append_id')
    .selectAll('entries')
    .select('appends.first_leaf');
/** Says whom an entry is about, where nothing said so yet. */
export async function nameEntry(tx: Tx, leafHash: Buffer, personId: string): Promise<void> {
  await at(tx)
    .updateTable('entries')
    .set({ person_id: personId })
    .where(sql<boolean>`substr(leaf_hash, 1, 8) = ${leafHash.subarray(0, 8)}`)
    .where('leaf_hash', '=', leafHash)
    .where('person_id', 'is', null)
    .execute();
}

/** An entry, with the newest checkpoint as of the same moment. */
export async function findEntry(
  db: Tx,
  by: { entryId: string } | { leafHash: Buffer },
): Promise<{ entry: SavedEntry; latest: SavedCheckpoint | undefined } | undefined> {
  const query = entriesWithIndex(db)
    .leftJoinLateral(
      (from) => from.selectFrom('checkpoints').selectAll().orderBy('size', 'desc').limit(1).as('latest'),
      (join) => join.onTrue(),
    )
    .select(['latest.size', 'latest.root', 'latest.note', 'latest.made_at']);
  const row = await ('entryId' in by
    ? query.where('entry_id', '=', by.entryId)
    : query
        .where(sql<boolean>`substr(leaf_hash, 1, 8) = ${by.leafHash.subarray(0, 8)}`)
        .where('leaf_hash', '=', by.leafHash)
  ).executeTakeFirst();
  if (!row) return undefined;
  const { size, root, note, made_at } = row;
  const hasLatest = size !== null && root !== null && note !== null && made_at !== null;
  return { entry: toEntry(row), latest: hasLatest ? toCheckpoint({ size, root, note, made_at }) : undefined };
}

export async function listEntriesAbout(
  db: Tx,
  personId: string,
  { kinds, limit }: { kinds?: string[]; limit: number },
): Promise<SavedEntry[]> {
  let query = entriesWithIndex(db).where('person_id', '=', personId);
  if (kinds) query = kinds.length === 0 ? query.where(sql`false`, '=', true) : query.where('kind', 'in', kinds);
  const rows = await query.orderBy('entries.append_id', 'desc').orderBy('place', 'desc').limit(limit).execute();
  return rows.map(toEntry);
}

/** Leaves that no checkpoint is over yet, numbered or not: numbered ones wait too when their tiles could not be written. */
export async function countPending(db: Tx): Promise<number> {
  const { rows } = await sql<{ count: string }>`
    select coalesce((select sum(octet_length(commitments)) / 32 from ledger.appends where first_leaf is null), 0)
      + coalesce((select first_leaf + octet_length(commitments) / 32 from ledger.appends
          where first_leaf is not null order by first_leaf desc limit 1), 0)
      - coalesce((select max(size) from ledger.checkpoints), 0) as count`.execute(db);
  return Number(rows[0]!.count);
}

/** Held to the end of the transaction: one integrator sequences at a time, whichever process it runs in. */
export async function lockSequence(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('ledger.entries.leaf_index', 0))`.execute(tx);
}

/** Leaves numbered so far: the next leaf index. */
export async function countSequenced(db: Tx): Promise<number> {
  const { rows } = await sql<{ count: string }>`
    select first_leaf + octet_length(commitments) / 32 as count from ledger.appends
    where first_leaf is not null order by first_leaf desc limit 1`.execute(db);
  return Number(rows[0]?.count ?? 0);
}

/** Numbers at most `limit` pending appends in the order of their writing, from leaf `first` on; under `lockSequence`. */
export async function sequencePending(tx: Tx, first: number, limit: number): Promise<void> {
  await sql`update ledger.appends as append set first_leaf = ${first}::bigint + pending.leaves_before
    from (
      select append_id, sum(leaves) over (order by append_id) - leaves as leaves_before
      from (
        select append_id, octet_length(commitments) / 32 as leaves from ledger.appends
        where first_leaf is null order by append_id limit ${limit}
      ) as taken
    ) as pending
    where append.append_id = pending.append_id`.execute(tx);
}

/** The commitments of the leaves from `start` up to, but without, `end`: fewer when there is a gap. */
export async function listCommitments(db: Tx, range: { start: number; end: number }): Promise<Buffer[]> {
  const { rows } = await sql<{ first_leaf: string; commitments: Uint8Array }>`
    select first_leaf, commitments from ledger.appends
    where first_leaf < ${range.end}::bigint and first_leaf >= coalesce(
      (select max(first_leaf) from ledger.appends where first_leaf <= ${range.start}::bigint), 0)
    order by first_leaf`.execute(db);
  const found: Buffer[] = [];
  for (const row of rows) {
    const bytes = Buffer.from(row.commitments);
    const first = Number(row.first_leaf);
    for (let place = 0; place < bytes.length / 32; place += 1) {
      const leaf = first + place;
      if (leaf < range.start || leaf >= range.end) continue;
      if (leaf !== range.start + found.length) return found;
      found.push(bytes.subarray(place * 32, place * 32 + 32));
    }
  }
  return found;
}

export async function findLatestCheckpoint(db: Tx): Promise<SavedCheckpoint | undefined> {
  const row = await at(db).selectFrom('checkpoints').selectAll().orderBy('size', 'desc').limit(1).executeTakeFirst();
  return row && toCheckpoint(row);
}

/** Who cosigned the checkpoints over `leafIndex`, one row per checkpoint, from the newest or from the oldest on. */
export async function listCosigners(
  db: Tx,
  leafIndex: number,
  { from, limit }: { from: 'newest' | 'oldest'; limit: number },
): Promise<Array<{ size: number; witnessKeys: string[] }>> {
  const rows = await at(db)
    .selectFrom('cosignatures')
    .select(['size', sql<string[]>`array_agg(witness_key)`.as('witness_keys')])
    .where('size', '>', String(leafIndex))
    .groupBy('size')
    .orderBy('size', from === 'newest' ? 'desc' : 'asc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ size: Number(row.size), witnessKeys: row.witness_keys }));
}

export async function findCheckpoint(db: Tx, size: number): Promise<SavedCheckpoint | undefined> {
  const row = await at(db).selectFrom('checkpoints').selectAll().where('size', '=', String(size)).executeTakeFirst();
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

/** Size of the last of our checkpoints that a witness, under any of its keys, is known to have cosigned; 0 for none. */
export async function findSizeKnownTo(db: Tx, witnessKeys: string[]): Promise<number> {
  const row = await at(db)
    .selectFrom('cosignatures')
    .select(({ fn }) => fn.max('size').as('size'))
    .where('witness_key', 'in', witnessKeys)
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

function toEntry(row: NumberedEntry): SavedEntry {
  return {
    entryId: row.entry_id,
    kind: row.kind,
    leafHash: Buffer.from(row.leaf_hash).toString('hex'),
    commitment: Buffer.from(row.commitment).toString('base64'),
    salt: Buffer.from(row.salt).toString('base64'),
    record: row.record as Record<string, Json>,
    appendedAt: row.appended_at,
    leafIndex: row.first_leaf === null ? null : Number(row.first_leaf) + row.place,
  };
}

function toCheckpoint(row: Selectable<Tables['checkpoints']>): SavedCheckpoint {
  return { size: Number(row.size), root: Buffer.from(row.root), note: row.note, madeAt: row.made_at };
}

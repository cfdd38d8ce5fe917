import type { Database } from '#kernel/database';
import type { HttpClient } from '#kernel/http-client';
import type { Log } from '#kernel/log';
import { Problem } from '#kernel/problem';
import { formatAddCheckpoint } from './add-checkpoint.ts';
import type { Neighbour } from './cosigning.ts';
import { readDecimal, readUtf8 } from './encoding.ts';
import { countSequenced, findLatestCheckpoint, listCosigners, type SavedCheckpoint } from './store.ts';
import { formatTilePath, type TileStore, tileWidth } from './tiles.ts';

/** That this log was longer once than its database says: `size` entries are in the database, `seen` were published. */
export type LostEntries = { size: number; seen: number; by: 'tiles' | 'witnesses' };
/** `unknown`: no witness could be asked, so nobody can say yet. */
export type LossFinding = 'none' | 'unknown' | LostEntries;

type LossNeeds = {
  database: Database;
  http: HttpClient;
  tiles: TileStore;
  origin: string;
  neighbours: () => Promise<Neighbour[]>;
  quorum: number;
};

/** Short: a process that takes over has to grow the log within 2 s of the other's end, whoever is silent. */
const deadlineMs = 1_000;
/** How long a process whose disk has the tiles waits for a witness to answer, before it signs for the first time. */
const patienceMs = 10_000;

/**
 * Finds out whether the database was put back from an older backup. Whoever signs then signs a second history, which no witness
 * ever forgives; so a process looks before it signs for the first time. What was published stands in the tiles, and in the
 * memory of the witnesses, of which as many as the quorum have to say so: a 409 is not signed.
 */
export async function findLostEntries(needs: LossNeeds): Promise<LossFinding> {
  const { database, tiles } = needs;
  const before = await countSequenced(database.db);
  const onDisk = await measureTiles(tiles, before);
  // Counted after the tiles: another process numbers its leaves before it writes their tiles.
  const size = await countSequenced(database.db);
  if (onDisk > size) return { size, seen: onDisk, by: 'tiles' };

  const latest = await findLatestCheckpoint(database.db);
  if (!latest) return 'none';
  let others: Neighbour[];
  try {
    others = (await needs.neighbours()).filter(({ origin }) => origin !== needs.origin);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return 'unknown';
  }
  if (others.length === 0) return 'none';
  const sizes = (await Promise.all(others.map((one) => askSize(needs.http, one, latest)))).filter(
    (one) => one !== undefined,
  );
  if (sizes.length === 0) return 'unknown';
  const now = await countSequenced(database.db);
  const longer = sizes.filter((seen) => seen > now);
  const enough = Math.min(Math.max(needs.quorum, 1), others.length);
  return longer.length >= enough ? { size: now, seen: Math.max(...longer), by: 'witnesses' } : 'none';
}

/** How many leaves the tiles hold, as far as it is more than `size`: the rest of one tile is looked through. */
async function measureTiles(tiles: TileStore, size: number): Promise<number> {
  const index = Math.floor(size / tileWidth);
  const has = async (width: number) =>
    (await tiles.find(formatTilePath({ level: 'entries', index, width }))) !== undefined;
  for (let width = tileWidth; width > size % tileWidth; width -= 1)
    if (await has(width)) return index * tileWidth + width;
  return size;
}

/** The size up to which a witness knows this log: by the newest checkpoint shown as one that it has seen (C2SP tlog-witness). */
async function askSize(
  http: HttpClient,
  { witnessUrl }: Neighbour,
  { size, note }: SavedCheckpoint,
): Promise<number | undefined> {
  try {
    const { status, headers, body } = await http.request({
      method: 'POST',
      url: `${witnessUrl}/add-checkpoint`,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: formatAddCheckpoint({ oldSize: size, hashes: [], note }),
      timeoutMs: deadlineMs,
      bodyBytesMax: 16_384,
    });
    if (status === 200) return size;
    if (status !== 409 || !headers['content-type']?.startsWith('text/x.tlog.size')) return undefined;
    return readDecimal(readUtf8(body)?.trimEnd() ?? '');
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return undefined;
  }
}

/** Keeps one process from growing a log that has lost entries: asked before each growth, it looks once, and again when the log shrank. */
export function createLossGuard(needs: LossNeeds & { log: Log }): {
  /** `seenSize`: the largest size that this process has seen of its log. */
  mayGrow(seenSize: number): Promise<boolean>;
  lost(): LostEntries | undefined;
} {
  const { database, log, tiles } = needs;
  let known: LossFinding = 'unknown';
  let lookedAtMs: number | undefined;

  const mayGoOnUnknown = async (): Promise<boolean> => {
    lookedAtMs ??= performance.now();
    const size = (await findLatestCheckpoint(database.db))?.size ?? 0;
    const wasWitnessed = (await listCosigners(database.db, 0, { from: 'newest', limit: 1 })).length > 0;
    if (!wasWitnessed) return true;
    // A new machine knows of the log what the database says, and no more: somebody else has to say that it is all.
    return performance.now() - lookedAtMs > patienceMs && (await hasTiles(tiles, size));
  };

  return {
    mayGrow: async (seenSize) => {
      if (known === 'none' && (await countSequenced(database.db)) >= seenSize) return true;
      if (known === 'none' || known === 'unknown') {
        known = await findLostEntries(needs);
        if (known === 'unknown' && (await mayGoOnUnknown())) known = 'none';
        if (known === 'unknown')
          log.warn({}, 'no witness can be asked how long this ledger was; it is not grown before one answers');
        else if (known !== 'none')
          log.error(
            known,
            'the database has fewer entries than this ledger has published: it was put back from an older backup. Nothing is signed; stop the node and restore the newest one (docs/how-to/answer-a-breach.md)',
          );
      }
      return known === 'none';
    },
    lost: () => (typeof known === 'object' ? known : undefined),
  };
}

/** Whether the disk has the tiles under a checkpoint at all: a new machine has none. */
async function hasTiles(tiles: TileStore, size: number): Promise<boolean> {
  if (size === 0) return true;
  const index = Math.floor((size - 1) / tileWidth);
  const width = size - index * tileWidth;
  for (const one of new Set([width, tileWidth]))
    if (await tiles.find(formatTilePath({ level: 'entries', index, width: one }))) return true;
  return false;
}

import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import type { Signer } from '#kernel/keys';
import type { Log } from '#kernel/log';
import { formatCheckpointText, formatSignatureLine, type VerifierKey } from './note.ts';
import {
  countSequenced,
  findLatestCheckpoint,
  insertCheckpoint,
  listCommitments,
  lockSequence,
  type SavedCheckpoint,
  sequencePending,
} from './store.ts';
import { type Edge, emptyEdge, extendEdge, readEdge, rootOfEdge, TileLost, type TileStore } from './tiles.ts';

export type IntegrationNeeds = {
  database: Database;
  clock: Clock;
  log: Log;
  tiles: TileStore;
  logSigner: Signer;
  logKey: VerifierKey;
};

/** Leaves per round: bounds the memory of one round and the length of its transactions. */
const leavesMax = 4_096;
const appendsMax = 1_024;

/**
 * Numbers pending entries, writes their tiles, then signs and saves a checkpoint, in rounds until nothing is pending.
 * Numbering is durable before the first tile is written, and the same leaves give the same tiles, so a crash anywhere, or a
 * second integrator, repeats the same bytes: nothing is doubled, lost, or signed in two ways. Returns the newest checkpoint.
 */
export async function integratePending(needs: IntegrationNeeds): Promise<SavedCheckpoint> {
  const { database } = needs;
  for (;;) {
    const sequenced = await database.transaction(async (tx) => {
      await lockSequence(tx);
      await sequencePending(tx, await countSequenced(tx), appendsMax);
      return countSequenced(tx);
    });
    const latest = await findLatestCheckpoint(database.db);
    if (latest && latest.size >= sequenced) return latest;
    await publish(needs, latest, Math.min(sequenced, (latest?.size ?? 0) + leavesMax));
  }
}

async function publish(needs: IntegrationNeeds, from: SavedCheckpoint | undefined, size: number): Promise<void> {
  const { database, tiles, clock, logSigner, logKey } = needs;
  const edge = await openEdge(needs, from);
  const grown = await growEdge(needs, edge, size);

  const root = rootOfEdge(grown.edge);
  const text = formatCheckpointText({ origin: logKey.name, size, root });
  const signature = new Uint8Array(await logSigner.sign(Buffer.from(text)));
  const note = `${text}\n${formatSignatureLine({ name: logKey.name, keyId: logKey.keyId, signature })}`;
  await database.transaction(async (tx) => {
    await lockSequence(tx);
    const latest = await findLatestCheckpoint(tx);
    if (!latest || latest.size < size) await insertCheckpoint(tx, { size, root, note, madeAt: clock.now() });
  });
  for (const path of grown.written) if (!path.includes('.p/')) await tiles.removePartials?.(path);
}

/** Writes the tiles under the newest checkpoint again where the disk has not got them, as on a new machine: they are read before the log grows. */
export async function mendTiles(needs: IntegrationNeeds): Promise<void> {
  await openEdge(needs, await findLatestCheckpoint(needs.database.db));
}

/** The edge under the last checkpoint. Refuses to go on from tiles that do not give the root that was signed. */
async function openEdge(needs: IntegrationNeeds, from: SavedCheckpoint | undefined): Promise<Edge> {
  if (!from) return emptyEdge;
  try {
    const edge = await readEdge(needs.tiles, from.size);
    if (rootOfEdge(edge).equals(from.root)) return edge;
  } catch (error) {
    if (!(error instanceof TileLost)) throw error;
  }
  needs.log.error({ size: from.size }, 'tiles lost or damaged: writing them again from the entries');
  let edge: Edge = emptyEdge;
  while (edge.size < from.size) {
    const grown = await growEdge(needs, edge, Math.min(from.size, edge.size + leavesMax));
    edge = grown.edge;
  }
  // Signing anything after this would be a fork of what was published: better to stop and be asked why.
  if (!rootOfEdge(edge).equals(from.root))
    throw new Error('the entries no longer give the root that this ledger signed');
  return edge;
}

async function growEdge(needs: IntegrationNeeds, edge: Edge, size: number): Promise<{ edge: Edge; written: string[] }> {
  const commitments = await listCommitments(needs.database.db, { start: edge.size, end: size });
  if (commitments.length !== size - edge.size) throw new Error('leaf indexes of the ledger have a gap');
  const grown = extendEdge(edge, commitments);
  for (const [path, bytes] of grown.written) await needs.tiles.put(path, bytes);
  return { edge: grown.edge, written: [...grown.written.keys()] };
}

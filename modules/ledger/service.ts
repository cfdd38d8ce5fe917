import canonicalize from 'canonicalize';
import type { Clock } from '#kernel/clock';
import type { Handlers, RawAnswer } from '#kernel/contract';
import type { Database, Tx } from '#kernel/database';
import type { HttpClient } from '#kernel/http-client';
import { newId, randomBytes, sha256 } from '#kernel/ids';
import type { Signer } from '#kernel/keys';
import type { Log } from '#kernel/log';
import { createRateLimit } from '#kernel/rate-limit';
import { commitmentMessage } from './commitment.ts';
import {
  type InclusionProof,
  type Json,
  type LeafProof,
  type LedgerEntry,
  type LedgerReceipt,
  type ledgerContract,
  problem,
} from './contract.ts';
import { createCosigning, type Neighbour } from './cosigning.ts';
import { integratePending } from './integration.ts';
import { listInclusionRanges } from './merkle.ts';
import { formatVerifierKey, isKeyName, keyIdMessage, logKeyType, type VerifierKey, witnessKeyType } from './note.ts';
import {
  type Breach,
  countPending,
  findCosignedCheckpoint,
  findEntry,
  findLatestCheckpoint,
  insertEntry,
  listBreaches,
  listCosignatures,
  listEntriesAbout,
  type SavedEntry,
} from './store.ts';
import { createTicker } from './ticker.ts';
import {
  createHashReader,
  cutTile,
  hashLeafNow,
  parseTilePath,
  readTile,
  type TileStore,
  widthOfTile,
} from './tiles.ts';
import { createWitness } from './witness.ts';

export type LedgerNeeds = {
  database: Database;
  clock: Clock;
  http: HttpClient;
  log: Log;
  /** Two different Ed25519 keys: C2SP forbids one key for a log and a witness. */
  logSigner: Signer;
  witnessSigner: Signer;
  /** Names without a scheme, spaces or `+`: `bh.example/ledger`, `bh.example/witness`. */
  origin: string;
  witnessName: string;
  tiles: TileStore;
  /** The logs that are witnessed and the witnesses that are asked. Own entries are passed over. */
  neighbours: () => Promise<Neighbour[]>;
  /** How many other states should have cosigned the checkpoint that a proof rests on. */
  quorum: number;
  /** Longest wait of an entry for its checkpoint while started; 2,000 ms unless told otherwise. */
  integrateEveryMs?: number;
};

export type LedgerStatus = {
  size: number;
  lastCheckpointAt: Date | undefined;
  /** Names of the witnesses that cosigned the newest checkpoint. */
  cosignedBy: string[];
  pending: number;
  /** Names of witnesses that hold this ledger to have lost or changed entries. Anything here needs a person. */
  disputedBy: string[];
};

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function createService(needs: LedgerNeeds) {
  const { database, clock, log, tiles, quorum, origin } = needs;
  const logKey = keyOf(origin, logKeyType, needs.logSigner);
  const witnessKey = keyOf(needs.witnessName, witnessKeyType, needs.witnessSigner);
  const hashes = createHashReader(tiles);
  const cosigning = createCosigning({ ...needs, hashes });
  const breachListeners: Array<(breach: Breach) => void> = [];
  const witness = createWitness({
    ...needs,
    witnessKey,
    announceBreach: (breach) => {
      for (const listener of breachListeners) listener(breach);
    },
  });
  const integrationListeners: Array<(checkpoint: { size: number }) => void> = [];
  const limits = {
    tiles: createRateLimit({ perSecond: 1_000, burst: 5_000 }),
    proofs: createRateLimit({ perSecond: 200, burst: 2_000 }),
    witness: createRateLimit({ perSecond: 200, burst: 2_000 }),
  };
  const admit = (limit: keyof typeof limits) => {
    if (!limits[limit].take(clock.now().getTime())) throw problem('too-many-requests');
  };

  let integrating: Promise<unknown> = Promise.resolve();
  let announcedSize = -1;
  const integrate = (): Promise<void> => {
    const run = integrating.then(async () => {
      const { size } = await integratePending({ database, clock, log, tiles, logSigner: needs.logSigner, logKey });
      if (size === announcedSize) return;
      announcedSize = size;
      for (const listener of integrationListeners) listener({ size });
    });
    integrating = run.catch(() => undefined);
    return run;
  };

  const append = async (tx: Tx, entry: LedgerEntry): Promise<LedgerReceipt> => {
    if ('kind' in entry.record) throw new TypeError('a ledger record must not hold a member named kind');
    const text = canonicalize({ kind: entry.kind, ...entry.record });
    if (text === undefined) throw new TypeError('a ledger record has no JSON form');
    const record = JSON.parse(text) as Record<string, Json>;
    const saltBytes = randomBytes(32);
    const commitmentBytes = sha256(commitmentMessage(saltBytes, record));
    const leafHashBytes = hashLeafNow(commitmentBytes);
    const receipt: LedgerReceipt = {
      entryId: newId(),
      kind: entry.kind,
      leafHash: leafHashBytes.toString('hex'),
      commitment: commitmentBytes.toString('base64'),
      salt: saltBytes.toString('base64'),
      record,
      appendedAt: clock.now(),
    };
    const { personId } = entry;
    await insertEntry(tx, {
      ...receipt,
      text,
      ...(personId ? { personId } : {}),
      commitmentBytes,
      leafHashBytes,
      saltBytes,
    });
    ticker.nudge();
    return receipt;
  };

  /** The newest checkpoint with enough cosignatures, else the newest that has the leaf at all. */
  const proveLeaf = async (entry: SavedEntry): Promise<LeafProof | undefined> => {
    const { leafIndex } = entry;
    if (leafIndex === null) return undefined;
    const latest = await findLatestCheckpoint(database.db);
    const cosigned = quorum > 0 ? await findCosignedCheckpoint(database.db, leafIndex, quorum) : undefined;
    const checkpoint = cosigned ?? latest;
    if (!latest || !checkpoint || checkpoint.size <= leafIndex) return undefined;
    const { size } = checkpoint;
    const path = await hashes.readHashes(listInclusionRanges(leafIndex, size), size, latest.size);
    return {
      leafHash: entry.leafHash,
      leafIndex,
      treeSize: size,
      hashes: path.map((hash) => hash.toString('base64')),
      checkpoint: await withCosignatures(checkpoint),
    };
  };

  const withCosignatures = async ({ size, note }: { size: number; note: string }): Promise<string> =>
    note + (await listCosignatures(database.db, size)).map(({ line }) => line).join('');

  /** What is no UUID is no entry; PostgreSQL would call it an error. */
  const findByEntryId = async (entryId: string): Promise<SavedEntry | undefined> =>
    uuid.test(entryId) ? findEntry(database.db, { entryId }) : undefined;

  const findProof = async (by: string | { leafHash: string }): Promise<InclusionProof | undefined> => {
    const entry =
      typeof by === 'string'
        ? await findByEntryId(by)
        : await findEntry(database.db, { leafHash: Buffer.from(by.leafHash, 'hex') });
    const proof = entry && (await proveLeaf(entry));
    if (!proof) return undefined;
    return { ...proof, opening: { salt: entry.salt, record: entry.record, commitment: entry.commitment } };
  };

  const serveTile = async (path: string): Promise<RawAnswer> => {
    admit('tiles');
    const name = parseTilePath(path);
    const latest = await findLatestCheckpoint(database.db);
    // Nothing beyond the published size leaves: what is not under a checkpoint is not yet a promise.
    if (!name || !latest || name.width > widthOfTile(name.level, name.index, latest.size))
      throw problem('tile-unknown');
    const whole = await readTile(tiles, name, latest.size);
    return { bytes: cutTile(whole, name), headers: { 'cache-control': 'public, max-age=31536000, immutable' } };
  };

  const handlers: Handlers<typeof ledgerContract> = {
    readCheckpoint: async () => {
      admit('tiles');
      const latest = await findLatestCheckpoint(database.db);
      if (!latest) throw problem('checkpoint-unknown');
      return { bytes: await withCosignatures(latest), headers: { 'cache-control': 'no-cache' } };
    },
    readTile: async ({ params }) => serveTile(params['*']),
    readEntries: async ({ params }) => serveTile(`entries/${params['*']}`),
    readProof: async ({ params }) => {
      admit('proofs');
      const entry = await findEntry(database.db, { leafHash: Buffer.from(params.leafHash, 'hex') });
      const proof = entry && (await proveLeaf(entry));
      if (!proof) throw problem('leaf-unknown');
      return proof;
    },
    addCheckpoint: async ({ body }) => {
      admit('witness');
      return witness.addCheckpoint(body);
    },
  };

  const ticker = createTicker({
    log,
    everyMs: needs.integrateEveryMs ?? 2_000,
    work: async () => {
      const isFirst = (await findLatestCheckpoint(database.db)) === undefined;
      if (isFirst || (await countPending(database.db)) > 0) await integrate();
      await cosigning.gatherDue();
    },
  });

  return {
    append,
    integrate,
    gatherCosignatures: cosigning.gatherCosignatures,
    findProof,
    listAbout: async (personId: string, options: { kinds?: string[]; limit?: number } = {}): Promise<SavedEntry[]> =>
      listEntriesAbout(database.db, personId, { ...options, limit: Math.min(options.limit ?? 100, 1_000) }),
    getEntry: async (entryId: string): Promise<SavedEntry> => {
      const entry = await findByEntryId(entryId);
      if (!entry) throw problem('entry-unknown');
      return entry;
    },
    listBreaches: (breachedOrigin?: string) => listBreaches(database.db, breachedOrigin),
    onBreach: (listener: (breach: Breach) => void) => void breachListeners.push(listener),
    onIntegrated: (listener: (checkpoint: { size: number }) => void) => void integrationListeners.push(listener),
    origin,
    /** The newest checkpoint with its cosignatures, as a signed note; undefined before the first. */
    readCheckpointText: async (): Promise<string | undefined> => {
      const latest = await findLatestCheckpoint(database.db);
      return latest ? withCosignatures(latest) : undefined;
    },
    statusOf: async (): Promise<LedgerStatus> => {
      const latest = await findLatestCheckpoint(database.db);
      return {
        size: latest?.size ?? 0,
        lastCheckpointAt: latest?.madeAt,
        cosignedBy: latest
          ? (await listCosignatures(database.db, latest.size)).map(({ witnessName }) => witnessName)
          : [],
        pending: await countPending(database.db),
        disputedBy: cosigning.listDisputes(),
      };
    },
    keys: { ledgerKey: formatVerifierKey(logKey), witnessKey: formatVerifierKey(witnessKey) },
    handlers,
    start: ticker.start,
    nudge: ticker.nudge,
    stop: async () => {
      await ticker.stop();
      await integrating;
    },
  };
}

function keyOf(name: string, type: number, signer: Signer): VerifierKey {
  if (!isKeyName(name)) throw new TypeError(`not a key name (no spaces, no plus): ${name}`);
  if (signer.alg !== 'Ed25519' || !signer.publicJwk.x) throw new TypeError('ledger and witness sign with Ed25519');
  const publicKey = new Uint8Array(Buffer.from(signer.publicJwk.x, 'base64url'));
  const keyId = new Uint8Array(sha256(keyIdMessage(name, type, publicKey)).subarray(0, 4));
  return { name, keyId, type, publicKey };
}

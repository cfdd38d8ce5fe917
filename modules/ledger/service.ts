import type { Clock } from '#kernel/clock';
import type { Handlers, RawAnswer } from '#kernel/contract';
import type { Database, Tx } from '#kernel/database';
import type { HttpClient } from '#kernel/http-client';
import { canonicalJson, createRandomStock, newId, sha256 } from '#kernel/ids';
import type { Signer } from '#kernel/keys';
import type { Log } from '#kernel/log';
import { createRateLimit } from '#kernel/rate-limit';
import { type Part, runStatements } from '#kernel/statements';
import { hashLeaf } from '#protocol/merkle-tree';
import { type Breach, listBreaches, type SavedBreach } from './breaches/store.ts';
import { createTrust } from './breaches/trust.ts';
import { createWatch } from './breaches/watch.ts';
import {
  type Json,
  type LedgerEntry,
  type LedgerReceipt,
  type ledgerContract,
  type PreparedEntry,
  problem,
} from './contract.ts';
import { createCosigning, type Neighbour } from './cosigning.ts';
import { integratePending, mendTiles } from './integration.ts';
import { createLossGuard, findLostEntries, type LossFinding, type LostEntries } from './lost-entries.ts';
import {
  formatVerifierKey,
  isKeyName,
  keyIdMessage,
  logKeyType,
  mlDsaWitnessKeyType,
  type VerifierKey,
  witnessKeyType,
} from './note.ts';
import { createProving, findEntryBy } from './proving.ts';
import { createStamping, type StampingStatus } from './stamps/service.ts';
import type { TimeStampAuthority } from './stamps/token.ts';
import {
  countPending,
  findLatestCheckpoint,
  insertingEntries,
  listCosignatures,
  listEntriesAbout,
  nameEntry,
  type SavedEntry,
} from './store.ts';
import { createTicker } from './ticker.ts';
import { commitNow, createHashReader, cutTile, parseTilePath, readTile, type TileStore, widthOfTile } from './tiles.ts';
import { createWitness } from './witness.ts';

export type LedgerNeeds = {
  database: Database;
  clock: Clock;
  http: HttpClient;
  log: Log;
  /** Two different Ed25519 keys: C2SP forbids one key for a log and a witness. */
  logSigner: Signer;
  witnessSigner: Signer;
  /** Further keys of the witness, which cosign beside the first: ML-DSA-44 (C2SP tlog-cosignature v1.1). */
  moreWitnessSigners?: Signer[];
  /** Names without a scheme, spaces or `+`: `bh.example/ledger`, `bh.example/witness`. */
  origin: string;
  witnessName: string;
  tiles: TileStore;
  /** The logs that are witnessed and the witnesses that are asked. Own entries are passed over. */
  neighbours: () => Promise<Neighbour[]>;
  /** How many other states should have cosigned the checkpoint that a proof rests on. */
  quorum: number;
  /** Longest wait of an entry for its checkpoint while started; 1,000 ms unless told otherwise. */
  integrateEveryMs?: number;
  /** Authorities that time-stamp the checkpoints; none unless told. */
  timeStampAuthorities?: TimeStampAuthority[];
  /** At most one time-stamp in this time; a minute unless told otherwise. */
  stampEveryMs?: number;
  /** How often the published checkpoints of the other logs are read while started; a minute unless told otherwise. */
  watchEveryMs?: number;
};

export type LedgerStatus = {
  size: number;
  lastCheckpointAt: Date | undefined;
  /** Names of the witnesses that cosigned the newest checkpoint. */
  cosignedBy: string[];
  /** Entries that no checkpoint is over yet. */
  pending: number;
  /** Names of witnesses that hold this ledger to have lost or changed entries. Anything here needs a person. */
  disputedBy: string[];
  stamping: StampingStatus;
  /** That the database was put back from an older backup, as this process found out; nothing is signed then. */
  lost?: LostEntries;
  /** What this witness sees of other logs, suspicions included; without what is over. */
  breaches: Array<Pick<Breach, 'origin' | 'kind' | 'state'>>;
};

export function createService(needs: LedgerNeeds) {
  const { database, clock, log, tiles, origin } = needs;
  const logKey = keyOf(origin, logKeyType, needs.logSigner);
  const witnessKey = keyOf(needs.witnessName, witnessKeyType, needs.witnessSigner);
  const moreWitnessKeys = (needs.moreWitnessSigners ?? []).map((signer) => ({
    key: keyOf(needs.witnessName, mlDsaWitnessKeyType, signer),
    signer,
  }));
  const hashes = createHashReader(tiles);
  const proving = createProving({ ...needs, hashes, logKey: formatVerifierKey(logKey) });
  const cosigning = createCosigning({ ...needs, hashes });
  const breachListeners: Array<(breach: Breach) => void> = [];
  const announceBreach = (breach: Breach) => {
    for (const listener of breachListeners) listener(breach);
  };
  const witness = createWitness({
    ...needs,
    witnessKeys: [{ key: witnessKey, signer: needs.witnessSigner }, ...moreWitnessKeys],
    announceBreach,
  });
  const watch = createWatch({ ...needs, announceBreach });
  // One process of a node grows the tree, asks the witnesses and the authorities, and watches the others.
  const turn = database.turn('ledger.integrator');
  let isSuspicious = false;
  /** Beside the integrator: another log that answers slowly holds nothing of this one. */
  const watching = createTicker({
    log,
    everyMs: needs.watchEveryMs ?? 60_000,
    work: async () => {
      // A suspicion is looked into by whoever came upon it.
      if (!isSuspicious && !(await turn.take())) return;
      isSuspicious = false;
      await watch.inspectAll();
    },
  });
  const trust = createTrust(needs);
  const stamping = createStamping({ ...needs, authorities: needs.timeStampAuthorities ?? [] });
  const stampTicker = createTicker({
    log,
    everyMs: Math.min(needs.stampEveryMs ?? 60_000, 5_000),
    work: async () => {
      if (await turn.take()) await stamping.stampDue();
    },
  });
  breachListeners.push((breach) => {
    trust.forget();
    if (breach.state !== 'suspected') return;
    isSuspicious = true;
    watching.nudge();
  });
  const integrationListeners: Array<(checkpoint: { size: number }) => void> = [];
  /** What one process gives to strangers: they keep it from drowning, so each process of a node has its own. */
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
      const { size } = await integratePending({ ...needs, logKey });
      if (size === announcedSize) return;
      announcedSize = size;
      for (const listener of integrationListeners) listener({ size });
    });
    integrating = run.catch(() => undefined);
    return run;
  };

  const drawRandom = createRandomStock();
  const prepare = (entry: LedgerEntry): PreparedEntry => {
    if ('kind' in entry.record) throw new TypeError('a ledger record must not hold a member named kind');
    const text = canonicalJson({ kind: entry.kind, ...entry.record });
    const saltBytes = drawRandom(32);
    const commitmentBytes = commitNow(saltBytes, text);
    const leafHashBytes = hashLeaf(commitmentBytes);
    const receipt: LedgerReceipt = {
      entryId: newId(),
      kind: entry.kind,
      leafHash: leafHashBytes.toString('hex'),
      commitment: commitmentBytes.toString('base64'),
      salt: saltBytes.toString('base64'),
      record: JSON.parse(text) as Record<string, Json>,
      appendedAt: clock.now(),
    };
    return { receipt, text, personId: entry.personId, commitmentBytes, leafHashBytes, saltBytes };
  };

  const appending = (entries: readonly PreparedEntry[]): Part<void> => ({
    statements: insertingEntries(entries),
    read: () => {
      if (entries.length > 0) ticker.nudge();
    },
  });
  const appendPrepared = async (tx: Tx, entries: readonly PreparedEntry[]): Promise<void> => {
    const { statements, read } = appending(entries);
    read(await runStatements(tx, statements));
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
      return { bytes: await proving.withCosignatures(latest), headers: { 'cache-control': 'no-cache' } };
    },
    readTile: async ({ params }) => serveTile(params['*']),
    readEntries: async ({ params }) => serveTile(`entries/${params['*']}`),
    readProof: async ({ params }) => {
      admit('proofs');
      const proof = await proving.findLeafProof(params);
      if (!proof) throw problem('leaf-unknown');
      return proof;
    },
    readStamp: async ({ params }) => {
      admit('proofs');
      const stamp = await proving.findStamp(params);
      if (stamp) return stamp;
      throw problem((await findEntryBy(database.db, params)) ? 'stamp-unknown' : 'leaf-unknown');
    },
    addCheckpoint: async ({ body }) => {
      admit('witness');
      return witness.addCheckpoint(body);
    },
    listBreaches: async () => {
      admit('proofs');
      return { breaches: await trust.listEvidence() };
    },
  };

  const guard = createLossGuard(needs);
  let hasTiles = false;
  const ticker = createTicker({
    log,
    everyMs: needs.integrateEveryMs ?? 1_000,
    work: async () => {
      if (!(await turn.take())) return;
      const isFirst = (await findLatestCheckpoint(database.db)) === undefined;
      if ((isFirst || (await countPending(database.db)) > 0) && (await guard.mayGrow(announcedSize))) await integrate();
      if (!hasTiles) await mendTiles({ ...needs, logKey });
      hasTiles = true;
    },
  });
  /** Beside the integrator too: a witness that takes its time holds no checkpoint. */
  const gathering = createTicker({
    log,
    everyMs: needs.integrateEveryMs ?? 1_000,
    work: async () => {
      if (await turn.take()) await cosigning.gatherDue();
    },
  });
  integrationListeners.push(() => gathering.hurry());

  return {
    /** Writes an entry in the caller's transaction. */
    append: async (tx: Tx, entry: LedgerEntry): Promise<LedgerReceipt> => {
      const prepared = prepare(entry);
      await appendPrepared(tx, [prepared]);
      return prepared.receipt;
    },
    /** Makes an entry without writing it, for many that are written together. */
    prepare,
    /** Writes prepared entries in the caller's transaction. */
    appendPrepared,
    /** The same as a part of a transaction that is sent in one go. */
    appending,
    integrate,
    /** Whether this process of the node is the one that grows the tree now. */
    isIntegrator: turn.isHeld,
    gatherCosignatures: cosigning.gatherCosignatures,
    /** Looks, in the tiles and at the witnesses, whether this log was longer once than its database says. */
    findLostEntries: (): Promise<LossFinding> => findLostEntries(needs),
    /** What this process found out of it before it would have signed; from memory. */
    lostEntries: guard.lost,
    /** On the newest checkpoint that satisfies the policy, else on one that `quorum` of any others cosigned, else on the newest. */
    findProof: proving.findProof,
    /** The first time-stamp over an entry, with the proof that the entry is under what was stamped; undefined before. */
    findStamp: proving.findStamp,
    /** How far an entry has got; `witnessed` by the policy, or by `quorum` others. Undefined for what is no entry. */
    stateOf: proving.stateOf,
    /** The policy that both parties of an exchange, named by the origins of their logs, and `othersMin` others cosigned this log. */
    policyFor: proving.policyFor,
    /** Has the newest checkpoint time-stamped if that is due; `start` does it by itself. */
    stampDue: stamping.stampDue,
    stampingStatus: stamping.statusOf,
    /** When the oldest entry without a stamp was appended; undefined when there is none. From memory, at most a second old. */
    findOldestUnstamped: stamping.findOldestWaiting,
    /** Names of the time-stamping authorities that this ledger asks. */
    listAuthorities: stamping.listAuthorities,
    checkAuthority: stamping.checkAuthority,
    listAbout: async (personId: string, options: { kinds?: string[]; limit?: number } = {}): Promise<SavedEntry[]> =>
      listEntriesAbout(database.db, personId, { ...options, limit: Math.min(options.limit ?? 100, 1_000) }),
    /** Lists an entry about a person from now on, which was written without saying whom it is about. Its leaf stays as it is. */
    nameEntry: (tx: Tx, leafHash: string, personId: string): Promise<void> =>
      nameEntry(tx, Buffer.from(leafHash, 'hex'), personId),
    getEntry: async (entryId: string): Promise<SavedEntry> => {
      const entry = await findEntryBy(database.db, entryId);
      if (!entry) throw problem('entry-unknown');
      return entry;
    },
    /** The entry behind a leaf (hex), numbered or not. Judging who may read it is the caller's. */
    findByLeaf: (leafHash: string): Promise<SavedEntry | undefined> => findEntryBy(database.db, { leafHash }),
    /** Suspicions and what is over included. */
    listBreaches: (breachedOrigin?: string): Promise<SavedBreach[]> =>
      listBreaches(database.db, breachedOrigin === undefined ? {} : { origin: breachedOrigin }),
    /** Breaches that are more than suspicions, as files. */
    listEvidence: trust.listEvidence,
    /** Looks at what the other logs publish and settles open suspicions; `start` does it every minute and after a suspicion. */
    inspectNeighbours: watch.inspectAll,
    /** Origins of the logs that are not to be relied on: a breach is confirmed or proven. From memory, at most a second old. */
    listDisputed: trust.listDisputed,
    onBreach: (listener: (breach: Breach) => void) => void breachListeners.push(listener),
    onIntegrated: (listener: (checkpoint: { size: number }) => void) => void integrationListeners.push(listener),
    origin,
    /** The newest checkpoint with its cosignatures, as a signed note; undefined before the first. */
    readCheckpointText: async (): Promise<string | undefined> => {
      const latest = await findLatestCheckpoint(database.db);
      return latest ? proving.withCosignatures(latest) : undefined;
    },
    statusOf: async (): Promise<LedgerStatus> => {
      const latest = await findLatestCheckpoint(database.db);
      return {
        size: latest?.size ?? 0,
        lastCheckpointAt: latest?.madeAt,
        cosignedBy: latest
          ? [...new Set((await listCosignatures(database.db, latest.size)).map(({ witnessName }) => witnessName))]
          : [],
        pending: await countPending(database.db),
        disputedBy: await cosigning.listDisputes(),
        stamping: await stamping.statusOf(),
        ...(guard.lost() ? { lost: guard.lost()! } : {}),
        breaches: (await listBreaches(database.db, { areOpen: true })).map(({ origin: breached, kind, state }) => ({
          origin: breached,
          kind,
          state,
        })),
      };
    },
    keys: {
      ledgerKey: formatVerifierKey(logKey),
      witnessKey: formatVerifierKey(witnessKey),
      moreWitnessKeys: moreWitnessKeys.map(({ key }) => formatVerifierKey(key)),
    },
    handlers,
    start: () => {
      ticker.start();
      gathering.start();
      watching.start();
      stampTicker.start();
    },
    nudge: ticker.nudge,
    stop: async () => {
      await Promise.all([ticker.stop(), gathering.stop(), watching.stop(), stampTicker.stop()]);
      await cosigning.settle();
      await integrating;
      await turn.release();
    },
  };
}

function keyOf(name: string, type: number, signer: Signer): VerifierKey {
  if (!isKeyName(name)) throw new TypeError(`not a key name (no spaces, no plus): ${name}`);
  const { alg, publicJwk } = signer;
  const isMlDsa = type === mlDsaWitnessKeyType;
  const material = isMlDsa ? publicJwk.pub : publicJwk.x;
  if (alg !== (isMlDsa ? 'ML-DSA-44' : 'Ed25519') || !material)
    throw new TypeError('ledger and witness sign with Ed25519, and a further key of the witness with ML-DSA-44');
  const publicKey = new Uint8Array(Buffer.from(material, 'base64url'));
  const keyId = new Uint8Array(sha256(keyIdMessage(name, type, publicKey)).subarray(0, 4));
  return { name, keyId, type, publicKey };
}

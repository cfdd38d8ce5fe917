import type { Database, Tx } from '#kernel/database';
import { type InclusionProof, type LeafProof, type LeafStamp, problem } from './contract.ts';
import { keysOfWitness, type Neighbour } from './cosigning.ts';
import { listInclusionRanges } from './merkle.ts';
import { isQuorumMet, nameWitnesses, readPolicy, requireParties, type TlogPolicy } from './policy.ts';
import { type EntryState, stateOfEntry } from './stamps/rules.ts';
import { findStampOver } from './stamps/store.ts';
import {
  findCheckpoint,
  findEntry,
  findLatestCheckpoint,
  listCosignatures,
  listCosigners,
  type SavedCheckpoint,
  type SavedEntry,
} from './store.ts';
import type { HashReader } from './tiles.ts';

export type ProvingNeeds = {
  database: Database;
  hashes: HashReader;
  origin: string;
  /** Verifier key. */
  logKey: string;
  neighbours: () => Promise<Neighbour[]>;
  quorum: number;
};

/** An entry by its number, or by its leaf. */
export type EntryName = string | { leafHash: string };

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What is no UUID is no entry; PostgreSQL would call it an error. */
export async function findEntryBy(db: Tx, by: EntryName): Promise<SavedEntry | undefined> {
  if (typeof by !== 'string') return findEntry(db, { leafHash: Buffer.from(by.leafHash, 'hex') });
  return uuid.test(by) ? findEntry(db, { entryId: by }) : undefined;
}

/** Shows what has become of an entry: under which checkpoint it is, who cosigned that, and when it was time-stamped. */
export function createProving(needs: ProvingNeeds) {
  const { database, hashes, origin, logKey, quorum } = needs;

  /**
   * The newest checkpoint over a leaf whose cosignatures are enough. Newest first; then oldest first, for witnesses that have
   * been away for long had cosigned soon after the entry was made.
   */
  const findWitnessedCheckpoint = async (
    leafIndex: number,
    policy: TlogPolicy | undefined,
  ): Promise<SavedCheckpoint | undefined> => {
    if (policy ? policy.quorum === 'none' : quorum === 0) return undefined;
    for (const from of ['newest', 'oldest'] as const) {
      for (const { size, witnessKeys } of await listCosigners(database.db, leafIndex, { from, limit: 200 })) {
        const rules = policy ?? (await readPolicy({ logKey: logKey, witnesses: witnessKeys, quorum }));
        if (rules && isQuorumMet(rules, nameWitnesses(rules, witnessKeys))) return findCheckpoint(database.db, size);
      }
    }
    return undefined;
  };

  /** The newest checkpoint that satisfies the policy, else one with the node's own quorum, else the newest that has the leaf. */
  const proveLeaf = async (entry: SavedEntry, policy?: TlogPolicy): Promise<LeafProof | undefined> => {
    const { leafIndex } = entry;
    if (leafIndex === null) return undefined;
    const latest = await findLatestCheckpoint(database.db);
    const cosigned =
      (policy && (await findWitnessedCheckpoint(leafIndex, policy))) ??
      (await findWitnessedCheckpoint(leafIndex, undefined));
    const checkpoint = cosigned ?? latest;
    if (!latest || !checkpoint || checkpoint.size <= leafIndex) return undefined;
    return proveUnder(entry.leafHash, leafIndex, checkpoint, latest.size);
  };

  const proveUnder = async (
    leafHash: string,
    leafIndex: number,
    checkpoint: SavedCheckpoint,
    publishedSize: number,
  ): Promise<LeafProof> => {
    const { size } = checkpoint;
    const path = await hashes.readHashes(listInclusionRanges(leafIndex, size), size, publishedSize);
    return {
      leafHash,
      leafIndex,
      treeSize: size,
      hashes: path.map((hash) => hash.toString('base64')),
      checkpoint: await withCosignatures(checkpoint),
    };
  };

  const proveStamp = async (entry: SavedEntry): Promise<LeafStamp | undefined> => {
    const { leafIndex, leafHash } = entry;
    const stamp = leafIndex === null ? undefined : await findStampOver(database.db, leafIndex);
    const checkpoint = stamp && (await findCheckpoint(database.db, stamp.size));
    const latest = await findLatestCheckpoint(database.db);
    if (!stamp || !checkpoint || !latest || leafIndex === null) return undefined;
    return {
      ...(await proveUnder(leafHash, leafIndex, checkpoint, latest.size)),
      authority: stamp.authority,
      token: stamp.token.toString('base64'),
      stampedAt: stamp.stampedAt.toISOString(),
    };
  };

  const withCosignatures = async ({ size, note }: { size: number; note: string }): Promise<string> =>
    note + (await listCosignatures(database.db, size)).map(({ line }) => line).join('');

  const findProof = async (
    by: EntryName,
    options: { policy?: TlogPolicy } = {},
  ): Promise<InclusionProof | undefined> => {
    const entry = await findEntryBy(database.db, by);
    const proof = entry && (await proveLeaf(entry, options.policy));
    if (!proof) return undefined;
    return { ...proof, opening: { salt: entry.salt, record: entry.record, commitment: entry.commitment } };
  };

  return {
    findProof,
    /** As `findProof`, without the opening. */
    findLeafProof: async (by: EntryName): Promise<LeafProof | undefined> => {
      const entry = await findEntryBy(database.db, by);
      return entry && proveLeaf(entry);
    },
    findStamp: async (by: EntryName): Promise<LeafStamp | undefined> => {
      const entry = await findEntryBy(database.db, by);
      return entry && proveStamp(entry);
    },
    stateOf: async (by: EntryName, options: { policy?: TlogPolicy } = {}): Promise<EntryState | undefined> => {
      const entry = await findEntryBy(database.db, by);
      if (!entry) return undefined;
      const { leafIndex } = entry;
      if (leafIndex === null) return 'pending';
      const latest = await findLatestCheckpoint(database.db);
      return stateOfEntry({
        isPublished: latest !== undefined && latest.size > leafIndex,
        isWitnessed: (await findWitnessedCheckpoint(leafIndex, options.policy)) !== undefined,
        isStamped: (await findStampOver(database.db, leafIndex)) !== undefined,
      });
    },
    policyFor: async (exchange: { parties: string[]; othersMin: number }): Promise<TlogPolicy> => {
      const others = (await needs.neighbours()).filter((one) => one.origin !== origin);
      const missing = exchange.parties.find((party) => party !== origin && !others.some((one) => one.origin === party));
      if (missing !== undefined) throw problem('log-unknown');
      const witnesses = others.map((one) => ({
        name: one.witnessKey.split('+')[0]!,
        keys: keysOfWitness(one),
        isParty: exchange.parties.includes(one.origin),
      }));
      return requireParties({
        logKey: logKey,
        parties: witnesses.filter(({ isParty }) => isParty),
        others: witnesses.filter(({ isParty }) => !isParty),
        othersMin: exchange.othersMin,
      });
    },
    withCosignatures,
  };
}

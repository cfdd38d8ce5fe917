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

const newestFew = { from: 'newest', limit: 8 } as const;

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What is no UUID is no entry; PostgreSQL would call it an error. */
async function findEntryWithLatest(db: Tx, by: EntryName): ReturnType<typeof findEntry> {
  if (typeof by !== 'string') return findEntry(db, { leafHash: Buffer.from(by.leafHash, 'hex') });
  return uuid.test(by) ? findEntry(db, { entryId: by }) : undefined;
}

export async function findEntryBy(db: Tx, by: EntryName): Promise<SavedEntry | undefined> {
  return (await findEntryWithLatest(db, by))?.entry;
}

/** Shows what has become of an entry: under which checkpoint it is, who cosigned that, and when it was time-stamped. */
export function createProving(needs: ProvingNeeds) {
  const { database, hashes, origin, logKey, quorum } = needs;

  /**
   * Size of the newest checkpoint over a leaf whose cosignatures are enough. Newest first; then oldest first, for witnesses that
   * have been away for long had cosigned soon after the entry was made.
   */
  const findWitnessedSize = async (leafIndex: number, policy: TlogPolicy | undefined): Promise<number | undefined> => {
    if (policy ? policy.quorum === 'none' : quorum === 0) return undefined;
    // Nearly always one of the newest few will do.
    for (const part of [newestFew, { from: 'newest', limit: 200 }, { from: 'oldest', limit: 200 }] as const) {
      for (const { size, witnessKeys } of await listCosigners(database.db, leafIndex, part)) {
        const rules = policy ?? (await readPolicy({ logKey: logKey, witnesses: witnessKeys, quorum }));
        if (rules && isQuorumMet(rules, nameWitnesses(rules, witnessKeys))) return size;
      }
    }
    return undefined;
  };

  /** The newest checkpoint that satisfies the policy, else one with the node's own quorum, else the newest that has the leaf. */
  const proveLeaf = async (by: EntryName, policy?: TlogPolicy) => {
    const found = await findEntryWithLatest(database.db, by);
    if (!found) return undefined;
    const { entry, latest } = found;
    const { leafIndex, leafHash } = entry;
    if (leafIndex === null || !latest || latest.size <= leafIndex) return undefined;
    const size =
      (policy && (await findWitnessedSize(leafIndex, policy))) ??
      (await findWitnessedSize(leafIndex, undefined)) ??
      latest.size;
    const proof = await proveUnder(leafHash, leafIndex, size, latest);
    return proof && { entry, proof };
  };

  /** All that a proof is made of is read at the same time. */
  const proveUnder = async (
    leafHash: string,
    leafIndex: number,
    size: number,
    latest: SavedCheckpoint,
  ): Promise<LeafProof | undefined> => {
    const [path, checkpoint, cosignatures] = await Promise.all([
      hashes.readHashes(listInclusionRanges(leafIndex, size), size, latest.size),
      size === latest.size ? latest : findCheckpoint(database.db, size),
      listCosignatures(database.db, size),
    ]);
    return (
      checkpoint && {
        leafHash,
        leafIndex,
        treeSize: size,
        hashes: path.map((hash) => hash.toString('base64')),
        checkpoint: joinNote(checkpoint, cosignatures),
      }
    );
  };

  const findStamp = async (by: EntryName): Promise<LeafStamp | undefined> => {
    const found = await findEntryWithLatest(database.db, by);
    if (!found?.latest || found.entry.leafIndex === null) return undefined;
    const { leafIndex, leafHash } = found.entry;
    const stamp = await findStampOver(database.db, leafIndex);
    const proof = stamp && (await proveUnder(leafHash, leafIndex, stamp.size, found.latest));
    if (!stamp || !proof) return undefined;
    const { authority, token, stampedAt } = stamp;
    return { ...proof, authority, token: token.toString('base64'), stampedAt: stampedAt.toISOString() };
  };

  const findProof = async (
    by: EntryName,
    options: { policy?: TlogPolicy } = {},
  ): Promise<InclusionProof | undefined> => {
    const proved = await proveLeaf(by, options.policy);
    if (!proved) return undefined;
    const { salt, record, commitment } = proved.entry;
    return { ...proved.proof, opening: { salt, record, commitment } };
  };

  return {
    findProof,
    /** As `findProof`, without the opening. */
    findLeafProof: async (by: EntryName): Promise<LeafProof | undefined> => (await proveLeaf(by))?.proof,
    findStamp,
    stateOf: async (by: EntryName, options: { policy?: TlogPolicy } = {}): Promise<EntryState | undefined> => {
      const found = await findEntryWithLatest(database.db, by);
      if (!found) return undefined;
      const { leafIndex } = found.entry;
      if (leafIndex === null) return 'pending';
      return stateOfEntry({
        isPublished: found.latest !== undefined && found.latest.size > leafIndex,
        isWitnessed: (await findWitnessedSize(leafIndex, options.policy)) !== undefined,
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
    withCosignatures: async (checkpoint: { size: number; note: string }): Promise<string> =>
      joinNote(checkpoint, await listCosignatures(database.db, checkpoint.size)),
  };
}

function joinNote({ note }: { note: string }, cosignatures: ReadonlyArray<{ line: string }>): string {
  return note + cosignatures.map(({ line }) => line).join('');
}

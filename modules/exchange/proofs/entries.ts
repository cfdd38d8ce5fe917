import type { verifyInclusionProof } from '#modules/ledger';
import { clockSkewSeconds } from '#protocol/exchange-message';
import type { ProofFile, ProvedEntry } from '#protocol/proof-file';
import { sha256, toHex, utf8 } from './bytes.ts';
import { isValidAt, type KeptChain, type TrustedAuthority } from './chains.ts';
import {
  broken,
  isState,
  type Link,
  type LinkId,
  missing,
  type ProofTools,
  type ProofTrust,
  secondsOf,
} from './links.ts';
import { type EntriesByRole, type EntryRole, momentOf } from './reading.ts';

type EntryGround = {
  /** The state in whose log the entry has to be. */
  state: KeptChain | undefined;
  states: KeptChain[];
  trust: ProofTrust;
  tools: ProofTools;
  used: Set<KeptChain>;
};

export async function verifyEntry(
  role: EntryRole,
  file: ProofFile,
  entries: EntriesByRole,
  { state, states, trust, tools, used }: EntryGround,
): Promise<Link[]> {
  const entry = entries[role];
  const parts = ['opening', 'inclusion', 'checkpoint', 'cosigned', 'stamped'] as const;
  const ids = parts.map((part): LinkId => `${role}-${part}`);
  const [opening, inclusion, checkpoint, cosigned, stamped] = ids as [LinkId, LinkId, LinkId, LinkId, LinkId];
  if (!entry) return role === 'answered' ? [missing(opening)] : [{ id: opening, state: 'absent' }];
  if (!(await tools.verifyOpening(entry.leafHash, entry.opening))) return [{ id: opening, ...broken('commitment') }];
  if (!(await agreesWithMessages(role, file, entries))) return [{ id: opening, ...broken('record') }];
  const links: Link[] = [{ id: opening, state: 'holds' }];
  const node = state?.metadata['jisr_node'];
  const where = node && `${String(node['ledger_endpoint']).replace(/\/$/, '')}/proof/${entry.leafHash}`;
  if (!entry.inclusion || !node || !state)
    return [...links, missing(inclusion, where), missing(checkpoint, where), missing(cosigned, where)];

  const proof = { ...entry.inclusion, leafHash: entry.leafHash, opening: entry.opening } as Parameters<
    typeof verifyInclusionProof
  >[0];
  const verdict = await tools.verifyInclusionProof(proof, {
    logKey: String(node['ledger_key']),
    witnesses: [],
    quorum: 0,
  });
  if (!verdict.ok)
    return [
      ...links,
      { id: verdict.reason === 'log-signature-invalid' ? checkpoint : inclusion, ...broken(verdict.reason) },
    ];
  links.push({ id: inclusion, state: 'holds' }, { id: checkpoint, state: 'holds' });

  const witnesses = states.filter((one) => isState(one) && one.entityId !== state.entityId);
  const described = await tools.describeCheckpoint(proof.checkpoint, [...new Set(witnesses.flatMap(keysOfWitness))]);
  // A state that signs with several keys is one witness.
  const cosigners = new Set<string>();
  const vouch = (lines: Array<{ key: string; cosignedAt: number }>, count: (witness: KeptChain) => void) =>
    lines.every(({ key, cosignedAt }) => {
      const vouching = witnesses.filter((one) => keysOfWitness(one).includes(key) && isValidAt(one, cosignedAt));
      for (const witness of vouching) {
        used.add(witness);
        count(witness);
      }
      return vouching.length > 0;
    });
  const { cosignatures = [], unchecked = [] } = described ?? {};
  const isKnown =
    vouch(cosignatures, ({ entityId }) => cosigners.add(entityId)) &&
    vouch(unchecked, () => {
      // This reader lacks the algorithm: the line is accounted for, and proves nothing here.
    });
  // A line that nobody vouches for proves nothing, and could be anything: a file has none.
  if (!isKnown || countLines(proof.checkpoint) !== 1 + cosignatures.length + unchecked.length)
    return [...links, { id: cosigned, ...broken('cosignature-unknown') }];
  const isEnough = cosigners.size >= trust.quorum;
  links.push(
    isEnough
      ? { id: cosigned, state: 'holds', count: cosigners.size }
      : { ...missing(cosigned, where), count: cosigners.size },
  );
  const trusted = trust.authorities ?? state.authorities;
  links.push({ id: stamped, ...(await stampState(entry, String(node['ledger_key']), trusted, trust, tools)) });
  return links;
}

function keysOfWitness({ metadata }: KeptChain): string[] {
  const { witness_key, more_witness_keys } = metadata['jisr_node']!;
  return [witness_key, ...(Array.isArray(more_witness_keys) ? more_witness_keys : [])].map(String);
}

/** Signatures on a note. */
function countLines(note: string): number {
  return note.slice(note.lastIndexOf('\n\n') + 2).split('\n').length - 1;
}

/** A stamp proves that the entry was there at a time; whoever stamps an entry before it says it was made shows that it lies. */
async function stampState(
  { leafHash, inclusion, opening }: ProvedEntry,
  logKey: string,
  authorities: readonly TrustedAuthority[],
  trust: ProofTrust,
  tools: ProofTools,
): Promise<Omit<Link, 'id'>> {
  const unproved = (state: 'absent' | 'unchecked', why?: string): Omit<Link, 'id'> => ({
    state: trust.needsStamps ? 'missing' : state,
    ...(why === undefined ? {} : { why }),
  });
  if (!inclusion?.stamp) return unproved('absent');
  if (!tools.verifyLeafStamp) return unproved('unchecked', 'not-here');
  if (countLines(inclusion.stamp.checkpoint) !== 1) return broken('cosignature-unknown');
  const stamp = { ...inclusion.stamp, leafHash, leafIndex: inclusion.leafIndex };
  const verdict = await tools.verifyLeafStamp(stamp, { logKey, authorities });
  if (!verdict.ok)
    return verdict.reason === 'authority-unknown' ? unproved('unchecked', verdict.reason) : broken(verdict.reason);
  const { authority, stampedAt } = verdict;
  if (secondsOf(momentOf(opening.record)) > stampedAt.getTime() / 1000 + clockSkewSeconds) return broken('order');
  return { state: 'holds', stampedAt: stampedAt.toISOString(), authority };
}

async function agreesWithMessages(role: EntryRole, file: ProofFile, entries: EntriesByRole): Promise<boolean> {
  const { record } = entries[role]!.opening;
  const { question, answer } = file;
  if (role === 'asked') return true;
  if (role === 'received')
    return (
      record['answerDigest'] === answer?.headers['content-digest'] &&
      (!entries.answered || record['providerLeafHash'] === entries.answered.leafHash)
    );
  if (question.body === undefined) return true;
  return record['questionDigest'] === toHex(await sha256(utf8(`${question.target}\n${question.body}`)));
}

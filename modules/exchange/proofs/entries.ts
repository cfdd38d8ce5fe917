import type { verifyInclusionProof } from '#modules/ledger';
import type { ProofFile } from '#protocol/proof-file';
import { sha256, toHex, utf8 } from './bytes.ts';
import { isValidAt, type KeptChain } from './chains.ts';
import { broken, isState, type Link, type LinkId, missing, type ProofTools, type ProofTrust } from './links.ts';
import type { EntriesByRole, EntryRole } from './reading.ts';

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
  const [opening, inclusion, checkpoint, cosigned] = (['opening', 'inclusion', 'checkpoint', 'cosigned'] as const).map(
    (part) => `${role}-${part}` as const,
  ) as [LinkId, LinkId, LinkId, LinkId];
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
  const keyOf = (one: KeptChain) => String(one.metadata['jisr_node']!['witness_key']);
  const described = await tools.describeCheckpoint(proof.checkpoint, [...new Set(witnesses.map(keyOf))]);
  const cosigners = new Set<string>();
  let isKnown = true;
  for (const { name, cosignedAt } of described?.cosignatures ?? []) {
    const vouching = witnesses.filter((one) => keyOf(one).split('+')[0] === name && isValidAt(one, cosignedAt));
    if (vouching.length === 0) isKnown = false;
    for (const witness of vouching) {
      used.add(witness);
      cosigners.add(witness.entityId);
    }
  }
  // A line that nobody vouches for proves nothing, and could be anything: a file has none.
  const lines = proof.checkpoint.slice(proof.checkpoint.lastIndexOf('\n\n') + 2).split('\n').length - 1;
  if (!isKnown || lines !== 1 + cosigners.size) return [...links, { id: cosigned, ...broken('cosignature-unknown') }];
  const isEnough = cosigners.size >= trust.quorum;
  links.push(
    isEnough
      ? { id: cosigned, state: 'holds', count: cosigners.size }
      : { ...missing(cosigned, where), count: cosigners.size },
  );
  return links;
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

import { commitmentMessage } from './commitment.ts';
import type { InclusionProof, Opening } from './contract.ts';
import { sha256 } from './digest.ts';
import { type Bytes, fromBase64, isSameBytes, toHex } from './encoding.ts';
import { hashLeaf, verifyInclusion } from './merkle.ts';
import { checkNoteSignature, parseCheckpointText, parseNote, parseVerifierKey } from './note.ts';
import { isQuorumMet, type ProofPolicy, readPolicy } from './policy.ts';

export { describeCheckpoint } from './note.ts';
export { type ProofPolicy, parsePolicy } from './policy.ts';
export { formatProofText, parseProofText } from './proof-text.ts';

export type ProofFailure =
  | 'policy-malformed'
  | 'proof-malformed'
  | 'opening-mismatch'
  | 'log-signature-invalid'
  | 'inclusion-invalid'
  | 'quorum-missed';

export type ProofVerdict =
  | { ok: true; leafIndex: number; treeSize: number; cosignedBy: string[] }
  | { ok: false; reason: ProofFailure };

const fail = (reason: ProofFailure): ProofVerdict => ({ ok: false, reason });

/**
 * Checks, offline and in a browser, that a record is in a log that others have witnessed: the opening gives the commitment,
 * the commitment is a leaf of the tree (RFC 9162 section 2.1.3.2), the tree is signed by the log and cosigned by the witnesses
 * that the policy asks for (C2SP tlog-checkpoint, tlog-cosignature, tlog-policy). Never throws on a bad proof; the reason says
 * which step failed. A cosignature of a kind that this browser cannot check counts as absent, not as wrong.
 */
export async function verifyInclusionProof(proof: InclusionProof, rules: ProofPolicy): Promise<ProofVerdict> {
  const policy = await readPolicy(rules);
  if (!policy) return fail('policy-malformed');

  const parsed = readProof(proof);
  if (!parsed) return fail('proof-malformed');
  const { salt, commitment, hashes, note, checkpoint } = parsed;

  const opened = await openLeaf(salt, commitment, proof);
  if (opened === 'malformed') return fail('proof-malformed');
  if (opened === 'mismatch') return fail('opening-mismatch');
  const leafHash = opened;

  const logKeys = await Promise.all(policy.logs.map(({ key }) => parseVerifierKey(key)));
  const logKey = logKeys.find((key) => key?.name === checkpoint.origin);
  if (!logKey || (await checkNoteSignature(note, logKey)).state !== 'valid') return fail('log-signature-invalid');
  const { leafIndex, treeSize } = proof;
  if (checkpoint.size !== treeSize) return fail('inclusion-invalid');
  if (!(await verifyInclusion({ leafIndex, treeSize, leafHash, hashes, root: checkpoint.root })))
    return fail('inclusion-invalid');

  const cosigned = new Set<string>();
  const cosignedBy = new Set<string>();
  for (const { name, key: text } of policy.witnesses) {
    const key = await parseVerifierKey(text);
    if (!key || (await checkNoteSignature(note, key)).state !== 'valid') continue;
    cosigned.add(name);
    cosignedBy.add(key.name);
  }
  if (!isQuorumMet(policy, cosigned)) return fail('quorum-missed');
  return { ok: true, leafIndex, treeSize, cosignedBy: [...cosignedBy] };
}

/** Whether salt and record give the commitment, and the commitment the leaf: all that can be said of an entry not numbered yet. */
export async function verifyOpening(
  leafHash: string,
  opening: { salt: string; commitment: string; record: Record<string, unknown> },
): Promise<boolean> {
  const salt = fromBase64(opening.salt);
  const commitment = fromBase64(opening.commitment);
  if (salt?.length !== 32 || commitment?.length !== 32) return false;
  return typeof (await openLeaf(salt, commitment, { leafHash, opening: opening as Opening })) !== 'string';
}

async function openLeaf(
  salt: Bytes,
  commitment: Bytes,
  { leafHash, opening }: Pick<InclusionProof, 'leafHash' | 'opening'>,
): Promise<Bytes | 'malformed' | 'mismatch'> {
  let message: Bytes;
  try {
    message = commitmentMessage(salt, opening.record);
  } catch {
    return 'malformed';
  }
  const hash = await hashLeaf(commitment);
  return isSameBytes(await sha256(message), commitment) && toHex(hash) === leafHash ? hash : 'mismatch';
}

function readProof(proof: InclusionProof) {
  if (typeof proof !== 'object' || proof === null || typeof proof.opening !== 'object' || proof.opening === null)
    return undefined;
  const { opening, hashes: texts, checkpoint: noteText } = proof;
  if (typeof opening.salt !== 'string' || typeof opening.commitment !== 'string' || typeof noteText !== 'string')
    return undefined;
  if (typeof opening.record !== 'object' || opening.record === null || Array.isArray(opening.record)) return undefined;
  if (!Array.isArray(texts) || texts.length > 63) return undefined;
  const salt = fromBase64(opening.salt);
  const commitment = fromBase64(opening.commitment);
  const hashes: Bytes[] = [];
  for (const text of texts) {
    const hash = typeof text === 'string' ? fromBase64(text) : undefined;
    if (hash?.length !== 32) return undefined;
    hashes.push(hash);
  }
  const note = parseNote(noteText);
  const checkpoint = note && parseCheckpointText(note.text);
  if (salt?.length !== 32 || commitment?.length !== 32 || !note || !checkpoint) return undefined;
  return { salt, commitment, hashes, note, checkpoint };
}

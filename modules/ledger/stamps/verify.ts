import type { LeafStamp } from '../contract.ts';
import { type Bytes, fromBase64, fromHex } from '../encoding.ts';
import { verifyInclusion } from '../merkle.ts';
import { checkNoteSignature, logKeyType, parseCheckpointText, parseNote, parseVerifierKey } from '../note.ts';
import { imprintOf } from './service.ts';
import { type TimeStampAuthority, type TokenRefusal, verifyToken } from './token.ts';

export type StampVerdict =
  | { ok: true; authority: string; stampedAt: Date }
  | { ok: false; reason: TokenRefusal | 'authority-unknown' | 'log-signature-invalid' | 'inclusion-invalid' };

/** A leaf under a stamped checkpoint, without the names that somebody may have given to authority and time. */
export type StampedLeaf = Omit<LeafStamp, 'authority' | 'stampedAt'>;

/** What says only that this reader does not know the authority. */
const strangerReasons: ReadonlySet<string> = new Set(['untrusted', 'certificate-missing', 'other-policy']);

/**
 * Checks, offline, that a leaf was in the log when an authority stamped it: the token covers a checkpoint, the log signed
 * that checkpoint, and the leaf is under it. The verdict names the authority under whose certificates the token stands;
 * `authority-unknown` when it stands under none of these. Not for browsers: certificates are read with Node.
 */
export async function verifyLeafStamp(
  stamp: StampedLeaf,
  trust: { logKey: string; authorities: ReadonlyArray<Pick<TimeStampAuthority, 'name' | 'certificates' | 'policy'>> },
): Promise<StampVerdict> {
  const logKey = await parseVerifierKey(trust.logKey);
  const note = parseNote(stamp.checkpoint);
  const checkpoint = note && parseCheckpointText(note.text);
  const leafHash = fromHex(stamp.leafHash);
  const token = fromBase64(stamp.token);
  const hashes = stamp.hashes.map(fromBase64);
  if (!note || !checkpoint || !leafHash || !token || hashes.some((hash) => hash?.length !== 32))
    return { ok: false, reason: 'malformed' };
  if (logKey?.type !== logKeyType || checkpoint.origin !== logKey.name)
    return { ok: false, reason: 'log-signature-invalid' };
  if ((await checkNoteSignature(note, logKey)).state !== 'valid') return { ok: false, reason: 'log-signature-invalid' };
  const { leafIndex, treeSize } = stamp;
  const isIncluded =
    checkpoint.size === treeSize &&
    (await verifyInclusion({ leafIndex, treeSize, leafHash, hashes: hashes as Bytes[], root: checkpoint.root }));
  if (!isIncluded) return { ok: false, reason: 'inclusion-invalid' };
  let fault: TokenRefusal | undefined;
  // Without anybody to trust, the token still has to cover this checkpoint and be signed by whoever made it.
  for (const authority of trust.authorities.length > 0 ? trust.authorities : [{ name: '', certificates: [] }]) {
    const verdict = verifyToken(Buffer.from(token), { imprint: imprintOf(note.text), authority });
    if (verdict.ok) return { ok: true, authority: authority.name, stampedAt: verdict.stampedAt };
    if (!strangerReasons.has(verdict.reason)) fault ??= verdict.reason;
  }
  return { ok: false, reason: fault ?? 'authority-unknown' };
}

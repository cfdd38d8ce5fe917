import type { LeafStamp } from '../contract.ts';
import { type Bytes, fromBase64, fromHex } from '../encoding.ts';
import { verifyInclusion } from '../merkle.ts';
import { checkNoteSignature, logKeyType, parseCheckpointText, parseNote, parseVerifierKey } from '../note.ts';
import { imprintOf } from './service.ts';
import { type TimeStampAuthority, type TokenRefusal, verifyToken } from './token.ts';

export type StampVerdict =
  | { ok: true; authority: string; stampedAt: Date }
  | { ok: false; reason: TokenRefusal | 'authority-unknown' | 'log-signature-invalid' | 'inclusion-invalid' };

/**
 * Checks, offline, that a leaf was in the log when an authority stamped it: the token covers a checkpoint, the log signed
 * that checkpoint, and the leaf is under it. Not for browsers: certificates are read with Node.
 */
export async function verifyLeafStamp(
  stamp: LeafStamp,
  trust: { logKey: string; authorities: Array<Pick<TimeStampAuthority, 'name' | 'certificates' | 'policy'>> },
): Promise<StampVerdict> {
  const authority = trust.authorities.find(({ name }) => name === stamp.authority);
  if (!authority) return { ok: false, reason: 'authority-unknown' };
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
  const verdict = verifyToken(Buffer.from(token), { imprint: imprintOf(note.text), authority });
  return verdict.ok ? { ok: true, authority: authority.name, stampedAt: verdict.stampedAt } : verdict;
}

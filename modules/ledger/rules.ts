import type { AddCheckpoint } from './add-checkpoint.ts';
import type { ForkProof } from './breaches/evidence.ts';
import { sha256 } from './digest.ts';
import { isSameBytes, toBase64 } from './encoding.ts';
import { deriveOldRoot, verifyConsistency } from './merkle.ts';
import { checkNoteSignature, type VerifierKey } from './note.ts';

/** What a witness remembers of a log: the last tree it cosigned. */
export type Witnessed = { size: number; root: Uint8Array };

/**
 * `fork`: two trees that cannot be one history, both signed by the log: proof of misbehaviour. `inconsistent` and `rewind` may
 * also be a stranger playing old checkpoints back, so they are suspicions until the log itself has been asked.
 */
export type BreachKind = 'fork' | 'inconsistent' | 'rewind';

export type CosigningDecision =
  | { decision: 'cosign' }
  | { decision: 'refuse'; status: 400 | 403 }
  | { decision: 'conflict'; size: number; breach?: BreachKind }
  | { decision: 'refuse'; status: 422; breach: BreachKind; proof?: ForkProof };

/** C2SP tlog-witness, `add-checkpoint`, in its order. `witnessed` is absent for a log never cosigned. The origin is known. */
export async function decideCosigning(
  request: AddCheckpoint,
  logKey: VerifierKey,
  witnessed: Witnessed | undefined,
): Promise<CosigningDecision> {
  const { checkpoint, oldSize, hashes } = request;
  if ((await checkNoteSignature(request.note, logKey)).state !== 'valid') return { decision: 'refuse', status: 403 };
  if (oldSize > checkpoint.size) return { decision: 'refuse', status: 400 };
  const emptyRoot = await sha256(new Uint8Array());
  const known = witnessed ?? { size: 0, root: emptyRoot };
  const isOtherTree = checkpoint.size === known.size && !isSameBytes(checkpoint.root, known.root);
  // Without an earlier note there is nothing that the log contradicts.
  const isFork = isOtherTree && witnessed !== undefined;
  const inconsistent = { decision: 'refuse', status: 422, breach: isFork ? 'fork' : 'inconsistent' } as const;
  if (oldSize !== known.size) {
    const breach = isFork ? 'fork' : checkpoint.size < known.size ? 'rewind' : undefined;
    return { decision: 'conflict', size: known.size, ...(breach ? { breach } : {}) };
  }
  if (isOtherTree) return inconsistent;
  if (oldSize === 0 || checkpoint.size === oldSize) return hashes.length === 0 ? { decision: 'cosign' } : inconsistent;
  const isConsistent = await verifyConsistency({
    oldSize,
    treeSize: checkpoint.size,
    oldRoot: known.root,
    root: checkpoint.root,
    hashes,
  });
  if (isConsistent) return { decision: 'cosign' };
  // A rewritten log that proves its new tree honestly tells what it now has at the old size, and convicts itself.
  const rootThen = await deriveOldRoot({ oldSize, treeSize: checkpoint.size, root: checkpoint.root, hashes });
  if (!rootThen || isSameBytes(rootThen, known.root)) return inconsistent;
  const proof = { rootAtEarlierSize: toBase64(rootThen), hashes: hashes.map(toBase64) };
  return { decision: 'refuse', status: 422, breach: 'fork', proof };
}

/** Doubles from two seconds to two minutes, so that a neighbour that is down is asked seldom and is found again soon. */
export function retryDelayMs(failures: number): number {
  return Math.min(2_000 * 2 ** Math.min(failures - 1, 10), 120_000);
}

import type { AddCheckpoint } from './add-checkpoint.ts';
import { sha256 } from './digest.ts';
import { isSameBytes } from './encoding.ts';
import { verifyConsistency } from './merkle.ts';
import { checkNoteSignature, type VerifierKey } from './note.ts';

/** What a witness remembers of a log: the last tree it cosigned. */
export type Witnessed = { size: number; root: Uint8Array };

/**
 * `fork`: two roots for one size, both signed by the log: proof of misbehaviour. `inconsistent` and `rewind` may also be a
 * stranger playing old checkpoints back, so they are suspicions.
 */
export type BreachKind = 'fork' | 'inconsistent' | 'rewind';

export type CosigningDecision =
  | { decision: 'cosign' }
  | { decision: 'refuse'; status: 400 | 403 }
  | { decision: 'conflict'; size: number; breach?: BreachKind }
  | { decision: 'refuse'; status: 422; breach: BreachKind };

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
  const isFork = checkpoint.size === known.size && !isSameBytes(checkpoint.root, known.root);
  const inconsistent = { decision: 'refuse', status: 422, breach: isFork ? 'fork' : 'inconsistent' } as const;
  if (oldSize !== known.size) {
    const breach = isFork ? 'fork' : checkpoint.size < known.size ? 'rewind' : undefined;
    return { decision: 'conflict', size: known.size, ...(breach ? { breach } : {}) };
  }
  if (isFork) return inconsistent;
  if (oldSize === 0 || checkpoint.size === oldSize) return hashes.length === 0 ? { decision: 'cosign' } : inconsistent;
  const isConsistent = await verifyConsistency({
    oldSize,
    treeSize: checkpoint.size,
    oldRoot: known.root,
    root: checkpoint.root,
    hashes,
  });
  return isConsistent ? { decision: 'cosign' } : inconsistent;
}

/** Doubles from two seconds to two minutes, so that a neighbour that is down is asked seldom and is found again soon. */
export function retryDelayMs(failures: number): number {
  return Math.min(2_000 * 2 ** Math.min(failures - 1, 10), 120_000);
}

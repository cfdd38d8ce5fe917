import { type Bytes, fromBase64, isSameBytes } from '../encoding.ts';
import { verifyConsistency } from '../merkle.ts';
import {
  type Checkpoint,
  checkNoteSignature,
  logKeyType,
  parseCheckpointText,
  parseNote,
  parseVerifierKey,
} from '../note.ts';
import type { BreachKind } from '../rules.ts';

/**
 * `suspected`: a signed checkpoint does not fit what was cosigned, but a stranger can play old ones back. `confirmed`: the log
 * itself publishes less than what was cosigned. `proven`: two notes that the log signed contradict each other, for anybody to check.
 */
export type BreachState = 'suspected' | 'confirmed' | 'proven';

/** Shows what the longer tree has at the size of the shorter one. All base64, 32 bytes each. */
export type ForkProof = { rootAtEarlierSize: string; hashes: string[] };

export const breachFormat = 'jisr/ledger-breach/v1';

/** A breach as a file. Everything in it was signed by the log it accuses, so whoever hands it over need not be trusted. */
export type BreachEvidence = {
  format: typeof breachFormat;
  origin: string;
  /** Verifier key when it was seen; the reader compares it with what the federation published then. */
  logKey: string;
  kind: BreachKind;
  state: BreachState;
  /** ISO 8601, by the clock of the witness; not part of what can be checked. */
  seenAt: string;
  /** Since when the log publishes again what it had lost, likewise by the clock of the witness. */
  endedAt?: string;
  notes: string[];
  proof?: ForkProof;
};

export type EvidenceVerdict =
  | { ok: true; verdict: 'proven' | 'unproven'; sizes: number[] }
  | { ok: false; reason: 'malformed' | 'key-malformed' | 'other-log' | 'signature-invalid' };

/**
 * Judges a breach offline. `proven`: the log signed two trees that cannot be one history (RFC 6962 section 2.1.2). `unproven`:
 * both notes are its own but need not contradict each other, as with a log that merely publishes an older size again.
 */
export async function judgeBreach(evidence: BreachEvidence, logKey: string): Promise<EvidenceVerdict> {
  const key = await parseVerifierKey(logKey);
  if (key?.type !== logKeyType) return { ok: false, reason: 'key-malformed' };
  const checkpoints: Checkpoint[] = [];
  for (const text of evidence.notes) {
    const note = parseNote(text);
    const checkpoint = note && parseCheckpointText(note.text);
    if (!note || !checkpoint) return { ok: false, reason: 'malformed' };
    if (checkpoint.origin !== key.name) return { ok: false, reason: 'other-log' };
    if ((await checkNoteSignature(note, key)).state !== 'valid') return { ok: false, reason: 'signature-invalid' };
    checkpoints.push(checkpoint);
  }
  const [earlier, later] = checkpoints.sort((a, b) => a.size - b.size);
  const sizes = checkpoints.map(({ size }) => size);
  if (!earlier || !later) return { ok: true, verdict: 'unproven', sizes };
  const isProven =
    earlier.size === later.size
      ? !isSameBytes(earlier.root, later.root)
      : evidence.proof !== undefined && (await isFork(earlier, later, evidence.proof));
  return { ok: true, verdict: isProven ? 'proven' : 'unproven', sizes };
}

/** The later tree, as its root commits to it, has another root at the earlier size than the log signed for that size. */
async function isFork(earlier: Checkpoint, later: Checkpoint, proof: ForkProof): Promise<boolean> {
  const rootThen = fromBase64(proof.rootAtEarlierSize);
  const hashes = proof.hashes.map(fromBase64);
  if (rootThen?.length !== 32 || hashes.some((hash) => hash?.length !== 32)) return false;
  const isTrueOfLater = await verifyConsistency({
    oldSize: earlier.size,
    treeSize: later.size,
    oldRoot: rootThen,
    root: later.root,
    hashes: hashes as Bytes[],
  });
  return isTrueOfLater && !isSameBytes(rootThen, earlier.root);
}

/** Reads an evidence file; undefined when it is none. Nothing in it is trusted until judged. */
export function parseBreachEvidence(text: string): BreachEvidence | undefined {
  if (text.length > 262_144) return undefined;
  let value: Partial<BreachEvidence> | null;
  try {
    value = JSON.parse(text) as Partial<BreachEvidence> | null;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (typeof value !== 'object' || value?.format !== breachFormat) return undefined;
  const { origin, logKey, notes, proof } = value;
  const isText = (one: unknown): one is string => typeof one === 'string';
  if (!isText(origin) || !isText(logKey) || !Array.isArray(notes)) return undefined;
  if (notes.length < 1 || notes.length > 2 || !notes.every(isText)) return undefined;
  const isProof =
    proof === undefined ||
    (typeof proof === 'object' &&
      proof !== null &&
      isText(proof.rootAtEarlierSize) &&
      Array.isArray(proof.hashes) &&
      proof.hashes.length <= 63 &&
      proof.hashes.every(isText));
  return isProof ? (value as BreachEvidence) : undefined;
}

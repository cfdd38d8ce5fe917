import type { InclusionProof, Opening } from './contract.ts';
import { fromBase64, readDecimal, readUtf8, toBase64, utf8 } from './encoding.ts';
import { parseCheckpointText, parseNote } from './note.ts';

const firstLine = 'c2sp.org/tlog-proof@v1';

/** A proof as one file that other software reads too (C2SP tlog-proof); the opening travels as its `extra` data. */
export function formatProofText(proof: InclusionProof): string {
  const extra = toBase64(utf8(JSON.stringify({ leafHash: proof.leafHash, opening: proof.opening })));
  const hashes = proof.hashes.map((hash) => `${hash}\n`).join('');
  return `${firstLine}\nextra ${extra}\nindex ${proof.leafIndex}\n${hashes}\n${proof.checkpoint}`;
}

/** Reads what `formatProofText` writes; undefined when it is anything else. Nothing in it is trusted until verified. */
export function parseProofText(text: string): InclusionProof | undefined {
  const split = text.indexOf('\n\n');
  if (split < 0 || text.length > 1_048_576) return undefined;
  const [first, extraLine, indexLine, ...hashes] = text.slice(0, split).split('\n');
  const checkpoint = text.slice(split + 2);
  const note = parseNote(checkpoint);
  const head = note && parseCheckpointText(note.text);
  if (first !== firstLine || !head || !extraLine?.startsWith('extra ') || !indexLine?.startsWith('index '))
    return undefined;
  const leafIndex = readDecimal(indexLine.slice('index '.length));
  const extra = readExtra(extraLine.slice('extra '.length));
  if (leafIndex === undefined || !extra || hashes.length > 63) return undefined;
  if (hashes.some((hash) => fromBase64(hash)?.length !== 32)) return undefined;
  return { ...extra, leafIndex, treeSize: head.size, hashes, checkpoint };
}

function readExtra(base64: string): { leafHash: string; opening: Opening } | undefined {
  const bytes = fromBase64(base64);
  const text = bytes && readUtf8(bytes);
  if (text === undefined) return undefined;
  try {
    const { leafHash, opening } = JSON.parse(text) as { leafHash: unknown; opening: Partial<Opening> | null };
    if (typeof leafHash !== 'string' || typeof opening?.salt !== 'string' || typeof opening.commitment !== 'string')
      return undefined;
    if (typeof opening.record !== 'object' || opening.record === null) return undefined;
    return { leafHash, opening: opening as Opening };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

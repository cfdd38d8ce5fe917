import { type Bytes, fromBase64, readDecimal, readUtf8, toBase64 } from './encoding.ts';
import { type Checkpoint, type Note, parseCheckpointText, parseNote } from './note.ts';

/** The body of C2SP tlog-witness `add-checkpoint`. */
export type AddCheckpoint = { oldSize: number; hashes: Bytes[]; note: Note; checkpoint: Checkpoint; noteText: string };

export function formatAddCheckpoint(request: { oldSize: number; hashes: Uint8Array[]; note: string }): string {
  return `old ${request.oldSize}\n${request.hashes.map((hash) => `${toBase64(hash)}\n`).join('')}\n${request.note}`;
}

/** Reads a request; undefined when it has not the form of C2SP tlog-witness (at most 63 proof lines, strict base64 and decimals). */
export function parseAddCheckpoint(body: Uint8Array): AddCheckpoint | undefined {
  const text = readUtf8(body);
  const split = text?.indexOf('\n\n') ?? -1;
  if (text === undefined || split < 0) return undefined;
  const [oldLine, ...proofLines] = text.slice(0, split).split('\n');
  if (!oldLine?.startsWith('old ') || proofLines.length > 63) return undefined;
  const oldSize = readDecimal(oldLine.slice('old '.length));
  const hashes: Bytes[] = [];
  for (const line of proofLines) {
    const hash = fromBase64(line);
    if (hash?.length !== 32) return undefined;
    hashes.push(hash);
  }
  const noteText = text.slice(split + 2);
  const note = parseNote(noteText);
  const checkpoint = note && parseCheckpointText(note.text);
  return oldSize === undefined || !note || !checkpoint ? undefined : { oldSize, hashes, note, checkpoint, noteText };
}

import { sha256, verifyEd25519, verifyMlDsa44 } from './digest.ts';
import {
  type Bytes,
  fromBase64,
  fromHex,
  isSameBytes,
  joinBytes,
  readDecimal,
  toBase64,
  toHex,
  utf8,
} from './encoding.ts';

/** Signature types of C2SP signed-note: a log's plain Ed25519, and a witness's cosignatures by Ed25519 and by ML-DSA-44. */
export const logKeyType = 0x01;
export const witnessKeyType = 0x04;
export const mlDsaWitnessKeyType = 0x06;

/** Bytes of public key per type. */
const keyLengths: Record<number, number> = { [logKeyType]: 32, [witnessKeyType]: 32, [mlDsaWitnessKeyType]: 1_312 };

/** A verifier key as text: `name+hex(keyId)+base64(type || public key)` (C2SP signed-note, "Verifier keys"). */
export type VerifierKey = { name: string; keyId: Bytes; type: number; publicKey: Bytes };

export type NoteSignature = { name: string; keyId: Bytes; signature: Bytes };
export type Note = { text: string; signatures: NoteSignature[] };

/** C2SP tlog-checkpoint. `size` in leaves, `root` 32 bytes. */
export type Checkpoint = { origin: string; size: number; root: Bytes };

const noteLengthMax = 65_536;
const signaturesMax = 64;
const keyName = /^[^\s+]+$/u;

export function isKeyName(name: string): boolean {
  return keyName.test(name) && name.length <= 255;
}

/** What is hashed for a key id: its first four bytes are `SHA-256(name || 0x0A || type || public key)[:4]`. */
export function keyIdMessage(name: string, type: number, publicKey: Uint8Array): Bytes {
  return joinBytes(utf8(`${name}\n`), Uint8Array.of(type), publicKey);
}

export function formatVerifierKey(key: VerifierKey): string {
  return `${key.name}+${toHex(key.keyId)}+${toBase64(joinBytes(Uint8Array.of(key.type), key.publicKey))}`;
}

/** Reads a log's or a witness's key; undefined when malformed or when the key id is not the key's own. */
export async function parseVerifierKey(text: string): Promise<VerifierKey | undefined> {
  const parts = /^([^\s+]{1,255})\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{44,1752})$/u.exec(text);
  if (!parts) return undefined;
  const [, name, id, material] = parts as unknown as [string, string, string, string];
  const keyId = fromHex(id);
  const bytes = fromBase64(material);
  const type = bytes?.[0];
  if (!keyId || !bytes || type === undefined || bytes.length - 1 !== keyLengths[type]) return undefined;
  const publicKey = bytes.slice(1);
  const expected = (await sha256(keyIdMessage(name, type, publicKey))).slice(0, 4);
  return isSameBytes(keyId, expected) ? { name, keyId, type, publicKey } : undefined;
}

export function formatSignatureLine({ name, keyId, signature }: NoteSignature): string {
  return `— ${name} ${toBase64(joinBytes(keyId, signature))}\n`;
}

/** Reads one or more signature lines, each ending in a newline; undefined when any of them is malformed. */
export function parseSignatureLines(text: string): NoteSignature[] | undefined {
  if (text.length > noteLengthMax || !text.endsWith('\n')) return undefined;
  const lines = text.slice(0, -1).split('\n');
  if (lines.length > signaturesMax) return undefined;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const parts = /^— ([^\s+]+) ([A-Za-z0-9+/=]+)$/u.exec(line);
    const bytes = parts ? fromBase64(parts[2]!) : undefined;
    if (!parts || !bytes || bytes.length < 5) return undefined;
    signatures.push({ name: parts[1]!, keyId: bytes.slice(0, 4), signature: bytes.slice(4) });
  }
  return signatures;
}

/** C2SP signed-note: text and signatures are parted by the last empty line. */
export function parseNote(note: string): Note | undefined {
  if (note.length > noteLengthMax || /[\u0000-\u0009\u000b-\u001f]/.test(note) || !note.isWellFormed())
    return undefined;
  const split = note.lastIndexOf('\n\n');
  if (split < 0) return undefined;
  const signatures = parseSignatureLines(note.slice(split + 2));
  return signatures ? { text: note.slice(0, split + 1), signatures } : undefined;
}

export function formatCheckpointText({
  origin,
  size,
  root,
}: {
  origin: string;
  size: number;
  root: Uint8Array;
}): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** Reads the text of a checkpoint note; extension lines are allowed and say nothing to us. */
export function parseCheckpointText(text: string): Checkpoint | undefined {
  if (!text.endsWith('\n')) return undefined;
  const [origin, sizeLine, rootLine, ...extensions] = text.slice(0, -1).split('\n');
  const size = sizeLine === undefined ? undefined : readDecimal(sizeLine);
  const root = rootLine === undefined ? undefined : fromBase64(rootLine);
  if (!origin || size === undefined || root?.length !== 32 || extensions.includes('')) return undefined;
  return { origin, size, root };
}

/** C2SP tlog-cosignature: what an Ed25519 witness signs. `cosignedAt` in seconds since 1970. */
export function cosignatureMessage(noteText: string, cosignedAt: number): Bytes {
  return utf8(`cosignature/v1\ntime ${cosignedAt}\n${noteText}`);
}

/**
 * C2SP tlog-cosignature, `cosigned_message`: what an ML-DSA-44 witness signs. It names the witness, and of the checkpoint the
 * first three lines only. `cosignedAt` in seconds since 1970. Undefined for a note that is no checkpoint.
 */
export function mlDsaCosignatureMessage(noteText: string, witness: string, cosignedAt: number): Bytes | undefined {
  const checkpoint = parseCheckpointText(noteText);
  const name = utf8(witness);
  const origin = checkpoint && utf8(checkpoint.origin);
  if (!checkpoint || !origin || name.length > 255 || origin.length > 255) return undefined;
  const label = utf8('subtree/v1\n\0');
  const { size, root } = checkpoint;
  return joinBytes(
    label,
    Uint8Array.of(name.length),
    name,
    uint64(cosignedAt),
    Uint8Array.of(origin.length),
    origin,
    uint64(0),
    uint64(size),
    root,
  );
}

function uint64(value: number): Bytes {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

/** Joins the eight-byte time and the signature (C2SP tlog-cosignature, `timestamped_signature`). */
export function joinCosignature(cosignedAt: number, signature: Uint8Array): Bytes {
  return joinBytes(uint64(cosignedAt), signature);
}

/** `unsupported`: the signature is there, and nothing is known of it, for this browser lacks the algorithm. */
export type SignatureCheck =
  | { state: 'valid'; cosignedAt?: number }
  | { state: 'unsupported'; cosignedAt: number }
  | { state: 'absent' | 'invalid' };

/**
 * Checks the signatures of one known key on a note. Signatures of other keys are passed over; one wrong signature of the
 * known key spoils the note (C2SP signed-note, "Signatures"). `cosignedAt` (seconds) comes with a witness's key.
 */
export async function checkNoteSignature(note: Note, key: VerifierKey): Promise<SignatureCheck> {
  const own = note.signatures.filter(({ name, keyId }) => name === key.name && isSameBytes(keyId, key.keyId));
  if (own.length === 0) return { state: 'absent' };
  let cosignedAt: number | undefined;
  for (const { signature } of own) {
    if (key.type === logKeyType) {
      if (!(await verifyEd25519(key.publicKey, utf8(note.text), signature))) return { state: 'invalid' };
      continue;
    }
    if (signature.length < 8) return { state: 'invalid' };
    const time = new DataView(signature.buffer, signature.byteOffset, 8).getBigUint64(0);
    if (time > BigInt(Number.MAX_SAFE_INTEGER)) return { state: 'invalid' };
    cosignedAt = Number(time);
    const isValid = await isCosignedBy(key, note.text, cosignedAt, signature.slice(8));
    if (isValid === undefined) return { state: 'unsupported', cosignedAt };
    if (!isValid) return { state: 'invalid' };
  }
  return { state: 'valid', ...(cosignedAt === undefined ? {} : { cosignedAt }) };
}

async function isCosignedBy(
  key: VerifierKey,
  noteText: string,
  cosignedAt: number,
  signature: Uint8Array,
): Promise<boolean | undefined> {
  if (key.type === witnessKeyType)
    return verifyEd25519(key.publicKey, cosignatureMessage(noteText, cosignedAt), signature);
  const message = mlDsaCosignatureMessage(noteText, key.name, cosignedAt);
  return message ? verifyMlDsa44(key.publicKey, message, signature) : false;
}

export type CheckpointDescription = {
  origin: string;
  size: number;
  /** Base64. */
  rootHash: string;
  /** Good cosignatures of the keys asked about. */
  cosignatures: Cosignature[];
  /** Cosignatures of these keys of which nothing is known here, for this browser lacks the algorithm. */
  unchecked: Cosignature[];
};

/** `key`: the verifier key under which it was made. `cosignedAt`: seconds since 1970. */
export type Cosignature = { name: string; key: string; cosignedAt: number };

/** What a checkpoint says and who of `witnesses` (vkeys) really cosigned it. Undefined when it is not a checkpoint. */
export async function describeCheckpoint(
  text: string,
  witnesses: string[],
): Promise<CheckpointDescription | undefined> {
  const note = parseNote(text);
  const checkpoint = note ? parseCheckpointText(note.text) : undefined;
  if (!note || !checkpoint) return undefined;
  const found = { valid: [] as Cosignature[], unsupported: [] as Cosignature[] };
  for (const vkey of witnesses) {
    const key = await parseVerifierKey(vkey);
    const check = key ? await checkNoteSignature(note, key) : undefined;
    if (!key || !check || !('cosignedAt' in check) || check.cosignedAt === undefined) continue;
    found[check.state].push({ name: key.name, key: vkey, cosignedAt: check.cosignedAt });
  }
  return {
    origin: checkpoint.origin,
    size: checkpoint.size,
    rootHash: toBase64(checkpoint.root),
    cosignatures: found.valid,
    unchecked: found.unsupported,
  };
}

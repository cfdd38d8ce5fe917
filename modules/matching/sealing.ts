import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { randomBytes } from '#kernel/ids';
import type { MatchedRecord } from './comparison/rules.ts';

/** What an officer compares while a request waits; it is dropped with the decision. */
export type HeldInputs = { home?: MatchedRecord; number?: string; candidates: string[] };

export const sameBytes = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

export type Sealing = ReturnType<typeof createSealing>;

/** `key`: 32 bytes that are kept outside the database. Whoever has the tables alone reads no name, no day and no number. */
export function createSealing(key: Buffer) {
  const derive = (use: string) => createHmac('sha256', key).update(`jisr matching ${use}`).digest();
  const [sealKey, numberKey] = [derive('seal'), derive('number')];
  /** AES-256-GCM; the id of the row is bound in, so that what is sealed cannot be moved to another. */
  const seal = (text: string, rowId: string): Buffer => {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', sealKey, iv).setAAD(Buffer.from(rowId));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
  };
  /** Throws when the key or the row is another. */
  const open = (sealed: Uint8Array, rowId: string): string => {
    const bytes = Buffer.from(sealed);
    const decipher = createDecipheriv('aes-256-gcm', sealKey, bytes.subarray(0, 12)).setAAD(Buffer.from(rowId));
    decipher.setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
  };
  return {
    sealNumber: seal,
    openNumber: open,
    sealInputs: (inputs: HeldInputs, attemptId: string) => seal(JSON.stringify(inputs), attemptId),
    openInputs: (sealed: Uint8Array, attemptId: string) => JSON.parse(open(sealed, attemptId)) as HeldInputs,
    /** The same number always has the same hash, so that two links to one record are seen without reading either. */
    hashNumber: (number: string): Buffer => createHmac('sha256', numberKey).update(number).digest(),
  };
}

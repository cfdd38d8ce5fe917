import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { randomBytes } from '#kernel/ids';

export type Sealing = ReturnType<typeof createSealing>;

/** `key`: 32 bytes that are kept outside the database. Whoever has the tables alone reads no address and can test no code. */
export function createSealing(key: Buffer) {
  const derive = (use: string) => createHmac('sha256', key).update(`jisr notifications ${use}`).digest();
  const [sealKey, hashKey, linkKey] = [derive('seal'), derive('hash'), derive('link')];
  return {
    /** AES-256-GCM; the id of the row is bound in, so that what is sealed cannot be moved to another. */
    seal: (text: string, rowId: string): Buffer => {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', sealKey, iv).setAAD(Buffer.from(rowId));
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
    },
    /** Throws when the key or the row is another. */
    open: (sealed: Uint8Array, rowId: string): string => {
      const bytes = Buffer.from(sealed);
      const decipher = createDecipheriv('aes-256-gcm', sealKey, bytes.subarray(0, 12)).setAAD(Buffer.from(rowId));
      decipher.setAuthTag(bytes.subarray(12, 28));
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
    },
    hash: (text: string): Buffer => createHmac('sha256', hashKey).update(text).digest(),
    /** What only this node can put after a message's id in a link; 128 bits. */
    linkToken: (messageId: string): string =>
      createHmac('sha256', linkKey).update(messageId).digest().subarray(0, 16).toString('base64url'),
  };
}

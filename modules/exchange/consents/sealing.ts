import { createCipheriv, createDecipheriv } from 'node:crypto';
import { randomBytes } from '#kernel/ids';

/** AES-256-GCM; the consent's id is bound in, so that a sealed token cannot be moved to another row. */
export function sealToken(token: string, key: Buffer, consentId: string): Buffer {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(consentId));
  const sealed = Buffer.concat([cipher.update(token, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
}

/** Undefined when the key was changed, or the row was. */
export function openToken(sealed: Uint8Array, key: Buffer, consentId: string): string | undefined {
  const bytes = Buffer.from(sealed);
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAAD(Buffer.from(consentId));
  decipher.setAuthTag(bytes.subarray(12, 28));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

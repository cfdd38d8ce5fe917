import { createCipheriv, createDecipheriv } from 'node:crypto';
import { randomBytes } from '#kernel/ids';

const nonceBytes = 12;
const tagBytes = 16;

/** AES-256-GCM. `context` is bound in, so that one person's row cannot be opened as another's. */
export function sealText(secret: Buffer, context: string, text: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', secret, nonce, { authTagLength: tagBytes }).setAAD(Buffer.from(context));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

/** Throws when the bytes were changed, belong to another context, or were sealed with another secret. */
export function openText(secret: Buffer, context: string, bytes: Buffer): string {
  const nonce = bytes.subarray(0, nonceBytes);
  const decipher = createDecipheriv('aes-256-gcm', secret, nonce, { authTagLength: tagBytes })
    .setAAD(Buffer.from(context))
    .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString('utf8');
}

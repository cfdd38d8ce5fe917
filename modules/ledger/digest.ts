import type { Bytes } from './encoding.ts';

/** SHA-256 through WebCrypto, which browsers and Node share. */
export async function sha256(data: Uint8Array): Promise<Bytes> {
  return new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', data as Bytes));
}

/** Ed25519 (RFC 8032) through WebCrypto; a key that is no point of the curve verifies nothing. */
export async function verifyEd25519(publicKey: Uint8Array, data: Uint8Array, signature: Uint8Array): Promise<boolean> {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const { subtle } = globalThis.crypto;
  try {
    const key = await subtle.importKey('raw', publicKey as Bytes, { name: 'Ed25519' }, false, ['verify']);
    return await subtle.verify({ name: 'Ed25519' }, key, signature as Bytes, data as Bytes);
  } catch (error) {
    if (error instanceof DOMException && (error.name === 'DataError' || error.name === 'OperationError')) return false;
    throw error;
  }
}

import type { Bytes } from './encoding.ts';

/** SHA-256 through WebCrypto, which browsers and Node share. */
export async function sha256(data: Uint8Array): Promise<Bytes> {
  return new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', data as Bytes));
}

/**
 * ML-DSA-44 (FIPS 204) through WebCrypto. Undefined where this browser or runtime has no such algorithm: then nothing is
 * known about the signature.
 */
export async function verifyMlDsa44(
  publicKey: Uint8Array,
  data: Uint8Array,
  signature: Uint8Array,
): Promise<boolean | undefined> {
  if (publicKey.length !== 1_312 || signature.length !== 2_420) return false;
  const { subtle } = globalThis.crypto;
  const algorithm = { name: 'ML-DSA-44' };
  try {
    const key = await subtle.importKey('raw-public' as 'raw', publicKey as Bytes, algorithm, false, ['verify']);
    return await subtle.verify(algorithm, key, signature as Bytes, data as Bytes);
  } catch (error) {
    // Older browsers know neither the algorithm nor the name of the key's form.
    if (error instanceof TypeError || (error instanceof DOMException && error.name === 'NotSupportedError'))
      return undefined;
    if (error instanceof DOMException && (error.name === 'DataError' || error.name === 'OperationError')) return false;
    throw error;
  }
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

import canonicalize from 'canonicalize';

// Only what browsers have too: the verifier of proof files runs there.

export type Bytes = Uint8Array<ArrayBuffer>;

export function utf8(text: string): Bytes {
  return new TextEncoder().encode(text);
}

/** The bytes of a text with one character per byte, as signature bases are. */
export function latin1(text: string): Bytes {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** RFC 4648 section 4; undefined for anything but the one canonical form, so that no two texts stand for the same bytes. */
export function fromBase64(text: string): Bytes | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const bytes = latin1(atob(text));
  return toBase64(bytes) === text ? bytes : undefined;
}

/** RFC 4648 section 5 without padding, canonical as above. */
export function fromBase64url(text: string): Bytes | undefined {
  const padded = text
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .padEnd(Math.ceil(text.length / 4) * 4, '=');
  return /^[A-Za-z0-9_-]+$/.test(text) ? fromBase64(padded) : undefined;
}

export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export async function sha256(...parts: Uint8Array[]): Promise<Bytes> {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', joined));
}

/** RFC 8785. Undefined where a value has no JSON form, a lone surrogate for one. */
export function canonicalText(value: unknown): string | undefined {
  try {
    return canonicalize(value as object);
  } catch {
    return undefined;
  }
}

/** The object that a text stands for; undefined for any other JSON and for none. */
export function readObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

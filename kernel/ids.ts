import { hash, randomBytes as nodeRandomBytes } from 'node:crypto';
import canonicalize from 'canonicalize';

/** A UUIDv7 (RFC 9562 section 5.7): sorted by time of making, so that indexes grow at one end. */
export function newId(): string {
  const bytes = nodeRandomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function randomBytes(length: number): Buffer {
  return nodeRandomBytes(length);
}

/** An unguessable handle: 256 bits unless told otherwise, in base64url. */
export function randomToken(bytes = 32): string {
  return nodeRandomBytes(bytes).toString('base64url');
}

export function sha256(data: Uint8Array | string): Buffer {
  return hash('sha256', data, 'buffer');
}

export function base64url(data: Uint8Array | string): string {
  return (
    typeof data === 'string' ? Buffer.from(data) : Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  ).toString('base64url');
}

/** The one text of a JSON value (RFC 8785), so that two parties hash the same bytes. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value as object);
  if (text === undefined) throw new TypeError('value has no JSON form');
  return text;
}

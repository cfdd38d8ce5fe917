import canonicalize from 'canonicalize';
import { type Bytes, joinBytes, utf8 } from './encoding.ts';

export const commitmentPrefix = 'jisr/commitment/v1\n';

/**
 * What a leaf commits to: `'jisr/commitment/v1\n' || salt (32 bytes) || RFC 8785 text of {kind, ...record}`.
 * Without the salt nobody can tell one kind of entry from another, or test a guess about a person.
 */
export function commitmentMessage(salt: Uint8Array, record: Record<string, unknown>): Bytes {
  const text = canonicalize(record);
  if (text === undefined) throw new TypeError('record has no JSON form');
  return joinBytes(utf8(commitmentPrefix), salt, utf8(text));
}

import { deflateSync, inflateSync } from 'node:zlib';

/** Room for one status bit each: 16 KiB before, a few hundred bytes after compression. */
export const statusListSize = 131_072;

const inflatedBytesMax = 1_048_576;

/** Token Status List section 4.1: one bit per credential, least significant first, deflated, base64url. */
export function encodeStatusList(revoked: Iterable<number>, size: number = statusListSize): { bits: 1; lst: string } {
  const bytes = Buffer.alloc(size / 8);
  for (const index of revoked) bytes[index >> 3]! |= 1 << (index & 7);
  return { bits: 1, lst: deflateSync(bytes, { level: 9 }).toString('base64url') };
}

/** The status at `index`: 0 is valid, 1 is invalid, others as registered. Undefined when the list does not reach so far. */
export function readStatus(list: unknown, index: number): number | undefined {
  const { bits, lst } = (typeof list === 'object' && list !== null ? list : {}) as { bits?: unknown; lst?: unknown };
  if (![1, 2, 4, 8].includes(bits as number) || typeof lst !== 'string') return undefined;
  const width = bits as number;
  try {
    // A list may be written to swell a thousandfold; the limit stands before the memory does.
    const bytes = inflateSync(Buffer.from(lst, 'base64url'), { maxOutputLength: inflatedBytesMax });
    const at = index * width;
    const byte = bytes[at >> 3];
    return byte === undefined ? undefined : (byte >> (at & 7)) & ((1 << width) - 1);
  } catch {
    return undefined;
  }
}

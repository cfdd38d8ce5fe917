import { deflateSync, inflateSync } from 'node:zlib';

/** Room for two status bits each: 32 KiB before, a few hundred bytes after compression. */
export const statusListSize = 131_072;

const inflatedBytesMax = 1_048_576;

/**
 * Token Status List section 7.1: valid, invalid, and a value for the application's own use. Here it says that another credential took
 * the place of this one; whoever does not know it does not take the credential for valid.
 */
export const statuses = { valid: 0, revoked: 1, superseded: 3 } as const;

/** Token Status List section 4.1: two bits per credential, least significant first, deflated, base64url. */
export function encodeStatusList(
  ended: Iterable<{ index: number; isSuperseded: boolean }>,
  size: number = statusListSize,
): { bits: 2; lst: string } {
  const bytes = Buffer.alloc(size / 4);
  for (const { index, isSuperseded } of ended)
    bytes[index >> 2]! |= (isSuperseded ? statuses.superseded : statuses.revoked) << ((index & 3) * 2);
  return { bits: 2, lst: deflateSync(bytes, { level: 9 }).toString('base64url') };
}

/** The status at `index`, of `statuses` or another registered one. Undefined when the list does not reach so far. */
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

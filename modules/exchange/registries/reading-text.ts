import { RegistryFault } from './adapter.ts';

/** Marks for the direction of letters, and the byte order mark: nobody sees them, and no number has them. */
const unseen = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/**
 * The text of a file or an answer, without a byte order mark. A letter that is none is never replaced: what is lost here would
 * be signed. `encoding`: any label of the Encoding Standard. Throws RegistryFault.
 */
export function readText(content: Buffer, encoding = 'utf-8'): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(content);
  } catch {
    throw new RegistryFault(
      'encoding-wrong',
      { en: `It is not written in ${encoding}.`, ar: `ليس مكتوبًا بترميز ${encoding}.` },
      [{ field: '*', kind: 'letters-lost' }],
    );
  }
}

/** Registries write 2015 also as ٢٠١٥ or ۲۰۱۵. */
export function withLatinDigits(text: string): string {
  return text.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 0xf));
}

/** A person's number as registries write it: with Arabic digits, or with marks that a spreadsheet put before them. */
export function readNumber(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  return withLatinDigits(String(value).replace(unseen, '').trim());
}

import type { Language } from '#kernel/languages';
import { decimalsOf, findAgreedState } from '#protocol/states';

/** A typed amount, in Latin digits, as a whole number of the smallest unit; undefined where it has more digits than the currency. */
export function readAmount(typed: string, currency: string): number | undefined {
  const [, whole, part = ''] = /^(\d{1,11})(?:\.(\d{1,3}))?$/.exec(typed.replace(/[\s,]/g, '')) ?? [];
  const places = decimalsOf(currency);
  if (whole === undefined || part.length > places) return undefined;
  return Number(whole + part.padEnd(places, '0'));
}

/** An amount as it is typed again: without signs and groups. */
export function writeAmount(minor: number, currency: string): string {
  const places = decimalsOf(currency);
  const text = String(minor).padStart(places + 1, '0');
  return `${text.slice(0, -places)}.${text.slice(-places)}`;
}

/** An amount as it is read, with the name of its currency: `1,250.500 BHD`. */
export function amountInWords(minor: number, currency: string, language: Language): string {
  const amount = Number(writeAmount(minor, currency));
  return new Intl.NumberFormat(language === 'ar' ? 'ar-SA-u-nu-arab' : 'en-GB', {
    style: 'currency',
    currency,
    currencyDisplay: 'name',
    minimumFractionDigits: decimalsOf(currency),
  }).format(amount);
}

/** ISO 13616: length, form and the two check digits (ISO 7064, MOD 97-10). `iban` is compact and in capitals. */
export function isIban(iban: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) return false;
  // Of other states than these it has 15 to 34.
  const length = findAgreedState(iban.slice(0, 2))?.ibanLength;
  if (length !== undefined && iban.length !== length) return false;
  const digits = (iban.slice(4) + iban.slice(0, 4)).replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  let rest = 0;
  for (const digit of digits) rest = (rest * 10 + Number(digit)) % 97;
  return rest === 1;
}

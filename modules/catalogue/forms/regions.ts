import type { Language } from '#kernel/languages';
import { stateCodes } from '#protocol/states';

// What CLDR knows and ISO 3166-1 does not have as a country: unions, exceptional reservations, private codes.
const notRegions = new Set(['AC', 'CP', 'CQ', 'DG', 'EA', 'EU', 'EZ', 'IC', 'QO', 'TA', 'UN', 'XA', 'XB', 'XK', 'ZZ']);

/** ISO 3166-1 alpha-2 codes, as the platform's own data has them. */
export const regionCodes: readonly string[] = listCodes();

function listCodes(): string[] {
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  return letters
    .flatMap((first) => letters.map((second) => first + second))
    .filter((code) => names.of(code) !== undefined && !notRegions.has(code))
    .filter((code) => new Intl.Locale(`und-${code}`).region === code);
}

export function regionName(code: string, language: Language): string {
  return new Intl.DisplayNames(language, { type: 'region' }).of(code) ?? code;
}

/** By name, the states of the federation first. */
export function listRegions(language: Language): Array<{ value: string; label: string }> {
  const compare = new Intl.Collator(language).compare;
  const rank = (code: string) => (stateCodes.includes(code) ? 0 : 1);
  return regionCodes
    .map((value) => ({ value, label: regionName(value, language) }))
    .sort((one, other) => rank(one.value) - rank(other.value) || compare(one.label, other.label));
}

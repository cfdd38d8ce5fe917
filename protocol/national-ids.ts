import { findAgreedState } from './states.ts';

/** How far the check digit of a scheme can be relied on, for a reader who wonders why a number is refused. */
export type CheckDigitSource = 'published' | 'reported' | 'none';

export type NationalIdScheme = {
  /** Digits only, the check digit (when there is one) last. */
  length: number;
  checkDigit: CheckDigitSource;
  /** True for a number of this scheme in plain digits: form, date parts and check digit. */
  isValid(value: string): boolean;
  /**
   * Adds the check digit to all digits before it; a scheme without one gives the digits back.
   * Undefined when the digits have the wrong form or when the scheme never issues them (Kuwait and Bahrain skip serials
   * whose check would need two digits): take the next serial.
   */
  complete(partialWithoutCheck: string): string | undefined;
  /** The number as it is printed on the card. */
  print(value: string): string;
};

/** Weighted sum modulo 11, subtracted from 11; a result of 10 or 11 has no digit, so such serials are never issued. */
function checkModulo11(weights: number[]): (digits: string) => string | undefined {
  return (digits) => {
    const sum = weights.reduce((total, weight, index) => total + weight * Number(digits[index]), 0);
    const check = 11 - (sum % 11);
    return check < 10 ? String(check) : undefined;
  };
}

/** ISO/IEC 7812-1 annex B. */
function checkLuhn(digits: string): string {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return String((10 - (sum % 10)) % 10);
}

function isMonth(mm: string): boolean {
  return Number(mm) >= 1 && Number(mm) <= 12;
}

/** A day that exists in that month of a full year. */
function isDate(year: number, mm: string, dd: string): boolean {
  if (!isMonth(mm)) return false;
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Number(mm) - 1] ?? 0;
  return Number(dd) >= 1 && Number(dd) <= days;
}

type Form = {
  length: number;
  checkDigit: CheckDigitSource;
  /** Judges the digits before the check digit. */
  hasForm(partial: string): boolean;
  check?: (partial: string) => string | undefined;
  print?: (value: string) => string;
};

function scheme(form: Form): NationalIdScheme {
  const partialLength = form.check === undefined ? form.length : form.length - 1;
  const isPartial = (partial: string) =>
    partial.length === partialLength && /^[0-9]+$/.test(partial) && form.hasForm(partial);
  const complete = (partial: string) => {
    if (!isPartial(partial)) return undefined;
    if (form.check === undefined) return partial;
    const digit = form.check(partial);
    return digit === undefined ? undefined : partial + digit;
  };
  return {
    length: form.length,
    checkDigit: form.checkDigit,
    complete,
    isValid: (value) => value.length === form.length && complete(value.slice(0, partialLength)) === value,
    print: form.print ?? ((value) => value),
  };
}

/**
 * The national identification numbers of the six states, by scheme id. A state names its scheme in its own data.
 *
 * - `bh-cpr` Central Population Registry number, YYMM + 4 serial digits + check. The authority does not publish the
 *   rule; weights 9 to 2 modulo 11 is the one reported for it. Never refuse a real person on it alone.
 * - `kw-civil-id` century (2 = 1900s, 3 = 2000s) + YYMMDD + 4 serial digits + check, weights 2,1,6,3,7,9,10,5,8,4,2.
 * - `om-civil-number` eight digits. No structure and no check digit are publicly known.
 * - `qa-qid` century (2 = 1900s, 3 = 2000s) + YY + ISO 3166-1 numeric country of nationality + 5 serial digits. No check
 *   digit is publicly known.
 * - `sa-national-id` ten digits, 1 for a citizen and 2 for a resident (Iqama), Luhn.
 * - `ae-emirates-id` 784 + year of birth + 7 serial digits + check, Luhn.
 */
export const nationalIdSchemes = {
  'bh-cpr': scheme({
    length: 9,
    checkDigit: 'reported',
    hasForm: (partial) => isMonth(partial.slice(2, 4)),
    check: checkModulo11([9, 8, 7, 6, 5, 4, 3, 2]),
  }),
  'kw-civil-id': scheme({
    length: 12,
    checkDigit: 'published',
    hasForm: (partial) => {
      const century = { '2': 1900, '3': 2000 }[partial.slice(0, 1)];
      if (century === undefined) return false;
      return isDate(century + Number(partial.slice(1, 3)), partial.slice(3, 5), partial.slice(5, 7));
    },
    check: checkModulo11([2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]),
  }),
  'om-civil-number': scheme({ length: 8, checkDigit: 'none', hasForm: (value) => !value.startsWith('0') }),
  'qa-qid': scheme({
    length: 11,
    checkDigit: 'none',
    hasForm: (value) => /^[23]/.test(value) && value.slice(3, 6) !== '000',
  }),
  'sa-national-id': scheme({
    length: 10,
    checkDigit: 'published',
    hasForm: (partial) => /^[12]/.test(partial),
    check: checkLuhn,
  }),
  'ae-emirates-id': scheme({
    length: 15,
    checkDigit: 'published',
    hasForm: (partial) => /^784(19|20)/.test(partial),
    check: checkLuhn,
    print: (value) => value.replace(/^(...)(....)(.{7})(.)$/, '$1-$2-$3-$4'),
  }),
} satisfies Record<string, NationalIdScheme>;

export type NationalIdSchemeId = keyof typeof nationalIdSchemes;

/**
 * What a person typed, as plain digits: Arabic-Indic and Persian digits become 0-9; spaces, dashes and the invisible marks
 * that keyboards and copied text bring along go. Anything else stays, and then no number matches it.
 */
export function normalizeNationalId(typed: string): string {
  return typed
    .replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x0660))
    .replace(/[\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) - 0x06f0))
    .replace(/[\s\-\u2010-\u2015\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, '');
}

/**
 * Whether plain digits can be a number of that state (ISO 3166-1 alpha-2). A check digit decides only where its rule is published: nobody is
 * turned away by a rule that was merely reported.
 */
export function mayBeNationalId(state: string, digits: string): boolean {
  const id = findAgreedState(state)?.nationalIdScheme ?? '';
  if (!Object.hasOwn(nationalIdSchemes, id)) return false;
  const scheme: NationalIdScheme = nationalIdSchemes[id as NationalIdSchemeId];
  return scheme.checkDigit === 'reported'
    ? digits.length === scheme.length && /^\d+$/.test(digits)
    : scheme.isValid(digits);
}

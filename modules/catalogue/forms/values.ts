import { gregorianDay } from '#kernel/hijri';
import { latinDigits } from '#kernel/words';
import { mayBeNationalId } from '#protocol/national-ids';
import type { Answer, PostedBody, Question } from './contract.ts';
import { isIban, readAmount } from './numbers.ts';
import { partsOf } from './parts.ts';
import { regionCodes } from './regions.ts';

/** What one posted value means: an answer, nothing, or what is wrong with it, and in which control. */
export type Reading = { answer: Answer } | { code: string; control?: string } | 'absent';

/** As much of a question as reading its answer takes. */
export type Asked = Pick<Question, 'kind' | 'currency' | 'state' | 'lookUp'>;

/** What a page posts for an answer that is in no register; no code of a register begins so. */
export const unlistedValue = ':unlisted';
const unlistedLengthMax = 200;

// Controls but tab and line ends, and the overrides that make text read otherwise than it is (Unicode TR 36, section 2.4).
const refusedInText =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\uffff]/;
const lineEnds = /[\t\n\r\u2028\u2029]/;
const picksMax = 100;

/**
 * Reads the posted value of a question by its kind. Numbers and dates may be typed in Arabic or Latin digits. `state`: whose form an
 * address or a national number has when the question does not say.
 */
export function readPosted(question: Asked, id: string, posted: PostedBody, state: string): Reading {
  if (partsOf(question, state) !== undefined) return readParts(question, id, posted, state);
  if (question.kind === 'look-up') return readLookUp(question, id, posted);
  if (question.kind === 'checkboxes') return readPicks(posted[id]);
  if (question.kind === 'yes-no' && posted[id] === false) return { answer: false };
  const text = textOf(posted[id]);
  if (text === undefined) return { code: 'wrong-form' };
  const trimmed = cleanText(text);
  if (trimmed === undefined) return { code: 'characters-refused' };
  if (trimmed === '') return 'absent';
  if (question.kind !== 'textarea' && lineEnds.test(trimmed)) return { code: 'characters-refused' };
  return readLine(question, trimmed, state);
}

function readLine({ kind, currency, state: own }: Asked, trimmed: string, state: string): Reading {
  const compact = latinDigits(trimmed)
    .replace(/[\s.-]/g, '')
    .toUpperCase();
  switch (kind) {
    case 'checkbox':
      return ['yes', 'on', 'true'].includes(trimmed) ? { answer: true } : 'absent';
    case 'yes-no':
      if (['yes', 'true'].includes(trimmed)) return { answer: true };
      return ['no', 'false'].includes(trimmed) ? { answer: false } : { code: 'not-an-option' };
    case 'number':
    case 'percent': {
      const typed = latinDigits(trimmed).replace(/[\s%\u066a]/g, '');
      // As a calculator writes it; a comma that groups nothing could be a decimal mark, and is asked about.
      const number = /^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(typed) ? typed.replaceAll(',', '') : typed;
      if (!/^-?\d{1,15}(\.\d{1,6})?$/.test(number)) return { code: 'not-a-number' };
      if (kind === 'percent' && (Number(number) < 0 || Number(number) > 100)) return { code: 'not-a-percentage' };
      return { answer: Number(number) };
    }
    case 'money': {
      const amount = readAmount(latinDigits(trimmed), currency ?? '');
      return amount === undefined ? { code: 'not-an-amount' } : { answer: amount };
    }
    case 'year': {
      const year = latinDigits(trimmed);
      return /^(1[89]|20|21)\d{2}$/.test(year) ? { answer: Number(year) } : { code: 'not-a-year' };
    }
    case 'email': {
      const address = latinDigits(trimmed);
      const isAddress = /^[^\s@<>()",;:\\[\]]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/i.test(
        address,
      );
      return isAddress && address.length <= 254 ? { answer: address } : { code: 'not-an-email' };
    }
    case 'phone': {
      const number = latinDigits(trimmed)
        .replace(/[\s().-]/g, '')
        .replace(/^00/, '+');
      return /^\+[1-9]\d{7,14}$/.test(number) ? { answer: number } : { code: 'not-a-phone' };
    }
    case 'web-address': {
      const address = /^[a-z][a-z0-9+.-]*:/i.test(trimmed) ? trimmed : `https://${trimmed}`;
      const url = URL.canParse(address) ? new URL(address) : undefined;
      const isWeb = url !== undefined && /^https?:$/.test(url.protocol) && url.hostname.includes('.');
      return isWeb && url.username === '' && url.href.length <= 500 ? { answer: url.href } : { code: 'not-an-address' };
    }
    case 'name':
      return /^[\p{L}\p{M}][\p{L}\p{M}\s'’.\-\u0640]*$/u.test(trimmed)
        ? { answer: trimmed.replace(/\s+/g, ' ') }
        : { code: 'not-a-name' };
    case 'name-arabic':
      return /^\p{Script=Arabic}[\p{Script=Arabic}\p{M}\s.\-\u0640]*$/u.test(trimmed) && !/\p{N}/u.test(trimmed)
        ? { answer: trimmed.replace(/\s+/g, ' ') }
        : { code: 'not-a-name' };
    case 'name-latin':
      return /^\p{Script=Latin}[\p{Script=Latin}\p{M}\s'’.-]*$/u.test(trimmed)
        ? { answer: trimmed.replace(/\s+/g, ' ') }
        : { code: 'not-a-name' };
    case 'country':
      return regionCodes.includes(trimmed) ? { answer: trimmed } : { code: 'not-an-option' };
    case 'national-id':
      return mayBeNationalId(own ?? state, compact) ? { answer: compact } : { code: 'not-a-national-id' };
    case 'passport':
      // ICAO Doc 9303 part 4: up to nine letters and digits.
      return /^[A-Z0-9]{5,9}$/.test(compact) && /\d/.test(compact) ? { answer: compact } : { code: 'not-a-passport' };
    case 'iban':
      return isIban(compact) ? { answer: compact } : { code: 'not-an-iban' };
    case 'textarea':
      return { answer: trimmed.replace(/\r\n?/g, '\n') };
    case 'text':
      return { answer: trimmed.replace(/\s+/g, ' ') };
    default:
      return { answer: trimmed };
  }
}

/** `id` as the whole answer, as it is kept, or one control for each part, as a page posts it. */
function readParts(question: Asked, id: string, posted: PostedBody, state: string): Reading {
  const whole = posted[id];
  if (typeof whole === 'string' && whole.trim() !== '') return readWhole(question.kind, latinDigits(whole.trim()));
  const parts = partsOf(question, state)!;
  const isObject = typeof whole === 'object' && whole !== null && !Array.isArray(whole);
  const read: Record<string, string> = {};
  for (const { id: name, isNumeric } of parts) {
    const control = `${id}-${name}`;
    const own = isObject && Object.hasOwn(whole, name) ? (whole as Record<string, unknown>)[name] : undefined;
    const text = textOf(isObject ? own : posted[control]);
    if (text === undefined) return { code: 'wrong-form', control };
    const clean = cleanText(text);
    if (clean === undefined || lineEnds.test(clean)) return { code: 'characters-refused', control };
    read[name] = isNumeric ? latinDigits(clean) : clean.replace(/\s+/g, ' ');
  }
  if (Object.values(read).every((text) => text === '')) return 'absent';
  if (question.kind !== 'address') return readMoment(question.kind, read);
  for (const { id: name, length, isNumeric, isOptional } of parts) {
    const control = `${id}-${name}`;
    const text = read[name]!;
    if (text === '' && !isOptional) return { code: 'part-missing', control };
    if (text.length > length || (isNumeric && !/^\d*$/.test(text))) return { code: 'part-wrong', control };
  }
  return { answer: Object.fromEntries(Object.entries(read).filter(([, text]) => text !== '')) };
}

/** `2026-03-07`, `2026-03`, `14:30`; a Hijri date is kept as the Gregorian one. */
function readWhole(kind: Asked['kind'], text: string): Reading {
  if (kind === 'address') return { code: 'wrong-form' };
  if (kind === 'time') {
    const [hour = '', minute = '', ...rest] = text.split(':');
    return readMoment(kind, rest.length === 0 ? { hour, minute } : {});
  }
  const [year = '', month = '', day = '', ...rest] = text.split('-');
  if (rest.length > 0 || (kind === 'month' && day !== '')) return readMoment(kind, {});
  return readMoment(kind === 'hijri-date' ? 'date' : kind, { year, month, day });
}

function readMoment(kind: Asked['kind'], parts: Record<string, string>): Reading {
  const number = (name: string) => (/^\d{1,4}$/.test(parts[name] ?? '') ? Number(parts[name]) : Number.NaN);
  const two = (value: number) => String(value).padStart(2, '0');
  switch (kind) {
    case 'time': {
      const [hour, minute] = [number('hour'), number('minute')];
      return hour <= 23 && minute <= 59 ? { answer: `${two(hour)}:${two(minute)}` } : { code: 'not-a-time' };
    }
    case 'month': {
      const [year, month] = [number('year'), number('month')];
      return year >= 1800 && month >= 1 && month <= 12 ? { answer: `${year}-${two(month)}` } : { code: 'not-a-month' };
    }
    case 'hijri-date': {
      const day = gregorianDay({ year: number('year'), month: number('month'), day: number('day') });
      return day === undefined ? { code: 'not-a-hijri-date' } : { answer: day };
    }
    default: {
      const [year, month, day] = [number('year'), number('month'), number('day')];
      const moment = new Date(Date.UTC(year, month - 1, day));
      const isReal =
        year >= 1000 &&
        moment.getUTCFullYear() === year &&
        moment.getUTCMonth() + 1 === month &&
        moment.getUTCDate() === day;
      return isReal ? { answer: moment.toISOString().slice(0, 10) } : { code: 'not-a-date' };
    }
  }
}

/**
 * A code, alone or as `code` of an object as it is kept (names that come along are not read); or what is in no register, as `unlisted` of
 * an object, or as a page posts it. A code is an answer only once the register has confirmed it.
 */
function readLookUp({ lookUp }: Asked, id: string, posted: PostedBody): Reading {
  const given = posted[id];
  const isObject = typeof given === 'object' && given !== null && !Array.isArray(given);
  const own = (name: string) => (isObject && Object.hasOwn(given, name) ? (given as PostedBody)[name] : undefined);
  const code = textOf(isObject ? own('code') : given);
  if (code === undefined) return { code: 'wrong-form' };
  const control = unlistedControl(id);
  // Whoever only wrote a name means that one.
  const written = posted[control];
  const isNamed = lookUp?.mayBeUnlisted === true && typeof written === 'string' && written.trim() !== '';
  const isUnlisted = code === unlistedValue || (code === '' && (isObject || isNamed));
  if (!isUnlisted) {
    const clean = cleanText(code);
    if (clean === undefined) return { code: 'characters-refused' };
    return clean === '' ? 'absent' : { answer: { code: clean } };
  }
  if (!lookUp?.mayBeUnlisted) return { code: 'not-in-register' };
  const text = textOf(isObject ? own('unlisted') : posted[control]);
  if (text === undefined) return { code: 'wrong-form', control };
  const clean = cleanText(text);
  if (clean === undefined || lineEnds.test(clean)) return { code: 'characters-refused', control };
  if (clean.length > unlistedLengthMax) return { code: 'unlisted-too-long', control };
  const name = clean.replace(/\s+/g, ' ');
  return name === '' ? { code: 'unlisted-missing', control } : { answer: { ar: name, en: name } };
}

/** The control in which a page takes what is in no register. */
export const unlistedControl = (id: string) => `${id}-unlisted`;

function readPicks(value: unknown): Reading {
  const picks = Array.isArray(value) ? value : [value];
  if (picks.length > picksMax) return { code: 'wrong-form' };
  const chosen: string[] = [];
  for (const pick of picks) {
    const text = textOf(pick);
    if (text === undefined) return { code: 'wrong-form' };
    const clean = cleanText(text);
    if (clean === undefined) return { code: 'characters-refused' };
    if (clean !== '' && !chosen.includes(clean)) chosen.push(clean);
  }
  return chosen.length === 0 ? 'absent' : { answer: chosen };
}

/** Trimmed, in one normal form, without marks of direction; undefined where it holds what no text may. */
function cleanText(text: string): string | undefined {
  if (refusedInText.test(text) || !text.isWellFormed()) return undefined;
  return text
    .replace(/[\u200e\u200f]/g, '')
    .normalize('NFC')
    .trim();
}

/** A posted value as text; '' where there is none; undefined where it is no single value. */
function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null || value === false) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (value === true) return 'true';
  return undefined;
}

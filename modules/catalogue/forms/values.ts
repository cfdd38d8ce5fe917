import type { Answer, PostedBody, QuestionKind } from './contract.ts';

/** What one posted value means: an answer, nothing, or the code of what is wrong with it. */
export type Reading = { answer: Answer } | { code: string } | 'absent';

// Controls but tab and line ends, and the overrides that make text read otherwise than it is (Unicode TR 36, section 2.4).
const refusedInText =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\uffff]/;
const lineEnds = /[\t\n\r\u2028\u2029]/;

/** Arabic-Indic and Persian digits, and the Arabic decimal mark, as Latin ones. */
export function latinDigits(text: string): string {
  return text
    .replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x0660))
    .replace(/[\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) - 0x06f0))
    .replaceAll('\u066b', '.')
    .replaceAll('\u066c', '');
}

/** Reads the posted value of a question by its kind. Numbers and dates may be typed in Arabic or Latin digits. */
export function readPosted(kind: QuestionKind, id: string, posted: PostedBody): Reading {
  if (kind === 'date') return readDate(id, posted);
  const text = textOf(posted[id]);
  if (text === undefined) return { code: 'wrong-form' };
  if (refusedInText.test(text) || !text.isWellFormed()) return { code: 'characters-refused' };
  const trimmed = text
    .replace(/[\u200e\u200f]/g, '')
    .normalize('NFC')
    .trim();
  if (trimmed === '') return 'absent';
  if (kind !== 'textarea' && lineEnds.test(trimmed)) return { code: 'characters-refused' };
  switch (kind) {
    case 'checkbox':
      return ['yes', 'on', 'true'].includes(trimmed) ? { answer: true } : 'absent';
    case 'number': {
      const number = latinDigits(trimmed).replaceAll(' ', '');
      return /^-?\d{1,15}(\.\d{1,6})?$/.test(number) ? { answer: Number(number) } : { code: 'not-a-number' };
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
    case 'name':
      return /^[\p{L}\p{M}][\p{L}\p{M}\s'’.\-\u0640]*$/u.test(trimmed)
        ? { answer: trimmed.replace(/\s+/g, ' ') }
        : { code: 'not-a-name' };
    case 'textarea':
      return { answer: trimmed.replace(/\r\n?/g, '\n') };
    case 'text':
      return { answer: trimmed.replace(/\s+/g, ' ') };
    default:
      return { answer: trimmed };
  }
}

/** `id` as ISO 8601, or the three controls `id-day`, `id-month`, `id-year`. */
function readDate(id: string, posted: PostedBody): Reading {
  const names = [`${id}-year`, `${id}-month`, `${id}-day`];
  const whole = textOf(posted[id])?.trim();
  const parts = whole
    ? latinDigits(whole).split('-')
    : names.map((name) => latinDigits(textOf(posted[name]) ?? '').trim());
  if (parts.every((part) => part === '')) return 'absent';
  const [year, month, day] = parts.map((part) => (/^\d{1,4}$/.test(part) ? Number(part) : Number.NaN));
  const moment = new Date(Date.UTC(year ?? Number.NaN, (month ?? Number.NaN) - 1, day ?? Number.NaN));
  const isReal =
    parts.length === 3 &&
    year! >= 1000 &&
    moment.getUTCFullYear() === year &&
    moment.getUTCMonth() + 1 === month &&
    moment.getUTCDate() === day;
  return isReal ? { answer: moment.toISOString().slice(0, 10) } : { code: 'not-a-date' };
}

/** A posted value as text; '' where there is none; undefined where it is no single value. */
function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null || value === false) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (value === true) return 'true';
  return undefined;
}

import { randomBytes } from '#kernel/ids';
import { normalizeNationalId } from '#protocol/national-ids';

/** In which a second officer looks at the document too: the person waits, or comes back once. */
export const counterConfirmMs = 72 * 3_600_000;

/** Three days from the confirmation in which the person, warned on every device, can say that it was not them. */
export const counterDelayMs = 72 * 3_600_000;
/** How long a code from the counter is good after that. */
export const counterUsableMs = 7 * 86_400_000;
/** Begun by another method of the person: there is nothing to wait for. */
export const ownUsableMs = 900_000;

const letters = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';

/** 100 bits in four groups of five, without letters that are read as digits; nobody guesses one, so no guessing is counted. */
export function newRecoveryCode(): string {
  const bytes = [...randomBytes(40)].filter((byte) => byte < letters.length * 8).slice(0, 20);
  if (bytes.length < 20) return newRecoveryCode();
  const code = bytes.map((byte) => letters[byte % letters.length]).join('');
  return code.replace(/(.{5})(?=.)/g, '$1-');
}

/** The code as it was made, however it was typed. */
export function cleanRecoveryCode(typed: string): string {
  const code = typed.toUpperCase().replace(/[^A-Z0-9]/g, '');
  return code.replace(/(.{5})(?=.)/g, '$1-').slice(0, 40);
}

/** The number of a document, however it was typed: in Arabic digits, in small letters, with blanks. */
export function cleanDocumentNumber(typed: string): string {
  return normalizeNationalId(typed.slice(0, 64))
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '');
}

/** ICAO Doc 9303 has nine characters in a passport's number; cards have more. */
export function isDocumentNumber(typed: string): boolean {
  const { length } = cleanDocumentNumber(typed);
  return length >= 5 && length <= 20;
}

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** 160 bits in Base32, as RFC 4226 section 4 asks. */
export function newTotpSecret(): string {
  return [...randomBytes(32)].map((byte) => base32[byte & 31]).join('');
}

export const passwordLengthMin = 12;

/** NIST SP 800-63B-4 section 3.1.1.2: length, and nothing that is known of the person; no rules about kinds of letters. */
export function isPasswordAllowed(password: string, nationalId: string): boolean {
  const length = [...password.normalize('NFKC')].length;
  return (
    length >= passwordLengthMin &&
    password.length <= 128 &&
    !password.includes(nationalId) &&
    !/^(.)\1*$/u.test(password)
  );
}

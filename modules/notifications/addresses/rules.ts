import type { AddressWay } from '../ways/contract.ts';

export const codeDigits = 6;
export const codeValidMs = 15 * 60_000;
export const codeTriesMax = 5;
/** Codes asked for by one person in an hour, and sent to one address in a day, whoever asks. */
export const codesPerPersonHour = 3;
export const codesPerAddressDay = 5;

const plainAddress =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/i;

const latinDigits = (text: string) =>
  text
    .replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0));

/**
 * An address as it is written to, or nothing. E-mail: a dot-atom of RFC 5322 at a host name, at most 254 characters (RFC 5321 section
 * 4.5.3.1). Number: E.164, with spaces, hyphens, Arabic digits and a leading 00 understood.
 */
export function readAddress(way: AddressWay, typed: string): string | undefined {
  const text = typed.trim();
  if (way === 'email') {
    const at = text.lastIndexOf('@');
    // The part after the @ is the same in any case; the part before it is the other side's.
    const address = `${text.slice(0, at)}@${text.slice(at + 1).toLowerCase()}`;
    const isPlain = address.length <= 254 && plainAddress.test(address) && !/^\.|\.\.|\.@/.test(address);
    return isPlain ? address : undefined;
  }
  const number = latinDigits(text)
    .replace(/[\s()-]/g, '')
    .replace(/^00/, '+');
  return /^\+[1-9]\d{7,14}$/.test(number) ? number : undefined;
}

/** A code as it was typed, in either script's digits. */
export const readCode = (typed: string): string => latinDigits(typed).replace(/\s/g, '');

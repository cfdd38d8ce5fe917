import { createCipheriv, createDecipheriv, createHmac, argon2 as nodeArgon2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { verify as verifyTotp } from 'otplib';
import { randomBytes } from '#kernel/ids';

const argon2 = promisify(nodeArgon2);

// OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane.
const cost = { memory: 19_456, passes: 2, parallelism: 1 };
const passwordCharactersMax = 128;

/** The PHC string of a password: `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`. Takes some 35 ms and 19 MiB. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const tag = await derive(password, salt, cost, 32);
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${unpadded(salt)}$${unpadded(tag)}`;
}

const phcForm =
  /^\$argon2id\$v=19\$m=(\d{1,6}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

export function isPasswordHash(phc: string): boolean {
  return phcForm.test(phc);
}

/** False for a wrong password and for one no person may have; throws when the stored hash is damaged. */
export async function isPassword(password: string, phc: string): Promise<boolean> {
  const parts = phcForm.exec(phc);
  if (!parts) throw new Error('a stored password hash is not an argon2id PHC string');
  const [, memory, passes, parallelism, salt, tag] = parts as unknown as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const expected = Buffer.from(tag, 'base64');
  const actual = await derive(
    password,
    Buffer.from(salt, 'base64'),
    { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    expected.length,
  );
  return timingSafeEqual(actual, expected) && password.length <= passwordCharactersMax;
}

/** What a password is compared with when there is no such person, so that the answer takes as long. */
export const nobodysPasswordHash = `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

function derive(password: string, nonce: Buffer, to: typeof cost, tagLength: number): Promise<Buffer> {
  // The same letters typed on two keyboards may differ in code points; NFKC makes them one (RFC 8265 section 4.2).
  const message = Buffer.from(password.slice(0, passwordCharactersMax + 1).normalize('NFKC'), 'utf8');
  return argon2('argon2id', { message, nonce, ...to, tagLength }) as Promise<Buffer>;
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

const totpPeriodSeconds = 30;

/**
 * The time step of a right code (RFC 6238), one step of clock difference either way; undefined for a wrong one.
 * A step at or below `stepUsed` is refused: no code is accepted twice (RFC 6238 section 5.2).
 */
export async function findTotpStep(
  secret: string,
  typed: string,
  atSeconds: number,
  stepUsed: number,
): Promise<number | undefined> {
  if (!/^\d{6}$/.test(typed)) return undefined;
  const result = await verifyTotp({ secret, token: typed, epoch: atSeconds, epochTolerance: totpPeriodSeconds });
  if (!result.valid) return undefined;
  const step = Math.floor(atSeconds / totpPeriodSeconds) + result.delta;
  return step > stepUsed ? step : undefined;
}

export function isTotpSecret(secret: string): boolean {
  return /^[A-Z2-7]{26,}$/.test(secret);
}

/** AES-256-GCM; the person's id is bound in, so that a sealed secret cannot be moved to another person's row. */
export function sealSecret(key: Buffer, secret: string, personId: string): Buffer {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(personId));
  const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
}

export function openSecret(key: Buffer, sealed: Buffer, personId: string): string {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12)).setAAD(Buffer.from(personId));
  decipher.setAuthTag(sealed.subarray(12, 28));
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('utf8');
}

/** Finds a row by something that the row's readers must not be able to list: an HMAC under a key kept elsewhere. */
export function keyedIndex(key: Buffer, kind: string, value: string): Buffer {
  return createHmac('sha256', key).update(`${kind}\u0000${value}`).digest();
}

export type AttemptCount = { failures: number; lastFailedAt: Date };
export type AttemptLimit = { free: number; delayMsMax: number; delayMsFirst?: number };

/**
 * How many wrong attempts are free, and how long the wait may become. Waits double from one second,
 * or from `delayMsFirst`.
 *
 * `accountElsewhere` counts attempts on one account from addresses it never signed in from; its wait is short, because an
 * attacker could otherwise lock a person out by guessing. An address the person has used is counted by `accountHere` alone.
 */
export const attemptLimits = {
  accountHere: { free: 5, delayMsMax: 900_000 },
  accountElsewhere: { free: 20, delayMsMax: 60_000 },
  address: { free: 50, delayMsMax: 900_000 },
  code: { free: 5, delayMsMax: 900_000 },
  // Of one officer at the counter, right or wrong.
  recoveryOfficer: { free: 10, delayMsFirst: 60_000, delayMsMax: 900_000 },
  // Each of these makes somebody's phone ask: what wears a person down is the number, so the waits begin long.
  phoneHere: { free: 3, delayMsFirst: 30_000, delayMsMax: 1_800_000 },
  phoneElsewhere: { free: 2, delayMsFirst: 60_000, delayMsMax: 1_800_000 },
} satisfies Record<string, AttemptLimit>;

export const attemptsForgottenAfterMs = 3_600_000;

/** Milliseconds until the next attempt is looked at; 0 means now. */
export function waitMs(count: AttemptCount | undefined, limit: AttemptLimit, now: Date): number {
  if (count === undefined || count.failures < limit.free) return 0;
  const since = now.getTime() - count.lastFailedAt.getTime();
  if (since >= attemptsForgottenAfterMs) return 0;
  const delayMs = Math.min(
    limit.delayMsMax,
    (limit.delayMsFirst ?? 1_000) * 2 ** Math.min(count.failures - limit.free, 20),
  );
  return Math.max(0, delayMs - since);
}

/** Addresses that one subscriber commands count as one: an IPv6 /64; IPv4 as it is, also when mapped into IPv6. */
export function addressGroup(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped) return mapped[1]!;
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.toLowerCase().split('%')[0]!.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

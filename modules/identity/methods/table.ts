import type { Text } from '#kernel/languages';

/** The levels of eIDAS (Commission Implementing Regulation (EU) 2015/1502), lowest first. */
export const levels = ['low', 'substantial', 'high'] as const;
export type Level = (typeof levels)[number];

export type Method = {
  names: Text;
  /** How hard the authenticator is to misuse, whoever stands behind it; the proofing of the person is the other axis. */
  authenticator: Level;
  /** Authentication method references of RFC 8176 section 2, as the ID token says them. */
  amr: readonly string[];
  /** A page on another address gets nothing that it could use here. */
  resistsPhishing: boolean;
};

/**
 * The methods of signing in, as data. `hwk` is never said: without a verified attestation nobody can tell that a passkey's
 * key is kept in hardware, and a synced one is not; `swk` claims the lesser.
 */
export const methods = {
  'password-totp': {
    names: { ar: 'كلمة المرور ورمز لمرة واحدة', en: 'Password and one-time code' },
    authenticator: 'substantial',
    amr: ['pwd', 'otp', 'mfa'],
    resistsPhishing: false,
  },
  passkey: {
    names: { ar: 'مفتاح مرور', en: 'Passkey' },
    authenticator: 'substantial',
    amr: ['pop', 'swk', 'user', 'mfa'],
    resistsPhishing: true,
  },
  'phone-approval': {
    names: { ar: 'موافقة على الهاتف', en: 'Approval on the phone' },
    authenticator: 'substantial',
    amr: ['pop', 'swk', 'user', 'mca', 'mfa'],
    // A person can be talked into typing a number that a false page shows them.
    resistsPhishing: false,
  },
} as const satisfies Record<string, Method>;

export type MethodId = keyof typeof methods;

/** The level that a method reaches for a person who was proofed at a level: the lower of the two, never more. */
export function levelReached(method: MethodId, proofing: Level): Level {
  return lower(methods[method].authenticator, proofing);
}

/**
 * The method that a new authenticator counts as enrolled by must reach what the new one will claim: what is added or put in
 * anew is never stronger than what vouched for it.
 */
export function mayEnrol(vouching: MethodId, enrolled: MethodId): boolean {
  return lower(methods[vouching].authenticator, methods[enrolled].authenticator) === methods[enrolled].authenticator;
}

function lower(one: Level, other: Level): Level {
  return levels[Math.min(levels.indexOf(one), levels.indexOf(other))]!;
}

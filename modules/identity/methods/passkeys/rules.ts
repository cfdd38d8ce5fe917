import { Type } from 'typebox';
import { Compile } from 'typebox/compile';

const Bytes = (bytesMax: number) =>
  Type.String({ pattern: '^[A-Za-z0-9_-]+$', minLength: 1, maxLength: Math.ceil((bytesMax * 4) / 3) });

// What describes the new key is judged by the library alone.
const registration = Compile(
  Type.Object({
    id: Bytes(1_023),
    rawId: Bytes(1_023),
    type: Type.Literal('public-key'),
    response: Type.Object({
      clientDataJSON: Bytes(4_096),
      transports: Type.Optional(Type.Array(Type.String({ pattern: '^[a-z-]{1,20}$' }), { maxItems: 10 })),
    }),
    clientExtensionResults: Type.Object({}),
  }),
);

const assertion = Compile(
  Type.Object({
    id: Bytes(1_023),
    rawId: Bytes(1_023),
    type: Type.Literal('public-key'),
    response: Type.Object({
      clientDataJSON: Bytes(4_096),
      authenticatorData: Bytes(4_096),
      signature: Bytes(8_192),
      userHandle: Type.Optional(Bytes(64)),
    }),
    clientExtensionResults: Type.Object({}),
  }),
);

/** `RegistrationResponseJSON` of WebAuthn Level 3 section 5.1, with what is used; undefined for any other text. */
export function readRegistration(text: string) {
  const value = parse(text);
  return registration.Check(value) ? value : undefined;
}

/** `AuthenticationResponseJSON` of WebAuthn Level 3 section 5.1, with what is used; undefined for any other text. */
export function readAssertion(text: string) {
  const value = parse(text);
  return assertion.Check(value) ? value : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The challenge that a browser says it answered; an empty one for what is no client data. */
export function challengeOf(clientDataJSON: string): string {
  const data = parse(Buffer.from(clientDataJSON, 'base64url').toString('utf8')) as { challenge?: unknown } | null;
  return typeof data?.challenge === 'string' ? data.challenge : '';
}

/**
 * WebAuthn Level 3 section 6.1.1: an authenticator that counts never gives a number again. Zero both times is one that does
 * not count, as all synced passkeys.
 */
export function isCounterSound(stored: number, received: number): boolean {
  return (stored === 0 && received === 0) || received > stored;
}

const nameLengthMax = 40;

/** A name a person gave, as one line without control characters and without marks that turn the direction of text. */
export function cleanName(typed: string): string {
  return [...typed.normalize('NFC').replace(/[\p{C}\u2028\u2029]/gu, ' ')]
    .slice(0, nameLengthMax)
    .join('')
    .replace(/\s+/g, ' ')
    .trim();
}

const browsers: Array<[RegExp, string]> = [
  [/\bEdgA?\//, 'Edge'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\bOPR\//, 'Opera'],
  [/\bChrome\/|\bCriOS\/|\bHeadlessChrome\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];
const systems: Array<[RegExp, string]> = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'Mac'],
  [/\bLinux\b/, 'Linux'],
];

/** Browser and system as people know them, such as "Chrome, Android"; an empty text when neither is known. */
export function describeAgent(userAgent: string): string {
  const find = (list: Array<[RegExp, string]>) => list.find(([form]) => form.test(userAgent))?.[1];
  return [find(browsers), find(systems)].filter(Boolean).join(', ');
}

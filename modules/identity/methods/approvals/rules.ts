import { randomInt } from 'node:crypto';

/** How long a person has for finding the phone, reading and answering. */
export const approvalMs = 180_000;
/** The phone keeps its handle this long; every visit begins it anew. */
export const deviceKeptMs = 180 * 86_400_000;
export const devicesMax = 5;

/**
 * What becomes of a request. `open` until the number is right (`numbered`), then `approved` by the device's key and `spent` by
 * the page that asked. `refused`, `number-wrong` and `stopped` are its other ends; time ends whatever has not ended.
 */
export type ApprovalState = 'open' | 'numbered' | 'approved' | 'spent' | 'refused' | 'number-wrong' | 'stopped';

export const waitingStates: ApprovalState[] = ['open', 'numbered'];

/** Begins what a request is bound to when no page waits for it but a service that asks by itself. */
export const byServicePrefix = 'ciba.';

/** Two digits, the first not zero, so that nobody wonders whether to type it: typing blindly succeeds once in 90 times. */
export function newNumber(): string {
  return String(randomInt(10, 100));
}

export const deviceCookie = 'jisr_phone';

/** The phone's pages get the handle, and nothing that another site leads to does. */
export function deviceCookieText(value: string, secure: boolean): string {
  const ends = `Max-Age=${Math.floor(deviceKeptMs / 1000)}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  return `${deviceCookie}=${value}; Path=/phone; ${ends}`;
}

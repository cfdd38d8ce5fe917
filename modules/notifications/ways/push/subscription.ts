import { ECDH } from 'node:crypto';
import type { Subscription } from '../contract.ts';

/** The push services of Mozilla, Google, Apple and Microsoft. `*.` stands for one or more names. */
export const usualPushHosts = [
  'updates.push.services.mozilla.com',
  'fcm.googleapis.com',
  '*.push.apple.com',
  '*.notify.windows.com',
];

/**
 * Whether a notice may be posted there. A browser names the address, and a browser says what its user wants: only https, on the usual port,
 * without a name or password, at a host of the list. An entry that is an origin of this machine (`http://127.0.0.1:8099`) is for tests.
 */
export function isPushAddress(endpoint: string, hosts: readonly string[]): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { protocol, hostname, port, username, password, origin } = new URL(endpoint);
  if (username !== '' || password !== '') return false;
  if (hosts.some((entry) => entry.startsWith('http://') && entry === origin)) return true;
  if (protocol !== 'https:' || port !== '') return false;
  return hosts.some((entry) => (entry.startsWith('*.') ? hostname.endsWith(entry.slice(1)) : hostname === entry));
}

/** A subscription that can be written to; undefined when its address or its keys are none. */
export function readSubscription(given: Subscription, hosts: readonly string[]): Subscription | undefined {
  const { endpoint, p256dh, auth } = given;
  const [key, secret] = [bytesOf(p256dh), bytesOf(auth)];
  if (!isPushAddress(endpoint, hosts) || key?.length !== 65 || secret?.length !== 16) return undefined;
  try {
    // Refuses what is no point on the curve.
    ECDH.convertKey(key, 'prime256v1');
  } catch {
    return undefined;
  }
  return { endpoint, p256dh: key.toString('base64url'), auth: secret.toString('base64url') };
}

const bytesOf = (text: string) => (/^[A-Za-z0-9_-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64url') : undefined);

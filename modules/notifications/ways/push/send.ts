import webPush from 'web-push';
import type { HttpClient } from '#kernel/http-client';
import { signJws } from '#kernel/jws';
import type { Signer } from '#kernel/keys';
import { Problem } from '#kernel/problem';
import type { Notice, NotificationNeeds, Sender } from '../../needs.ts';
import type { Pace } from '../../templates/contract.ts';
import { fillTemplate, type Templates } from '../../templates/rules.ts';
import type { PushRules, Subscription } from '../contract.ts';
import { isPushAddress, usualPushHosts } from './subscription.ts';

const timeoutMs = 10_000;
const answerBytesMax = 16_384;
/** The push service keeps a notice for a device that is off for so long, in seconds; the message is in the mailbox anyway. */
const ttlSeconds = 3 * 86_400;
/** RFC 8292 section 2 allows a day at most; a token is good for one service and an hour. */
const tokenSeconds = 3_600;
/** Of 4096 bytes that a push service takes at least (RFC 8030 section 7.2), in characters that may take three each. */
const bodyLengthMax = 900;
const urgencies = { 'at-once': 'high', soon: 'normal', daily: 'low' } as const satisfies Record<Pace, webPush.Urgency>;

/** What the service worker of the portal (apps/portal/islands/push-worker.ts) is given, and nobody on the way can read. */
export type PushPayload = {
  title: string;
  body: string;
  language: 'ar' | 'en';
  direction: 'rtl' | 'ltr';
  /** Of this portal, with its origin. */
  link: string;
  /** One notice that comes twice is shown once. */
  tag: string;
};

/** The public key by which a browser knows this node (RFC 8292 section 3.2): an uncompressed point, base64url. */
export function applicationServerKey({ publicJwk }: Signer): string {
  const [x, y] = [publicJwk.x!, publicJwk.y!].map((part) => Buffer.from(part, 'base64url')) as [Buffer, Buffer];
  return Buffer.concat([Buffer.of(4), x, y]).toString('base64url');
}

/**
 * Hands notices to the push services of browsers (RFC 8030), encrypted for the device (RFC 8291). The node says who it is with a token
 * (RFC 8292) that its own key store signs, so that the private key is handed to nobody.
 */
export function createPushSender(
  needs: Pick<NotificationNeeds, 'stateNames' | 'clock'> & { http: HttpClient; signer: Signer },
  rules: PushRules,
  templates: Templates,
  hash: (text: string) => Buffer,
): Sender {
  const { http, signer, clock } = needs;
  const hosts = rules.hosts ?? usualPushHosts;
  const publicKey = applicationServerKey(signer);

  const authorise = async (endpoint: string): Promise<string> => {
    const exp = Math.floor(clock.now().getTime() / 1_000) + tokenSeconds;
    const claims = { aud: new URL(endpoint).origin, exp, sub: rules.contact };
    return `vapid t=${await signJws(signer, claims, { typ: 'JWT', kid: undefined })}, k=${publicKey}`;
  };

  const write = (notice: Notice & { kind: 'news' }, tag: string): PushPayload => {
    const { outside, direction } = templates.words[notice.language];
    const title = fillTemplate(outside.mailSubject, { state: needs.stateNames[notice.language] }, notice.language);
    const body = notice.shorts.join('\n').slice(0, bodyLengthMax);
    return { title, body, language: notice.language, direction, link: notice.link, tag };
  };

  return {
    send: async (notice) => {
      if (notice.kind !== 'news') throw new Error('a code is not sent to a browser');
      const { endpoint, p256dh, auth } = JSON.parse(notice.to) as Subscription;
      // The list may be shorter than on the day on which the device was added.
      if (!isPushAddress(endpoint, hosts)) return { outcome: 'later', code: 'host-not-allowed' };
      const topic = hash(`push ${notice.id}`).subarray(0, 16).toString('base64url');
      const { headers, body } = webPush.generateRequestDetails(
        { endpoint, keys: { p256dh, auth } },
        JSON.stringify(write(notice, topic)),
        { TTL: ttlSeconds, urgency: urgencies[notice.pace], topic, contentEncoding: 'aes128gcm' },
      );
      const sent = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
      try {
        const { status } = await http.request({
          method: 'POST',
          url: endpoint,
          headers: { ...Object.fromEntries(sent), authorization: await authorise(endpoint) },
          body,
          timeoutMs,
          bodyBytesMax: answerBytesMax,
        });
        if (status >= 200 && status <= 299) return { outcome: 'sent' };
        // RFC 8030 section 7.3: the subscription is over.
        if (status === 404 || status === 410) return { outcome: 'never', code: 'subscription-gone' };
        return { outcome: 'later', code: `status-${status}` };
      } catch (error) {
        if (error instanceof Problem) return { outcome: 'later', code: error.code };
        throw error;
      }
    },
    check: async () => {
      // Any answer at all shows that it can be reached; nothing is sent to anybody.
      for (const host of hosts.filter((entry) => !entry.startsWith('*.')))
        await http.request({
          method: 'HEAD',
          url: host.startsWith('http://') ? host : `https://${host}/`,
          timeoutMs,
          bodyBytesMax: answerBytesMax,
        });
    },
  };
}

import { createHmac } from 'node:crypto';
import type { HttpClient } from '#kernel/http-client';
import { randomToken } from '#kernel/ids';
import type { Log } from '#kernel/log';
import type { Account, Books } from './books.ts';
import type { Faults } from './faults.ts';

const lateMs = 3_000;
/** Then it gives up, as a provider would after some days. */
const waitsMs = [500, 2_000, 5_000];

/** Tells an account what happened, signed as Stripe signs (`t=…,v1=HMAC-SHA256`), and again while nobody hears it. */
export function createMessages(needs: { books: Books; faults: Faults; http: HttpClient; log: Log }) {
  const { books, faults, http, log } = needs;
  const waiting = new Set<NodeJS.Timeout>();

  const later = (ms: number, work: () => void) => {
    const timer = setTimeout(() => {
      waiting.delete(timer);
      work();
    }, ms).unref();
    waiting.add(timer);
  };

  const deliver = async (account: Account, body: string, secret: string, tries: number): Promise<void> => {
    const time = books.now();
    const signature = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
    const isHeard = await http
      .request({
        method: 'POST',
        url: account.webhookUrl,
        headers: { 'content-type': 'application/json', 'stripe-signature': `t=${time},v1=${signature}` },
        body,
        timeoutMs: 5_000,
      })
      .then(({ status }) => status < 300)
      .catch((error: unknown) => {
        log.info({ err: error }, 'a message was not heard');
        return false;
      });
    const wait = waitsMs[tries];
    if (!isHeard && wait !== undefined) later(wait, () => void deliver(account, body, secret, tries + 1));
  };

  return {
    send: (account: Account, type: string, object: object): void => {
      if (faults.strikes('message-none')) return;
      const event = { id: `evt_play_${randomToken(12)}`, object: 'event', type, created: books.now(), livemode: false };
      const body = JSON.stringify({ ...event, data: { object } });
      const secret = faults.strikes('message-forged') ? randomToken() : account.webhookSecret;
      const post = () => void deliver(account, body, secret, 0);
      const times = faults.strikes('message-twice') ? 2 : 1;
      for (let time = 0; time < times; time++) {
        if (faults.list().includes('message-late')) later(lateMs, post);
        else post();
      }
    },
    stop: (): void => {
      for (const timer of waiting) clearTimeout(timer);
    },
  };
}
export type Messages = ReturnType<typeof createMessages>;

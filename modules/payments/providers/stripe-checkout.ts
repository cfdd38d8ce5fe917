import { createHmac, timingSafeEqual } from 'node:crypto';
import type { HttpClient } from '#kernel/http-client';
import type { Text } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import { decimalsOf } from '#protocol/states';
import { problem } from '../problems.ts';
import type { Hint, ListedMovement, Money, PaymentProvider, RefundReading, SessionReading } from './provider.ts';

export type StripeSettings = {
  id: string;
  names: Text;
  /** `https://api.stripe.com`, or whoever speaks its protocol. */
  apiUrl: string;
  pageOrigins: string[];
  isPlayMoney: boolean;
};

/** Read at every use, so that a secret can be changed while the node runs; neither is ever logged. */
export type StripeSecrets = { apiKey(): string; webhookSecret(): string };

const timeoutMs = 8_000;
const apiVersion = '2025-09-30.clover';
/** Signed messages are heard for so long, as the official libraries have it. */
const toleranceSeconds = 300;
const pageLimit = 100;
const pagesMax = 200;
/** https://docs.stripe.com/currencies#three-decimal: the last digit of an amount with three decimals has to be 0. */
const stepMinorOf = (currency: string) => (decimalsOf(currency) === 3 ? 10 : 1);

type Json = Record<string, unknown>;

/** Stripe Checkout (https://docs.stripe.com/api/checkout/sessions): a page of the provider's, asked for and asked about by its API. */
export function createStripeCheckout(
  settings: StripeSettings,
  needs: { http: HttpClient; secrets: StripeSecrets },
): PaymentProvider {
  const call = async (method: 'GET' | 'POST', path: string, form?: Record<string, string>, id?: string) => {
    const answer = await needs.http
      .request({
        method,
        url: `${settings.apiUrl}${path}`,
        headers: {
          authorization: `Bearer ${needs.secrets.apiKey()}`,
          'stripe-version': apiVersion,
          ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
          ...(id ? { 'idempotency-key': id } : {}),
        },
        ...(form ? { body: new URLSearchParams(form).toString() } : {}),
        timeoutMs,
      })
      .catch((error: unknown) => {
        if (error instanceof Problem) throw problem('provider-unreachable');
        throw error;
      });
    const json = readJson(answer.body);
    if (answer.status < 300 && json) return json;
    // Another request with the same id is under way (409), too many (429), or its own fault: nothing is known, so ask again.
    if (!json || answer.status === 409 || answer.status === 429 || answer.status >= 500)
      throw problem('provider-unreachable');
    const { code, type } = (json['error'] ?? {}) as Json;
    throw problem('provider-refused', { why: wordOf(code ?? type) });
  };

  const list = async (path: string, from: Date, until: Date): Promise<Json[]> => {
    const rows: Json[] = [];
    const range = { 'created[gte]': String(secondsOf(from)), 'created[lt]': String(secondsOf(until)) };
    for (let page = 0; page < pagesMax; page++) {
      const last = rows.at(-1)?.['id'];
      const query = { ...range, limit: String(pageLimit), ...(last ? { starting_after: String(last) } : {}) };
      const { data, has_more } = await call('GET', `${path}?${new URLSearchParams(query)}`);
      rows.push(...(data as Json[]));
      if (!has_more) return rows;
    }
    throw problem('provider-refused', { why: 'too-many-rows' });
  };

  return {
    id: settings.id,
    names: settings.names,
    isPlayMoney: settings.isPlayMoney,
    pageOrigins: settings.pageOrigins,
    stepMinorOf,
    refusalOf: ({ amountMinor, currency }) =>
      amountMinor % stepMinorOf(currency) === 0 ? undefined : `an amount in ${currency} has to end in 0 there`,
    openSession: async ({ id, money, title, returnUrl, cancelUrl, endsAt }) => {
      const form = {
        mode: 'payment',
        client_reference_id: id,
        locale: 'auto',
        success_url: returnUrl,
        cancel_url: cancelUrl,
        expires_at: String(secondsOf(endsAt)),
        'line_items[0][quantity]': '1',
        'line_items[0][price_data][currency]': money.currency.toLowerCase(),
        'line_items[0][price_data][unit_amount]': String(money.amountMinor),
        'line_items[0][price_data][product_data][name]': `${title.ar} · ${title.en}`,
      };
      const session = await call('POST', '/v1/checkout/sessions', form, id);
      const payUrl = String(session['url']);
      if (!settings.pageOrigins.includes(new URL(payUrl).origin))
        throw problem('provider-refused', { why: 'page-elsewhere' });
      return { sessionRef: String(session['id']), payUrl, endsAt: dateOf(session['expires_at']) };
    },
    readSession: async (sessionRef) => {
      const path = `/v1/checkout/sessions/${encodeURIComponent(sessionRef)}?expand[]=payment_intent`;
      return readingOf(await call('GET', path));
    },
    refund: async ({ id, paymentRef, money }) => {
      const form = { payment_intent: paymentRef, amount: String(money.amountMinor) };
      return refundOf(await call('POST', '/v1/refunds', form, id));
    },
    readRefund: async (refundRef) => refundOf(await call('GET', `/v1/refunds/${encodeURIComponent(refundRef)}`)),
    readMessage: (headers, body, now) => {
      const signature = headers['stripe-signature'] ?? '';
      if (!isSigned(signature, body, needs.secrets.webhookSecret(), now)) return undefined;
      const event = readJson(body);
      const object = ((event?.['data'] as Json | undefined)?.['object'] ?? {}) as Json;
      return hintOf(object);
    },
    listMovements: async (from, until) => {
      const charges = (await list('/v1/charges', from, until)).filter(({ status }) => status === 'succeeded');
      const refunds = (await list('/v1/refunds', from, until)).filter(({ status }) => status === 'succeeded');
      const movement = (kind: ListedMovement['kind'], ref: unknown, row: Json): ListedMovement => ({
        ...{ kind, ref: String(ref), money: moneyOf(row['amount'], row['currency']), at: dateOf(row['created']) },
      });
      return [
        ...charges.map((row) => movement('payment', row['payment_intent'] ?? row['id'], row)),
        ...refunds.map((row) => movement('refund', row['id'], row)),
      ];
    },
  };
}

/**
 * The header `Stripe-Signature` (https://docs.stripe.com/webhooks#verify-manually): one of its `v1` is the HMAC-SHA256 of time, point
 * and body, and the time is within five minutes.
 */
export function isSigned(header: string, body: Buffer, secret: string, now: Date): boolean {
  const parts = header.split(',').map((part) => part.split('=') as [string, string?]);
  const time = parts.find(([name]) => name === 't')?.[1] ?? '';
  if (!/^\d{1,12}$/.test(time) || Math.abs(secondsOf(now) - Number(time)) > toleranceSeconds) return false;
  const expected = createHmac('sha256', secret).update(`${time}.`).update(body).digest();
  return parts.some(([name, value = '']) => {
    if (name !== 'v1' || !/^[0-9a-f]{64}$/.test(value)) return false;
    return timingSafeEqual(Buffer.from(value, 'hex'), expected);
  });
}

function readingOf(session: Json): SessionReading {
  const intent = session['payment_intent'] as Json | string | null;
  const { id, status } = typeof intent === 'object' && intent !== null ? intent : { id: intent, status: undefined };
  const isOver = session['status'] === 'complete' && ['requires_payment_method', 'canceled'].includes(String(status));
  return {
    state:
      session['payment_status'] === 'paid'
        ? 'paid'
        : session['status'] === 'expired'
          ? 'expired'
          : isOver
            ? 'failed'
            : 'open',
    reference: String(session['client_reference_id']),
    money: moneyOf(session['amount_total'], session['currency']),
    ...(typeof id === 'string' ? { paymentRef: id } : {}),
  };
}

function refundOf(refund: Json): RefundReading {
  const status = String(refund['status']);
  return {
    refundRef: String(refund['id']),
    state: status === 'succeeded' ? 'refunded' : ['failed', 'canceled'].includes(status) ? 'failed' : 'pending',
    money: moneyOf(refund['amount'], refund['currency']),
  };
}

function hintOf({ object, id }: Json): Hint {
  if (object === 'checkout.session') return { sessionRef: String(id) };
  return object === 'refund' ? { refundRef: String(id) } : {};
}

/** Anything but a whole number is no amount, and equals none. */
function moneyOf(amount: unknown, currency: unknown): Money {
  return {
    amountMinor: Number.isSafeInteger(amount) ? (amount as number) : -1,
    currency: String(currency).toUpperCase(),
  };
}

const secondsOf = (at: Date) => Math.floor(at.getTime() / 1_000);
const dateOf = (seconds: unknown) => new Date(Number(seconds) * 1_000);
/** A code of theirs as it may be shown: a word, and nothing that they quote. */
const wordOf = (code: unknown) => (typeof code === 'string' && /^[a-z_]{1,60}$/.test(code) ? code : 'unknown');

function readJson(body: Buffer): Json | undefined {
  try {
    const json: unknown = JSON.parse(body.toString('utf8'));
    return typeof json === 'object' && json !== null ? (json as Json) : undefined;
  } catch {
    return undefined;
  }
}

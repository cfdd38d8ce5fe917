import fc from 'fast-check';
import Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  balanceOf,
  compareBooks,
  isSigned,
  judgeReading,
  rangeOfDay,
  readSettlement,
  type SessionReading,
  stateOf,
  writeReconciliation,
} from '#modules/payments';
import { type AttemptFacts, findSurplus, type RefundFacts } from '../rules.ts';
import { type KuwaitiPayments, openKuwaitiPayments, secrets } from './world.ts';

let world: KuwaitiPayments;
let stripe: Stripe;
beforeAll(async () => {
  world = await openKuwaitiPayments(new Date().toISOString());
  const { hostname, port } = new URL(world.simulator.url);
  // Resolvers differ on names under `.localhost`.
  const host = hostname.endsWith('localhost') ? '127.0.0.1' : hostname;
  stripe = new Stripe(secrets.apiKey(), { host, port: Number(port), protocol: 'http', maxNetworkRetries: 0 });
}, 60_000);
afterAll(() => world?.close());
afterEach(() => world.simulator.clearFaults());

describe('Stripe’s own library', () => {
  test('signs messages that we hear, and hears messages as we take them to be signed', () => {
    const [payload, secret, now] = ['{"id":"evt_1","object":"event"}', 'whsec_judge', new Date()];
    const header = stripe.webhooks.generateTestHeaderString({ payload, secret });
    expect(isSigned(header, Buffer.from(payload), secret, now)).toBe(true);
    expect(stripe.webhooks.constructEvent(payload, header, secret).id).toBe('evt_1');
    // What it refuses, we refuse.
    const late = Math.floor(now.getTime() / 1_000) - 301;
    const old = stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp: late });
    for (const [body, head, key] of [
      [`${payload} `, header, secret],
      [payload, header, 'whsec_other'],
      [payload, old, secret],
      [payload, header.replace('v1=', 'v0='), secret],
    ] as const) {
      expect(() => stripe.webhooks.constructEvent(body, head, key)).toThrow();
      expect(isSigned(head, Buffer.from(body), key, now)).toBe(false);
    }
  });

  test('reads what our adapter ordered, pays back what it took, and finds the double to speak its protocol', async () => {
    const { person, caseId } = await world.prepare();
    const { payUrl } = await world.payments.startPayment(person, caseId);
    const session = await stripe.checkout.sessions.retrieve(payUrl.split('/').at(-1)!);
    expect(session).toMatchObject({
      amount_total: 5_000,
      currency: 'kwd',
      status: 'open',
      mode: 'payment',
      url: payUrl,
    });
    const order = await world.payFor({ person, caseId });
    const paid = await stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent'] });
    const intent = paid.payment_intent as Stripe.PaymentIntent;
    expect([paid.payment_status, intent.status]).toEqual(['paid', 'succeeded']);
    // Given back behind our back: the day's books differ, and say where.
    const refund = await stripe.refunds.create(
      { payment_intent: intent.id, amount: 1_000 },
      { idempotencyKey: 'judge-1' },
    );
    const again = await stripe.refunds.create(
      { payment_intent: intent.id, amount: 1_000 },
      { idempotencyKey: 'judge-1' },
    );
    expect(again.id).toBe(refund.id);
    await expect(
      stripe.refunds.create({ payment_intent: intent.id, amount: 2_000 }, { idempotencyKey: 'judge-1' }),
    ).rejects.toMatchObject({ type: 'StripeIdempotencyError' });
    await expect(stripe.refunds.create({ payment_intent: intent.id, amount: 4_010 })).rejects.toMatchObject({
      code: 'charge_already_refunded',
    });

    const day = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Kuwait' }).format(order.paidAt!);
    const report = await world.payments.reconcile(day);
    expect(report).toMatchObject({
      isEven: false,
      totals: [{ currency: 'KWD', oursMinor: 5_000, theirsMinor: 4_000 }],
      rows: [
        { kind: 'payment', ref: intent.id, verdict: 'agrees' },
        { kind: 'refund', ref: refund.id, verdict: 'missing-here', theirsMinor: 1_000 },
      ],
    });
    expect(writeReconciliation(report)).toContain(`${day},play,refund,${refund.id},KWD,,1.000,missing-here`);
    const file = `kind,reference,currency,amount,at\npayment,${intent.id},KWD,4.999,x\n`;
    const byFile = await world.payments.reconcile(day, 'play', file);
    expect(byFile.rows).toMatchObject([{ verdict: 'amount-differs', oursMinor: 5_000, theirsMinor: 4_999 }]);
    expect((await world.payments.reconcile(day, 'play', 'kind,reference,currency,amount\n')).rows).toMatchObject([
      { verdict: 'missing-there', oursMinor: 5_000 },
    ]);
  });

  test('is refused with a key of nobody, as our adapter is, and neither answer quotes the key', async () => {
    const nobody = new Stripe('sk_test_nobody', {
      host: '127.0.0.1',
      port: Number(new URL(world.simulator.url).port),
      protocol: 'http',
    });
    await expect(nobody.charges.list()).rejects.toMatchObject({ type: 'StripeAuthenticationError' });
    expect(world.provider.refusalOf({ amountMinor: 5_001, currency: 'KWD' })).toMatch(/end in 0/);
    expect(world.provider.refusalOf({ amountMinor: 5_001, currency: 'AED' })).toBeUndefined();
  });
});

test('the pages of the double are in the reader’s language, with the decimals of the currency, and say that it is play money', async () => {
  const { person, caseId } = await world.prepare();
  const { payUrl } = await world.payments.startPayment(person, caseId);
  const read = async (language: string) =>
    (
      await world.http.request({ method: 'GET', url: payUrl, headers: { 'accept-language': language } })
    ).body.toString();
  const [ar, en] = [await read('ar'), await read('en')];
  expect(ar).toContain('dir="rtl"');
  expect(ar).toContain('٥٫٠٠٠');
  expect(ar).toContain('نقود تجريبية');
  expect(en).toContain('5.000');
  expect(en).toContain('Play money');
  const first = await world.http.request({ method: 'GET', url: `${world.simulator.url}/?lang=en`, headers: {} });
  expect(first.body.toString()).not.toContain(secrets.apiKey());
});

describe('settlement files', () => {
  test('are read exactly, in the decimals of each currency, or refused with their line', () => {
    const read = readSettlement('﻿kind,reference,currency,amount\npayment,a,KWD,5.125\nrefund,b,AED,"1,150.10"\n');
    expect(read.map(({ money }) => money.amountMinor)).toEqual([5_125, 115_010]);
    for (const [text, why] of [
      ['kind,reference,currency\n', 'column amount'],
      ['kind,reference,currency,amount\npayment,a,AED,1.005\n', 'line 2'],
      ['kind,reference,currency,amount\npayment,a,USD,1\n', 'line 2'],
      ['kind,reference,currency,amount\nloan,a,AED,1\n', 'line 2'],
      ['kind,reference,currency,amount\n"payment,a', 'CSV'],
    ] as const)
      expect(() => readSettlement(text)).toThrow(
        expect.objectContaining({ code: 'settlement-unreadable', params: { why: expect.stringContaining(why) } }),
      );
  });

  test('days begin where the state is', () => {
    const { from, until } = rangeOfDay('2026-11-29', 'Asia/Kuwait');
    expect([from.toISOString(), until.toISOString()]).toEqual(['2026-11-28T21:00:00.000Z', '2026-11-29T21:00:00.000Z']);
  });

  test('a movement that the other side has under another day is no difference', () => {
    const one = { kind: 'payment', ref: 'a', money: { amountMinor: 5_000, currency: 'KWD' } } as const;
    const books = { ours: [one], theirs: [], theirsElsewhere: [one] };
    expect(compareBooks(books).rows).toMatchObject([{ verdict: 'agrees' }]);
    expect(compareBooks({ ours: [one], theirs: [] }).rows).toMatchObject([{ verdict: 'missing-there' }]);
  });
});

describe('whatever the order of events', () => {
  const fee = { amountMinor: 5_000, currency: 'KWD' };
  const event = fc.record({
    what: fc.constantFrom('reading', 'new-page', 'refund', 'refunded', 'refund-failed'),
    which: fc.nat(5),
    state: fc.constantFrom<SessionReading['state']>('open', 'paid', 'failed', 'expired'),
    amountMinor: fc.constantFrom(5_000, 5_000, 5_000, 4_999),
    currency: fc.constantFrom('KWD', 'KWD', 'AED'),
  });

  test('what is held is never negative, never above the fee unless the rest is on its way back, and always whole', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const attempts: Array<AttemptFacts & typeof fee> = [];
        const refunds: RefundFacts[] = [];
        const giveBack = (id: string) => refunds.push({ attemptId: id, state: 'requested', amountMinor: 5_000 });
        for (const { what, which, state, ...money } of events) {
          const attempt = attempts[which % Math.max(1, attempts.length)];
          const refund = refunds.filter((one) => one.state === 'requested')[0];
          if (what === 'new-page' && !attempts.some((one) => one.state === 'started'))
            attempts.push({ id: `a${attempts.length}`, state: 'started', ...fee });
          if (what === 'reading' && attempt)
            attempt.state = judgeReading(attempt, { state, reference: attempt.id, money }).state;
          if (what === 'refund')
            for (const { id } of attempts.filter((one) => one.state === 'paid'))
              if (!refunds.some((one) => one.attemptId === id && one.state !== 'failed')) giveBack(id);
          if (what === 'refunded' && refund) refund.state = 'refunded';
          if (what === 'refund-failed' && refund) refund.state = 'failed';
          for (const { id } of findSurplus(attempts, refunds)) giveBack(id);
          const { heldMinor, underWayMinor } = balanceOf(attempts, refunds);
          expect(heldMinor).toBeGreaterThanOrEqual(0);
          expect(heldMinor - underWayMinor).toBeLessThanOrEqual(fee.amountMinor);
          expect(Number.isInteger(heldMinor)).toBe(true);
          const isPaid = attempts.some((one) => one.state === 'paid');
          expect(['paid', 'refund-requested', 'refunded', 'refund-failed'].includes(stateOf(attempts, refunds))).toBe(
            isPaid,
          );
        }
      }),
      { numRuns: 300 },
    );
  });
});

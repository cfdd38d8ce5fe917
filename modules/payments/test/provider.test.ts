import fc from 'fast-check';
import Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type RefundOccasion, refundShareOf } from '#modules/catalogue';
import {
  balanceOf,
  compareBooks,
  hasComeIn,
  isSigned,
  judgeReading,
  rangeOfDay,
  readSettlement,
  type SessionReading,
  stateOf,
  writeReconciliation,
} from '#modules/payments';
import { type AttemptFacts, findStanding, findSurplus, leftOf, type RefundFacts } from '../rules.ts';
import { type KuwaitiPayments, openKuwaitiPayments, secrets } from './world.ts';

let world: KuwaitiPayments;
let stripe: Stripe;
beforeAll(async () => {
  world = await openKuwaitiPayments(new Date().toISOString());
  const { hostname, port } = new URL(world.simulator.url);
  // Resolvers differ on names under `.localhost`.
  const host = hostname.endsWith('localhost') ? '127.0.0.1' : hostname;
  stripe = new Stripe(secrets.apiKey(), { host, port: Number(port), protocol: 'http', maxNetworkRetries: 0 });
});
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

  test('a payment that one side has twice is a difference, and one that is settled in parts is none', () => {
    const of = (amountMinor: number, currency = 'KWD') =>
      ({ kind: 'payment', ref: 'a', money: { amountMinor, currency } }) as const;
    expect(compareBooks({ ours: [of(5_000)], theirs: [of(5_000), of(5_000)] })).toMatchObject({
      rows: [{ verdict: 'amount-differs', oursMinor: 5_000, theirsMinor: 10_000 }],
      totals: [{ oursMinor: 5_000, theirsMinor: 10_000 }],
    });
    expect(compareBooks({ ours: [of(5_000)], theirs: [of(3_000), of(2_000)] }).rows).toMatchObject([
      { verdict: 'agrees' },
    ]);
    expect(compareBooks({ ours: [of(5_000)], theirs: [of(5_000), of(5_000, 'AED')] }).rows).toMatchObject([
      { verdict: 'agrees', currency: 'KWD' },
      { verdict: 'missing-here', currency: 'AED', theirsMinor: 5_000 },
    ]);
    // What the provider lists around the day holds the day itself too, and counts once.
    const books = { ours: [of(5_000)], theirs: [of(5_000)], theirsElsewhere: [of(5_000)] };
    expect(compareBooks(books).rows).toMatchObject([{ verdict: 'agrees' }]);
  });
});

describe('whatever the order of events', () => {
  const fee = { amountMinor: 5_000, currency: 'KWD' };
  const event = fc.record({
    what: fc.constantFrom('reading', 'new-page', 'part', 'part', 'refunded', 'refund-failed', 'declined'),
    which: fc.nat(5),
    state: fc.constantFrom<SessionReading['state']>('open', 'paid', 'failed', 'expired'),
    part: fc.constantFrom(10, 1_250, 2_500, 5_000),
    amountMinor: fc.constantFrom(5_000, 5_000, 5_000, 4_999),
    currency: fc.constantFrom('KWD', 'KWD', 'AED'),
  });

  test('what is held is never negative, never above the fee unless the rest is on its way back, and no part is counted twice', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const attempts: Array<AttemptFacts & typeof fee> = [];
        const refunds: RefundFacts[] = [];
        const giveBack = (one: { attempt: AttemptFacts; leftMinor: number }, most = 5_000) =>
          refunds.push({ attemptId: one.attempt.id, state: 'requested', amountMinor: Math.min(most, one.leftMinor) });
        for (const { what, which, state, part, ...money } of events) {
          const attempt = attempts[which % Math.max(1, attempts.length)];
          const refund = refunds.filter((one) => one.state === 'requested')[0];
          if (what === 'new-page' && !attempts.some((one) => one.state === 'started'))
            attempts.push({ id: `a${attempts.length}`, state: 'started', ...fee });
          if (what === 'reading' && attempt)
            attempt.state = judgeReading(attempt, { state, reference: attempt.id, money }).state;
          const standing = findStanding(attempts, refunds);
          if (what === 'part' && standing) giveBack(standing, part);
          if (what === 'refunded' && refund) refund.state = 'refunded';
          if (what === 'refund-failed' && refund) refund.state = 'failed';
          if (what === 'declined' && refund) refund.state = 'declined';
          for (const twice of findSurplus(attempts, refunds)) giveBack(twice);
          const { paidMinor, heldMinor, underWayMinor } = balanceOf(attempts, refunds);
          expect(heldMinor).toBeGreaterThanOrEqual(0);
          expect(heldMinor - underWayMinor).toBeGreaterThanOrEqual(0);
          expect(heldMinor - underWayMinor).toBeLessThanOrEqual(fee.amountMinor);
          expect(Number.isInteger(heldMinor)).toBe(true);
          const left = attempts.reduce((all, one) => all + leftOf(one, refunds), 0);
          expect(left).toBe(heldMinor - underWayMinor);
          const word = stateOf(attempts, refunds);
          expect(hasComeIn(word)).toBe(paidMinor > 0);
          expect(word === 'refunded').toBe(paidMinor > 0 && heldMinor === 0);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('what a rule gives back', () => {
  const rules = [
    { when: 'withdrawn-after-taken', basisPoints: 3_333 },
    { when: 'refused', amountsMinor: { AE: 4_000, KW: 9_000 } },
    'withdrawn-before-taken',
  ] as const;
  const share = (occasion: RefundOccasion, amountMinor: number, state: string, stepMinor: number) =>
    refundShareOf(rules, occasion, { amountMinor, state, stepMinor });

  test('is whole minor units of the currency that the provider can move, rounded up, and never more than was paid', () => {
    // AED, two decimals: 33.33 % of 100.01 is 33.333333 and becomes 33.34. KWD, three decimals, in steps of ten: 1.6665 becomes 1.670.
    expect(share('withdrawn-after-taken', 10_001, 'AE', 1)).toBe(3_334);
    expect(share('withdrawn-after-taken', 5_000, 'KW', 10)).toBe(1_670);
    expect(share('refused', 5_000, 'KW', 10)).toBe(5_000);
    expect(share('refused', 5_000, 'AE', 1)).toBe(4_000);
    expect(share('refused', 5_000, 'OM', 10)).toBeUndefined();
    expect(share('withdrawn-before-taken', 5_000, 'OM', 10)).toBe(5_000);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000_000 }),
        fc.integer({ min: 1, max: 10_000 }),
        fc.constantFrom(1, 10),
        (steps, basisPoints, stepMinor) => {
          const amountMinor = steps * stepMinor;
          const given = refundShareOf([{ when: 'refused', basisPoints }], 'refused', {
            ...{ amountMinor, state: 'KW', stepMinor },
          })!;
          const exact = BigInt(amountMinor) * BigInt(basisPoints);
          expect(given % stepMinor).toBe(0);
          expect(given).toBeLessThanOrEqual(amountMinor);
          expect(BigInt(given) * 10_000n >= exact).toBe(true);
          expect(BigInt(given - stepMinor) * 10_000n < exact).toBe(true);
        },
      ),
    );
  });
});

import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { officerAt } from '../../cases/test/support.ts';
import { type KuwaitiPayments, openKuwaitiPayments } from './world.ts';

let world: KuwaitiPayments;
beforeAll(async () => {
  world = await openKuwaitiPayments(new Date().toISOString());
});
afterAll(() => world?.close());
afterEach(() => {
  world.simulator.clearFaults();
  world.sent.length = 0;
});

const noura = officerAt('moe', 'Noura');
const saud = officerAt('moe', 'Saud');
const part = (amountMinor: number, expectedLeftMinor: number) => ({ amountMinor, expectedLeftMinor, reasonId: 'late' });

/** A paid fee of KWD 5.000 that a case still needs. */
async function paid() {
  const prepared = await world.prepare({ purpose: { purpose: 'licence' } });
  const order = await world.payFor(prepared);
  const see = () => world.payments.getMine(prepared.person, order.id);
  return { ...prepared, order, see };
}

describe('money of a case that has ended', () => {
  test('keeps it from being erased while it moves; then the books stay, without what an officer wrote', async () => {
    const { caseId, see, order } = await paid();
    const { db } = world.database;
    const isUnsettled = () => world.payments.isUnsettled(db, caseId);
    // The case may still end in a way that gives the fee back.
    expect(await isUnsettled()).toBe(true);
    const settle = () => sql`update payments.orders set watched = false where id = ${order.id}`.execute(db);
    await settle();
    expect(await isUnsettled()).toBe(false);
    const ownWords = { ownWordsAr: 'نعتذر كثيرًا.', ownWordsEn: 'We are very sorry.' };
    await world.payments.refundByOfficer(noura, caseId, { ...part(1_250, 5_000), ...ownWords });
    await settle();
    expect(await isUnsettled()).toBe(true);
    await world.runJobs();
    await settle();
    expect(await isUnsettled()).toBe(false);
    await world.database.transaction((tx) => world.payments.eraseOfCase(tx, caseId));
    const view = await see();
    expect(view).toMatchObject({ keptMinor: 3_750, refunds: [{ amountMinor: 1_250, state: 'refunded' }] });
    expect(JSON.stringify(view)).not.toContain('sorry');
  });
});

describe('parts of a fee', () => {
  test('go back one by one with their reasons, and the person reads each', async () => {
    const { caseId, see, order } = await paid();
    const ownWords = { ownWordsAr: 'نعتذر <b>كثيرًا</b>.', ownWordsEn: 'We are <b>very</b> sorry.' };
    world.entries.length = 0;
    await world.payments.refundByOfficer(noura, caseId, { ...part(1_250, 5_000), ...ownWords });
    expect((await see()).state).toBe('refund-requested');
    await world.runJobs();
    expect(await see()).toMatchObject({ state: 'partly-refunded', keptMinor: 3_750 });
    await expect(world.payments.startPayment({ personId: order.personId }, caseId)).rejects.toMatchObject({
      code: 'already-paid',
    });
    const own = { ...part(500, 3_750), reasonId: 'degree-known' };
    await world.payments.refundByOfficer(noura, caseId, own);
    await world.runJobs();
    const view = await see();
    expect(view).toMatchObject({
      state: 'partly-refunded',
      keptMinor: 3_250,
      refunds: [
        {
          ...{ amountMinor: 1_250, state: 'refunded', reason: 'officer' },
          reasonText: { en: 'The office took longer than it had promised.' },
          ownWords: { ar: ownWords.ownWordsAr, en: ownWords.ownWordsEn },
        },
        { amountMinor: 500, state: 'refunded', reasonText: { en: 'The degree had been recognised before.' } },
      ],
    });
    const amounts = world.entries.map(({ kind, record }) => [kind, record['amountMinor'], record['refundId']]);
    expect(amounts).toEqual([
      ['payment-refunded', 1_250, view.refunds[0]!.id],
      ['payment-refunded', 500, view.refunds[1]!.id],
    ]);
    expect(JSON.stringify(world.entries)).not.toContain('sorry');
    expect(world.sent).toContainEqual({
      name: 'payment-refunded',
      data: { orderId: order.id, caseId, refundId: view.refunds[1]!.id, amountMinor: 500, currency: 'KWD' },
    });
    // The books of the provider have the same parts, one movement each.
    const day = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Kuwait' }).format(world.clock.now());
    const books = await world.payments.reconcile(day);
    expect(books.isEven).toBe(true);
    expect(books.rows.filter(({ kind }) => kind === 'refund').map(({ oursMinor }) => oursMinor)).toEqual(
      expect.arrayContaining([1_250, 500]),
    );
    const file = ['kind,reference,currency,amount', ...books.rows.map((row) => `${row.kind},${row.ref},KWD,`)].map(
      (line, at) => (at === 0 ? line : `${line}${(books.rows[at - 1]!.oursMinor! / 1_000).toFixed(3)}`),
    );
    expect((await world.payments.reconcile(day, 'play', file.join('\n'))).isEven).toBe(true);
  });

  test('need a second officer as soon as one officer has given back more than the limit in all', async () => {
    const { caseId, see } = await paid();
    const { payments } = world;
    const order = (who: typeof noura, amount: number, left: number) =>
      payments.refundByOfficer(who, caseId, part(amount, left));
    expect((await order(noura, 1_500, 5_000)).state).toBe('requested');
    expect((await order(noura, 500, 3_500)).state).toBe('requested');
    expect(await payments.findForOfficer(noura, caseId)).toMatchObject({ leftMinor: 3_000, aloneMinorLeft: 0 });
    const third = await order(noura, 10, 3_000);
    expect(third.state).toBe('awaiting-approval');
    // What was refused or stopped has not gone back, and does not count.
    await payments.answerRefund(saud, third.id, false);
    expect((await order(saud, 2_000, 3_000)).state).toBe('requested');
    world.simulator.setFault('refund-refused');
    await world.runJobs();
    world.simulator.clearFaults();
    expect(await see()).toMatchObject({ state: 'refund-failed', keptMinor: 5_000 });
    expect((await order(noura, 2_000, 5_000)).state).toBe('requested');
    await world.runJobs();
    expect(await see()).toMatchObject({ state: 'partly-refunded', keptMinor: 3_000 });
  });

  test('are refused when they are too much, nothing, not movable, without a reason, or ordered on an old page', async () => {
    const { caseId } = await paid();
    const { payments } = world;
    const half = { ownWordsEn: 'Only in one language.' };
    for (const [wanted, code] of [
      [part(5_010, 5_000), 'refund-amount-refused'],
      [part(0, 5_000), 'refund-amount-refused'],
      // Three decimals, of which this provider moves two.
      [part(1_255, 5_000), 'refund-amount-refused'],
      [{ ...part(10, 5_000), reasonId: 'because' }, 'refund-reason-missing'],
      [{ ...part(10, 5_000), ...half }, 'refund-words-refused'],
      [{ ...part(10, 5_000), ownWordsEn: 'a'.repeat(501), ownWordsAr: 'ا' }, 'refund-words-refused'],
      [part(10, 4_990), 'refund-changed'],
    ] as const)
      await expect(payments.refundByOfficer(noura, caseId, wanted)).rejects.toMatchObject({ code });
    // Two clicks are one refund.
    const clicks = await Promise.allSettled(
      [1, 2, 3].map(() => payments.refundByOfficer(noura, caseId, part(1_000, 5_000))),
    );
    expect(clicks.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
  });

  test('what a rule gives back later is no more than is left, and follows when a part is stopped', async () => {
    const { person, caseId, see } = await paid();
    await world.payments.refundByOfficer(noura, caseId, part(1_000, 5_000));
    const waiting = await world.payments.refundByOfficer(noura, caseId, part(1_500, 4_000));
    expect(waiting.state).toBe('awaiting-approval');
    await world.runJobs();
    await world.cases.withdrawCase(person, caseId);
    for (const expected of [
      [1_000, 1_500, 2_500],
      [1_000, 1_500, 2_500, 1_500],
    ]) {
      await world.payments.tend();
      await world.runJobs();
      expect((await see()).refunds.map(({ amountMinor }) => amountMinor)).toEqual(expected);
      if ((await see()).state === 'refund-requested') await world.payments.answerRefund(saud, waiting.id, false);
    }
    expect(await see()).toMatchObject({ state: 'refunded', keptMinor: 0 });
    await world.payments.tend();
    expect((await see()).refunds).toHaveLength(4);
  });

  test('the database itself refuses more than was paid, and anything of what was not paid', async () => {
    const { order, caseId } = await paid();
    await world.payments.refundByOfficer(noura, caseId, part(1_000, 5_000));
    const insert = (state: string, amount: number) =>
      world.database.execute(
        `insert into payments.refunds (id, order_id, attempt_id, amount_minor, reason, state, requested_at)
          select gen_random_uuid(), order_id, id, $2, 'officer', $3, now() from payments.attempts where order_id = $1`,
        [order.id, amount, state],
      );
    await expect(insert('requested', 4_001)).rejects.toThrow(/attempts_claimed_within/);
    await insert('failed', 9_000);
    await expect(
      world.database.execute("update payments.refunds set state = 'refunded' where order_id = $1", [order.id]),
    ).rejects.toThrow(/attempts_claimed_within/);
    await expect(
      world.database.execute("update payments.attempts set state = 'failed' where order_id = $1", [order.id]),
    ).rejects.toThrow(/attempts_claimed_within/);
  });
});

test('whatever officers, rules, faults and doubled messages do at once, no more goes back than was paid, and both books agree', async () => {
  const act = fc.record({
    what: fc.constantFrom('order', 'order', 'answer', 'jobs', 'tend'),
    amountMinor: fc.constantFrom(10, 500, 1_000, 2_500, 5_000),
    isNoura: fc.boolean(),
    isApproved: fc.boolean(),
    fault: fc.constantFrom(undefined, 'refund-refused', 'refund-slow', 'message-twice', 'silent', 'down'),
  });
  const rounds = fc.array(fc.array(act, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(rounds, async (steps) => {
      const { caseId, order, see } = await paid();
      const { payments, simulator } = world;
      const work = async ({ what, amountMinor, isNoura, isApproved }: (typeof steps)[number][number]) => {
        const officer = isNoura ? noura : saud;
        const view = await payments.getForOfficer(officer, caseId);
        if (what === 'order') await payments.refundByOfficer(officer, caseId, part(amountMinor, view.leftMinor));
        const waiting = view.refunds.find(({ state }) => state === 'awaiting-approval');
        if (what === 'answer' && waiting) await payments.answerRefund(officer, waiting.id, isApproved);
        if (what === 'jobs') await world.runJobs();
        if (what === 'tend') await payments.tend();
      };
      for (const together of steps) {
        const [{ fault }] = together as [(typeof together)[number]];
        if (fault) simulator.setFault(fault, 1);
        await Promise.allSettled(together.map(work));
        const { keptMinor, refunds } = await see();
        const given = refunds
          .filter(({ state }) => state === 'refunded')
          .reduce((all, one) => all + one.amountMinor, 0);
        expect(keptMinor).toBe(5_000 - given);
        expect(keptMinor).toBeGreaterThanOrEqual(0);
      }
      simulator.clearFaults();
      for (let round = 0; round < 3; round += 1) await world.runJobs();
      world.clock.advance(16 * 60_000);
      await payments.tend();
      await world.runJobs();
      const { refunds, keptMinor } = await see();
      const ofNoura = await payments.getForOfficer(noura, caseId);
      expect(ofNoura.leftMinor).toBeLessThanOrEqual(keptMinor);
      const { rows } = await world.database.execute(
        'select payment_ref, claimed_minor from payments.attempts where order_id = $1',
        [order.id],
      );
      const [attempt] = rows as Array<{ payment_ref: string; claimed_minor: number }>;
      const claimed = refunds
        .filter(({ state }) => ['awaiting-approval', 'requested', 'refunded'].includes(state))
        .reduce((all, one) => all + one.amountMinor, 0);
      expect(attempt!.claimed_minor).toBe(claimed);
      const listed = await world.provider.listMovements(
        new Date(0),
        new Date(world.clock.now().getTime() + 86_400_000),
      );
      const theirs = new Map(listed.filter(({ kind }) => kind === 'refund').map(({ ref, money }) => [ref, money]));
      const { rows: ours } = await world.database.execute(
        "select refund_ref, amount_minor from payments.refunds where order_id = $1 and state = 'refunded'",
        [order.id],
      );
      for (const { refund_ref, amount_minor } of ours as Array<{ refund_ref: string; amount_minor: number }>)
        expect(theirs.get(refund_ref)).toEqual({ amountMinor: amount_minor, currency: 'KWD' });
    }),
    { numRuns: 12 },
  );
});

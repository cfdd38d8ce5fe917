import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#kernel/ids';
import { degree, officerAt } from '../../cases/test/support.ts';
import { type KuwaitiPayments, openKuwaitiPayments } from './world.ts';

let world: KuwaitiPayments;
beforeAll(async () => {
  world = await openKuwaitiPayments();
});
afterAll(() => world?.close());
afterEach(() => {
  world.simulator.clearFaults();
  world.sent.length = 0;
});

const fee = { amountMinor: 5_000, currency: 'KWD' };
const whole = { amountMinor: 5_000, expectedLeftMinor: 5_000, reasonId: 'late' };

describe('a fee that is due before sending', () => {
  test('keeps the case from being sent until it is paid, and is paid once', async () => {
    const { cases, payments } = world;
    const { person, caseId } = await world.prepare();
    expect(await payments.getFee(person, caseId)).toMatchObject({ state: 'due', due: 'before-sending', ...fee });
    await expect(cases.submitCase(person, caseId)).rejects.toMatchObject({ code: 'fee-due', status: 402 });

    world.entries.length = 0;
    const order = await world.payFor({ person, caseId });
    expect(order).toMatchObject({ state: 'paid', number: expect.stringMatching(/^KW-P-2026-\d{5}$/), ...fee });
    expect(world.entries).toEqual([
      {
        kind: 'payment-received',
        personId: person.personId,
        record: { orderId: order.id, caseId, serviceId: 'degree-recognition', officeId: 'moe', state: 'KW', ...fee },
      },
    ]);
    expect(world.sent).toContainEqual({ name: 'payment-received', data: { orderId: order.id, caseId } });
    expect((await cases.submitCase(person, caseId)).state).toBe('approved');
    await expect(payments.startPayment(person, caseId)).rejects.toMatchObject({ code: 'nothing-to-pay' });
    expect((await payments.listMine(person.personId)).map(({ number }) => number)).toEqual([order.number]);
  });

  test('is nobody else’s to see or to pay', async () => {
    const { payments } = world;
    const { person, caseId } = await world.prepare();
    const other = { ...person, personId: newId() };
    for (const see of [payments.getFee, payments.startPayment])
      await expect(see(other, caseId)).rejects.toMatchObject({ code: 'payment-unknown' });
    const order = await world.payFor({ person, caseId });
    await expect(payments.getMine(other, order.id)).rejects.toMatchObject({ code: 'payment-unknown' });
  });

  test('is not asked of whoever the service exempts by the answers', async () => {
    const study = { purpose: { purpose: 'study' }, profession: {} };
    const { person, caseId } = await world.prepare(study);
    expect(await world.payments.getFee(person, caseId)).toMatchObject({ state: 'exempt', amountMinor: 0 });
    await expect(world.payments.startPayment(person, caseId)).rejects.toMatchObject({ code: 'nothing-to-pay' });
    expect((await world.cases.submitCase(person, caseId)).submittedAt).toBeDefined();
  });
});

describe('however the person, the page and the messages meet', () => {
  test('two clicks, two tabs and two devices lead to one page', async () => {
    const { person, caseId } = await world.prepare();
    const started = await Promise.all([1, 2, 3, 4].map(() => world.payments.startPayment(person, caseId)));
    expect(new Set(started.map(({ payUrl }) => payUrl)).size).toBe(1);
    expect((await world.pay(started[0]!.payUrl)).status).toBe(303);
    expect((await world.pay(started[1]!.payUrl)).status).toBe(409);
  });

  test('coming back and a message at the same moment take the fee in once', async () => {
    world.entries.length = 0;
    world.simulator.setFault('message-twice');
    const { person, caseId } = await world.prepare();
    const { payUrl } = await world.payments.startPayment(person, caseId);
    const attemptId = world.returnOf((await world.pay(payUrl)).location);
    await Promise.all([
      world.payments.settleReturn(person, attemptId),
      world.payments.settleReturn(person, attemptId),
      expect.poll(() => world.sent.filter(({ data }) => data['attemptId'] === attemptId).length).toBeGreaterThan(1),
    ]);
    expect(await world.runJobs()).toBe(0);
    const received = world.entries.filter(
      ({ kind, record }) => kind === 'payment-received' && record['caseId'] === caseId,
    );
    expect(received).toHaveLength(1);
  });

  test('a person who never comes back has paid all the same: the message is a reason to ask', async () => {
    const { person, caseId } = await world.prepare();
    const { payUrl } = await world.payments.startPayment(person, caseId);
    await world.pay(payUrl);
    await expect.poll(() => world.sent.some(({ name }) => name === 'payment-check')).toBe(true);
    await world.runJobs();
    expect(await world.payments.getFee(person, caseId)).toMatchObject({ state: 'paid' });
  });

  test('a forged or an old message is refused, and a forged return pays nothing', async () => {
    world.simulator.setFault('message-forged');
    const { person, caseId } = await world.prepare();
    const { payUrl } = await world.payments.startPayment(person, caseId);
    const url = `${world.publicUrl}/payments/messages/play`;
    const body = JSON.stringify({
      type: 'checkout.session.completed',
      data: { object: { object: 'checkout.session' } },
    });
    const headers = { 'content-type': 'application/json', 'stripe-signature': 't=1,v1=00' };
    const answer = await world.http.request({ method: 'POST', url, headers, body });
    expect([answer.status, JSON.parse(answer.body.toString()).code]).toEqual([401, 'message-not-authentic']);
    const unknown = await world.http.request({ method: 'POST', url: `${url}er`, headers, body });
    expect(unknown.status).toBe(404);
    // Not paid yet: whoever types the address of the return by hand is told so.
    const { rows } = await world.database.execute(
      'select id from payments.attempts order by started_at desc, id desc limit 1',
    );
    const { id } = rows[0] as { id: string };
    expect((await world.payments.settleReturn(person, id)).state).toBe('started');
    await world.pay(payUrl);
    expect(world.sent.filter(({ name }) => name === 'payment-check')).toEqual([]);
  });

  test('an amount that is not the one asked for is no payment', async () => {
    const { person, caseId } = await world.prepare();
    const { payUrl } = await world.payments.startPayment(person, caseId);
    world.simulator.setFault('amount-differs', 1);
    const attemptId = world.returnOf((await world.pay(payUrl)).location);
    expect((await world.payments.settleReturn(person, attemptId)).state).toBe('failed');
    await expect(world.cases.submitCase(person, caseId)).rejects.toMatchObject({ code: 'fee-due' });
  });

  test('a declined card takes nothing, and the same page may be tried again', async () => {
    const { person, caseId } = await world.prepare();
    const { payUrl } = await world.payments.startPayment(person, caseId);
    expect((await world.pay(payUrl, 'decline')).status).toBe(402);
    expect((await world.payments.startPayment(person, caseId)).payUrl).toBe(payUrl);
    expect((await world.payFor({ person, caseId })).state).toBe('paid');
  });

  test('a provider that is down when the person is back is asked again by a job', async () => {
    // What earlier stories left to do is no part of this one.
    await world.runJobs();
    const { person, caseId } = await world.prepare();
    world.simulator.setFault('message-none');
    const { payUrl } = await world.payments.startPayment(person, caseId);
    const attemptId = world.returnOf((await world.pay(payUrl)).location);
    world.simulator.setFault('down');
    expect((await world.payments.settleReturn(person, attemptId)).state).toBe('started');
    expect(await world.runJobs()).toBe(1);
    world.simulator.clearFaults();
    expect(await world.runJobs()).toBe(0);
    expect(await world.payments.getFee(person, caseId)).toMatchObject({ state: 'paid' });
  });

  test('a provider whose answer is lost opens one page, however often it is asked', async () => {
    const { person, caseId } = await world.prepare();
    world.simulator.setFault('silent', 1);
    await expect(world.payments.startPayment(person, caseId)).rejects.toMatchObject({ code: 'provider-unreachable' });
    expect((await world.payFor({ person, caseId })).state).toBe('paid');
    const { rows } = await world.database.execute(
      'select count(*)::int as count from payments.attempts a join payments.orders o on o.id = a.order_id where o.case_id = $1',
      [caseId],
    );
    expect(rows).toEqual([{ count: 1 }]);
  });

  test('who pays late and again has the second payment back', async () => {
    const { person, caseId } = await world.prepare();
    world.simulator.setFault('message-none');
    const { payUrl } = await world.payments.startPayment(person, caseId);
    const first = world.returnOf((await world.pay(payUrl)).location);
    // The provider says once that it ran out; a second page is opened and paid, then the first turns out to be paid too.
    await world.database.execute("update payments.attempts set state = 'expired' where id = $1", [first]);
    const second = await world.payFor({ person, caseId });
    expect(second.state).toBe('paid');
    await world.payments.settleReturn(person, first);
    await world.runJobs();
    const [mine] = await world.payments.listMine(person.personId);
    expect(mine).toMatchObject({
      state: 'paid',
      refunds: [{ reason: 'paid-twice', state: 'refunded', amountMinor: 5_000 }],
    });
  });
});

describe('a fee goes back', () => {
  test('when what was paid for is withdrawn before anybody took it, or never sent at all', async () => {
    const taken = await world.prepare({ purpose: { purpose: 'licence' } });
    const early = await world.prepare({ purpose: { purpose: 'licence' } });
    const draft = await world.prepare();
    const expired = await world.prepare();
    for (const one of [taken, early, draft, expired]) await world.payFor(one);
    for (const { person, caseId } of [taken, early])
      expect((await world.cases.submitCase(person, caseId)).state).toBe('submitted');
    await world.cases.takeCase(officerAt(), taken.caseId);
    for (const { person, caseId } of [taken, early, draft]) await world.cases.withdrawCase(person, caseId);
    await world.payments.tend();
    await world.runJobs();
    world.clock.advance(91 * 86_400_000);
    await world.cases.expireDrafts();
    await world.payments.tend();
    await world.runJobs();
    const states = await Promise.all(
      [taken, early, draft, expired].map(async ({ person }) => {
        const [mine] = await world.payments.listMine(person.personId);
        return [mine!.state, mine!.refunds[0]?.reason];
      }),
    );
    expect(states).toEqual([
      // After an officer took it: the half that the service's rule gives back.
      ['partly-refunded', 'withdrawn-late'],
      ['refunded', 'withdrawn'],
      ['refunded', 'never-sent'],
      ['refunded', 'never-sent'],
    ]);
    expect(world.entries.at(-1)).toMatchObject({ kind: 'payment-refunded', record: { reason: 'never-sent', ...fee } });
  });

  test('when the case is refused, though the provider is down, slow or unsure at first', async () => {
    const { person, caseId } = await world.prepare({}, degree({ graduation_year: 2035 }));
    await world.payFor({ person, caseId });
    const { state, version } = await world.cases.submitCase(person, caseId);
    if (state !== 'refused') {
      const officer = officerAt();
      const seen = await world.cases.takeCase(officer, caseId);
      const reason = seen.reasonChoices.find(({ outcome }) => outcome === 'refuse')!;
      expect(seen.version).toBeGreaterThan(version);
      for (const { id } of seen.checklist) await world.cases.markPoint(officer, caseId, id, { mark: 'done', seen: 0 });
      await world.cases.decideCase(officer, caseId, {
        outcome: 'refuse',
        reasonIds: [reason.id],
        expectedVersion: seen.version,
      });
    }
    await world.runJobs();
    await world.payments.tend();
    world.simulator.setFault('down', 1);
    expect(await world.runJobs()).toBe(1);
    world.simulator.setFault('silent', 1);
    world.simulator.setFault('refund-slow', 1);
    expect(await world.runJobs()).toBe(1);
    await world.runJobs();
    expect((await world.payments.listMine(person.personId))[0]!.state).toBe('refund-requested');
    world.clock.advance(16 * 60_000);
    await world.payments.tend();
    const [mine] = await world.payments.listMine(person.personId);
    expect(mine).toMatchObject({ state: 'refunded', refunds: [{ reason: 'refused', state: 'refunded' }] });
  });

  test('by an officer: above the limit only with a second one, and never for oneself', async () => {
    const { person, caseId } = await world.prepare({ purpose: { purpose: 'licence' } });
    await world.payFor({ person, caseId });
    const [noura, saud, stranger] = [officerAt('moe', 'Noura'), officerAt('moe', 'Saud'), officerAt('interior', 'X')];
    const { payments } = world;
    await expect(payments.refundByOfficer(stranger, caseId, whole)).rejects.toMatchObject({ code: 'payment-unknown' });
    await expect(
      payments.refundByOfficer({ ...noura, personId: person.personId }, caseId, whole),
    ).rejects.toMatchObject({
      code: 'own-payment',
    });
    // Nor for anybody else in whose application they had a part: an answer for the applicant is one.
    const helper = officerAt('moe', 'Helper');
    const representative = { personId: helper.personId, kind: 'guardian' as const };
    await world.cases.saveAnswers({ ...person, representative }, caseId, 'purpose', { purpose: 'licence' });
    await expect(payments.refundByOfficer(helper, caseId, whole)).rejects.toMatchObject({ code: 'own-payment' });
    expect(await payments.findForOfficer(helper, caseId)).toMatchObject({ mayRefund: false });
    // Who has no role for it is told which one it takes; who may not even read, that there is no payment.
    const looking = { ...officerAt('moe', 'Looking'), roles: ['supervisor'] };
    await expect(payments.refundByOfficer(looking, caseId, whole)).rejects.toMatchObject({
      code: 'refund-role-needed',
      messages: { en: expect.stringContaining('Role reviewer') },
    });
    expect(await payments.findForOfficer(looking, caseId)).toMatchObject({ mayRefund: false });
    const blind = { ...officerAt('moe', 'Blind'), roles: ['auditor', 'unheard-of'] };
    await expect(payments.refundByOfficer(blind, caseId, whole)).rejects.toMatchObject({ code: 'payment-unknown' });
    expect(await payments.findFeeForOfficer(blind, caseId)).toBeUndefined();
    const refund = await payments.refundByOfficer(noura, caseId, whole);
    expect(refund.state).toBe('awaiting-approval');
    await expect(payments.answerRefund(helper, refund.id, true)).rejects.toMatchObject({ code: 'own-payment' });
    await expect(payments.answerRefund(looking, refund.id, true)).rejects.toMatchObject({ code: 'refund-role-needed' });
    await expect(payments.refundByOfficer(saud, caseId, whole)).rejects.toMatchObject({ code: 'refund-not-possible' });
    await expect(payments.answerRefund(noura, refund.id, true)).rejects.toMatchObject({
      code: 'second-officer-needed',
    });
    await expect(payments.answerRefund(stranger, refund.id, true)).rejects.toMatchObject({ code: 'refund-unknown' });
    expect(await payments.findForOfficer(saud, caseId)).toMatchObject({
      refunds: [{ mayApprove: true }],
      mayRefund: false,
      leftMinor: 0,
      aloneMinorLeft: 2_000,
    });
    await payments.answerRefund(saud, refund.id, false);
    const again = await payments.refundByOfficer(saud, caseId, whole);
    await payments.answerRefund(noura, again.id, true);
    world.simulator.setFault('refund-refused', 1);
    await world.runJobs();
    expect(await payments.findForOfficer(noura, caseId)).toMatchObject({ state: 'refund-failed', mayRefund: true });
    const third = await payments.refundByOfficer(noura, caseId, whole);
    await payments.answerRefund(saud, third.id, true);
    await world.runJobs();
    expect((await payments.getMine(person, (await payments.listMine(person.personId))[0]!.id)).state).toBe('refunded');
    expect(await payments.countOrders()).toContainEqual({
      state: 'refunded',
      currency: 'KWD',
      count: expect.any(Number),
    });
  });
});

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newId } from '#kernel/ids';
import { degree, identity, officerAt } from '../../cases/test/support.ts';
import { type KuwaitiPayments, openKuwaitiPayments } from './world.ts';

let world: KuwaitiPayments;
beforeAll(async () => {
  world = await openKuwaitiPayments();
});
afterAll(() => world?.close());
beforeEach(() => {
  world.sent.length = 0;
});

const recent = degree({ graduation_year: 2025 });
const half = { amountMinor: 2_500, currency: 'KWD', fullMinor: 5_000 };
const why = { id: 'recent-graduate', offMinor: 2_500 };

test('whoever is exempt from a part is told why, pays the rest, and finds both on the receipt and with the officer', async () => {
  const { payments, cases } = world;
  const { person, caseId } = await world.prepare({}, recent);
  const fee = await payments.getFee(person, caseId);
  expect(fee).toMatchObject({ state: 'due', ...half, exemption: why });
  expect(fee.exemption!.text.en).toBe('Whoever graduated this year or last year pays half of the fee.');
  await expect(cases.submitCase(person, caseId)).rejects.toMatchObject({ code: 'fee-due' });
  world.entries.length = 0;
  const order = await world.payFor({ person, caseId });
  expect(world.entries[0]).toMatchObject({ kind: 'payment-received', record: { amountMinor: 2_500 } });
  expect(await payments.getMine(person, order.id)).toMatchObject({ ...half, keptMinor: 2_500, exemption: why });
  expect((await cases.submitCase(person, caseId)).state).toBe('approved');
  const officer = officerAt('moe');
  expect(await payments.getForOfficer(officer, caseId)).toMatchObject({ ...half, exemption: why });
  await payments.tend();
  expect(await payments.getMine(person, order.id)).toMatchObject({ state: 'paid', refunds: [] });
});

test('what somebody does not pay at all is shown to the office in charge and to no other', async () => {
  const { payments } = world;
  const { person, caseId } = await world.prepare({ purpose: { purpose: 'study' }, profession: {} }, recent);
  expect(await payments.getFee(person, caseId)).toMatchObject({
    ...{ state: 'exempt', amountMinor: 0, fullMinor: 5_000 },
    exemption: { id: 'further-study', offMinor: 5_000 },
  });
  const shown = await payments.findFeeForOfficer(officerAt('moe'), caseId);
  expect(shown).toMatchObject({ state: 'exempt', exemption: { id: 'further-study' } });
  expect(await payments.findFeeForOfficer(officerAt('interior'), caseId)).toBeUndefined();
});

test('nobody is asked to pay before the exemption can be known', async () => {
  const { payments, cases } = world;
  const person = { personId: newId(), homeState: 'BH', level: 'substantial' as const };
  const { id: caseId } = await cases.startCase(person, 'degree-recognition');
  const refusedNow = async () => {
    expect(await payments.getFee(person, caseId)).toMatchObject({ state: 'not-known' });
    await expect(payments.startPayment(person, caseId)).rejects.toMatchObject({ code: 'fee-not-known', status: 409 });
  };
  await refusedNow();
  await cases.saveAnswers(person, caseId, 'purpose', { purpose: 'work' });
  await refusedNow();
  await cases.recordEvidence(person, caseId, [identity, recent]);
  expect(await payments.getFee(person, caseId)).toMatchObject({ state: 'due', ...half });
});

test('a page with the amount of before is given up; whoever pays on it all the same gets back what was too much, once', async () => {
  const { payments, cases } = world;
  const { person, caseId } = await world.prepare();
  const before = await payments.startPayment(person, caseId);
  expect(await payments.getFee(person, caseId)).toMatchObject({ state: 'started', amountMinor: 5_000 });
  // The university has corrected the year meanwhile.
  await cases.recordEvidence(person, caseId, [recent]);
  const after = await payments.startPayment(person, caseId);
  expect(after.payUrl).not.toBe(before.payUrl);
  expect(await payments.getFee(person, caseId)).toMatchObject({ state: 'started', ...half });
  const order = await payments.settleReturn(person, world.returnOf((await world.pay(before.payUrl)).location));
  expect(await payments.getMine(person, order.id)).toMatchObject({
    state: 'paid',
    amountMinor: 5_000,
    keptMinor: 5_000,
  });
  await cases.submitCase(person, caseId);
  await payments.tend();
  await payments.tend();
  await world.runJobs();
  const paid = await payments.getMine(person, order.id);
  expect(paid).toMatchObject({ state: 'partly-refunded', keptMinor: 2_500 });
  expect(paid.refunds).toMatchObject([{ reason: 'exempt', amountMinor: 2_500, state: 'refunded' }]);
});

test('what was paid for other answers is not enough for dearer ones, and goes back whole when it is withdrawn', async () => {
  const { payments, cases } = world;
  const { person, caseId } = await world.prepare({}, recent);
  const order = await world.payFor({ person, caseId });
  await cases.recordEvidence(person, caseId, [degree()]);
  await expect(cases.submitCase(person, caseId)).rejects.toMatchObject({ code: 'fee-risen', status: 409 });
  await cases.withdrawCase(person, caseId);
  await payments.tend();
  await world.runJobs();
  expect(await payments.getMine(person, order.id)).toMatchObject({
    ...{ state: 'refunded', keptMinor: 0 },
    refunds: [{ reason: 'never-sent', amountMinor: 2_500 }],
  });
});

test('the day that counts is the one on which it was sent', async () => {
  const { payments, cases, clock, database } = world;
  const { person, caseId } = await world.prepare({}, recent);
  await world.payFor({ person, caseId });
  await cases.submitCase(person, caseId);
  clock.advance(60 * 86_400_000);
  const { sentAt, ...facts } = (await cases.findFeeCase(caseId))!;
  expect(await payments.isDue(database.db, 'sending', { ...facts, ...(sentAt ? { sentAt } : {}) })).toBeUndefined();
  expect(await payments.isDue(database.db, 'sending', facts)).toBe('risen');
});

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReceivedEvidence } from '#modules/cases';
import { shiftDate } from '../renewals/rules.ts';
import { identity, openSaudiCases, type SaudiCases, somebody } from './support.ts';

const service = 'good-conduct-certificate';
const record = (convictions: 'none' | 'recorded'): ReceivedEvidence => ({
  evidenceType: 'conviction-record',
  providerState: 'SA',
  values: { convictions, checked_on: '2026-11-22' },
});
const use = { use: 'work', destination: 'BH', addressee: 'Bank of Manama' };

describe('what is approved for a time', () => {
  let world: SaudiCases;
  beforeAll(async () => {
    world = await openSaudiCases();
  });
  afterAll(() => world.database.close());

  async function certify(person = somebody('SA'), convictions: 'none' | 'recorded' = 'none') {
    const { cases } = world;
    const { id } = await cases.startCase(person, service);
    await cases.recordEvidence(person, id, [identity, record(convictions)]);
    await cases.saveAnswers(person, id, 'use', use);
    await cases.saveAnswers(person, id, 'declaration', { declaration: 'yes' });
    return { person, sent: await cases.submitCase(person, id) };
  }
  const go = (on: string) => world.clock.advance(Date.parse(`${on}T09:00:00Z`) - world.clock.now().getTime());

  test('a clear record is certified at once for three months, an entry is for an officer, and a visitor is sent home', async () => {
    go('2026-11-22');
    const { person, sent } = await certify();
    expect(sent.state).toBe('approved');
    const view = await world.cases.getMyCase(person, sent.id);
    expect(view.validity).toEqual({
      until: '2027-02-22',
      hasEnded: false,
      renewableFrom: '2027-02-08',
      mayRenew: false,
    });
    const decided = await world.cases.getDecidedCase(sent.id);
    expect(decided.validUntil).toBe('2027-02-22');
    expect(decided.credential!.claims).toMatchObject({ valid_until: '2027-02-22', addressee: 'Bank of Manama' });
    expect((await certify(somebody('SA'), 'recorded')).sent.state).toBe('submitted');
    await expect(world.cases.startCase(somebody('BH'), service)).rejects.toMatchObject({
      code: 'service-for-own-people',
    });
  });

  test('it is offered in its last two weeks, once, and renewed by a draft that lacks consent and declaration only', async () => {
    go('2026-11-22');
    const { person, sent } = await certify();
    const told = () =>
      world.facts.filter(
        ({ name, data }) => name === 'case-renewal-due' && 'caseId' in data && data.caseId === sent.id,
      );
    go('2027-02-07');
    await world.cases.offerRenewals();
    expect(told()).toHaveLength(0);
    await expect(world.cases.renewCase(person, sent.id)).rejects.toMatchObject({ code: 'renewal-early' });
    go('2027-02-08');
    await Promise.all([world.cases.offerRenewals(), world.cases.offerRenewals()]);
    await world.cases.offerRenewals();
    expect(told()).toHaveLength(1);
    await expect(world.cases.renewCase(somebody('SA'), sent.id)).rejects.toMatchObject({ code: 'case-unknown' });

    const draft = await world.cases.renewCase(person, sent.id);
    const seen = await world.cases.getMyCase(person, draft.id);
    expect(seen.state).toBe('draft');
    expect(seen.evidence).toEqual([]);
    expect(seen.answers.map(({ questionId }) => questionId)).toEqual(['use', 'destination', 'addressee']);
    await expect(world.cases.renewCase(person, sent.id)).rejects.toMatchObject({ code: 'renewal-begun' });
    const [mine] = (await world.cases.listMyCases(person)).filter(({ id }) => id === sent.id);
    expect(mine!.validity).toMatchObject({ mayRenew: false, renewedBy: { caseId: draft.id, state: 'draft' } });

    // A renewal that came to nothing stands in nobody's way.
    await world.cases.withdrawCase(person, draft.id);
    const second = await world.cases.renewCase(person, sent.id);
    await world.cases.recordEvidence(person, second.id, [identity, record('none')]);
    await world.cases.saveAnswers(person, second.id, 'declaration', { declaration: 'yes' });
    expect((await world.cases.submitCase(person, second.id)).state).toBe('approved');
    expect((await world.cases.getMyCase(person, second.id)).validity!.until).toBe('2027-05-08');
  });

  test('after its end it is said to have ended, and can still be renewed', async () => {
    go('2026-11-22');
    const { person, sent } = await certify();
    go('2027-02-22');
    expect((await world.cases.getMyCase(person, sent.id)).validity).toMatchObject({ hasEnded: false, mayRenew: true });
    go('2027-02-23');
    expect((await world.cases.getMyCase(person, sent.id)).validity).toMatchObject({ hasEnded: true, mayRenew: true });
  });

  test('what somebody had begun already is not written over', async () => {
    go('2026-11-22');
    const { person, sent } = await certify();
    go('2027-02-10');
    const begun = await world.cases.startCase(person, service);
    await world.cases.saveAnswers(person, begun.id, 'use', { ...use, addressee: 'University of Bahrain' });
    const renewed = await world.cases.renewCase(person, sent.id);
    expect(renewed.id).toBe(begun.id);
    const { answers } = await world.cases.getMyCase(person, begun.id);
    expect(answers.find(({ questionId }) => questionId === 'addressee')!.value.en).toBe('University of Bahrain');
  });
});

const day = fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
test('a date shifted by a duration stays on its day of the month, or on the last one there is', () => {
  const shifts = fc.property(
    day,
    fc.integer({ min: 1, max: 60 }),
    fc.constantFrom('Y', 'M', 'D'),
    (date, count, unit) => {
      const on = date.toISOString().slice(0, 10);
      const shifted = shiftDate(on, `P${count}${unit}`);
      const back = shiftDate(shifted, `P${count}${unit}`, -1);
      if (unit === 'D') {
        expect(Date.parse(shifted) - Date.parse(on)).toBe(count * 86_400_000);
        expect(back).toBe(on);
        return;
      }
      const months = (text: string) => Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7));
      expect(months(shifted) - months(on)).toBe(unit === 'Y' ? count * 12 : count);
      const last = new Date(Date.UTC(Number(shifted.slice(0, 4)), Number(shifted.slice(5, 7)), 0)).getUTCDate();
      expect(Number(shifted.slice(8))).toBe(Math.min(Number(on.slice(8)), last));
    },
  );
  fc.assert(shifts);
});

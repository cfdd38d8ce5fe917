import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Officer } from '#modules/cases';
import { coverOf, findAbsence, isLeftBehind } from '../absences/rules.ts';
import {
  checkAll,
  degree,
  fillCase,
  identity,
  officerAt,
  openSaudiCases,
  type SaudiCases,
  somebody,
} from './support.ts';

const noura: Officer = { ...officerAt('moe', 'Noura'), roles: ['reviewer'] };
const majid: Officer = { ...officerAt('moe', 'Majid'), roles: ['reviewer', 'supervisor'] };
const ali: Officer = { ...officerAt('customs', 'Ali'), roles: ['reviewer', 'supervisor', 'auditor'] };

describe('the desk of an office', () => {
  let world: SaudiCases;
  const officers = [noura, majid, ali];
  const people = [somebody(), somebody(), somebody()];
  let ids: string[] = [];
  beforeAll(async () => {
    world = await openSaudiCases(undefined, { officers });
    ids = await Promise.all(
      people.map(async (person) => {
        const caseId = await fillCase(world.cases, person, [identity, degree({ study_mode: 'distance' })]);
        await world.cases.submitCase(person, caseId);
        return caseId;
      }),
    );
  });
  afterAll(() => world.database.close());

  test('of two officers who take one case at once, one has it, and the other is told who', async () => {
    const tries = await Promise.allSettled([noura, majid].map((officer) => world.cases.takeCase(officer, ids[0]!)));
    const refused = tries.filter((one) => one.status === 'rejected');
    expect(refused).toHaveLength(1);
    expect(refused[0]!.reason).toMatchObject({ code: 'case-taken' });
    const { assignment } = await world.cases.getCaseForOfficer(noura, ids[0]!);
    expect([noura.personId, majid.personId]).toContain(assignment!.officerId);
    const holder = assignment!.officerId === noura.personId ? noura : majid;
    await world.cases.releaseCase(holder, ids[0]!);
  });

  test('views are kept by the officer who made them, a dozen at most, and one of the same name is replaced', async () => {
    await world.cases.keepView(noura, { name: ' عاجل ', filters: { show: 'escalated' } });
    await world.cases.keepView(noura, { name: 'عاجل', filters: { show: 'mine' } });
    const kept = await world.cases.listViews(noura);
    expect(kept).toMatchObject([{ name: 'عاجل', filters: { show: 'mine' } }]);
    expect(await world.cases.listViews(majid)).toEqual([]);
    await world.cases.dropView(majid, kept[0]!.id);
    expect(await world.cases.listViews(noura)).toHaveLength(1);
    for (let at = 1; at < 12; at += 1) await world.cases.keepView(noura, { name: `v${at}`, filters: {} });
    await expect(world.cases.keepView(noura, { name: 'one more', filters: {} })).rejects.toMatchObject({
      code: 'views-too-many',
    });
    await expect(world.cases.keepView(noura, { name: ' ', filters: {} })).rejects.toMatchObject({
      code: 'view-name-wrong',
    });
    await world.cases.dropView(noura, kept[0]!.id);
    expect(await world.cases.listViews(noura)).toHaveLength(11);
  });

  test('what is in the hand of an absent officer goes to whoever covers, but never the own application', async () => {
    for (const id of ids) await world.cases.takeCase(noura, id);
    const away = { officerId: noura.personId, fromOn: '2026-11-23', untilOn: '2026-11-26' };
    // Majid has applied for the first one himself.
    await world.database.transaction(async (tx) => {
      const { sql } = await import('#kernel/database');
      await sql`update cases.cases set person_id = ${majid.personId} where id = ${ids[0]!}`.execute(tx);
    });
    const refusals: Array<[Officer, Parameters<SaudiCases['cases']['enterAbsence']>[1], string]> = [
      [noura, { ...away, officerId: majid.personId }, 'role-needed'],
      [noura, { ...away, untilOn: '2026-11-22' }, 'absence-days-wrong'],
      [noura, { ...away, fromOn: '2026-02-30x' }, 'absence-days-wrong'],
      [noura, { ...away, untilOn: '2027-02-30' }, 'absence-days-wrong'],
      [noura, { ...away, coverId: ali.personId }, 'colleague-unknown'],
      [noura, { ...away, coverId: noura.personId }, 'colleague-unknown'],
      [ali, away, 'colleague-unknown'],
    ];
    for (const [officer, asked, code] of refusals)
      await expect(world.cases.enterAbsence(officer, asked), code).rejects.toMatchObject({ code });
    await world.cases.enterAbsence(majid, { ...away, coverId: majid.personId });
    await expect(world.cases.enterAbsence(noura, away)).rejects.toMatchObject({ code: 'absence-overlaps' });
    expect(await world.cases.listAbsences(ali)).toEqual([]);
    // The day before, nothing moves; on the day everything does, once.
    expect(await world.cases.returnCases()).toBe(0);
    world.clock.advance(86_400_000);
    expect(await world.cases.returnCases()).toBe(3);
    expect(await world.cases.returnCases()).toBe(0);
    expect((await world.cases.listQueue(majid, { mine: true })).cases.map(({ id }) => id).sort()).toEqual(
      ids.slice(1).sort(),
    );
    const { state, assignment } = await world.cases.getCaseForOfficer(noura, ids[0]!);
    expect([state, assignment]).toEqual(['submitted', undefined]);
    const { history } = await world.cases.getCaseForOfficer(majid, ids[1]!);
    expect(history.at(-1)).toMatchObject({ kind: 'case-covered', who: 'Majid' });
    // Whoever works although away keeps what they take.
    await world.cases.takeCase(noura, ids[0]!);
    expect(await world.cases.returnCases()).toBe(0);
    const [absence] = await world.cases.listAbsences(noura);
    await expect(world.cases.endAbsence(ali, absence!.id)).rejects.toMatchObject({ code: 'absence-unknown' });
    await world.cases.endAbsence(noura, absence!.id);
    expect(await world.cases.listAbsences(majid)).toEqual([]);
    expect(world.entries.filter(({ kind }) => kind.startsWith('officer-absence')).map(({ record }) => record)).toEqual([
      { officeId: 'moe' },
      { officeId: 'moe' },
    ]);
  });

  test('supervisors read who has how much in hand; auditors what officers did; nobody of another office', async () => {
    await expect(world.cases.readWorkload(noura)).rejects.toMatchObject({ code: 'role-needed' });
    const { officers: loads, services } = await world.cases.readWorkload(majid);
    expect(loads.map(({ names, inHand, decided }) => [names.en, inHand, decided])).toEqual([
      ['Majid', 2, 0],
      ['Noura', 1, 0],
    ]);
    expect(services).toMatchObject([{ serviceId: 'degree-recognition', open: 3, unassigned: 0 }]);
    expect((await world.cases.readWorkload(ali)).services).toEqual([]);
    await expect(world.cases.listOfficerSteps(noura)).rejects.toMatchObject({ code: 'role-needed' });
    const all = await world.cases.listOfficerSteps(majid);
    const steps = all.steps.filter(({ kind }) => kind !== 'case-read');
    expect(steps[0]).toMatchObject({ caseId: ids[0], officerId: noura.personId, kind: 'case-taken' });
    expect(steps.every(({ at }, n) => n === 0 || at <= steps[n - 1]!.at)).toBe(true);
    const hers = await world.cases.listOfficerSteps(majid, { officerId: majid.personId });
    expect(hers.steps.every(({ officerId }) => officerId === majid.personId)).toBe(true);
    const older = { before: `${steps[0]!.at.toISOString()}_${steps[0]!.caseId}_1` };
    expect((await world.cases.listOfficerSteps(majid, older)).steps.length).toBeLessThan(all.steps.length);
    expect((await world.cases.listOfficerSteps(majid, { before: "' or 1=1" })).steps).toEqual(all.steps);
    expect((await world.cases.listOfficerSteps(ali)).steps).toEqual([]);
  });

  test('a case is held against earlier ones of the person and decided ones of the service, of the own office', async () => {
    const view = await world.cases.getCaseForOfficer(majid, ids[1]!);
    await checkAll(world.cases, majid, ids[1]!);
    await world.cases.decideCase(majid, ids[1]!, {
      outcome: 'approve',
      reasonIds: ['confirmed-after-review'],
      expectedVersion: view.version,
    });
    expect(await world.cases.listComparables(noura, ids[2]!)).toMatchObject([
      { caseId: ids[1], isOfSamePerson: false },
    ]);
    await expect(world.cases.listComparables(ali, ids[2]!)).rejects.toMatchObject({ code: 'case-unknown' });
  });
});

test('whoever is away covers for nobody, and cover is somebody else of the same office', () => {
  const people = ['a', 'b', 'c', 'd'];
  const day = fc.integer({ min: 1, max: 28 }).map((n) => `2026-11-${String(n).padStart(2, '0')}`);
  const absence = fc.record({
    officerId: fc.constantFrom(...people),
    coverId: fc.option(fc.constantFrom(...people), { nil: undefined }),
    days: fc.tuple(day, day),
  });
  fc.assert(
    fc.property(fc.array(absence, { maxLength: 6 }), day, fc.subarray(people), (given, today, there) => {
      const absences = given
        .filter(({ officerId, coverId }) => officerId !== coverId)
        .map(({ officerId, coverId, days }, at) => ({
          id: String(at),
          officeId: 'moe',
          officerId,
          ...(coverId ? { coverId } : {}),
          fromOn: days.toSorted()[0]!,
          untilOn: days.toSorted()[1]!,
          setAt: new Date(0),
        }));
      const colleagues = there.map((personId) => ({ personId, names: { ar: personId, en: personId }, roles: [] }));
      for (const one of absences) {
        const cover = coverOf(one, absences, colleagues, today);
        if (!cover) continue;
        expect(cover.personId).not.toBe(one.officerId);
        expect(there).toContain(cover.personId);
        expect(findAbsence(absences, cover.personId, today)).toBeUndefined();
      }
    }),
  );
});

test('a case taken during an absence stays, one from before does not', () => {
  const absence = {
    id: '1',
    officeId: 'moe',
    officerId: 'a',
    fromOn: '2026-11-23',
    untilOn: '2026-11-26',
    setAt: new Date('2026-11-24T09:00:00Z'),
  };
  const left = (at: string) => isLeftBehind(absence, new Date(at), 'Asia/Riyadh');
  expect([left('2026-11-22T20:59:00Z'), left('2026-11-24T08:00:00Z'), left('2026-11-24T10:00:00Z')]).toEqual([
    true,
    true,
    false,
  ]);
});

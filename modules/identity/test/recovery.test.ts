import fc from 'fast-check';
import { generateSync } from 'otplib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import { sql } from '#kernel/database';
import type { HttpClient } from '#kernel/http-client';
import { newId, sha256 } from '#kernel/ids';
import { nationalIdSchemes } from '#protocol/national-ids';
import { createAuthenticator } from './authenticator.ts';
import { addPerson, codeAt, createRegistry, type Node, password, startHttp, startNode } from './federation-in-a-box.ts';

type Challenge = { challenge: string; user: { id: string } };

let http: HttpClient;
let node: Node;
const clock = fixedClock('2026-11-22T08:00:00Z');
const steps: Array<{ step: string; recoveryId: string; reason?: string }> = [];
/** The step at which the transaction is to break off. */
let breaksAt: string | undefined;
let serial = 0;
const hourMs = 3_600_000;
const newPassword = 'three camels cross the bridge';

beforeAll(async () => {
  http = startHttp();
  node = await startNode(createRegistry(), http, {
    state: 'BH',
    clock,
    onRecovery: async (_tx, taken) => {
      if (taken.step === breaksAt) throw new Error('the process ends here');
      steps.push(taken);
    },
  });
});
afterAll(async () => {
  await node?.close();
  await http?.close();
});
beforeEach(() => clock.advance(4_000_000));

const refusal = (code: string) => expect.objectContaining({ code });
const officer = { personId: newId(), officeId: 'interior' };
const second = { personId: newId(), officeId: 'interior' };
const documentNumber = 'P 0417-3382';

async function withPerson() {
  let nationalId: string | undefined;
  while (nationalId === undefined)
    nationalId = nationalIdSchemes['bh-cpr'].complete(`9503${String(++serial).padStart(4, '0')}`);
  const { personId } = await addPerson(node, nationalId);
  const address = `10.3.0.${serial}`;
  const at = { sessionId: newId(), personId, address, agent: '' };
  const { methods, phone, recovery } = node.identity;
  const beginAtCounter = (by = officer) =>
    recovery.openAtCounter({ nationalId: nationalId!, document: 'passport', documentNumber, officer: by });
  /** By two officers: the second reads the same number from the document. */
  const openAtCounter = async () => {
    const { recoveryId, code } = await beginAtCounter();
    const typed = 'p٠٤١٧٣٣٨٢';
    return { recoveryId, code, ...(await recovery.confirm({ recoveryId, documentNumber: typed, officer: second })) };
  };
  const begin = (code: string, typed = newPassword) =>
    recovery.begin({ nationalId: nationalId!, code, password: typed, address });
  const finish = async (code: string, totpSecret: string) =>
    recovery.finish({
      nationalId: nationalId!,
      code,
      totp: generateSync({ secret: totpSecret, epoch: Math.floor(clock.now().getTime() / 1000) }),
      address,
    });
  const kinds = async () => (await methods.list(at)).events.map(({ kind }) => kind);
  return {
    nationalId,
    personId,
    address,
    at,
    methods,
    phone,
    recovery,
    beginAtCounter,
    openAtCounter,
    begin,
    finish,
    kinds,
  };
}

type Someone = Awaited<ReturnType<typeof withPerson>>;

async function addPhone({ at, methods }: Someone) {
  await methods.confirmByPassword(at, { password, code: codeAt(clock.now()) });
  const device = createAuthenticator(node.publicUrl);
  await methods.addPasskey(at, { answer: device.add((await methods.askToAddPasskey(at)) as Challenge), name: 'Phone' });
  const { cookie } = await methods.addPhone(at, device.answer((await methods.askToAddPhone(at)) as Challenge));
  return { device, handle: /^jisr_phone=([^;]+)/.exec(cookie)![1]! };
}

describe('access restored at the counter', () => {
  test('waits three days, takes a new password and a new app, and takes every other way away', async () => {
    const someone = await withPerson();
    const { methods, at, begin, finish, phone } = someone;
    const { handle } = await addPhone(someone);
    const { code, usableFrom } = await someone.openAtCounter();
    expect(code).toMatch(/^([A-HJKMNP-Z2-9]{5}-){3}[A-HJKMNP-Z2-9]{5}$/);
    expect(usableFrom.getTime() - clock.now().getTime()).toBe(72 * hourMs);
    await expect(begin(code)).rejects.toEqual(refusal('recovery-too-early'));
    clock.advance(72 * hourMs);
    const { totpSecret } = await begin(code.toLowerCase().replaceAll('-', ' '));
    // Until the app has answered, nothing has changed.
    await methods.confirmByPassword(at, { password, code: codeAt(clock.now()) });
    await finish(code, totpSecret);
    await expect(methods.confirmByPassword(at, { password, code: '' })).rejects.toEqual(refusal('sign-in-failed'));
    await expect(phone.list(handle)).rejects.toEqual(refusal('phone-unknown'));
    const { passkeys, events } = await methods.list(at);
    expect(passkeys).toEqual([]);
    expect(events.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining([
        'recovery-opened',
        'recovery-confirmed',
        'recovery-done',
        'password-changed',
        'passkey-removed',
        'phone-removed',
      ]),
    );
    clock.advance(31_000);
    await methods.confirmByPassword(at, {
      password: newPassword,
      code: generateSync({ secret: totpSecret, epoch: Math.floor(clock.now().getTime() / 1000) }),
    });
    await expect(begin(code)).rejects.toEqual(refusal('recovery-not-accepted'));
  });

  test('is told on the page and on the phone, and ended from either', async () => {
    const someone = await withPerson();
    const { handle } = await addPhone(someone);
    const { methods, phone, at } = someone;
    const first = await someone.openAtCounter();
    expect((await methods.list(at)).recovery?.usableFrom).toEqual(first.usableFrom);
    expect((await phone.findRecovery(handle))?.usableFrom).toEqual(first.usableFrom);
    await expect(phone.cancelRecovery('x')).rejects.toEqual(refusal('phone-unknown'));
    await phone.cancelRecovery(handle);
    const second = await someone.openAtCounter();
    await methods.cancelRecovery(at);
    expect(await phone.findRecovery(handle)).toBeUndefined();
    clock.advance(73 * hourMs);
    for (const { code } of [first, second])
      await expect(someone.begin(code)).rejects.toEqual(refusal('recovery-not-accepted'));
    expect((await someone.kinds()).filter((kind) => kind === 'recovery-cancelled')).toHaveLength(2);
    expect((await node.identity.recovery.listOfOffice('interior')).slice(0, 2).map(({ state }) => state)).toEqual([
      'cancelled',
      'cancelled',
    ]);
  });

  test('is good for seven days after that, and a new code ends the one before', async () => {
    const someone = await withPerson();
    const first = await someone.openAtCounter();
    const second = await someone.openAtCounter();
    clock.advance(72 * hourMs);
    await expect(someone.begin(first.code)).rejects.toEqual(refusal('recovery-not-accepted'));
    await someone.begin(second.code);
    clock.advance(7 * 24 * hourMs);
    await expect(someone.begin(second.code)).rejects.toEqual(refusal('recovery-not-accepted'));
  });

  test('is not begun for oneself, for nobody, or for a suspended identity', async () => {
    const { nationalId, personId, recovery } = await withPerson();
    const own = { personId, officeId: 'interior' };
    const opening = { nationalId, document: 'passport', documentNumber, officer: own } as const;
    await expect(recovery.openAtCounter(opening)).rejects.toEqual(refusal('recovery-of-oneself'));
    await expect(recovery.openAtCounter({ ...opening, nationalId: '1', officer })).rejects.toEqual(
      refusal('recovery-person-unknown'),
    );
    await node.identity.suspendPerson(personId);
    await expect(recovery.openAtCounter({ ...opening, officer })).rejects.toEqual(refusal('person-suspended'));
  });

  test('gives the same answer for a wrong code, another’s code and a number of nobody', async () => {
    const [mine, theirs] = [await withPerson(), await withPerson()];
    const { code } = await theirs.openAtCounter();
    clock.advance(72 * hourMs);
    for (const [nationalId, typed] of [
      [mine.nationalId, code],
      ['000000000', code],
      [theirs.nationalId, 'AAAAA-AAAAA-AAAAA-AAAAA'],
      [theirs.nationalId, ''],
    ] as const)
      await expect(
        mine.recovery.begin({ nationalId, code: typed, password: newPassword, address: mine.address }),
      ).rejects.toEqual(refusal('recovery-not-accepted'));
    // A flood of wrong codes slows its own address down, and the person nowhere.
    const flood = { nationalId: theirs.nationalId, code: 'X', password: newPassword, address: '203.0.113.200' };
    const seen = new Set<string>();
    for (let one = 0; one < 60; one += 1) seen.add(await mine.recovery.begin(flood).catch((error) => error.code));
    expect([...seen]).toEqual(['recovery-not-accepted', 'too-many-attempts']);
    await theirs.begin(code);
  });

  test('refuses weak passwords and wrong codes of the app, and changes the password once when it is sent twice', async () => {
    const { begin, finish, openAtCounter, nationalId, recovery, address } = await withPerson();
    const { code } = await openAtCounter();
    clock.advance(72 * hourMs);
    for (const weak of ['short', 'aaaaaaaaaaaaaaaa', `my number ${nationalId}`])
      await expect(begin(code, weak)).rejects.toEqual(refusal('password-too-weak'));
    await expect(finish(code, 'A'.repeat(32))).rejects.toEqual(refusal('recovery-not-accepted'));
    const { totpSecret } = await begin(code);
    await expect(recovery.finish({ nationalId, code, totp: '000000', address })).rejects.toEqual(refusal('code-wrong'));
    const done = await Promise.allSettled([finish(code, totpSecret), finish(code, totpSecret)]);
    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('a recovery that one officer began', () => {
  test('works for nobody before another officer has read the same document; the person is warned from the start', async () => {
    const someone = await withPerson();
    const { methods, recovery, at, begin } = someone;
    const { recoveryId, code, confirmUntil } = await someone.beginAtCounter();
    expect(confirmUntil.getTime() - clock.now().getTime()).toBe(72 * hourMs);
    const warned = (await methods.list(at)).recovery;
    expect(warned).toEqual({ openedAt: clock.now() });
    clock.advance(71 * hourMs);
    await expect(begin(code)).rejects.toEqual(refusal('recovery-unconfirmed'));
    const settling = { recoveryId, documentNumber, officer: second };
    await expect(recovery.confirm({ ...settling, officer })).rejects.toEqual(refusal('recovery-by-two'));
    const elsewhere = { personId: newId(), officeId: 'moe' };
    await expect(recovery.confirm({ ...settling, officer: elsewhere })).rejects.toEqual(refusal('recovery-unknown'));
    await expect(recovery.confirm({ ...settling, documentNumber: 'P04173383' })).rejects.toEqual(
      refusal('document-number-differs'),
    );
    await expect(recovery.confirm({ ...settling, officer: { ...second, personId: someone.personId } })).rejects.toEqual(
      refusal('recovery-of-oneself'),
    );
    const { usableFrom } = await recovery.confirm(settling);
    expect(usableFrom.getTime() - clock.now().getTime()).toBe(72 * hourMs);
    await expect(recovery.confirm(settling)).rejects.toEqual(refusal('recovery-settled'));
    expect(steps.filter((one) => one.recoveryId === recoveryId).map(({ step }) => step)).toEqual([
      'begun',
      'confirmed',
    ]);
    const { rows } = await sql<Record<string, unknown>>`select * from identity.recoveries r
      where recovery_id = ${recoveryId}`.execute(node.database.db);
    expect(rows[0]).toMatchObject({ state: 'open', document_number: null, settled_by: second.personId });
  });

  test('is refused with a reason, cancelled by the person, or ends after three days; nothing of it works then', async () => {
    const someone = await withPerson();
    const { recovery, begin, methods, at } = someone;
    const refused = await someone.beginAtCounter();
    await expect(
      recovery.refuse({ recoveryId: refused.recoveryId, reason: 'another-person', officer }),
    ).rejects.toEqual(refusal('recovery-by-two'));
    await recovery.refuse({ recoveryId: refused.recoveryId, reason: 'another-person', officer: second });
    const cancelled = await someone.beginAtCounter();
    await methods.cancelRecovery(at);
    const late = await someone.beginAtCounter();
    clock.advance(72 * hourMs);
    await recovery.purge();
    await recovery.purge();
    for (const { recoveryId, code } of [refused, cancelled, late]) {
      await expect(recovery.confirm({ recoveryId, documentNumber, officer: second })).rejects.toEqual(
        refusal('recovery-settled'),
      );
      await expect(begin(code)).rejects.toEqual(refusal('recovery-not-accepted'));
    }
    const stepsOf = ({ recoveryId }: { recoveryId: string }) =>
      steps.filter((one) => one.recoveryId === recoveryId).map(({ step, reason }) => reason ?? step);
    expect([stepsOf(refused), stepsOf(cancelled), stepsOf(late)]).toEqual([
      ['begun', 'another-person'],
      ['begun', 'cancelled'],
      ['begun', 'unconfirmed'],
    ]);
    expect(await someone.kinds()).toEqual(expect.arrayContaining(['recovery-refused', 'recovery-cancelled']));
    const { rows } = await sql`select 1 from identity.recoveries where document_number is not null
      and person_id = ${someone.personId}`.execute(node.database.db);
    expect(rows).toEqual([]);
  });

  test('is not confirmed, nor its code taken, for whoever was suspended or has died since', async () => {
    const [suspended, dead] = [await withPerson(), await withPerson()];
    const { persons } = node.identity;
    const [one, other] = [await suspended.beginAtCounter(), await dead.beginAtCounter()];
    await node.identity.suspendPerson(suspended.personId);
    await node.database.transaction((tx) => persons.noteDeath(tx, dead.personId, true));
    const confirm = (recoveryId: string) =>
      node.identity.recovery.confirm({ recoveryId, documentNumber, officer: second });
    await expect(confirm(one.recoveryId)).rejects.toEqual(refusal('person-suspended'));
    await expect(confirm(other.recoveryId)).rejects.toEqual(refusal('person-deceased'));
    await expect(dead.beginAtCounter()).rejects.toEqual(refusal('person-deceased'));
    // A death that was announced by mistake is taken back.
    await node.database.transaction((tx) => persons.noteDeath(tx, dead.personId, false));
    await confirm(other.recoveryId);
    clock.advance(72 * hourMs);
    const { totpSecret } = await dead.begin(other.code);
    await node.database.transaction((tx) => persons.noteDeath(tx, dead.personId, true));
    await expect(dead.finish(other.code, totpSecret)).rejects.toEqual(refusal('person-deceased'));
  });

  test('slows an officer down who begins one after another, and guesses at a number, and nobody else', async () => {
    const busy = { personId: newId(), officeId: 'interior' };
    const someone = await withPerson();
    const seen: string[] = [];
    for (let one = 0; one < 12; one += 1)
      seen.push(
        await someone.beginAtCounter(busy).then(
          () => 'begun',
          (error) => error.code,
        ),
      );
    expect(seen.slice(0, 10)).toEqual(Array(10).fill('begun'));
    expect(seen.slice(10)).toEqual(['too-many-attempts', 'too-many-attempts']);
    const { recoveryId } = await someone.beginAtCounter();
    const guesses: string[] = [];
    for (let one = 0; one < 7; one += 1)
      guesses.push(
        await someone.recovery.confirm({ recoveryId, documentNumber: `X100${one}99`, officer: second }).then(
          () => 'confirmed',
          (error) => error.code,
        ),
      );
    expect(guesses.slice(0, 5)).toEqual(Array(5).fill('document-number-differs'));
    expect(guesses.slice(5)).toEqual(['too-many-attempts', 'too-many-attempts']);
  });

  test('is as it was before a step that broke off half way, and the step can be taken again', async () => {
    const someone = await withPerson();
    const { recovery } = someone;
    const stateNow = async () =>
      (
        await sql`select r.*, (select count(*)::int from identity.method_events e where e.person_id = r.person_id) as events
          from identity.recoveries r where person_id = ${someone.personId} order by recovery_id`.execute(
          node.database.db,
        )
      ).rows;
    const breaking = async (step: string, work: () => Promise<unknown>) => {
      const before = await stateNow();
      breaksAt = step;
      try {
        await expect(work()).rejects.toThrow('the process ends here');
      } finally {
        breaksAt = undefined;
      }
      expect(await stateNow()).toEqual(before);
    };
    await breaking('begun', () => someone.beginAtCounter());
    const first = await someone.beginAtCounter();
    await breaking('replaced', () => someone.beginAtCounter());
    await breaking('refused', () =>
      recovery.refuse({ recoveryId: first.recoveryId, reason: 'mistake', officer: second }),
    );
    const settling = { recoveryId: first.recoveryId, documentNumber, officer: second };
    await breaking('confirmed', () => recovery.confirm(settling));
    await breaking('cancelled', () => someone.methods.cancelRecovery(someone.at));
    // Two second officers at once: one of them settles it.
    const both = await Promise.allSettled([
      recovery.confirm(settling),
      recovery.refuse({ ...settling, reason: 'mistake', officer: { ...second, personId: newId() } }),
    ]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'recovery-settled' } });
    if (both[0]!.status === 'rejected') return;
    clock.advance(72 * hourMs);
    const { totpSecret } = await someone.begin(first.code);
    await breaking('used', () => someone.finish(first.code, totpSecret));
    await someone.finish(first.code, totpSecret);
  });

  test('never works by one pair of eyes, whatever officers do in whatever order, whatever they are called', async () => {
    const people = await Promise.all([withPerson(), withPerson(), withPerson(), withPerson()]);
    // The person is an officer too; the last one sits in another office.
    const someone = people[0]!;
    const actors = people.map(({ personId }, place) => ({ personId, officeId: place === 3 ? 'moe' : 'interior' }));
    const actor = fc.nat(3);
    const action = fc.oneof(
      fc.record({ kind: fc.constant('begin' as const), actor }),
      fc.record({ kind: fc.constant('confirm' as const), actor, number: fc.constantFrom(documentNumber, 'Z99999') }),
      fc.record({ kind: fc.constant('refuse' as const), actor }),
      fc.record({ kind: fc.constant('cancel' as const) }),
      fc.record({ kind: fc.constant('rename' as const), actor }),
      fc.record({ kind: fc.constant('wait' as const), hours: fc.constantFrom(1, 40, 73) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 4, maxLength: 14 }), async (actions) => {
        clock.advance(30 * 24 * hourMs);
        await someone.recovery.purge();
        /** What the rule says of the latest: who began it, who confirmed it, and when. */
        let model:
          | { id: string; code: string; by: number; at: number; second?: { by: number; at: number } }
          | undefined;
        for (const one of actions) {
          const now = () => clock.now().getTime();
          const isBegun = () => model && !model.second && now() < model.at + 72 * hourMs;
          if (one.kind === 'wait') clock.advance(one.hours * hourMs);
          // Throttled by the hour; it is not what is asked here.
          clock.advance(hourMs + 1_000);
          if (one.kind === 'rename') {
            const { personId, nationalId } = people[one.actor]!;
            const names = { ar: `اسم ${now()}`, en: `Name ${now()}` };
            await addPerson(node, nationalId, { personId, names });
          }
          if (one.kind === 'cancel' && (await someone.recovery.cancel(someone.personId))) model = undefined;
          if (one.kind === 'begin') {
            const done = await someone.beginAtCounter(actors[one.actor]!).catch(() => undefined);
            expect(done !== undefined).toBe(one.actor !== 0);
            if (done) model = { id: done.recoveryId, code: done.code, by: one.actor, at: now() };
          }
          if ((one.kind === 'confirm' || one.kind === 'refuse') && model) {
            const settling = { recoveryId: model.id, officer: actors[one.actor]! };
            const isOther = one.actor !== 0 && one.actor !== model.by;
            const may = isBegun() && isOther && actors[one.actor]!.officeId === actors[model.by]!.officeId;
            const isDone = await (one.kind === 'refuse'
              ? someone.recovery.refuse({ ...settling, reason: 'mistake' })
              : someone.recovery.confirm({ ...settling, documentNumber: one.number })
            ).then(
              () => true,
              () => false,
            );
            expect(isDone).toBe(Boolean(may) && (one.kind === 'refuse' || one.number === documentNumber));
            if (isDone && one.kind === 'confirm') model.second = { by: one.actor, at: now() };
            if (isDone && one.kind === 'refuse') model = undefined;
          }
          if (model) {
            const from = model.second && model.second.at + 72 * hourMs;
            const works = from !== undefined && now() >= from && now() < from + 168 * hourMs;
            const taken = await someone.begin(model.code).then(
              () => true,
              () => false,
            );
            expect(taken).toBe(works);
          }
        }
      }),
      { numRuns: 20 },
    );
    // What the code does not do, the table does not hold either.
    const [row] = (
      await sql<{ id: string }>`insert into identity.recoveries
        (recovery_id, code, person_id, opened_by, officer_id, office_id, state, created_at, expires_at)
        values (${newId()}, ${sha256(newId())}, ${someone.personId}, 'counter', ${officer.personId}, 'interior', 'begun', now(), now())
        returning recovery_id as id`.execute(node.database.db)
    ).rows;
    for (const by of [officer.personId, someone.personId, null])
      await expect(
        sql`update identity.recoveries set state = 'open', usable_from = now(), settled_by = ${by}
          where recovery_id = ${row!.id}`.execute(node.database.db),
      ).rejects.toThrow(/recoveries_(by_two|confirmed)/);
  });
});

test('a passkey vouches for a new password and app at once, and stays', async () => {
  const someone = await withPerson();
  const { device } = await addPhone(someone);
  const { at, methods, finish, begin } = someone;
  const later = { ...at, sessionId: newId() };
  await expect(methods.renewPassword(later)).rejects.toEqual(refusal('confirmation-needed'));
  await methods.confirmByPasskey(later, device.answer((await methods.askToConfirm(later)) as Challenge));
  const { code } = await methods.renewPassword(later);
  await finish(code, (await begin(code)).totpSecret);
  const { passkeys, events } = await methods.list(at);
  expect(passkeys).toHaveLength(1);
  expect(events.find(({ kind }) => kind === 'recovery-opened')?.subject).toBe('passkey');
  const stale = await methods.renewPassword(later).catch((error) => error.code);
  expect(stale).toBe('confirmation-needed');
});

import { generateSync } from 'otplib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import type { HttpClient } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import { nationalIdSchemes } from '#protocol/national-ids';
import { createAuthenticator } from './authenticator.ts';
import { addPerson, codeAt, createRegistry, type Node, password, startHttp, startNode } from './federation-in-a-box.ts';

type Challenge = { challenge: string; user: { id: string } };

let http: HttpClient;
let node: Node;
const clock = fixedClock('2026-11-22T08:00:00Z');
let serial = 0;
const hourMs = 3_600_000;
const newPassword = 'three camels cross the bridge';

beforeAll(async () => {
  http = startHttp();
  node = await startNode(createRegistry(), http, { state: 'BH', clock });
});
afterAll(async () => {
  await node?.close();
  await http?.close();
});
beforeEach(() => clock.advance(4_000_000));

const refusal = (code: string) => expect.objectContaining({ code });
const officer = { personId: newId(), officeId: 'interior' };

async function withPerson() {
  let nationalId: string | undefined;
  while (nationalId === undefined)
    nationalId = nationalIdSchemes['bh-cpr'].complete(`9503${String(++serial).padStart(4, '0')}`);
  const { personId } = await addPerson(node, nationalId);
  const address = `10.3.0.${serial}`;
  const at = { sessionId: newId(), personId, address, agent: '' };
  const { methods, phone, recovery } = node.identity;
  const openAtCounter = () => recovery.openAtCounter({ nationalId: nationalId!, document: 'passport', officer });
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
  return { nationalId, personId, address, at, methods, phone, recovery, openAtCounter, begin, finish, kinds };
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
    const opening = { nationalId, document: 'passport', officer: { personId, officeId: 'interior' } } as const;
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

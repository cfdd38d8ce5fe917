import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import type { HttpClient } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import { nationalIdSchemes } from '#protocol/national-ids';
import { createMethods, type Methods } from '../methods/service.ts';
import { writeEvent } from '../methods/store.ts';
import { createPersons } from '../persons/service.ts';
import { createThrottle } from '../persons/throttle.ts';
import { createAuthenticator } from './authenticator.ts';
import { addPerson, codeAt, createRegistry, type Node, password, startHttp, startNode } from './federation-in-a-box.ts';

type Challenge = { challenge: string; user: { id: string } };

let http: HttpClient;
let node: Node;
let methods: Methods;
const clock = fixedClock('2026-11-22T08:00:00Z');
let serial = 0;

beforeAll(async () => {
  http = startHttp();
  node = await startNode(createRegistry(), http, { state: 'BH', clock });
  const needs = { ...node.identityNeeds };
  const throttle = await createThrottle(needs);
  methods = await createMethods(
    needs,
    await createPersons({ ...needs, throttle }),
    throttle,
    { everywhere: async () => {}, others: async () => {} },
    writeEvent,
  );
});
afterAll(async () => {
  await node?.close();
  await http?.close();
});
// Time in which every earlier attempt is forgotten.
beforeEach(() => clock.advance(4_000_000));

function nextNumber(): string {
  let nationalId: string | undefined;
  while (nationalId === undefined)
    nationalId = nationalIdSchemes['bh-cpr'].complete(`9002${String(++serial).padStart(4, '0')}`);
  return nationalId;
}

/** A person who has set up a phone, the phone, and a page somewhere that asks for them. */
async function withPhone() {
  const nationalId = nextNumber();
  const { personId } = await addPerson(node, nationalId);
  const at = { sessionId: newId(), personId, address: `10.2.0.${serial}`, agent: '' };
  const { own, phone, approvals } = methods;
  await own.confirmByPassword(at, { password, code: codeAt(clock.now()) });
  const device = createAuthenticator(node.publicUrl);
  await own.addPasskey(at, { answer: device.add((await own.askToAddPasskey(at)) as Challenge), name: 'Phone' });
  const { cookie } = await own.addPhone(at, device.answer((await own.askToAddPhone(at)) as Challenge));
  const handle = /^jisr_phone=([^;]+)/.exec(cookie)![1]!;
  const ask = async (address = at.address, boundTo: string = newId()) => ({
    boundTo,
    ...(await approvals.asking.ask({
      boundTo,
      nationalId,
      clientId: 'http://sa.localhost/portal',
      purposes: ['degree-recognition'],
      address,
      agent: 'Mozilla/5.0 (Windows NT 10.0) Chrome/140.0',
    })),
  });
  const waiting = () => phone.list(handle);
  const approve = async (requestId: string, misdeeds = {}) =>
    phone.approve(handle, requestId, {
      answer: device.answer((await phone.askForKey(handle, requestId)) as Challenge, misdeeds),
      address: at.address,
    });
  return {
    nationalId,
    personId,
    at,
    own,
    phone,
    asking: approvals.asking,
    device,
    cookie,
    handle,
    ask,
    waiting,
    approve,
  };
}

const refusal = (code: string) => expect.objectContaining({ code });
const otherNumber = (number: string) => String(((Number(number) - 10 + 1) % 90) + 10);

describe('a sign-in approved on the phone', () => {
  test('shows who asks, from where and for what, takes the number and the device’s key, and is given out once', async () => {
    const { ask, waiting, phone, handle, approve, asking, personId, own, at } = await withPhone();
    const { boundTo, number } = await ask();
    expect(number).toMatch(/^[1-9][0-9]$/);
    const [request] = await waiting();
    expect(request).toMatchObject({
      clientId: 'http://sa.localhost/portal',
      purposes: ['degree-recognition'],
      agent: 'Chrome, Windows',
      isKnownAddress: true,
      isNumbered: false,
    });
    expect(JSON.stringify(request)).not.toContain(`"${number}"`);
    const { requestId } = request!;
    await expect(phone.askForKey(handle, requestId)).rejects.toEqual(refusal('approval-closed'));
    await phone.enterNumber(handle, requestId, ` ${number.replace(/./g, (digit) => '٠١٢٣٤٥٦٧٨٩'[Number(digit)]!)} `);
    expect(await asking.take(boundTo)).toEqual({ state: 'waiting' });
    await approve(requestId);
    const taken = await Promise.all([asking.take(boundTo), asking.take(boundTo), asking.take(newId())]);
    expect(taken.filter(({ state }) => state === 'approved')).toEqual([{ state: 'approved', personId }]);
    expect(await waiting()).toEqual([]);
    expect((await own.list(at)).events.map(({ kind }) => kind)).toEqual([
      'approval-given',
      'phone-added',
      'passkey-added',
    ]);
  });

  test('ends at the first wrong number, and the right one comes too late', async () => {
    const { ask, waiting, phone, handle, asking } = await withPhone();
    const { boundTo, number } = await ask();
    const { requestId } = (await waiting())[0]!;
    await expect(phone.enterNumber(handle, requestId, otherNumber(number))).rejects.toEqual(
      refusal('number-mismatched'),
    );
    await expect(phone.enterNumber(handle, requestId, number)).rejects.toEqual(refusal('approval-closed'));
    expect(await asking.take(boundTo)).toEqual({ state: 'number-wrong' });
  });

  test('is refused by one press, and then nothing more is done with it', async () => {
    const { ask, waiting, phone, handle, asking, approve } = await withPhone();
    const { boundTo, number } = await ask();
    const { requestId } = (await waiting())[0]!;
    await phone.enterNumber(handle, requestId, number);
    await phone.refuse(handle, requestId);
    await expect(approve(requestId)).rejects.toEqual(refusal('approval-closed'));
    expect(await asking.take(boundTo)).toEqual({ state: 'refused' });
  });

  test('is good for three minutes, approved or not', async () => {
    const { ask, waiting, phone, handle, asking, approve } = await withPhone();
    const { boundTo, number } = await ask();
    const { requestId } = (await waiting())[0]!;
    await phone.enterNumber(handle, requestId, number);
    await approve(requestId);
    clock.advance(180_001);
    expect(await asking.take(boundTo)).toEqual({ state: 'timed-out' });
    expect(await waiting()).toEqual([]);
  });

  test('needs the key of this very device with its owner’s lock', async () => {
    const { ask, waiting, phone, handle, own, at, approve } = await withPhone();
    const { number } = await ask();
    const { requestId } = (await waiting())[0]!;
    await phone.enterNumber(handle, requestId, number);
    await expect(approve(requestId, { isUnverified: true })).rejects.toEqual(refusal('passkey-not-accepted'));
    const second = createAuthenticator(node.publicUrl);
    await own.addPasskey(at, { answer: second.add((await own.askToAddPasskey(at)) as Challenge), name: 'Laptop' });
    const answer = second.answer((await phone.askForKey(handle, requestId)) as Challenge);
    await expect(phone.approve(handle, requestId, { answer, address: at.address })).rejects.toEqual(
      refusal('passkey-not-accepted'),
    );
    await approve(requestId);
  });

  test('is seen and answered by nobody else’s phone, and by no phone that was removed', async () => {
    const [mine, theirs] = [await withPhone(), await withPhone()];
    const { number } = await mine.ask();
    const { requestId } = (await mine.waiting())[0]!;
    expect(await theirs.waiting()).toEqual([]);
    await expect(theirs.phone.enterNumber(theirs.handle, requestId, number)).rejects.toEqual(
      refusal('approval-closed'),
    );
    await expect(theirs.phone.refuse(theirs.handle, requestId)).rejects.toEqual(refusal('approval-closed'));
    for (const handle of [undefined, '', 'x', 'y'.repeat(300)])
      await expect(mine.phone.list(handle)).rejects.toEqual(refusal('phone-unknown'));
    await mine.own.removePhone(mine.at, mine.device.credentialId);
    await expect(mine.waiting()).rejects.toEqual(refusal('phone-unknown'));
  });

  test('sends the device’s cookie to the phone’s pages only, and nowhere from another site', async () => {
    expect((await withPhone()).cookie).toMatch(/^jisr_phone=[\w-]{43}; Path=\/phone; .*HttpOnly; SameSite=Strict/);
  });
});

describe('whoever makes a phone ask that is not theirs', () => {
  test('has one request at a time, waits longer each time, and does not keep the person from asking at home', async () => {
    const victim = await withPhone();
    await victim.ask('203.0.113.1');
    // From yet another address: the account is what counts.
    await expect(victim.ask('203.0.113.2')).rejects.toEqual(refusal('too-many-attempts'));
    const waits: number[] = [];
    for (let one = 0; one < 12; one += 1) {
      clock.advance(181_000);
      try {
        await victim.ask(`203.0.113.${one + 3}`);
      } catch (error) {
        waits.push((error as { params: { seconds: number } }).params.seconds);
      }
    }
    // Of twelve tries in 36 minutes most never reach the phone.
    expect(waits.length).toBeGreaterThanOrEqual(7);
    expect(Math.max(...waits)).toBeGreaterThan(600);
    clock.advance(181_000);
    const { number } = await victim.ask();
    const { requestId } = (await victim.waiting()).find(({ isKnownAddress }) => isKnownAddress)!;
    await victim.phone.enterNumber(victim.handle, requestId, number);
    await victim.approve(requestId);
  });

  test('does not slow the person’s other ways down', async () => {
    const victim = await withPhone();
    for (let one = 0; one < 6; one += 1) await victim.ask(`198.51.100.${one}`).catch((error) => error.code);
    clock.advance(31_000);
    await victim.own.confirmByPassword(victim.at, { password, code: codeAt(clock.now()) });
    await victim.own.confirmByPasskey(
      victim.at,
      victim.device.answer((await victim.own.askToConfirm(victim.at)) as Challenge),
    );
  });

  test('cannot call off, see or take what the person asks for', async () => {
    const victim = await withPhone();
    const own = await victim.ask();
    await victim.ask('203.0.113.77');
    expect((await victim.waiting()).map(({ isKnownAddress }) => isKnownAddress).sort()).toEqual([false, true]);
    expect(await victim.asking.findNumber(own.boundTo)).toBe(own.number);
  });

  test('learns from no answer whether there is such a person, or whether they have a phone', async () => {
    const person = await withPhone();
    const phoneless = nextNumber();
    await addPerson(node, phoneless);
    const outcomes = [];
    for (const nationalId of [person.nationalId, phoneless, nextNumber(), 'no number']) {
      clock.advance(4_000_000);
      const seen = [];
      for (let one = 0; one < 4; one += 1) {
        const boundTo = newId();
        const request = { boundTo, nationalId, clientId: 'c', purposes: [], address: '203.0.113.50', agent: '' };
        try {
          const { number } = await person.asking.ask(request);
          seen.push([
            /^[1-9][0-9]$/.test(number),
            await person.asking.take(boundTo),
            await person.asking.peek(boundTo),
          ]);
        } catch (error) {
          const { code, params } = error as { code: string; params: object };
          seen.push([code, params]);
        }
        clock.advance(181_000);
        seen.push(await person.asking.take(boundTo));
      }
      outcomes.push(seen);
    }
    for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
  });
});

test('what nobody answered is written down for the person, and taken away', async () => {
  const { ask, own, at } = await withPhone();
  await ask();
  clock.advance(4_000_000);
  await methods.purge();
  expect((await own.list(at)).events[0]?.kind).toBe('approval-unanswered');
});

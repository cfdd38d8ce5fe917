import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { HttpAnswer } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import { memoryKeys } from '#kernel/keys';
import type { OutgoingRequest } from '#modules/federation';
import { eventContentType } from '#protocol/event-message';
import { signRequest } from '../messages.ts';
import { codeOf, deliverAll, hearAll, people, type States, startStates, subjectOf } from './states.ts';

const [noura, ali, maryam] = people as [P, P, P];
type P = (typeof people)[number];
let world: States;
let subscriptionId: string;
/** An event as it left Bahrain, for changing and sending again. */
let pushed: { url: string; body: string };
let sequence = 1;

beforeAll(async () => {
  world = await startStates();
  subscriptionId = await world.follow(world.sa, 'gosi', { persons: [noura.personId, ali.personId] });
  await died(noura);
  await deliverAll(world.bh.events);
  const sent = world.bh.wire.sent.at(-1)!;
  pushed = { url: sent.url, body: String(sent.body) };
});
beforeEach(() => {
  sequence += 1;
});
afterAll(() => world?.close());

const died = (of: P) =>
  world.bh.database.transaction((tx) =>
    world.bh.events.publish(tx, {
      officeId: 'interior',
      type: 'person-died',
      personId: of.personId,
      occurredAt: world.clock.now(),
      data: { died_on: '2026-11-21' },
    }),
  );
const bahrain = () => world.bh.offices.get('interior')!;
const codeIn = (answer: HttpAnswer) =>
  answer.status === 200 ? 'none' : (JSON.parse(answer.body.toString()).code as string);

/** Sends an event by hand: of the first one with changes, signed by Bahrain unless told otherwise. */
async function push(
  changes: object = {},
  facts: Partial<OutgoingRequest> = {},
  tamper: (headers: Record<string, string>) => void = () => undefined,
) {
  const event = { ...JSON.parse(pushed.body), id: newId(), sequence: String(sequence).padStart(16, '0'), ...changes };
  const request = await signRequest(
    {
      method: 'POST',
      url: pushed.url,
      body: JSON.stringify(event),
      contentType: eventContentType,
      messageId: event.id,
      sender: bahrain(),
      ...facts,
    },
    world.clock,
  );
  tamper(request.headers);
  const body = facts.body ?? JSON.stringify(event);
  return world.sa.wire.request({ method: 'POST', url: pushed.url, headers: request.headers, body });
}
const next = { subjectsequence: 2 };

describe('an event is not taken', () => {
  test.each<[string, string, () => Promise<HttpAnswer>]>([
    ['without a signature', 'signature-missing', () => push(next, {}, (headers) => delete headers['signature'])],
    [
      'changed on its way',
      'signature-invalid',
      () =>
        push(next, {}, (headers) => {
          headers['content-digest'] = 'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:';
        }),
    ],
    [
      'signed with a key that the office does not publish',
      'signature-invalid',
      async () => push(next, { sender: { ...bahrain(), signer: await memoryKeys().signer('strange') } }),
    ],
    [
      'signed by an entity that is no office',
      'sender-unknown',
      () => push(next, { sender: { ...bahrain(), entityId: world.bh.url } }),
    ],
    [
      'of an office that is no party to the subscription',
      'subscription-unknown',
      () => push({ ...next, source: world.bh.offices.get('moe')!.entityId }, { sender: world.bh.offices.get('moe')! }),
    ],
    [
      'that another office claims to have sent',
      'message-malformed',
      () => push(next, { sender: world.bh.offices.get('moe')! }),
    ],
    ['under a subscription nobody asked for', 'subscription-unknown', () => push({ ...next, subscription: newId() })],
    ['for another purpose', 'message-malformed', () => push({ ...next, purpose: 'identity-protection' })],
    ['of another type', 'event-type-unknown', () => push({ ...next, type: 'jisr.person-wed' })],
    ['with data that its type does not have', 'event-data-invalid', () => push({ ...next, data: { name: 'Noura' } })],
    ['that is no CloudEvent', 'message-malformed', () => push({ ...next, specversion: '2.0' })],
    ['in another content type', 'message-malformed', () => push(next, { contentType: 'application/json' })],
    ['that is too large', 'message-too-large', () => push({ ...next, data: { died_on: 'x'.repeat(17_000) } })],
    ['that repeats a number', 'message-replayed', () => push({ subjectsequence: 1 })],
    ['that comes before an earlier one', 'event-out-of-order', () => push({ subjectsequence: 3 })],
    ['whose number another event has', 'message-replayed', () => push({ ...next, sequence: '0000000000000001' })],
    [
      'that was taken with other content',
      'message-replayed',
      () => push({ id: JSON.parse(pushed.body).id, sequence: '0000000000000001', time: '2020-01-01T00:00:00.000Z' }),
    ],
  ])('%s: %s', async (_why, code, send) => {
    const before = (await world.sa.database.execute('select count(*)::int as n from events.inbox')).rows;
    const answer = await send();
    expect([answer.status >= 400 && answer.status < 500, codeIn(answer)]).toEqual([true, code]);
    expect(answer.headers['signature']).toBeDefined();
    expect((await world.sa.database.execute('select count(*)::int as n from events.inbox')).rows).toEqual(before);
  });

  test('long after it was signed', async () => {
    const request = await signRequest(
      {
        method: 'POST',
        url: pushed.url,
        body: pushed.body,
        contentType: eventContentType,
        messageId: newId(),
        sender: bahrain(),
      },
      world.clock,
    );
    world.clock.advance(400_000);
    const answer = await world.sa.wire.request({ ...request, body: pushed.body });
    expect(codeIn(answer)).toBe('message-expired');
  });

  test('at an address that names no office, with a refusal that nobody signs', async () => {
    const answer = await push(next, { url: pushed.url.replace('/gosi/', '/nobody/') });
    expect(codeIn(answer)).toBe('signature-invalid');
    const request = { method: 'POST', url: pushed.url.replace('/gosi/', '/nobody/'), body: '{}' };
    const unknown = await world.sa.wire.request({ ...request, headers: { 'content-type': eventContentType } });
    expect([codeIn(unknown), unknown.headers['signature']]).toEqual(['office-unknown', undefined]);
  });

  test('but the same bytes again get the same receipt', async () => {
    const sent = world.bh.wire.sent.at(-1)!;
    const request = { method: 'POST', url: sent.url, headers: sent.headers!, body: String(sent.body) };
    world.clock.advance(-400_000);
    const [first, second] = [await world.sa.wire.request(request), await world.sa.wire.request(request)];
    expect(first.status).toBe(200);
    expect(second.body).toEqual(first.body);
    expect(JSON.parse(first.body.toString()).receipt.record.kind).toBe('event-received');
  });
});

describe('a subscription', () => {
  const ask = (changes: object = {}) =>
    world.sa.events.subscribe({
      officeId: 'gosi',
      publisher: world.publisher,
      eventType: 'person-died',
      purpose: 'benefit-payment',
      fields: ['died_on'],
      until: world.until(),
      ...changes,
    });

  test('is refused to an office without the trust mark, and for what the mark does not cover', async () => {
    expect(await codeOf(ask({ officeId: 'parks' }))).toBe('subscriber-not-entitled');
    expect(await codeOf(ask({ purpose: 'identity-protection' }))).toBe('subscriber-not-entitled');
    expect(await codeOf(ask({ purpose: 'degree-recognition' }))).toBe('subscriber-not-entitled');
    expect(await codeOf(ask({ eventType: 'person-wed' }))).toBe('event-type-unknown');
    expect(await codeOf(ask({ publisher: world.bh.offices.get('moe')!.entityId }))).toBe('event-not-announced');
    expect(await codeOf(ask({ until: '2099-01-01T00:00:00Z' }))).toBe('subscription-too-long');
  });

  test('asked for again is the same one, renewed', async () => {
    const until = new Date(world.clock.now().getTime() + 86_400_000).toISOString();
    expect(await ask({ until })).toMatchObject({ subscriptionId, until });
    expect(await ask()).toMatchObject({ subscriptionId, until: world.until() });
  });

  test('covers nobody whom the state did not make known to that side', async () => {
    const add = [subjectOf(maryam.personId, 'KW')];
    expect(await codeOf(world.sa.events.watch({ subscriptionId, add }))).toBe('subject-unknown');
    expect(await codeOf(world.sa.events.watch({ subscriptionId, add: ['900101232'] }))).toBe('subject-unknown');
    expect((await died(maryam)).subscribers).toBe(0);
  });

  test('is nothing to another office, and a request about it is heeded once', async () => {
    const stranger = { ...world.kw.offices.get('pifss')! };
    const url = `${world.bh.url}/events/BH/GOV/interior/subscriptions/${subscriptionId}/end`;
    const sign = (sender: typeof stranger) =>
      signRequest(
        { method: 'POST', url, body: '{}', contentType: 'application/json', messageId: newId(), sender },
        world.clock,
      );
    const foreign = await world.kw.wire.request({ ...(await sign(stranger)), body: '{}' });
    expect(codeIn(foreign)).toBe('subscription-unknown');
    const page = `${world.bh.url}/events/BH/GOV/interior/subscriptions/${subscriptionId}/events?after=0`;
    const own = await signRequest(
      {
        method: 'GET',
        url: page,
        body: '',
        contentType: 'application/json',
        messageId: newId(),
        sender: world.sa.offices.get('gosi')!,
      },
      world.clock,
    );
    expect((await world.sa.wire.request(own)).status).toBe(200);
    expect(codeIn(await world.sa.wire.request(own))).toBe('message-replayed');
  });

  test('gives nothing any more once the office lost its certificate', async () => {
    const real = world.bh.needs.federation.findOffice;
    Object.assign(world.bh.needs.federation, {
      findOffice: async (entityId: string) => {
        const office = await real(entityId);
        return office && { ...office, resolved: { ...office.resolved, trustMarks: [] } };
      },
    });
    await died(ali);
    const before = world.bh.wire.sent.length;
    await deliverAll(world.bh.events);
    expect(await codeOf(world.sa.events.catchUp(subscriptionId))).toBe('subscriber-not-entitled');
    Object.assign(world.bh.needs.federation, { findOffice: real });
    expect(world.bh.wire.sent.length).toBe(before);
    const [letter] = await world.bh.events.letters.listDead();
    expect(letter!.code).toBe('subscriber-not-entitled');
    await world.bh.events.letters.retry(letter!.deliveryId);
    await deliverAll(world.bh.events);
    expect((await world.bh.events.listGiven(ali.personId))[0]!.state).toBe('given');
  });

  test('that the subscriber ended is told nothing more, and what waited is not given', async () => {
    const id = await world.follow(world.kw, 'pifss', { persons: [maryam.personId] });
    await died(maryam);
    await world.kw.events.unsubscribe(id);
    await deliverAll(world.bh.events);
    expect((await world.bh.events.listGiven(maryam.personId))[0]!.state).toBe('not-given');
    expect((await died(maryam)).subscribers).toBe(0);
    expect(await codeOf(world.kw.events.catchUp(id))).toBe('subscription-ended');
  });

  test('that the publisher ended is known to the subscriber at its next look', async () => {
    const id = await world.follow(world.kw, 'pifss', { persons: [maryam.personId] });
    await world.bh.events.endGranted(id);
    expect((await died(maryam)).subscribers).toBe(0);
    expect(await codeOf(world.kw.events.catchUp(id))).toBe('subscription-ended');
    const again = await world.follow(world.kw, 'pifss', { persons: [maryam.personId] });
    expect(again).not.toBe(id);
  });

  test('ends by itself when its time is over', async () => {
    world.clock.advance(301 * 86_400_000);
    expect((await died(noura)).subscribers).toBe(0);
    await world.bh.events.forgetOld();
    expect((await world.bh.events.endGranted(subscriptionId)).endedBy).toBe('publisher');
  });
});

describe('an officer', () => {
  const call = async (method: string, path: string, officer: Record<string, string>, body?: object) => {
    const answer = await world.bh.wire.request({
      method,
      url: `${world.bh.url}${path}`,
      headers: { ...officer, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { code: codeIn(answer), json: JSON.parse(answer.body.toString()) };
  };
  const registrar = { 'x-test-officer': 'interior', 'x-test-roles': 'registrar' };
  const announcement = () => ({
    eventId: newId(),
    type: 'person-died',
    nationalId: noura.nationalId,
    occurredAt: '2027-09-01T08:00:00Z',
    data: { died_on: '2027-09-01' },
  });

  test('who is a registrar announces an event of the own office', async () => {
    await world.follow(world.sa, 'gosi', { persons: [noura.personId] });
    const body = announcement();
    const done = await call('POST', '/api/office/events', registrar, body);
    expect(done.json).toMatchObject({ eventId: body.eventId, subscribers: 1 });
    expect((await call('POST', '/api/office/events', registrar, body)).json).toEqual(done.json);
    await deliverAll(world.bh.events);
    await hearAll(world.sa.events);
    const read = await world.sa.wire.request({
      method: 'GET',
      url: `${world.sa.url}/api/office/events`,
      headers: { 'x-test-officer': 'gosi', 'x-test-roles': 'registrar' },
    });
    expect(JSON.parse(read.body.toString())[0]).toMatchObject({ eventType: 'person-died', data: body.data });
    const { json } = await call('GET', '/api/office/event-subscriptions', registrar);
    expect(json.granted.length).toBeGreaterThan(2);
  });

  test('without that role, of another office, or about nobody is refused', async () => {
    const post = (officer: Record<string, string>, changes: object = {}) =>
      call('POST', '/api/office/events', officer, { ...announcement(), ...changes });
    expect((await post({})).code).toBe('sign-in-needed');
    expect((await post({ ...registrar, 'x-test-roles': 'reviewer' })).code).toBe('not-permitted');
    expect((await post({ ...registrar, 'x-test-officer': 'moe' })).code).toBe('event-not-announced');
    expect((await post(registrar, { nationalId: '000000000' })).code).toBe('person-unknown');
    expect((await post(registrar, { data: { died_on: 'yesterday' } })).code).toBe('event-data-invalid');
    expect((await post(registrar, { type: 'person-wed' })).code).toBe('event-type-unknown');
    const end = `/api/office/event-subscriptions/${subscriptionId}/end`;
    expect((await call('POST', end, { ...registrar, 'x-test-officer': 'moe' })).code).toBe('subscription-unknown');
  });
});

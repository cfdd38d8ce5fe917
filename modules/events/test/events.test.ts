import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#kernel/ids';
import { kernelProblem } from '#kernel/problem';
import type { HeardEvent } from '../index.ts';
import { codeOf, deliverAll, hearAll, people, type States, startStates, subjectOf } from './states.ts';

const [noura, ali, maryam, yousif, huda, stranger] = people as [P, P, P, P, P, P];
type P = (typeof people)[number];

let world: States;
let licences: string;
const heard: HeardEvent[] = [];
let failHearing = 0;

beforeAll(async () => {
  world = await startStates();
  world.sa.events.hear('licence-revoked', async (_tx, event) => {
    if (failHearing > 0) {
      failHearing -= 1;
      throw new Error('the handler fails');
    }
    heard.push(event);
  });
  const persons = [noura, ali, maryam, yousif].map(({ personId }) => personId);
  licences = await world.follow(world.sa, 'gosi', { type: 'licence-revoked', persons });
});
afterAll(() => world?.close());

const kinds = (of: P) =>
  heard
    .filter(({ subject }) => subject === subjectOf(of.personId, 'SA'))
    .map(({ data }) => data['licence_kind'] as string);
const settle = async () => {
  await deliverAll(world.bh.events);
  await hearAll(world.sa.events);
};
const clearWires = () => {
  for (const { wire } of [world.bh, world.sa, world.kw]) Object.assign(wire, { before: undefined, after: undefined });
};
const isPush = ({ url }: { url: string }) => url.endsWith('/inbox');
const dead = () => world.bh.events.letters.listDead();

describe('an event', () => {
  test('reaches the office that subscribed, is heard once, and is proved on both sides', async () => {
    const published = await world.revoke(noura.personId, 'first');
    expect(published.subscribers).toBe(1);
    await settle();
    expect(kinds(noura)).toEqual(['first']);
    const [given] = await world.bh.events.listGiven(noura.personId);
    expect(given).toMatchObject({
      state: 'given',
      subscriber: world.sa.offices.get('gosi')!.entityId,
      eventType: 'licence-revoked',
      purpose: 'professional-licensing',
    });
    expect(given!.legalBasis.ar).toMatch(/\p{Script=Arabic}/u);
    await world.bh.ledger.integrate();
    const proof = await world.bh.ledger.findProof({ leafHash: given!.leafHash });
    expect(proof!.opening.record).toMatchObject({ kind: 'event-given', deliveryId: given!.deliveryId });
    expect(heard[0]).toMatchObject({ publisher: world.publisher, officeId: 'gosi', purpose: 'professional-licensing' });
  });

  test('announced twice under one id is told once, and its id names no other event', async () => {
    const eventId = newId();
    const first = await world.revoke(noura.personId, 'once', eventId);
    expect(await world.revoke(noura.personId, 'once', eventId)).toEqual(first);
    expect(await codeOf(world.revoke(ali.personId, 'once', eventId))).toBe('message-replayed');
    await settle();
    expect(kinds(noura).filter((kind) => kind === 'once')).toHaveLength(1);
  });

  test('is told exactly when the transaction that announced it commits', async () => {
    const undone = world.bh.database.transaction(async (tx) => {
      await world.bh.events.publish(tx, {
        officeId: 'interior',
        type: 'licence-revoked',
        personId: noura.personId,
        occurredAt: world.clock.now(),
        data: { licence_kind: 'undone', revoked_on: '2026-11-21' },
      });
      throw new Error('the announcing office changed its mind');
    });
    await expect(undone).rejects.toThrow('changed its mind');
    await settle();
    expect(kinds(noura)).not.toContain('undone');
  });

  test('about somebody whom no subscriber named is told to nobody', async () => {
    const before = world.bh.wire.sent.length;
    expect((await world.revoke(stranger.personId, 'private')).subscribers).toBe(0);
    await settle();
    expect(world.bh.wire.sent.length).toBe(before);
    expect(await world.bh.events.listGiven(stranger.personId)).toEqual([]);
  });

  test('carries the fields of the subscription and an id that no other subscriber gets', async () => {
    await world.follow(world.kw, 'pifss', { type: 'licence-revoked', persons: [huda.personId] });
    await world.sa.events.watch({ subscriptionId: licences, add: [subjectOf(huda.personId, 'SA')] });
    const from = world.bh.wire.sent.length;
    expect((await world.revoke(huda.personId, 'two')).subscribers).toBe(2);
    await settle();
    const bodies = world.bh.wire.sent.slice(from).map(({ body }) => JSON.parse(String(body)));
    expect(bodies).toHaveLength(2);
    expect(bodies[0]).toMatchObject({ specversion: '1.0', type: 'jisr.licence-revoked', source: world.publisher });
    for (const name of ['id', 'subject', 'subscription']) expect(bodies[0][name]).not.toBe(bodies[1][name]);
  });
});

describe('when something breaks', () => {
  test('an acknowledgement that got lost brings the event again, with one effect', async () => {
    let lost = 0;
    world.bh.wire.after = (answer, request) => {
      if (isPush(request) && lost++ === 0) throw kernelProblem('peer-unreachable', { host: 'sa' });
      return answer;
    };
    await world.revoke(ali.personId, 'lost-reply');
    await settle();
    expect(kinds(ali)).toEqual(['lost-reply']);
    expect((await world.bh.events.listGiven(ali.personId))[0]!.state).toBe('waiting');
    world.clock.advance(400_000);
    await settle();
    clearWires();
    expect(kinds(ali)).toEqual(['lost-reply']);
    expect((await world.bh.events.listGiven(ali.personId))[0]!.state).toBe('given');
  });

  test('a subscriber that is down gets everything in order when it is back, and others are not kept waiting', async () => {
    await world.sa.goDown();
    for (const mark of ['down-a', 'down-b', 'down-c']) await world.revoke(maryam.personId, mark);
    await world.revoke(huda.personId, 'still');
    const tries = world.bh.wire.sent.length;
    await settle();
    // One look per person at most, then everything for that subscriber waits.
    expect(world.bh.wire.sent.length - tries).toBeLessThanOrEqual(3);
    const open = await world.bh.events.letters.count();
    expect(open).toMatchObject({ waiting: 4, dead: 0 });
    world.clock.advance(86_400_000);
    await settle();
    expect((await dead()).length).toBe(0);
    await world.sa.comeUp();
    world.clock.advance(400_000);
    await settle();
    expect(kinds(maryam)).toEqual(['down-a', 'down-b', 'down-c']);
    expect((await world.bh.events.letters.count()).waiting).toBe(0);
  });

  test('a sender that ends with undelivered events goes on with them in its next process', async () => {
    await world.bh.database.transaction(async (tx) => {
      await world.bh.events.publish(tx, {
        officeId: 'interior',
        type: 'licence-revoked',
        personId: yousif.personId,
        occurredAt: world.clock.now(),
        data: { licence_kind: 'inherited', revoked_on: '2026-11-21' },
      });
    });
    await deliverAll(world.bh.startAnother());
    await hearAll(world.sa.events);
    expect(kinds(yousif)).toEqual(['inherited']);
  });

  test('a process that dies while it sends lets go of the event after a minute', async () => {
    let hasBegun = false;
    world.bh.wire.before = () => {
      hasBegun = true;
      return new Promise(() => undefined);
    };
    await world.revoke(yousif.personId, 'let-go');
    void world.bh.events.deliverDue();
    await expect.poll(() => hasBegun).toBe(true);
    clearWires();
    const other = world.bh.startAnother();
    expect(await other.deliverDue()).toBe(false);
    world.clock.advance(61_000);
    await deliverAll(other);
    await hearAll(world.sa.events);
    expect(kinds(yousif)).toContain('let-go');
  });

  test('a handler that fails is called again, in order, and what it wrote is undone', async () => {
    failHearing = 2;
    await world.revoke(noura.personId, 'hard-a');
    await world.revoke(noura.personId, 'hard-b');
    await settle();
    expect(kinds(noura)).not.toContain('hard-b');
    for (let at = 0; at < 2; at += 1) {
      world.clock.advance(10_000);
      await settle();
    }
    expect(kinds(noura).slice(-2)).toEqual(['hard-a', 'hard-b']);
  });

  test('a handler that never takes an event leaves it to the operator, who can have it heard again', async () => {
    failHearing = 12;
    await world.revoke(noura.personId, 'stuck');
    for (let at = 0; at < 13; at += 1) {
      await settle();
      world.clock.advance(3_700_000);
    }
    const [unheard] = await world.sa.events.letters.listUnheard();
    expect(unheard).toMatchObject({ attempts: 12, eventType: 'licence-revoked' });
    await world.sa.events.letters.retry(unheard!.eventId);
    await settle();
    expect(kinds(noura).at(-1)).toBe('stuck');
  });
});

describe('dead letters', () => {
  test('hold back later events of their person only, and go when the operator retries or drops them', async () => {
    // The subscriber refuses for good: it has the subscription no more, as after a lost database.
    const subject = subjectOf(ali.personId, 'SA');
    world.bh.wire.before = (request) =>
      isPush(request) && String(request.body).includes(subject)
        ? { ...request, body: String(request.body).replace('"data":{', '"data":{"more":1,') }
        : request;
    await world.revoke(ali.personId, 'dead-a');
    await world.revoke(ali.personId, 'dead-b');
    await world.revoke(maryam.personId, 'alive');
    for (let at = 0; at < 42; at += 1) {
      await settle();
      world.clock.advance(3_700_000);
    }
    clearWires();
    expect(kinds(maryam).at(-1)).toBe('alive');
    const letters = await dead();
    expect(letters).toHaveLength(1);
    expect(letters[0]).toMatchObject({ code: 'signature-invalid', heldBack: 1, attempts: 40 });
    expect(JSON.stringify(letters)).not.toContain(ali.personId);
    await world.bh.events.letters.retry(letters[0]!.deliveryId);
    await settle();
    expect(kinds(ali).slice(-2)).toEqual(['dead-a', 'dead-b']);
    expect(await codeOf(world.bh.events.letters.retry(letters[0]!.deliveryId))).toBe('letter-unknown');
    expect(await codeOf(world.bh.events.letters.retry('no-number'))).toBe('letter-unknown');
  });

  test('that are dropped are missed openly: the subscriber learns of the gap, and the next event arrives', async () => {
    world.bh.wire.before = (request) =>
      isPush(request) ? { ...request, headers: { ...request.headers, 'content-type': 'text/plain' } } : request;
    await world.revoke(ali.personId, 'dropped');
    for (let at = 0; at < 42; at += 1) {
      await settle();
      world.clock.advance(3_700_000);
    }
    clearWires();
    const [letter] = await dead();
    await world.bh.events.letters.drop(letter!.deliveryId, 'announced by mistake');
    await world.revoke(ali.personId, 'after-drop');
    await settle();
    expect(kinds(ali).at(-1)).not.toBe('after-drop');
    expect(await world.sa.events.catchUp(licences)).toBeGreaterThan(0);
    world.clock.advance(4_000);
    await settle();
    expect(kinds(ali).at(-1)).toBe('after-drop');
    expect(kinds(ali)).not.toContain('dropped');
    const given = await world.bh.events.listGiven(ali.personId);
    expect(given.slice(0, 2).map(({ state }) => state)).toEqual(['given', 'not-given']);
  });
});

describe('catching up', () => {
  test('fetches in order what was missed, and the push that follows has no second effect', async () => {
    await world.sa.goDown();
    for (const mark of ['pull-a', 'pull-b']) await world.revoke(yousif.personId, mark);
    await world.revoke(maryam.personId, 'pull-c');
    await settle();
    await world.sa.comeUp();
    expect(await world.sa.events.catchUp(licences)).toBe(3);
    await hearAll(world.sa.events);
    expect(kinds(yousif).slice(-2)).toEqual(['pull-a', 'pull-b']);
    // The subscriber was heard of, so nothing waits for the end of the pause.
    await settle();
    expect((await world.bh.events.letters.count()).waiting).toBe(0);
    expect(kinds(yousif).filter((kind) => kind === 'pull-a')).toHaveLength(1);
    expect(await world.sa.events.catchUp(licences)).toBe(0);
  });

  test('leaves out what it cannot take, and takes the rest', async () => {
    await world.sa.goDown();
    await world.revoke(yousif.personId, 'bent');
    await world.revoke(maryam.personId, 'straight');
    await settle();
    await world.sa.comeUp();
    // One event is changed where it is kept: its signature is good, and its data are not of its type.
    await world.bh.database.execute(
      `update events.deliveries set body = replace(body, '"bent"', '"Not A Kind"') where state = 'waiting'`,
    );
    expect(await world.sa.events.catchUp(licences)).toBe(1);
    await hearAll(world.sa.events);
    expect(kinds(maryam).at(-1)).toBe('straight');
    await world.bh.database.execute(`update events.deliveries set body = replace(body, '"Not A Kind"', '"bent"')`);
    // From the gap on: what was taken meanwhile is known, and has no second effect.
    expect(await world.sa.events.catchUp(licences)).toBe(2);
    await settle();
    expect(kinds(yousif).at(-1)).toBe('bent');
  });

  test('after a restored backup gives again what was acknowledged, and an event that comes too early starts it', async () => {
    await world.revoke(maryam.personId, 'backup-a');
    await settle();
    // The database of the subscriber as it was before that event.
    await world.sa.database.execute(
      'delete from events.inbox where subscription_id = $1 and sequence = (select max(sequence) from events.inbox where subscription_id = $1)',
      [licences],
    );
    await world.sa.database.execute('update events.streams set sequence = sequence - 1 where subject = $1', [
      subjectOf(maryam.personId, 'SA'),
    ]);
    await world.sa.database.execute('update events.follows set sequence = 0');
    heard.length = 0;
    await world.revoke(maryam.personId, 'backup-b');
    await settle();
    expect(kinds(maryam)).toEqual([]);
    world.sa.events.start();
    world.bh.events.start();
    await expect.poll(() => kinds(maryam)).toEqual(['backup-a', 'backup-b']);
    world.clock.advance(4_000);
    await expect.poll(async () => (await world.bh.events.letters.count()).waiting).toBe(0);
  });

  test('cannot bring back bodies that were kept long enough, says so, and keeps the proof', async () => {
    await world.revoke(noura.personId, 'old');
    await expect.poll(() => kinds(noura)).toContain('old');
    await expect.poll(async () => (await world.bh.events.letters.count()).waiting).toBe(0);
    world.clock.advance(31 * 86_400_000);
    await world.bh.events.forgetOld();
    await world.sa.events.forgetOld();
    const { rows } = await world.bh.database.execute(
      "select count(*)::int as kept from events.deliveries where body is not null and state = 'acknowledged'",
    );
    expect(rows).toEqual([{ kept: 0 }]);
    const proofs = await world.bh.database.execute(
      "select count(*)::int as without from events.deliveries where state = 'acknowledged' and (receipt is null or proof is null)",
    );
    expect(proofs.rows).toEqual([{ without: 0 }]);
  });
});

test('several processes of one node send each event once', async () => {
  const others = [world.bh.startAnother(), world.bh.startAnother()];
  heard.length = 0;
  await world.follow(world.sa, 'gosi', { type: 'licence-revoked' });
  const before = world.bh.wire.sent.length;
  await world.bh.events.stop();
  const persons = [noura, ali, maryam, yousif];
  const marks = Array.from({ length: 5 }, (_, index) => `many-${index}`);
  for (const mark of marks) for (const { personId } of persons) await world.revoke(personId, mark);
  await Promise.all(others.map((one) => deliverAll(one)));
  await Promise.all(others.map((one) => deliverAll(one)));
  await expect.poll(() => heard.length).toBe(20);
  for (const person of persons) expect(kinds(person)).toEqual(marks);
  expect(world.bh.wire.sent.slice(before).filter(isPush)).toHaveLength(20);
});

test('logs, leaves and addresses name nobody', async () => {
  const texts = [
    ...world.lines,
    ...[world.bh, world.sa].flatMap(({ wire }) => wire.sent.map(({ url }) => url)),
    JSON.stringify((await world.bh.database.execute('select record from ledger.entries')).rows),
    JSON.stringify((await world.sa.database.execute('select record from ledger.entries')).rows),
  ].join('\n');
  for (const { personId, nationalId } of people)
    for (const name of [personId, nationalId, subjectOf(personId, 'SA')]) expect(texts).not.toContain(name);
});

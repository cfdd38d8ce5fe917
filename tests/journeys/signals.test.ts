import { afterAll, beforeAll, expect, test } from 'vitest';
import { readNodeConfig, startNode } from '#apps/state-node';
import { createHttpClient, type HttpClient } from '#kernel/http-client';
import { readCliConfig } from '../../apps/cli/config.ts';
import { operateIdentity } from '../../apps/cli/identity.ts';
import { signIn } from '../../apps/federation/journey.ts';
import { createVisitor, type Visitor } from '../../apps/federation/visitor.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';

let federation: TestFederation;
let http: HttpClient;
beforeAll(async () => {
  federation = await startTestFederation(['bh', 'sa', 'kw']);
  http = createHttpClient();
});
afterAll(async () => {
  await http?.close();
  await federation?.stop();
});

const places = ['bh', 'sa', 'kw'];
const statusAt = async (visitor: Visitor, place: string) =>
  (await visitor.fetchJson(`${federation.url(place)}/api/me`)).status;
const doorsOf = (place: string) => federation.running.get(place)!.doors;

async function signInAt(key: string, place: string, visitor = createVisitor(http, 'en')): Promise<Visitor> {
  const person = federation.person(key);
  await signIn(
    {
      visitor,
      person,
      homeUrl: federation.url(person.state),
      serviceUrl: federation.url(place),
      homeState: person.state.toUpperCase(),
      serviceId: 'degree-recognition',
    },
    federation.url(place),
    '/about/privacy',
  );
  return visitor;
}
const personIdOf = async (key: string) => {
  const { persons } = doorsOf('bh').identity;
  return (await persons.findByNationalId(federation.person(key).nationalId))!.personId;
};

test('a suspended identity is signed in nowhere within ten seconds, in any state, and others stay', async () => {
  // One browser: the sign-in at home, which needs the one-time code, serves for all three.
  const visitor = createVisitor(http, 'en');
  for (const place of places) await signInAt('fatima', place, visitor);
  const other = await signInAt('yousif', 'sa');
  for (const place of places) expect(await statusAt(visitor, place)).toBe(200);

  const startedAtMs = performance.now();
  expect(await doorsOf('bh').identity.suspendPerson(await personIdOf('fatima'), 'card-lost')).toBe(true);
  const tookMs = await Promise.all(
    places.map(async (place) => {
      while ((await statusAt(visitor, place)) === 200) await new Promise((resolve) => setTimeout(resolve, 50));
      return Math.round(performance.now() - startedAtMs);
    }),
  );
  console.log(`sessions ended after ${places.map((place, at) => `${place} ${tookMs[at]} ms`).join(', ')}`);
  expect(Math.max(...tookMs)).toBeLessThan(10_000);
  expect(await statusAt(other, 'sa')).toBe(200);
  await expect(signInAt('fatima', 'sa')).rejects.toThrow();
});

test('restored, the person signs in again', async () => {
  const said: string[] = [];
  const { log } = console;
  console.log = (words: string) => void said.push(words);
  try {
    const config = { ...readCliConfig('en'), dataFolder: federation.config.dataFolder };
    const { nationalId } = federation.person('fatima');
    expect(await operateIdentity(config, ['bh', 'restore', 'mistake'], () => nationalId)).toBe(0);
    expect(await operateIdentity(config, ['bh', 'suspend', 'because'], () => nationalId)).toBe(2);
  } finally {
    console.log = log;
  }
  expect(said.join()).toContain('Restored');
  expect(said.join()).not.toContain(federation.person('fatima').nationalId);
  // The second signal of the suspension may be under way still. As clocks differ it ends what began within a minute after it.
  const visitor = createVisitor(http, 'en');
  const again = async () => statusAt(await signInAt('fatima', 'sa', visitor), 'sa');
  await expect.poll(again).toBe(200);
});

test('a token that the person’s provider did not sign ends nothing', async () => {
  const visitor = await signInAt('maryam', 'kw');
  const forged = await http.request({
    method: 'POST',
    url: `${federation.url('kw')}/api/signals`,
    headers: { 'content-type': 'application/secevent+jwt' },
    body: `eyJhbGciOiJFUzI1NiIsImtpZCI6IngifQ.${Buffer.from(JSON.stringify({ iss: `${federation.url('bh')}/eid` })).toString('base64url')}.AAAA`,
  });
  expect([forged.status, JSON.parse(forged.body.toString()).code]).toEqual([400, 'signal-invalid']);
  expect(await statusAt(visitor, 'kw')).toBe(200);
});

test('a state that is out of reach is told when it is back', async () => {
  const visitor = await signInAt('yousif', 'kw');
  const kw = federation.nodes.find(({ id }) => id === 'kw')!;
  await federation.running.get('kw')!.stop();
  await doorsOf('bh').identity.suspendPerson(await personIdOf('yousif'));
  federation.running.set('kw', await startNode(readNodeConfig(kw.configFile)));
  const startedAtMs = performance.now();
  while ((await statusAt(visitor, 'kw')) === 200) {
    expect(performance.now() - startedAtMs).toBeLessThan(60_000);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  console.log(`ended ${Math.round(performance.now() - startedAtMs)} ms after the state was back`);
});

test('a sign-out at home that a state did not hear of is told when it is back, and ends that sign-in alone', async () => {
  const [here, elsewhere] = [await signInAt('maryam', 'kw'), await signInAt('maryam', 'kw')];
  const personId = await personIdOf('maryam');
  const { sessions } = doorsOf('bh').identity;
  const caller = { kind: 'person', personId, state: 'BH' } as never;
  const open = (await sessions.listSignIns(caller)).filter(({ kind }) => kind === 'eid');
  const kw = federation.nodes.find(({ id }) => id === 'kw')!;
  await federation.running.get('kw')!.stop();
  expect(await sessions.endSignIn({ personId } as never, open[0]!.signInId)).toBe(true);
  federation.running.set('kw', await startNode(readNodeConfig(kw.configFile)));
  const statuses = async () => (await Promise.all([statusAt(here, 'kw'), statusAt(elsewhere, 'kw')])).sort();
  await expect.poll(statuses, { timeout: 90_000, interval: 200 }).toEqual([200, 401]);
});

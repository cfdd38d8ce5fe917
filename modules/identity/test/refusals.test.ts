import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import type { HttpClient } from '#kernel/http-client';
import { nationalIdSchemes } from '#protocol/national-ids';
import { type PersonImport, type RefusalReason, refusalReasons } from '../index.ts';
import {
  addPerson,
  codeAt,
  createBrowser,
  createRegistry,
  type Node,
  password,
  signInAt,
  startHttp,
  startNode,
} from './federation-in-a-box.ts';

// Every way a sign-in ends without a person reaches three: the relying party as a code, the person in both languages, the
// operators of both sides as a count.

let http: HttpClient;
let home: Node;
let visited: Node;
let serial = 0;
const clock = fixedClock(new Date());

beforeAll(async () => {
  http = startHttp();
  const registry = createRegistry();
  home = await startNode(registry, http, { state: 'BH', clock });
  visited = await startNode(registry, http, { state: 'SA', clock });
});
afterAll(async () => {
  await home?.close();
  await visited?.close();
  await http?.close();
});

const newPerson = (extra: Partial<PersonImport> = {}) => {
  for (;;) {
    const nationalId = nationalIdSchemes['bh-cpr'].complete(`9201${String(serial++).padStart(4, '0')}`);
    if (nationalId !== undefined) return addPerson(home, nationalId, extra);
  }
};
const start = () =>
  visited.identity.signin.start({
    client: visited.portal,
    providerEntityId: home.identity.issuer,
    redirectUri: `${visited.publicUrl}/sign-in/callback`,
    returnTo: '/services/degree',
    language: 'ar',
  });
const complete = (callbackUrl: string, stateCookieValue: string) =>
  visited.identity.signin.complete({ client: visited.portal, callbackUrl, stateCookieValue });

const countOf = async (node: Node, side: string, outcome: string): Promise<number> =>
  (await node.identity.outcomes.summarise(2))
    .filter((row) => row.side === side && row.outcome === outcome)
    .reduce((sum, { count }) => sum + count, 0);

const codes: Record<RefusalReason, string> = {
  user_cancelled: 'sign-in-cancelled',
  essential_claim_declined: 'consent-declined',
  loa_unmet: 'acr-not-met',
  timeout: 'sign-in-timed-out',
  number_mismatch: 'number-mismatched',
  not_matched: 'person-not-matched',
  suspended: 'person-suspended',
  mandate_ended: 'mandate-not-in-force',
};

/** Ends an interaction by what its page posts, and looks at all three who have to know. */
async function arrives(
  reason: RefusalReason,
  end: (page: string) => Promise<{ url: string }>,
  pageOf: string,
  cookie: string,
) {
  const before = [await countOf(home, 'provider', reason), await countOf(visited, 'relying-party', reason)];
  const { url } = await end(pageOf);
  const answer = new URL(url).searchParams;
  expect(answer.get('error')).toBe(reason === 'loa_unmet' ? 'unmet_authentication_requirements' : 'access_denied');
  expect(answer.get('error_description')).toBe(reason);
  const refused = complete(url, cookie);
  await expect(refused).rejects.toMatchObject({
    code: codes[reason],
    messages: { ar: expect.stringMatching(/\p{Script=Arabic}/u), en: expect.stringMatching(/^[A-Z].*[.]$/) },
  });
  expect([await countOf(home, 'provider', reason), await countOf(visited, 'relying-party', reason)]).toEqual(
    before.map((count) => count + 1),
  );
  expect(await visited.identity.signin.findFlow(cookie, url)).toEqual({
    returnTo: '/services/degree',
    level: 'substantial',
  });
}

test.each(refusalReasons)('%s reaches the relying party, the person and both operators as itself', async (reason) => {
  const browser = createBrowser(http);
  const flow = await start();
  const page = await browser.get(flow.redirectUrl);
  await arrives(reason, (url) => browser.post(`${url}/refuse`, { reason }), page.url, flow.stateCookieValue);
});

test('a suspension is told to the right password, and then to the relying party by a page that offers to go back', async () => {
  const person = await newPerson();
  await home.identity.suspendPerson(person.personId);
  const browser = createBrowser(http);
  const flow = await start();
  const page = await browser.get(flow.redirectUrl);
  await browser.post(`${page.url}/login`, { nationalId: person.nationalId, password: 'wrong' });
  expect((await browser.get(page.url)).json()['ended']).toBeUndefined();
  const told = await browser.post(`${page.url}/login`, { nationalId: person.nationalId, password });
  expect(told.json()['code']).toBe('person-suspended');
  expect((await browser.get(page.url)).json()['ended']).toEqual({ reason: 'suspended' });
  const back = (url: string) => browser.post(`${url}/refuse`, { reason: 'user_cancelled' });
  await arrives('suspended', back, page.url, flow.stateCookieValue);
});

test('whoever is suspended while signed in reaches no service, and the service is told why', async () => {
  const person = await newPerson();
  const browser = createBrowser(http);
  const first = await start();
  await signInAt(browser, await browser.get(first.redirectUrl), person.nationalId, codeAt(clock.now()));
  await home.identity.persons.suspend(person.personId);
  const flow = await start();
  await arrives('suspended', (url) => browser.get(url), flow.redirectUrl, flow.stateCookieValue);
});

test('sign-ins are counted with their level', async () => {
  const person = await newPerson();
  const before = await countOf(home, 'provider', 'signed-in');
  for (let n = 0; n < 2; n += 1) {
    const browser = createBrowser(http);
    const flow = await visited.identity.signin.start({
      client: visited.portal,
      providerEntityId: home.identity.issuer,
      redirectUri: `${visited.publicUrl}/sign-in/callback`,
      returnTo: '/',
      language: 'en',
      level: 'low',
    });
    const page = await browser.get(flow.redirectUrl);
    const end = await browser.post(`${page.url}/login`, { nationalId: person.nationalId, password });
    await complete(end.url, flow.stateCookieValue);
  }
  const rows = await home.identity.outcomes.summarise(1);
  expect(rows).toContainEqual(expect.objectContaining({ side: 'provider', outcome: 'signed-in', level: 'low' }));
  expect(await countOf(home, 'provider', 'signed-in')).toBe(before + 2);
});

test('whoever takes too long is told so, and the relying party too', async () => {
  const person = await newPerson();
  const browser = createBrowser(http);
  const flow = await start();
  const page = await browser.get(flow.redirectUrl);
  // The provider's library counts from the machine's time, which runs on beside the test's clock.
  clock.advance(25 * 60_000 + 120_000);
  expect((await browser.get(page.url)).json()['ended']).toEqual({ reason: 'timeout' });
  const tried = await browser.post(`${page.url}/login`, { nationalId: person.nationalId, password });
  expect(tried.json()['code']).toBe('interaction-expired');
  const back = (url: string) => browser.post(`${url}/refuse`, { reason: 'user_cancelled' });
  await arrives('timeout', back, page.url, flow.stateCookieValue);
});

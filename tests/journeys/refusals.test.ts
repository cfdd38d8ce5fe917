import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ownDescriptions } from '#apps/eid-simulators';
import { readNodeConfig } from '#apps/state-node';
import { createHttpClient, type HttpClient } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import type { Language } from '#kernel/languages';
import { problem, problemOfReason, type RefusalReason } from '#modules/identity';
import { readCliConfig } from '../../apps/cli/config.ts';
import { openOperatorAccess } from '../../apps/cli/operator.ts';
import { showSignIns } from '../../apps/cli/sign-ins.ts';
import { signIn } from '../../apps/federation/journey.ts';
import { takeOneTimeCode } from '../../apps/federation/one-time-codes.ts';
import { createVisitor, type Page, type Visitor } from '../../apps/federation/visitor.ts';
import { createAuthenticator } from '../../modules/identity/test/authenticator.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';

// Somebody of Bahrain wants to enter Saudi Arabia, or to give evidence there, and it ends without them: by what a person really does, on
// the pages and with the eID of the state. Each end reaches the service, the person in their language, and the operators of both states.

let federation: TestFederation;
let http: HttpClient;
beforeAll(async () => {
  http = createHttpClient({ timeoutMs: 30_000 });
  federation = await startTestFederation(
    ['bh', 'sa'],
    {},
    { simulators: ownDescriptions().filter(({ id }) => id === 'ekey') },
  );
});
afterAll(async () => {
  await federation?.stop();
  await http?.close();
});

const home = () => federation.url('bh');
const abroad = () => federation.url('sa');
const returnTo = '/cases?state=waiting';
const serviceId = 'degree-recognition';
const wordsOf = ({ html }: Page) => (html.querySelector('main')?.text ?? '').replace(/\s+/g, ' ');

/** What the operator of a state reads at their own address. */
async function countAt(id: 'bh' | 'sa', side: string, outcome: string): Promise<number> {
  const { configFile } = federation.nodes.find((node) => node.id === id)!;
  const { dataFolder } = readNodeConfig(configFile);
  const operator = openOperatorAccess({ id, url: federation.url(id), dataFolder } as never, http)!;
  const { counts } = (await operator.send('GET', '/operator/sign-ins?days=1')) as {
    counts: Array<{ side: string; outcome: string; count: number }>;
  };
  return counts
    .filter((row) => row.side === side && row.outcome === outcome)
    .reduce((sum, { count }) => sum + count, 0);
}

/** To the sign-in page of Bahrain, on the way into Saudi Arabia. */
async function arrive(visitor: Visitor): Promise<void> {
  await visitor.open(`${abroad()}/signin?returnTo=${encodeURIComponent(returnTo)}`);
  await visitor.submit('/signin', { state: 'BH' });
}

/** With eKey, where something is the matter with the account or the person. */
async function byEkey(visitor: Visitor, fault?: 'expired' | 'suspended' | 'unknown-person', key = 'fatima') {
  await arrive(visitor);
  await visitor.submit('/upstream/ekey');
  const { nationalId } = federation.person(key);
  if (fault) federation.simulator('ekey').setFault({ fault, nationalId, times: 1 });
  return visitor.submit(/authorize/, { nationalId, method: 'app', decision: 'approve' });
}

type Challenge = { challenge: string; user: { id: string } };
/** The phone of a person, set up as on the page of their ways. */
async function setUpPhone(key: string) {
  const { methods, phone, persons } = federation.running.get('bh')!.doors.identity;
  const { nationalId, password, totpSecret } = federation.person(key);
  const { personId } = (await persons.findByNationalId(nationalId))!;
  const at = { sessionId: newId(), personId, address: '127.0.0.1', agent: '' };
  await methods.confirmByPassword(at, { password, code: await takeOneTimeCode(home(), totpSecret) });
  const device = createAuthenticator(home());
  await methods.addPasskey(at, { answer: device.add((await methods.askToAddPasskey(at)) as Challenge), name: 'Phone' });
  const { cookie } = await methods.addPhone(at, device.answer((await methods.askToAddPhone(at)) as Challenge));
  const handle = /^jisr_phone=([^;]+)/.exec(cookie)![1]!;
  return {
    nationalId,
    type: async (number: string) => phone.enterNumber(handle, (await phone.list(handle))[0]!.requestId, number),
  };
}
const phones = new Map<string, Awaited<ReturnType<typeof setUpPhone>>>();

/** What a person does until nothing but going back is left; answers the page that says so, where there is one. */
const ends: Record<
  Exclude<RefusalReason, 'essential_claim_declined' | 'mandate_ended'>,
  (visitor: Visitor) => Promise<Page | undefined>
> = {
  user_cancelled: async (visitor) => {
    await arrive(visitor);
    return undefined;
  },
  loa_unmet: (visitor) => byEkey(visitor, undefined, 'huda'),
  timeout: (visitor) => byEkey(visitor, 'expired'),
  not_matched: (visitor) => byEkey(visitor, 'unknown-person'),
  suspended: (visitor) => byEkey(visitor, 'suspended'),
  number_mismatch: async (visitor) => {
    const phone = phones.get('hasan') ?? (await setUpPhone('hasan'));
    phones.set('hasan', phone);
    await arrive(visitor);
    const page = await visitor.submit(/\/phone$/, { phoneNationalId: phone.nationalId });
    const shown = page.html.querySelector('.shown-number')!.text.trim();
    await phone.type(shown === '42' ? '24' : '42').catch(() => undefined);
    return undefined;
  },
};

const cases = (Object.keys(ends) as Array<keyof typeof ends>).flatMap((reason) =>
  (['ar', 'en'] as const).map((language): [keyof typeof ends, Language] => [reason, language]),
);

test.each(cases)('%s reaches service, person and operators as itself (%s)', async (reason, language) => {
  const visitor = createVisitor(http, language);
  const words = problem(problemOfReason[reason]).messages[language];
  const counted = async () => [await countAt('bh', 'provider', reason), await countAt('sa', 'relying-party', reason)];
  const before = await counted();
  const end = await ends[reason](visitor);
  if (end) {
    expect(end.status).toBe(403);
    // Of a level the page says more: what is needed, what there is, and how to get it.
    if (reason !== 'loa_unmet') expect(wordsOf(end)).toContain(words);
  }
  const told: string[] = [];
  visitor.onHop = ({ url }) => void told.push(url);
  const back = await (reason === 'number_mismatch'
    ? visitor.submit(/\/phone\/finish$/)
    : visitor.submit(/\/eid-pages\/interaction\/[^/]+$/, { cancel: 'yes' }));
  const answer = new URL(told.find((url) => url.startsWith(`${abroad()}/signin/callback`))!).searchParams;
  expect(answer.get('error_description')).toBe(reason);
  expect(wordsOf(back)).toContain(words);
  expect(await counted()).toEqual(before.map((count) => count + 1));
  // Another try leads where this one was to lead.
  expect(back.html.querySelector('form[action="/signin"] input[name=return]')?.getAttribute('value')).toBe(returnTo);
});

test.each(['ar', 'en'] as const)(
  'essential_claim_declined on the consent page reaches service, person and operators as itself (%s)',
  async (language) => {
    const visitor = createVisitor(http, language);
    const person = federation.person(language === 'ar' ? 'fatima' : 'maryam');
    const needs = { visitor, person, homeUrl: home(), serviceUrl: abroad(), homeState: 'BH', serviceId };
    await signIn(needs, abroad(), `/services/${serviceId}`);
    await visitor.submit('/start');
    await visitor.submit('/evidence');
    const counted = async () => [
      await countAt('bh', 'provider', 'essential_claim_declined'),
      await countAt('sa', 'relying-party', 'essential_claim_declined'),
    ];
    const before = await counted();
    const told: string[] = [];
    visitor.onHop = ({ url }) => void told.push(url);
    const back = await visitor.submit('/consent', { decision: 'refuse' });
    const answer = new URL(told.find((url) => url.startsWith(`${abroad()}/evidence/callback`))!).searchParams;
    expect(answer.get('error_description')).toBe('essential_claim_declined');
    expect(wordsOf(back)).toContain(problem('consent-declined').messages[language]);
    expect(await counted()).toEqual(before.map((count) => count + 1));
    // The application is as it was, and the evidence can be given after all.
    expect(back.html.querySelector('form[action$="/evidence"]')).not.toBeNull();
  },
);

test.each([
  ['ar', 'هذه الطريقة لا تكفي', 'المفتاح الإلكتروني'],
  ['en', 'This way is not enough', 'eKey'],
] as const)(
  'where the level is high the page offers what reaches it, and a way that was too weak leads to it (%s)',
  async (language, words, name) => {
    const visitor = createVisitor(http, language);
    await visitor.open(`${abroad()}/signin?returnTo=/cases&level=high`);
    const page = await visitor.submit('/signin', { state: 'BH' });
    expect(wordsOf(page)).toContain(name);
    expect(page.html.querySelector('[name=password], [name=phoneNationalId]')).toBeNull();
    await visitor.submit('/upstream/ekey');
    const { nationalId } = federation.person('yousif');
    const weak = await visitor.submit(/authorize/, { nationalId, method: 'password-otp', decision: 'approve' });
    expect(wordsOf(weak)).toContain(words);
    await visitor.submit(/\/eid-pages\/interaction\/[^/]+$/, { again: 'yes' });
    await visitor.submit('/upstream/ekey');
    const strong = await visitor.submit(/authorize/, { nationalId, method: 'app', decision: 'approve' });
    expect(strong.url).toBe(`${abroad()}/cases`);
  },
);

test.each([
  ['ar', 'انتهت المهلة', 'هنا بهوية أي دولة'],
  ['en', 'It took too long', 'here, with the eID of any state'],
] as const)(
  'the operator reads what happened, by the command and on their page (%s)',
  async (language, words, side) => {
    const said: string[] = [];
    const spy = vi.spyOn(console, 'log').mockImplementation((line) => void said.push(String(line)));
    const config = { ...readCliConfig(language), dataFolder: federation.config.dataFolder };
    const code = await showSignIns(config, { node: 'sa', days: '1', json: false }).finally(() => spy.mockRestore());
    expect(code).toBe(0);
    expect(said.join('\n')).toContain(side);
    expect(said.find((line) => line.includes('timeout'))).toMatch(new RegExp(`^ +2 {2}timeout +${words}$`));

    const { operatorUrl } = federation.running.get('sa')!;
    const secret = readFileSync(join(federation.config.dataFolder, 'sa', 'operator', 'secret'), 'utf8').trim();
    const headers = { authorization: `Bearer ${secret}`, accept: 'text/html', 'accept-language': language };
    const page = await http.request({ method: 'GET', url: `${operatorUrl}/`, headers, bodyBytesMax: 1_048_576 });
    expect(page.status).toBe(200);
    for (const reason of [...Object.keys(ends), 'essential_claim_declined'])
      expect(page.body.toString('utf8'), reason).toContain(reason);
    expect(page.body.toString('utf8')).toContain(words);
  },
);

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kernel/database';
import { createHttpClient } from '#kernel/http-client';
import { signIn } from '../../apps/federation/journey.ts';
import { createVisitor, type Page, type Visitor } from '../../apps/federation/visitor.ts';
import { startGateway } from '../../modules/notifications/test/world.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';

// A person of Bahrain without their authenticator app: the code comes to the number that they confirmed before.

const http = createHttpClient({ timeoutMs: 30_000 });
let states: string;
let gateway: Awaited<ReturnType<typeof startGateway>>;
let federation: TestFederation;

beforeAll(async () => {
  gateway = await startGateway();
  states = mkdtempSync(join(tmpdir(), 'jisr-states-'));
  cpSync(join(import.meta.dirname, '..', '..', 'states'), states, { recursive: true });
  const file = join(states, 'bh', 'notifications.json');
  const sms = { method: 'POST', url: gateway.url, encoding: 'json', body: { to: '{to}', text: '{text}' } };
  const rules = { ...JSON.parse(readFileSync(file, 'utf8')), sms: { ...sms, perPersonPerDay: 5 } };
  writeFileSync(file, JSON.stringify(rules));
  federation = await startTestFederation(['bh'], (id) => ({ stateFolder: join(states, id) }));
});
afterAll(async () => {
  await federation?.stop();
  await gateway?.stop();
  rmSync(states, { recursive: true, force: true });
  await http.close();
});

const person = () => federation.person('fatima');
const home = () => federation.url('bh');
const said = (page: Page) => page.html.querySelector('main')?.text.replace(/\s+/g, ' ') ?? '';
const sent = () => JSON.parse(gateway.got.at(-1)!.body) as { to: string; text: string };
const codeIn = (text: string) => /\d{6}/.exec(text)![0];
const age = (days: number) =>
  sql`update notifications.addresses set confirmed_at = confirmed_at - make_interval(days => ${days})`.execute(
    federation.running.get('bh')!.operatorNeeds.database.db,
  );

/** To the page that wants the code. */
async function comeToCode(language: 'ar' | 'en' = 'en'): Promise<{ visitor: Visitor; page: Page }> {
  const visitor = createVisitor(http, language);
  await visitor.open(`${home()}/signin?returnTo=/cases`);
  await visitor.submit('/signin', { state: 'BH' });
  const { nationalId, password } = person();
  return { visitor, page: await visitor.submit(/\/eid-pages\/interaction\/[^/]+$/, { nationalId, password }) };
}
const byApp = (visitor: Visitor) => ({
  visitor,
  person: person(),
  homeUrl: home(),
  serviceUrl: home(),
  homeState: 'BH',
  serviceId: 'degree-recognition',
});
const offer = (page: Page) => page.html.querySelector('form[action$="/code/message"]');

test('nobody gets a code who has confirmed no number, or confirmed it today', async () => {
  expect(offer((await comeToCode()).page)).toBeNull();
  const visitor = createVisitor(http, 'en');
  await signIn(
    {
      visitor,
      person: person(),
      homeUrl: home(),
      serviceUrl: home(),
      homeState: 'BH',
      serviceId: 'degree-recognition',
    },
    home(),
    '/messages/settings',
  );
  await visitor.submit('/sms', { 'address-sms': '+973 3900 4147' });
  await visitor.submit('/sms/confirm', { 'code-sms': codeIn(sent().text) });
  expect(offer((await comeToCode()).page)).toBeNull();
  await age(2);
  expect(offer((await comeToCode()).page)!.text.replace(/\s+/g, ' ')).toContain('•• 47');

  // What was confirmed is typed into no form any more.
  await visitor.open(`${home()}/services/degree-recognition`);
  const { url } = await visitor.submit('/start');
  const page = await visitor.open(`${url}/pages/contact`);
  expect(page.html.querySelector('input[name="mobile"]')?.getAttribute('value')).toBe('+97339004147');
  expect(said(page)).toContain('Your own address, confirmed at this portal');
});

test.each([
  ['en', 'Tell it to nobody'],
  ['ar', 'لا تعطه أحدًا'],
] as const)(
  'the code comes to the telephone, whose last digits alone are shown, and signs in once (%s)',
  async (language, words) => {
    const { visitor } = await comeToCode(language);
    const page = await visitor.submit('/code/message');
    expect(said(page)).toContain('•• 47');
    expect(said(page)).not.toContain('3900');
    expect(sent()).toMatchObject({ to: '+97339004147', text: expect.stringContaining(words) });
    const code = codeIn(sent().text);
    // The third code of the hour is the last: asking for another takes nothing away.
    if (language === 'ar') expect((await visitor.submit('/code/message')).status).toBe(429);
    const wrong = await visitor.submit(/\/code$/, { code: code === '000000' ? '111111' : '000000' });
    expect(wrong.status).toBe(401);
    const before = gateway.got.length;
    const done = await visitor.submit(/\/code$/, { code });
    expect(done.url).toBe(`${home()}/cases`);
    expect(gateway.got.length).toBe(before);
    // Used up, and of that sign-in alone.
    const other = await comeToCode();
    expect((await other.visitor.submit(/\/code$/, { code })).status).toBe(401);
  },
);

test('too many codes are refused in words, beside the app, which still works', async () => {
  const { visitor } = await comeToCode();
  let page = await visitor.submit('/code/message');
  for (let turn = 0; turn < 3 && page.status === 200; turn += 1) page = await visitor.submit('/code/message');
  expect(page.status).toBe(429);
  expect(page.html.querySelector('[name=code]')).not.toBeNull();
  await signIn(byApp(createVisitor(http, 'en')), home());
});

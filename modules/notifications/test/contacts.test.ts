import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '#kernel/ids';
import type { NotificationNeeds, Notifications } from '../index.ts';
import { type MailServer, readMail, startMailServer } from './mail-server.ts';
import { codeOf, decided, degree, openMessages, startGateway } from './world.ts';

type Contact = NonNullable<Awaited<ReturnType<NotificationNeeds['findContact']>>>;

let world: Awaited<ReturnType<typeof openMessages>>;
let server: MailServer;
let gateway: Awaited<ReturnType<typeof startGateway>>;
let messages: Notifications;
/** What the form of each case says now. */
const forms = new Map<string, Contact>();

beforeAll(async () => {
  [world, server, gateway] = await Promise.all([openMessages(), startMailServer(), startGateway()]);
  messages = world.open(
    {
      email: {
        host: 'localhost',
        port: server.port,
        security: 'starttls',
        user: 'node',
        secret: 'smtp',
        certificates: [server.certificate],
        from: { address: 'no-reply@sa.example', names: { ar: 'البوابة الحكومية', en: 'Government portal' } },
      },
      sms: {
        method: 'POST',
        url: gateway.url,
        encoding: 'json',
        body: { to: '{to}', text: '{text}' },
        perPersonPerDay: 20,
      },
    },
    { findContact: async (caseId) => forms.get(caseId) },
  );
});
afterAll(async () => {
  await world?.stop();
  await server?.stop();
  await gateway?.stop();
});
beforeEach(() => {
  server.taken.length = 0;
  gateway.got.length = 0;
});

const sendAll = async () => {
  while (await messages.sendDue());
};
const lastMail = () => readMail(server.taken.at(-1)!.raw);
const recipients = () => server.taken.map(({ to }) => to);
/** A case whose form says where to tell its person. */
function openCase(contact: Omit<Contact, 'reference'>) {
  const caseId = newId();
  forms.set(caseId, { reference: 'SA-2026-00001', ...contact });
  return caseId;
}
const tell = async (personId: string, caseId: string, kind = 'case-decided') => {
  await world.tell(messages, { ...decided(personId), kind, caseId, contactWays: ['email', 'sms'] });
  await sendAll();
};
async function confirm(personId: string, address: string) {
  await messages.addAddress(personId, 'email', address, 'ar');
  await messages.confirmAddress(personId, 'email', /\d{6}/.exec(lastMail().parts[0]!.text)![0]);
  await sendAll();
  server.taken.length = 0;
}

describe('an address in the form of a case', () => {
  test('that nobody confirmed reads, in the language asked for, that there is news of a number, and nothing of anybody', async () => {
    const personId = newId();
    const caseId = openCase({ email: 'fatima@Example.com', mobile: '+97336000000', language: 'en' });
    await tell(personId, caseId);
    expect(recipients()).toEqual(['fatima@example.com']);
    const { headers, parts } = lastMail();
    expect(headers['content-language']).toBe('en');
    expect(headers['subject']).toBe('A new message from Saudi Arabia');
    for (const { text } of parts) {
      expect(text).toContain('SA-2026-00001');
      expect(text).toContain('https://sa.example/messages');
      for (const secret of [degree.title.en, degree.title.ar, caseId, personId, 'decided', 'decision'])
        expect(text).not.toContain(secret);
    }
    expect(gateway.got).toHaveLength(1);
    const { to, text } = JSON.parse(gateway.got[0]!.body) as { to: string; text: string };
    expect(to).toBe('+97336000000');
    expect(text).toContain('SA-2026-00001');
    expect(text).not.toMatch(/degree/i);
    const arabic = openCase({ email: 'fatima@example.com', language: 'ar' });
    await tell(personId, arabic);
    expect(lastMail().parts[1]!.text).toContain('dir="rtl"');
    expect(lastMail().parts[0]!.text).toContain('في الطلب رقم');
  });

  test('that the person has confirmed gets one mail, as they chose; another one beside it gets its own', async () => {
    const personId = newId();
    await confirm(personId, 'own@example.com');
    await tell(personId, openCase({ email: 'own@Example.com', language: 'en' }));
    expect(recipients()).toEqual(['own@example.com']);
    expect(lastMail().parts[0]!.text).toContain(degree.title.ar);
    await tell(personId, openCase({ email: 'work@example.com' }));
    expect(recipients().slice(1).sort()).toEqual(['own@example.com', 'work@example.com']);
    const { preferences } = await messages.getSettings(personId, 'ar');
    const topics = { ...preferences.topics, cases: { isWanted: true, ways: [] } };
    await messages.savePreferences(personId, { ...preferences, topics });
    server.taken.length = 0;
    await tell(personId, openCase({ email: 'own@example.com' }));
    expect(recipients()).toEqual([]);
  });

  test('is written to once a day for what is not pressing, case by case, when its person wants that', async () => {
    const personId = newId();
    await confirm(personId, 'own@example.com');
    const { preferences } = await messages.getSettings(personId, 'ar');
    await messages.savePreferences(personId, { ...preferences, isDigest: true });
    const [theirs, stranger] = [openCase({ email: 'work@example.com' }), openCase({ email: 'other@example.com' })];
    for (const kind of ['case-submitted', 'case-information-given', 'case-appealed'])
      await tell(personId, theirs, kind);
    await tell(personId, stranger, 'case-submitted');
    expect(recipients()).toEqual([]);
    await tell(personId, stranger, 'case-decided');
    expect(recipients().sort()).toEqual(['other@example.com', 'own@example.com']);
    server.taken.length = 0;
    world.clock.advance(24 * 3_600_000);
    await sendAll();
    expect(recipients().sort()).toEqual(['other@example.com', 'own@example.com', 'work@example.com']);
    world.clock.advance(24 * 3_600_000);
    await sendAll();
    expect(recipients()).toHaveLength(3);
  });

  test('waits for the end of quiet hours, and a corrected one counts at once', async () => {
    const personId = newId();
    const { preferences } = await messages.getSettings(personId, 'en');
    await messages.savePreferences(personId, { ...preferences, quietHours: { from: '11:00', until: '13:00' } });
    const caseId = openCase({ email: 'typo@example.com' });
    await tell(personId, caseId);
    expect(recipients()).toEqual([]);
    forms.set(caseId, { reference: 'SA-2026-00001', email: 'right@example.com' });
    world.clock.advance(3 * 3_600_000);
    await sendAll();
    expect(recipients()).toEqual(['right@example.com']);
  });

  test('is not used once the case is over, nor after the person turned it off, until they turn it on again', async () => {
    const personId = newId();
    const caseId = openCase({ email: 'fatima@example.com' });
    const asked = {
      caller: { kind: 'person', personId, homeState: 'BH' },
      params: { caseId },
      body: { isWanted: false },
    };
    const { places } = await messages.handlers.chooseCasePlaces(asked as never);
    expect(places).toMatchObject([{ address: 'fatima@example.com', isOwn: false, stopped: 'unwanted' }]);
    expect(await messages.handlers.getCasePlaces(asked as never)).toEqual({ places });
    expect((await messages.findPlaces(caseId, personId))!.places).toMatchObject([{ stopped: 'unwanted' }]);
    await tell(personId, caseId);
    expect(recipients()).toEqual([]);
    await messages.choosePlaces(caseId, true);
    await tell(personId, caseId);
    expect(recipients()).toEqual(['fatima@example.com']);
    forms.delete(caseId);
    await tell(personId, caseId);
    expect(recipients()).toHaveLength(1);
    expect(await messages.findPlaces(caseId, personId)).toBeUndefined();
    expect((await messages.mailbox.list(personId)).messages).toHaveLength(3);
  });

  test('can be stopped by the stranger who has it, for that address alone, and whatever the kind of message', async () => {
    const personId = newId();
    const caseId = openCase({ email: 'stranger@example.com' });
    await tell(personId, caseId);
    const { headers } = lastMail();
    const [, messageId, token] = /unsubscribe\/([^/]+)\/([^/>]+)>$/.exec(headers['list-unsubscribe']!)!;
    expect(headers['list-unsubscribe-post']).toBe('List-Unsubscribe=One-Click');
    expect(await codeOf(messages.readUnsubscribe(messageId!, `${token!.slice(0, -1)}_`))).toBe('unsubscribe-invalid');
    expect(await messages.unsubscribe(messageId!, token!)).toEqual({ topic: 'cases', isOfCase: true });
    await tell(personId, caseId);
    expect(recipients()).toHaveLength(1);
    expect((await messages.getSettings(personId, 'en')).preferences.topics.cases.ways).toContain('email');
    forms.set(caseId, { reference: 'SA-2026-00001', email: 'mine@example.com' });
    await tell(personId, caseId);
    expect(recipients().at(-1)).toBe('mine@example.com');
  });

  test('that does not work is not tried again, and the mailbox says so', async () => {
    const personId = newId();
    server.refuse('nobody', 550);
    const caseId = openCase({ email: 'nobody@example.com' });
    await tell(personId, caseId);
    const [newest] = (await messages.mailbox.list(personId)).messages;
    expect(newest).toMatchObject({ kind: 'contact-undeliverable' });
    expect(newest!.text.en).toContain('SA-2026-00001');
    expect((await messages.findPlaces(caseId, personId))!.places).toMatchObject([{ stopped: 'undeliverable' }]);
    const { counts, dead } = await messages.overview();
    expect(counts.find(({ way, outcome }) => way === 'email' && outcome === 'undeliverable')!.count).toBe(1);
    expect(JSON.stringify(dead)).not.toContain('nobody@');
    await tell(personId, caseId);
    const { rows } = await world.database.execute(
      `select code from notifications.sendings where person_id = '${personId}' order by code`,
    );
    expect((rows as Array<{ code: string }>).map(({ code }) => code)).toContain('undeliverable');
    expect(
      JSON.stringify((await world.database.execute('select * from notifications.contact_stops')).rows),
    ).not.toContain('nobody@');
  });

  test('of somebody else is not flooded: ten mails a day of one person, whatever number of cases they open', async () => {
    const personId = newId();
    for (let at = 0; at < 12; at++) await tell(personId, openCase({ email: 'victim@example.com' }));
    expect(recipients()).toHaveLength(10);
  });
});

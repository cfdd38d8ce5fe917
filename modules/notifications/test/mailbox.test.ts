import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#kernel/ids';
import { verifyOpening } from '#modules/ledger';
import { checkOwnWords, type Notifications, readTemplates } from '../index.ts';
import { checkTemplates } from '../templates/rules.ts';
import { caseId, codeOf, decided, degree, officeOfCase, openMessages } from './world.ts';

let world: Awaited<ReturnType<typeof openMessages>>;
let messages: Notifications;
beforeAll(async () => {
  world = await openMessages();
  messages = world.open();
});
afterAll(() => world?.stop());

const dayMs = 86_400_000;
const only = async (personId: string) => (await messages.mailbox.list(personId)).messages[0]!;

describe('a message', () => {
  test('is there once, in both languages, however often its fact is heard, also by two at once', async () => {
    const personId = newId();
    const told = decided(personId);
    await Promise.all([world.tell(messages, told), world.tell(messages, told), world.tell(messages, told)]);
    const { unread, messages: found } = await messages.mailbox.list(personId);
    expect(unread).toBe(1);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ kind: 'case-decided', topic: 'cases', link: `/cases/${caseId}` });
    expect(found[0]!.text.en).toContain('\u2068SA-2026-00001\u2069');
    expect(found[0]!.text.ar).toContain('\u2068معادلة شهادة جامعية\u2069');
  });

  test('is proved: that it was put there, with its words, and when it was first opened', async () => {
    const personId = newId();
    await world.tell(messages, decided(personId));
    const { messageId } = await only(personId);
    expect((await messages.mailbox.get(personId, messageId)).openedAt).toBeUndefined();
    world.clock.advance(60_000);
    const opened = await messages.mailbox.open(personId, messageId);
    world.clock.advance(60_000);
    expect(await messages.mailbox.open(personId, messageId)).toEqual(opened);
    expect(Date.parse(opened.openedAt!) - Date.parse(opened.sentAt)).toBe(60_000);
    expect(await messages.mailbox.countUnread(personId)).toBe(0);
    const entries = await world.ledger.listAbout(personId);
    expect(entries.map(({ kind }) => kind).sort()).toEqual(['message-delivered', 'message-opened']);
    for (const entry of entries) {
      expect([opened.sentLeaf, opened.openedLeaf]).toContain(entry.leafHash);
      expect(JSON.stringify(entry.record)).not.toMatch(/SA-2026|degree|معادلة/);
      expect(JSON.stringify(entry.record)).not.toContain(personId);
    }
    await world.ledger.integrate();
    const entry = (await world.ledger.findByLeaf(opened.openedLeaf!))!;
    expect(await verifyOpening(opened.openedLeaf!, (await world.ledger.findProof(entry.entryId))!.opening)).toBe(true);
  });

  test('is nobody else’s: not to read, open or delete', async () => {
    const personId = newId();
    await world.tell(messages, decided(personId));
    const { messageId } = await only(personId);
    for (const work of [messages.mailbox.get, messages.mailbox.open, messages.mailbox.remove])
      expect(await codeOf(work(newId(), messageId))).toBe('message-unknown');
    expect((await only(personId)).openedAt).toBeUndefined();
  });

  test('that is deleted is gone with its words and does not come again; the office still sees that it was delivered', async () => {
    const [personId, source] = [newId(), newId()];
    await world.tell(messages, decided(personId, source));
    const { messageId, sentLeaf } = await only(personId);
    await messages.mailbox.remove(personId, messageId);
    await world.tell(messages, decided(personId, source));
    expect((await messages.mailbox.list(personId)).messages).toEqual([]);
    expect(await codeOf(messages.mailbox.open(personId, messageId))).toBe('message-unknown');
    const { rows } = await world.database.execute(
      `select subject, body, short, salt from notifications.messages where message_id = '${messageId}'`,
    );
    expect(rows).toEqual([{ subject: null, body: null, short: null, salt: null }]);
    const seen = await messages.mailbox.listOfCase(caseId);
    expect(seen.find((one) => one.messageId === messageId)).toMatchObject({ sentLeaf, kind: 'case-decided' });
    expect(JSON.stringify(seen)).not.toContain('SA-2026-00001');
  });

  test('is shown to the office in charge alone', async () => {
    const input = (officeId: string) =>
      ({
        caller: { kind: 'person', personId: newId(), officer: { officeId, roles: [] } },
        params: { caseId },
      }) as never;
    expect((await messages.handlers.listCaseMessages(input(officeOfCase))).messages.length).toBeGreaterThan(0);
    expect(await codeOf(messages.handlers.listCaseMessages(input('interior')))).toBe('not this office');
  });

  test('is erased after the time in the state’s data', async () => {
    const personId = newId();
    await world.tell(messages, decided(personId));
    world.clock.advance(364 * dayMs);
    await messages.tend();
    expect((await messages.mailbox.list(personId)).messages).toHaveLength(1);
    world.clock.advance(2 * dayMs);
    await messages.tend();
    expect((await messages.mailbox.list(personId)).messages).toEqual([]);
    const { rows } = await world.database.execute('select count(*)::int as count from notifications.messages');
    expect(rows).toEqual([{ count: 0 }]);
  });

  test('of a mailbox of many comes page by page, latest first', async () => {
    const personId = newId();
    for (let at = 0; at < 55; at += 1) await world.tell(messages, decided(personId));
    const first = (await messages.mailbox.list(personId)).messages;
    const rest = (await messages.mailbox.list(personId, first.at(-1)!.messageId)).messages;
    expect([first.length, rest.length]).toEqual([50, 5]);
    expect(new Set([...first, ...rest].map(({ messageId }) => messageId)).size).toBe(55);
  });
});

describe('what a person does not want', () => {
  test('does not come, but nobody can do without what the law or their own safety asks for', async () => {
    const personId = newId();
    const { preferences } = await messages.getSettings(personId, 'en');
    const none = { isWanted: false, ways: [] };
    const topics = { cases: none, reminders: none, offers: none, documents: none, security: none };
    await messages.savePreferences(personId, { ...preferences, topics });
    await world.tell(messages, { ...decided(personId), kind: 'case-submitted' });
    await world.tell(messages, decided(personId));
    await world.tell(messages, { personId, kind: 'recovery-begun', source: 'one' });
    const kinds = (await messages.mailbox.list(personId)).messages.map(({ kind }) => kind);
    expect(kinds).toEqual(['recovery-begun', 'case-decided']);
  });

  test('has quiet hours with a beginning and an end that differ', async () => {
    const personId = newId();
    const { preferences } = await messages.getSettings(personId, 'en');
    const save = (from: string, until: string) =>
      codeOf(messages.savePreferences(personId, { ...preferences, quietHours: { from, until } }));
    expect(await save('22:00', '22:00')).toBe('quiet-hours-invalid');
    expect(await save('22:00', '06:30')).toBe('done');
    expect((await messages.getSettings(personId, 'ar')).preferences).toMatchObject({
      language: 'en',
      quietHours: { from: '22:00', until: '06:30' },
    });
  });
});

describe('the words of messages', () => {
  const templates = readTemplates();
  const broken = (change: (words: (typeof templates)['words']['en']) => void) => {
    const words = structuredClone(templates.words);
    change(words.en);
    return checkTemplates({ kinds: templates.kinds, words });
  };

  test('are complete in both languages', () => {
    expect(checkTemplates(templates)).toEqual([]);
    for (const [id, kind] of Object.entries(templates.kinds))
      if (kind.placeholders.includes('service'))
        // The office is shown the subject in the node's own words, filled with the service alone.
        expect(templates.words.en.kinds[id]!.subject).toMatch(/^[^{]*\{service\}$/);
  });

  test('are refused at the start, in plain words, when a placeholder is unknown, missing or open', () => {
    expect(broken((words) => (words.kinds['case-decided']!.text = 'Decided: {service}, {refrence}'))).toEqual([
      'en.json: text of case-decided says {refrence}, which does not exist there: it may say {service}, {reference}',
      'en.json: text of case-decided never says {reference}, so the person would not learn it',
    ]);
    expect(broken((words) => (words.kinds['case-decided']!.subject = 'Decided: {service'))).toEqual([
      'en.json: subject of case-decided has a brace that nothing closes',
    ]);
    expect(broken((words) => delete words.kinds['case-decided'])).toEqual([
      'en.json: the kind case-decided has no words',
    ]);
    expect(broken((words) => (words.direction = 'rtl'))).toEqual(['en.json is read in the other direction']);
  });

  test('name nothing but the service where they leave the node', () => {
    expect(broken((words) => (words.kinds['case-decided']!.short = 'Case {reference} is decided'))[0]).toMatch(
      /short of case-decided says \{reference\}, which does not exist there: it may say \{service\}/,
    );
  });

  test('can be a service’s own, and the node does not start with wrong ones', async () => {
    const text = (words: string) => ({ ar: words, en: words });
    const words = { 'case-decided': { text: text('{reference}: {service}!'), short: text('News.') } };
    const own = world.open({}, { listServices: () => [{ ...degree, words }] });
    const personId = newId();
    await world.tell(own, decided(personId));
    expect((await only(personId)).text.en).toBe(
      '\u2068SA-2026-00001\u2069: \u2068Recognition of a university degree\u2069!',
    );
    expect((await only(personId)).subject.en).toContain('A decision on your application');
    const wrong = {
      'case-decidd': {},
      'recovery-begun': { text: text('x') },
      'case-decided': { text: text('{name}') },
    };
    expect(() => world.open({}, { listServices: () => [{ ...degree, words: wrong }] })).toThrow(/there is no kind/);
    expect(checkOwnWords('x', wrong, templates.kinds).map((one) => one.replace(/:.*/s, ''))).toHaveLength(8);
  });
});

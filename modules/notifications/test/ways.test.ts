import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#kernel/ids';
import { measureSms, type NotificationRules, type Notifications } from '../index.ts';
import { isQuiet, nextAtHour, planDeparture } from '../sendings/rules.ts';
import { type MailServer, readMail, startMailServer } from './mail-server.ts';
import { codeOf, decided, degree, openMessages, startGateway } from './world.ts';

let world: Awaited<ReturnType<typeof openMessages>>;
let server: MailServer;
let gateway: Awaited<ReturnType<typeof startGateway>>;
let messages: Notifications;
let email: NonNullable<NotificationRules['email']>;
let sms: NonNullable<NotificationRules['sms']>;

beforeAll(async () => {
  [world, server, gateway] = await Promise.all([openMessages(), startMailServer(), startGateway()]);
  email = {
    host: 'localhost',
    port: server.port,
    security: 'starttls',
    user: 'node',
    secret: 'smtp',
    certificates: [server.certificate],
    from: { address: 'no-reply@sa.example', names: { ar: 'البوابة الحكومية', en: 'Government portal' } },
  };
  sms = {
    method: 'POST',
    url: gateway.url,
    headers: { authorization: 'Bearer {secret}' },
    encoding: 'json',
    body: { messages: [{ to: '{to}', text: '{text}', clientRef: '{id}' }] },
    secret: 'gateway',
    success: { pointer: '/result/state', equals: ['queued'] },
    never: { pointer: '/result/state', equals: ['no-such-number'] },
    perPersonPerDay: 2,
  };
  messages = world.open({ email, sms });
});
afterAll(async () => {
  await world?.stop();
  await server?.stop();
  await gateway?.stop();
});

const codeIn = (text: string) => /\d{6}/.exec(text)![0];
const lastMail = () => readMail(server.taken.at(-1)!.raw);
/** Somebody whose address is confirmed by the code that came there; the message that says so is sent. */
async function confirmed(name: string, way: 'email' | 'sms' = 'email', language: 'ar' | 'en' = 'en'): Promise<string> {
  const personId = newId();
  await messages.addAddress(personId, way, way === 'email' ? `${name}@Example.com` : name, language);
  const code =
    way === 'email' ? codeIn(lastMail().parts[0]!.text) : codeIn(gateway.got.at(-1)!.body.split('"text"')[1]!);
  await messages.confirmAddress(personId, way, code);
  await sendAll();
  server.taken.length = 0;
  gateway.got.length = 0;
  return personId;
}
const sendAll = async () => {
  while (await messages.sendDue());
};
const stateOf = async (messageId: string, way = 'email') =>
  (
    await world.database.execute(
      `select state, code, attempts from notifications.sendings where message_id = '${messageId}' and way = '${way}'`,
    )
  ).rows[0];
const newest = async (personId: string) => (await messages.mailbox.list(personId)).messages[0]!;

describe('an address', () => {
  test('gets nothing but a code before the code has come back, and then is told of', async () => {
    const personId = newId();
    await messages.addAddress(personId, 'email', ' Fatima@Example.COM ', 'ar');
    await world.tell(messages, decided(personId));
    await sendAll();
    expect(server.taken).toHaveLength(1);
    expect(server.taken[0]).toMatchObject({ to: 'Fatima@example.com', isEncrypted: true, user: 'node' });
    const code = codeIn(lastMail().parts[0]!.text);
    expect(lastMail().headers['subject']).toBe('رمزك من السعودية');
    const wrong = code === '000000' ? '111111' : '000000';
    expect(await codeOf(messages.confirmAddress(personId, 'email', wrong))).toBe('code-wrong');
    expect(await codeOf(messages.confirmAddress(newId(), 'email', code))).toBe('address-unknown');
    const arabic = [...code].map((digit) => '٠١٢٣٤٥٦٧٨٩'[Number(digit)]).join('');
    await messages.confirmAddress(personId, 'email', arabic);
    expect((await messages.getSettings(personId, 'en')).addresses).toEqual([
      { way: 'email', address: 'Fatima@example.com', state: 'confirmed' },
    ]);
    expect((await newest(personId)).kind).toBe('address-changed');
    const { rows } = await world.database.execute('select * from notifications.addresses');
    expect(JSON.stringify(rows)).not.toContain('example.com');
  });

  test('takes five tries and fifteen minutes, and nobody can have strangers written to', async () => {
    const personId = newId();
    await messages.addAddress(personId, 'email', 'tries@example.com', 'en');
    const code = codeIn(lastMail().parts[0]!.text);
    for (let at = 0; at < 5; at += 1) await codeOf(messages.confirmAddress(personId, 'email', 'x'));
    expect(await codeOf(messages.confirmAddress(personId, 'email', code))).toBe('code-wrong');
    const late = newId();
    await messages.addAddress(late, 'email', 'late@example.com', 'en');
    const lateCode = codeIn(lastMail().parts[0]!.text);
    world.clock.advance(16 * 60_000);
    expect(await codeOf(messages.confirmAddress(late, 'email', lateCode))).toBe('code-wrong');
    const ask = (who: string, to: string) => codeOf(messages.addAddress(who, 'email', to, 'en'));
    const eager = newId();
    const asked = await Promise.all(['a', 'b', 'c', 'd'].map((name) => ask(eager, `${name}@example.com`)));
    expect(asked.sort()).toEqual(['codes-too-many', 'done', 'done', 'done']);
    const victims = [];
    for (let at = 0; at < 6; at += 1) victims.push(await ask(newId(), 'victim@example.com'));
    expect(victims).toEqual(['done', 'done', 'done', 'done', 'done', 'codes-too-many']);
  });

  test('that is none is refused, as is a way that the state has not', async () => {
    const add = (way: 'email' | 'sms', text: string, of = messages) => codeOf(of.addAddress(newId(), way, text, 'ar'));
    for (const text of [
      '',
      'x',
      'a@b',
      'a b@c.example',
      'a@c.example\r\nBcc: d@e.example',
      '<a@c.example>',
      'a,b@c.example',
    ])
      expect(await add('email', text)).toBe('address-invalid');
    for (const text of ['0501234567', '+12', 'abc', '+966 50 123 4567 8901'])
      expect(await add('sms', text)).toBe('address-invalid');
    expect(await add('sms', '٠٠٩٦٦ ٥٠-١٢٣-٤٥٦٧')).toBe('done');
    expect(gateway.got.at(-1)!.body).toContain('"to":"+966501234567"');
    expect(await add('email', 'a@c.example', world.open())).toBe('way-not-offered');
  });
});

describe('an e-mail', () => {
  test('says in the person’s language and direction that there is news, and nothing about the person', async () => {
    const personId = await confirmed('reader', 'email', 'ar');
    await world.tell(messages, { ...decided(personId), kind: 'case-submitted' });
    await sendAll();
    const { messageId } = await newest(personId);
    const { headers, parts } = lastMail();
    expect(headers['subject']).toBe('رسالة جديدة من السعودية');
    expect(headers['from']).toBe('البوابة الحكومية <no-reply@sa.example>');
    expect(headers['message-id']).toBe(`<${messageId}.email@sa.example>`);
    expect(headers['auto-submitted']).toBe('auto-generated');
    expect(headers['content-language']).toBe('ar');
    expect(headers['content-type']).toMatch(/^multipart\/alternative/);
    const [plain, html] = parts as [{ type: string; text: string }, { type: string; text: string }];
    expect([plain.type, html.type]).toEqual(['text/plain; charset=utf-8', 'text/html; charset=utf-8']);
    expect(html.text).toContain('<html lang="ar" dir="rtl">');
    expect(html.text).toContain('<body dir="rtl"');
    for (const { text } of parts) {
      expect(text).toContain(degree.title.ar);
      expect(text).toContain(`https://sa.example/messages/${messageId}`);
      expect(text).not.toMatch(/SA-2026|reader|cases\//);
    }
    expect(await stateOf(messageId)).toEqual({ state: 'sent', code: null, attempts: 1 });
  });

  test('can be stopped by one click of the mail program, for its topic alone; what is mandatory offers no such click', async () => {
    const personId = await confirmed('stopper');
    await world.tell(messages, { ...decided(personId), kind: 'case-submitted' });
    await sendAll();
    const { headers } = lastMail();
    expect(headers['list-unsubscribe-post']).toBe('List-Unsubscribe=One-Click');
    const url = /^<https:\/\/sa\.example\/messages\/unsubscribe\/([^/]+)\/([^/>]+)>$/.exec(
      headers['list-unsubscribe']!,
    )!;
    const [, messageId, token] = url as unknown as [string, string, string];
    expect(await codeOf(messages.unsubscribe(messageId, `${token.slice(0, -1)}_`))).toBe('unsubscribe-invalid');
    expect(await codeOf(messages.unsubscribe(newId(), token))).toBe('unsubscribe-invalid');
    await world.tell(messages, { ...decided(personId), kind: 'case-submitted' });
    expect(await messages.unsubscribe(messageId, token)).toEqual({ topic: 'cases', isOfCase: false });
    await sendAll();
    expect(server.taken).toHaveLength(1);
    expect((await messages.getSettings(personId, 'en')).preferences.topics).toMatchObject({
      cases: { isWanted: true, ways: ['push'] },
      documents: { ways: ['email', 'push'] },
    });
    await world.tell(messages, { personId, kind: 'recovery-begun', source: 'one' });
    await sendAll();
    expect(lastMail().headers['list-unsubscribe']).toBeUndefined();
  });

  test('that is refused for now is tried again later, under the same id', async () => {
    const personId = await confirmed('greylisted');
    server.refuse('greylisted', 451, 2);
    await world.tell(messages, decided(personId));
    const { messageId } = await newest(personId);
    await sendAll();
    await sendAll();
    expect(await stateOf(messageId)).toEqual({ state: 'waiting', code: 'smtp-451', attempts: 1 });
    world.clock.advance(61_000);
    await sendAll();
    expect(await stateOf(messageId)).toMatchObject({ state: 'waiting', attempts: 2 });
    world.clock.advance(60_000);
    await sendAll();
    expect(server.taken).toHaveLength(0);
    world.clock.advance(5 * 60_000);
    await sendAll();
    expect(await stateOf(messageId)).toEqual({ state: 'sent', code: null, attempts: 3 });
    expect(lastMail().headers['message-id']).toBe(`<${messageId}.email@sa.example>`);
  });

  test('that is refused for good ends the address, is told in the mailbox, and can be tried again by the operator', async () => {
    const personId = await confirmed('gone');
    server.refuse('gone', 550);
    await world.tell(messages, decided(personId));
    const { messageId } = await newest(personId);
    await sendAll();
    expect(await stateOf(messageId)).toEqual({ state: 'undeliverable', code: 'smtp-550', attempts: 1 });
    expect((await newest(personId)).kind).toBe('address-undeliverable');
    expect((await messages.getSettings(personId, 'en')).addresses).toEqual([
      { way: 'email', address: 'gone@example.com', state: 'broken' },
    ]);
    const { dead, counts } = await messages.overview();
    expect(dead[0]).toMatchObject({ messageId, way: 'email', topic: 'cases', code: 'smtp-550' });
    expect(counts.find(({ outcome }) => outcome === 'undeliverable')!.count).toBe(1);
    expect(JSON.stringify([dead, counts])).not.toContain(personId);
    await messages.addAddress(personId, 'email', 'found@example.com', 'en');
    await messages.confirmAddress(personId, 'email', codeIn(lastMail().parts[0]!.text));
    expect(await codeOf(messages.handlers.retrySending({ params: { messageId, way: 'sms' } } as never))).toBe(
      'sending-unknown',
    );
    await messages.handlers.retrySending({ params: { messageId, way: 'email' } } as never);
    await sendAll();
    expect(server.taken.map(({ to }) => to)).toContain('found@example.com');
  });

  test('waits when it is the node that is refused: a wrong password, or a server that is not there', async () => {
    const personId = await confirmed('patient');
    const broken = [
      world.open({ email: { ...email, user: 'node', secret: 'other' } }),
      world.open({ email: { ...email, port: 1 } }),
      world.open({ email: { ...email, certificates: [(await startAndStop()).certificate] } }),
    ];
    await world.tell(messages, decided(personId));
    const { messageId } = await newest(personId);
    for (const one of broken) {
      await one.sendDue();
      expect(await stateOf(messageId)).toMatchObject({ state: 'waiting' });
      await expect(one.checks[0]!.check()).rejects.toThrow();
      world.clock.advance(86_400_000);
    }
    for (const { check } of messages.checks) await check();
    await sendAll();
    expect(await stateOf(messageId)).toMatchObject({ state: 'sent' });
    expect(() => world.open({ email: { ...email, host: 'mail.example', security: 'none' } })).toThrow(/encryption/);
  });

  test('is not sent for what was read or deleted before it was due', async () => {
    const personId = await confirmed('quick');
    await world.tell(messages, decided(personId));
    const read = await newest(personId);
    await messages.mailbox.open(personId, read.messageId);
    await world.tell(messages, decided(personId));
    const gone = await newest(personId);
    await messages.mailbox.remove(personId, gone.messageId);
    await sendAll();
    expect(server.taken).toEqual([]);
    expect(await stateOf(read.messageId)).toMatchObject({ state: 'skipped', code: 'read-already' });
    expect(await stateOf(gone.messageId)).toMatchObject({ state: 'skipped', code: 'deleted' });
  });

  test('is sent once by two processes that look at the same moment', async () => {
    const personId = await confirmed('twice');
    for (let at = 0; at < 4; at += 1) await world.tell(messages, decided(personId));
    const other = world.open({ email, sms });
    await Promise.all([messages.sendDue(), other.sendDue(), messages.sendDue(), other.sendDue()]);
    const ids = server.taken.map(({ raw }) => readMail(raw).headers['message-id']);
    expect([ids.length, new Set(ids).size]).toEqual([4, 4]);
  });
});

describe('hours', () => {
  const riyadh = 'Asia/Riyadh';
  const night = { from: '22:00', until: '07:00' };
  const at = (time: string) => new Date(`2026-11-29T${time}:00Z`);

  test('of quiet are those of the state’s clock, over midnight too; security does not wait for them', () => {
    expect([at('18:59'), at('19:00'), at('03:59'), at('04:00')].map((one) => isQuiet(one, night, riyadh))).toEqual([
      ...[false, true, true, false],
    ]);
    const wishes = { quietHours: night, isDigest: true, digestAt: '08:00', timeZone: riyadh };
    const due = (pace: 'at-once' | 'soon' | 'daily', time: string) =>
      planDeparture(at(time), pace, wishes).dueAt.toISOString().slice(0, 16);
    expect(due('at-once', '21:30')).toBe('2026-11-29T21:30');
    expect(due('soon', '21:30')).toBe('2026-11-30T04:00');
    expect(due('soon', '12:00')).toBe('2026-11-29T12:00');
    expect(due('daily', '12:00')).toBe('2026-11-30T05:00');
    expect(due('daily', '03:00')).toBe('2026-11-29T05:00');
  });

  test('are right where clocks are put back on the way', () => {
    const evening = new Date('2026-10-24T20:00:00Z');
    expect(nextAtHour(evening, '08:00', 'Europe/Berlin').toISOString()).toBe('2026-10-25T07:00:00.000Z');
    expect(nextAtHour(new Date('2026-03-28T20:00:00Z'), '08:00', 'Europe/Berlin').toISOString()).toBe(
      '2026-03-29T06:00:00.000Z',
    );
  });

  test('of the day gather what is not pressing into one e-mail', async () => {
    const personId = await confirmed('gatherer');
    const { preferences } = await messages.getSettings(personId, 'en');
    await messages.savePreferences(personId, { ...preferences, isDigest: true });
    for (const kind of ['case-submitted', 'case-withdrawn', 'case-decided'])
      await world.tell(messages, { ...decided(personId), kind });
    await sendAll();
    expect(server.taken).toHaveLength(1);
    world.clock.advance(86_400_000);
    await sendAll();
    expect(server.taken).toHaveLength(2);
    expect(lastMail().parts[0]!.text).toMatch(/https:\/\/sa\.example\/messages\r?\n/);
  });
});

describe('a text message', () => {
  test('is handed over as the gateway’s description says, in the person’s language, without fences', async () => {
    const personId = await confirmed('+966501111111', 'sms', 'ar');
    await world.tell(messages, { personId, kind: 'recovery-begun', source: 'one' });
    await sendAll();
    const { messageId } = await newest(personId);
    const [{ headers, body }] = gateway.got as [(typeof gateway.got)[0]];
    expect(headers).toMatchObject({ authorization: 'Bearer secret of gateway', 'content-type': 'application/json' });
    const text = 'السعودية: بدأت استعادة الدخول إلى هويتك. إن لم تكن أنت فبادر الآن. https://sa.example/messages';
    expect(JSON.parse(body)).toEqual({ messages: [{ to: '+966501111111', text, clientRef: `${messageId}.sms` }] });
    expect(body).not.toMatch(/[\u2066-\u2069]/);
  });

  test('comes at most so often a day, is tried again after a refusal for now, and ends a number that is none', async () => {
    const personId = await confirmed('+966502222222', 'sms');
    const tell = async () => {
      await world.tell(messages, { personId, kind: 'recovery-begun', source: newId() });
      await sendAll();
      return (await newest(personId)).messageId;
    };
    // One was sent when the number was confirmed.
    expect(await stateOf(await tell(), 'sms')).toMatchObject({ state: 'sent' });
    expect(await stateOf(await tell(), 'sms')).toMatchObject({ state: 'skipped', code: 'enough-today' });
    world.clock.advance(86_400_000 + 1);
    gateway.say({ status: 503, body: {} });
    const later = await tell();
    expect(await stateOf(later, 'sms')).toMatchObject({ state: 'waiting', code: 'status-503' });
    gateway.say({ status: 200, body: { result: { state: 'rejected' } } });
    world.clock.advance(61_000);
    await sendAll();
    expect(await stateOf(later, 'sms')).toMatchObject({ state: 'waiting', code: 'answer-unexpected' });
    gateway.say({ status: 400, body: { result: { state: 'no-such-number' } } });
    world.clock.advance(301_000);
    await sendAll();
    expect(await stateOf(later, 'sms')).toMatchObject({ state: 'undeliverable', code: 'number-refused' });
    expect((await newest(personId)).kind).toBe('address-undeliverable');
    gateway.say({ status: 200, body: { result: { state: 'queued' } } });
  });

  test('is counted as networks count it', () => {
    const of = (text: string) => Object.values(measureSms(text));
    expect(of('a'.repeat(160))).toEqual(['gsm-7', 160, 1]);
    expect(of('a'.repeat(161))).toEqual(['gsm-7', 161, 2]);
    expect(of('a'.repeat(306))).toEqual(['gsm-7', 306, 2]);
    expect(of('a'.repeat(307))).toEqual(['gsm-7', 307, 3]);
    expect(of('€'.repeat(80))).toEqual(['gsm-7', 160, 1]);
    // An escaped character is not cut in two: 152 septets fill the first part.
    expect(of(`a${'€'.repeat(153)}`)).toEqual(['gsm-7', 307, 3]);
    expect(of('س'.repeat(70))).toEqual(['ucs-2', 70, 1]);
    expect(of('س'.repeat(71))).toEqual(['ucs-2', 71, 2]);
    expect(of('س'.repeat(134))).toEqual(['ucs-2', 134, 2]);
    expect(of('س'.repeat(135))).toEqual(['ucs-2', 135, 3]);
    expect(of('😀'.repeat(35))).toEqual(['ucs-2', 70, 1]);
    expect(of('😀'.repeat(67))).toEqual(['ucs-2', 134, 3]);
  });
});

async function startAndStop(): Promise<MailServer> {
  const other = await startMailServer();
  await other.stop();
  return other;
}

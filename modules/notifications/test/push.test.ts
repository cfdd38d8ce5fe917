import { createECDH } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createHttpClient } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import { memoryKeys } from '#kernel/keys';
import type { Notifications } from '../index.ts';
import { isPushAddress, readSubscription, usualPushHosts } from '../ways/push/subscription.ts';
import { decryptPush, startPushService } from './push-service.ts';
import { codeOf, decided, openMessages } from './world.ts';

let world: Awaited<ReturnType<typeof openMessages>>;
let service: Awaited<ReturnType<typeof startPushService>>;
let messages: Notifications;
let open: (isPublicOnly?: boolean) => Promise<Notifications>;
const clients: Array<{ close(): Promise<void> }> = [];
const chrome = 'Mozilla/5.0 (Linux; Android 14) Chrome/131.0';

beforeAll(async () => {
  [world, service] = await Promise.all([openMessages(), startPushService()]);
  const signer = await memoryKeys().signer('notifications.push', 'ES256');
  open = async (isPublicOnly = false) => {
    const http = createHttpClient({ isPublicOnly });
    clients.push(http);
    const push = { http, signer, describeDevice: () => 'Chrome, Android' };
    const rules = { contact: 'mailto:portal@sa.example', hosts: [service.url] };
    return world.open({ quietHours: { from: '22:00', until: '07:00' }, push: rules }, { push });
  };
  messages = await open();
});
afterAll(async () => {
  for (const client of clients) await client.close();
  await service?.stop();
  await world?.stop();
});
afterEach(() => {
  service.got.length = 0;
  moveTo('09:00');
});

/** To the next moment at which a clock in UTC shows an hour. */
const moveTo = (hour: string) => {
  const now = world.clock.now();
  const today = Date.parse(`${now.toISOString().slice(0, 10)}T${hour}:00Z`);
  world.clock.advance((today > now.getTime() ? today : today + 86_400_000) - now.getTime());
};
const keyOf = async (personId: string) => (await messages.getSettings(personId, 'ar')).push!.publicKey;
/** Somebody who turned notices on in a browser. */
async function someone(language: 'ar' | 'en' = 'en') {
  const personId = newId();
  const subscription = service.subscribe(await keyOf(personId));
  await messages.addDevice(personId, subscription, chrome, language);
  return { personId, subscription };
}
const devicesOf = async (personId: string) => (await messages.getSettings(personId, 'ar')).push!.devices;
const mailboxOf = async (personId: string) => (await messages.mailbox.list(personId)).messages.map(({ kind }) => kind);
const send = async (messagesOf = messages) => {
  service.setNow(world.clock.now());
  while (await messagesOf.sendDue());
};

test('the judge decrypts the example of RFC 8291 (section 5 and appendix A)', () => {
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(Buffer.from('q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94', 'base64url'));
  const auth = Buffer.from('BTBZMqHH6r4Tts7J_aSIgg', 'base64url');
  const body = Buffer.from(
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
    'base64url',
  );
  expect(decryptPush(body, { ecdh, auth })).toBe('When I grow up, I want to be a watermelon');
});

describe('a notice in the browser', () => {
  test('is encrypted for the device, signed by the node, and says no more than that there is news', async () => {
    const { personId } = await someone();
    const { personId: other, subscription } = await someone('ar');
    // Of its own addition a device shows nothing.
    await send();
    expect(service.got).toEqual([]);
    expect(await mailboxOf(personId)).toEqual(['device-added']);
    await world.tell(messages, decided(personId));
    await world.tell(messages, decided(other));
    await send();
    const [english, arabic] = service.got.map(service.read);
    const { messageId } = (await messages.mailbox.list(personId)).messages[0]!;
    expect(english).toEqual({
      title: expect.stringContaining('Saudi Arabia'),
      body: expect.stringContaining('Recognition of a university degree'),
      ...{ language: 'en', direction: 'ltr', link: `https://sa.example/messages/${messageId}` },
      tag: service.got[0]!.headers['topic'],
    });
    expect(arabic).toMatchObject({ language: 'ar', direction: 'rtl', body: expect.stringContaining('معادلة شهادة') });
    expect(JSON.stringify([english, arabic])).not.toContain('SA-2026-00001');
    const { headers, body } = service.got[0]!;
    expect(headers).toMatchObject({ ttl: '259200', urgency: 'normal', 'content-encoding': 'aes128gcm' });
    expect(headers['topic']).toMatch(/^[\w-]{22}$/);
    expect(body.toString('latin1')).not.toContain('Recognition');
    // Sealed in the table, like an address.
    const { rows } = await world.database.execute('select sealed, endpoint_hash from notifications.devices');
    expect(
      JSON.stringify(rows.map((row) => Buffer.from((row as { sealed: Uint8Array }).sealed).toString('latin1'))),
    ).not.toContain(subscription.endpoint.slice(-20));
  });

  test('goes to each device by itself: what one has taken is not sent to it again when another waits', async () => {
    const { personId, subscription } = await someone();
    const second = service.subscribe(await keyOf(personId));
    await messages.addDevice(personId, second, chrome, 'en');
    expect(await devicesOf(personId)).toMatchObject([{ name: 'Chrome, Android' }, { name: 'Chrome, Android' }]);
    await send();
    service.got.length = 0;
    await world.tell(messages, decided(personId));
    for (const status of [429, 503]) {
      service.say(second.endpoint, status);
      await send();
      world.clock.advance(6 * 60_000);
    }
    expect(service.got.map(({ path }) => path)).toEqual([new URL(subscription.endpoint).pathname]);
    service.say(second.endpoint);
    await send();
    expect(service.got.map(({ path }) => path).slice(1)).toEqual([new URL(second.endpoint).pathname]);
    const [one, two] = service.got.map(({ headers }) => headers['topic']);
    expect(one).toBe(two);
  });

  test.each([404, 410])('ends a subscription that is over (%i), and the mailbox says so', async (status) => {
    const { personId, subscription } = await someone();
    service.say(subscription.endpoint, status);
    await world.tell(messages, decided(personId));
    await send();
    expect(await devicesOf(personId)).toEqual([]);
    expect(await mailboxOf(personId)).toContain('address-undeliverable');
    expect((await messages.overview()).dead.map(({ way, code }) => `${way} ${code}`)).toContain(
      'push subscription-gone',
    );
  });

  test('keeps quiet hours, unless it is about security, and is sent for nothing that was read', async () => {
    // Half past eleven at night in Riyadh.
    moveTo('20:30');
    const { personId } = await someone();
    await world.tell(messages, decided(personId));
    const added = { personId, kind: 'way-to-sign-in-added', source: newId(), link: '/ways' };
    await world.tell(messages, { ...added, values: { way: { ar: 'مفتاح', en: 'a passkey' } } });
    await send();
    expect(service.got.map(({ headers }) => headers['urgency'])).toEqual(['high']);
    const listed = (await messages.mailbox.list(personId)).messages;
    await messages.mailbox.open(personId, listed.find(({ kind }) => kind === 'case-decided')!.messageId);
    moveTo('05:00');
    await send();
    expect(service.got).toHaveLength(1);
  });

  test('is gathered once a day where the person wants that, and comes for the topics that the person chose', async () => {
    const { personId } = await someone();
    const { preferences } = await messages.getSettings(personId, 'en');
    expect(Object.values(preferences.topics).every(({ ways }) => ways.includes('push'))).toBe(true);
    const cases = { isWanted: true, ways: [] };
    await messages.savePreferences(personId, {
      ...{ ...preferences, isDigest: true },
      topics: { ...preferences.topics, cases },
    });
    await world.tell(messages, decided(personId));
    for (const day of ['1', '2'])
      await world.tell(messages, {
        ...{ personId, kind: 'consent-ended', source: newId(), link: '/my-data' },
        values: { day },
      });
    await send();
    expect(service.got).toEqual([]);
    moveTo('05:01');
    await send();
    expect(service.got.map(service.read)).toMatchObject([{ link: 'https://sa.example/messages' }]);
    expect(service.got[0]!.headers['urgency']).toBe('low');
  });

  test('comes no more to what was taken away, nor to anything after signing out everywhere', async () => {
    const { personId } = await someone();
    const stranger = newId();
    const { deviceId } = (await devicesOf(personId))[0]!;
    expect(await codeOf(messages.removeDevice(stranger, deviceId))).toBe('device-unknown');
    await world.tell(messages, decided(personId));
    await messages.removeDevice(personId, deviceId);
    await send();
    await messages.addDevice(personId, service.subscribe(await keyOf(personId)), chrome, 'en');
    await world.tell(messages, decided(personId));
    await messages.removeDevices(personId);
    await send();
    expect([service.got, await devicesOf(personId)]).toEqual([[], []]);
  });
});

describe('what a browser may name', () => {
  test('is an address of a push service that the state writes to, and of nothing else', () => {
    const allowed = [
      'https://updates.push.services.mozilla.com/wpush/v2/x',
      'https://fcm.googleapis.com/fcm/send/x',
      'https://web.push.apple.com/x',
      'https://wns2-par02p.notify.windows.com/w/?token=x',
    ];
    const refused = [
      'http://fcm.googleapis.com/fcm/send/x',
      'https://fcm.googleapis.com:8443/x',
      'https://a:b@fcm.googleapis.com/x',
      'https://fcm.googleapis.com.evil.example/x',
      'https://evilpush.apple.com/x',
      'https://push.apple.com/x',
      'https://169.254.169.254/latest/meta-data',
      'https://127.0.0.1/x',
      'https://[::1]/x',
      'https://localhost/x',
      'file:///etc/passwd',
      'not an address',
    ];
    expect(allowed.filter((endpoint) => !isPushAddress(endpoint, usualPushHosts))).toEqual([]);
    expect(refused.filter((endpoint) => isPushAddress(endpoint, usualPushHosts))).toEqual([]);
  });

  test('has keys that are keys, at most ten times, and moves to whoever uses the browser now', async () => {
    const personId = newId();
    const good = service.subscribe(await keyOf(personId));
    const offCurve = Buffer.from(good.p256dh, 'base64url').fill(7, 40).toString('base64url');
    for (const changes of [
      { endpoint: 'https://10.0.0.1/x' },
      { p256dh: offCurve },
      { p256dh: 'AAAA' },
      { auth: 'AAAA' },
      { auth: `${good.auth}'` },
    ]) {
      expect(readSubscription({ ...good, ...changes }, [service.url])).toBeUndefined();
      const refused = messages.addDevice(personId, { ...good, ...changes }, chrome, 'en');
      expect(await codeOf(refused)).toBe('subscription-refused');
    }
    const adding = Array.from({ length: 12 }, () => service.subscribe('x')).map((one) =>
      codeOf(messages.addDevice(personId, one, chrome, 'en')),
    );
    const codes = await Promise.all(adding);
    expect(codes.filter((code) => code === 'done')).toHaveLength(10);
    expect(codes.filter((code) => code === 'devices-too-many')).toHaveLength(2);
    const { personId: before, subscription } = await someone();
    const now = newId();
    await messages.addDevice(now, subscription, chrome, 'en');
    expect([await devicesOf(before), (await devicesOf(now)).length]).toEqual([[], 1]);
    await messages.addDevice(now, subscription, chrome, 'en');
    expect(await devicesOf(now)).toHaveLength(1);
    expect(await mailboxOf(now)).toEqual(['device-added']);
  });

  test('reaches no address of this machine where the people are real, and the notice waits', async () => {
    const { personId } = await someone();
    await world.tell(messages, decided(personId));
    await send(await open(true));
    expect(service.got).toEqual([]);
    world.clock.advance(2 * 60_000);
    await send();
    expect(service.got).toHaveLength(1);
  });

  test('is not asked for where the state writes to no browser', async () => {
    const without = world.open();
    const personId = newId();
    expect((await without.getSettings(personId, 'ar')).push).toBeUndefined();
    const refused = without.addDevice(personId, service.subscribe('x'), chrome, 'ar');
    expect(await codeOf(refused)).toBe('way-not-offered');
  });
});

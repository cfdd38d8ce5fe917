import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttpClient } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import { dateIn } from '#kernel/languages';
import { signIn } from '../../apps/federation/journey.ts';
import { createVisitor } from '../../apps/federation/visitor.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';

const http = createHttpClient({ timeoutMs: 30_000 });
let federation: TestFederation;
beforeAll(async () => {
  federation = await startTestFederation(['bh', 'sa']);
});
afterAll(async () => {
  await federation?.stop();
  await http.close();
});

const registrar = {
  kind: 'person' as const,
  sessionId: newId(),
  personId: newId(),
  homeState: 'XX',
  officer: { officeId: 'moe', roles: ['registrar'] },
};

test('a licence revoked in Bahrain is known in Saudi Arabia, and the person sees who was told and on what ground', async () => {
  const bh = federation.running.get('bh')!.doors;
  const sa = federation.running.get('sa')!.doors;
  const fatima = federation.person('fatima');
  const { personId } = (await bh.identity.persons.findByNationalId(fatima.nationalId))!;
  const { subscriptionId } = await sa.events.subscribe({
    officeId: 'moe',
    publisher: `${federation.url('bh')}/offices/moe`,
    eventType: 'licence-revoked',
    purpose: 'professional-licensing',
    fields: ['licence_kind', 'revoked_on'],
    until: new Date(Date.now() + 86_400_000).toISOString(),
  });
  // What was made up, or given to another state's clients, names nobody to this office.
  for (const subject of ['made-up', await bh.identity.subjectFor(personId, `${federation.url('bh')}/portal`)])
    await expect(sa.events.watch({ subscriptionId, add: [subject] })).rejects.toMatchObject({
      code: 'subject-unknown',
    });
  const subject = await bh.identity.subjectFor(personId, `${federation.url('sa')}/offices/moe`);
  await sa.events.watch({ subscriptionId, add: [subject] });

  const data = { licence_kind: 'civil-engineer', revoked_on: '2026-11-21' };
  const { nationalId } = fatima;
  const body = { eventId: newId(), type: 'licence-revoked', nationalId, occurredAt: '2026-11-21T08:00:00Z', data };
  await bh.events.handlers.announceEvent({ body, caller: registrar } as never);
  const received = () => sa.events.handlers.listReceivedEvents({ caller: registrar } as never);
  await expect.poll(received).toMatchObject([{ subject, data, eventType: 'licence-revoked' }]);
  await expect.poll(async () => (await bh.events.listGiven(personId))[0]?.state).toBe('given');

  const visitor = createVisitor(http, 'en');
  const homeUrl = federation.url('bh');
  await signIn(
    { visitor, person: fatima, homeUrl, serviceUrl: homeUrl, homeState: 'BH', serviceId: 'degree-recognition' },
    homeUrl,
    '/my-data',
  );
  const page = await visitor.open(`${homeUrl}/my-data`);
  const words = page.html.querySelector('main')!.text.replace(/\s+/g, ' ');
  expect(words).toContain('A professional licence was revoked: Licensing of professions');
  expect(words).toContain('The common rules of the member states on practising professions');
  const [given] = await bh.events.listGiven(personId);
  const proof = await visitor.fetchJson(`${homeUrl}/my-data/uses/${given!.deliveryId}/proof`);
  expect(proof.status).toBe(200);
});

test('what the modules of a node do to a person is announced by itself, once, and only when it is done', async () => {
  const bh = federation.running.get('bh')!.doors;
  const sa = federation.running.get('sa')!.doors;
  const { database } = federation.running.get('bh')!.operatorNeeds;
  const { personId } = (await bh.identity.persons.findByNationalId(federation.person('maryam').nationalId))!;
  const follow = async (officeId: string, publisher: string, eventType: string, purpose: string, fields: string[]) => {
    const until = new Date(Date.now() + 86_400_000).toISOString();
    const publisherId = `${federation.url('bh')}/offices/${publisher}`;
    const { subscriptionId } = await sa.events.subscribe({
      officeId,
      publisher: publisherId,
      eventType,
      purpose,
      fields,
      until,
    });
    const subject = await bh.identity.subjectFor(personId, `${federation.url('sa')}/offices/${officeId}`);
    await sa.events.watch({ subscriptionId, add: [subject] });
    const caller = { ...registrar, officer: { ...registrar.officer, officeId } };
    return async () => {
      const received = await sa.events.handlers.listReceivedEvents({ caller } as never);
      return (received as Array<{ subscriptionId: string; data: object }>)
        .filter((one) => one.subscriptionId === subscriptionId)
        .map(({ data }) => data);
    };
  };
  const revoked = await follow('moe', 'moe', 'credential-revoked', 'professional-licensing', [
    'credential_type',
    'revoked_on',
  ]);
  const withdrawn = await follow('moe', 'interior', 'consent-withdrawn', 'consent-withdrawal', ['consent_id']);
  const suspended = await follow('interior', 'interior', 'identity-suspended', 'identity-protection', ['suspended_on']);
  // Midnight there may come between.
  const today = () => dateIn(new Date(), 'Asia/Bahrain');
  const began = today();
  const ofToday = { asymmetricMatch: (on: unknown) => on === began || on === today() };

  const { credentialId } = await database.transaction((tx) =>
    bh.credentials.issueCredential(tx, {
      decisionId: newId(),
      officeId: 'moe',
      vct: 'degree-recognition',
      claims: {},
      validUntil: new Date(Date.now() + 86_400_000),
      personId,
    }),
  );
  const undone = database.transaction(async (tx) => {
    await bh.credentials.revokeCredential(tx, credentialId);
    throw new Error('something else went wrong');
  });
  await expect(undone).rejects.toThrow('something else');
  for (const _ of ['once', 'again'])
    await database.transaction((tx) => bh.credentials.revokeCredential(tx, credentialId));
  await expect.poll(revoked).toEqual([{ credential_type: 'degree-recognition', revoked_on: ofToday }]);

  const consentTo = async (requester: string) => {
    const detail = {
      type: 'evidence' as const,
      evidence_type: 'degree-record',
      fields: ['degree_level'],
      purpose: 'degree-recognition',
      case_id: 'SA-1',
      requester,
      retention: 'P1Y',
      until: new Date(Date.now() + 3_600_000).toISOString(),
      use: 'once' as const,
    };
    const give = { personId, subject: 'x', requester, details: [detail], approvedFields: [['degree_level']] };
    return (await bh.consent.give(give)).consentId;
  };
  const toOther = await consentTo(`${federation.url('sa')}/offices/interior`);
  const toMoe = await consentTo(`${federation.url('sa')}/offices/moe`);
  for (const consentId of [toOther, toMoe, toMoe]) await bh.consent.withdraw(personId, consentId);
  // The consent to another office is between the person and that office.
  await expect.poll(withdrawn).toEqual([{ consent_id: toMoe }]);

  for (const _ of ['once', 'again']) await bh.identity.suspendPerson(personId);
  await expect.poll(suspended).toEqual([{ suspended_on: ofToday }]);
  expect([(await revoked()).length, (await withdrawn()).length]).toEqual([1, 1]);
  const given = await bh.events.listGiven(personId);
  expect(given.map(({ eventType }) => eventType).sort()).toEqual([
    'consent-withdrawn',
    'credential-revoked',
    'identity-suspended',
  ]);
});

test('an event that the other node refuses for good is named by the doctor, counted, and sent again from the page of what is stuck', async () => {
  const [bh, sa] = [federation.running.get('bh')!, federation.running.get('sa')!];
  const { nationalId } = federation.person('fatima');
  const { rows } = await sa.operatorNeeds.database.execute(
    "update events.follows set state = 'ended' where event_type = 'licence-revoked' returning subscription_id",
  );
  expect(rows).toHaveLength(1);
  const data = { licence_kind: 'civil-engineer', revoked_on: '2026-11-22' };
  const body = { eventId: newId(), type: 'licence-revoked', nationalId, occurredAt: '2026-11-22T08:00:00Z', data };
  await bh.doors.events.handlers.announceEvent({ body, caller: registrar } as never);
  const dead = () => bh.doors.events.letters.listDead();
  await expect.poll(dead).toMatchObject([{ code: 'subscription-ended' }]);
  const { deliveryId } = (await dead())[0]!;

  const folder = join(federation.config.dataFolder, 'bh', 'operator');
  const secret = readFileSync(join(folder, 'secret'), 'utf8').trim();
  const ask = (path: string, form?: Record<string, string>) =>
    http.request({
      method: form ? 'POST' : 'GET',
      url: bh.operatorUrl + path,
      headers: {
        authorization: `Bearer ${secret}`,
        accept: 'text/html',
        'accept-language': 'en',
        ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      },
      ...(form ? { body: new URLSearchParams(form).toString() } : {}),
    });
  const read = async (path: string) => (await ask(path)).body.toString('utf8');
  const { findings } = JSON.parse(await read('/operator/diagnosis')) as { findings: Array<Record<string, unknown>> };
  expect(findings.find(({ state }) => state === 'broken')).toMatchObject({
    link: 'events',
    code: 'events-dead',
    finding: {
      en: expect.stringMatching(/^1 events could not be delivered; the oldest is licence-revoked to sa\.localhost/),
    },
    fix: { en: expect.stringContaining('jisr events') },
  });
  expect(await read('/metrics')).toContain('jisr_events{stage="dead",state="BH"} 1');
  const page = await read('/stuck');
  expect(page).toContain(deliveryId);
  expect(page).toContain('This subscription has ended.');
  expect(page).not.toContain(nationalId);

  const settle = (outcome: string, reason = '') => ask('/stuck', { part: 'events', id: deliveryId, outcome, reason });
  expect((await settle('drop')).status).toBe(400);
  expect((await ask('/stuck', { part: 'events', id: newId(), outcome: 'retry' })).status).toBe(404);
  await sa.operatorNeeds.database.execute("update events.follows set state = 'active'");
  expect((await settle('retry')).status).toBe(303);
  const received = () => sa.doors.events.handlers.listReceivedEvents({ caller: registrar } as never);
  await expect.poll(received).toEqual(expect.arrayContaining([expect.objectContaining({ data })]));
  await expect.poll(dead).toEqual([]);
  expect(await read('/metrics')).toContain('jisr_events{stage="dead",state="BH"} 0');
});

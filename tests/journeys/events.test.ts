import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttpClient } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import { signIn } from '../../apps/federation/journey.ts';
import { createVisitor } from '../../apps/federation/visitor.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';

const http = createHttpClient({ timeoutMs: 30_000 });
let federation: TestFederation;
beforeAll(async () => {
  federation = await startTestFederation(['bh', 'sa']);
}, 180_000);
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
  await expect.poll(received, { timeout: 20_000 }).toMatchObject([{ subject, data, eventType: 'licence-revoked' }]);
  await expect.poll(async () => (await bh.events.listGiven(personId))[0]?.state, { timeout: 10_000 }).toBe('given');

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

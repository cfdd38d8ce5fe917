import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import { decodeJws } from '#kernel/jws';
import { memoryKeys } from '#kernel/keys';
import type { DeskRules } from '../index.ts';
import {
  markTypeOf,
  startAnchor,
  startForeign,
  startOfTests,
  startState,
  type TestAnchor,
  type TestState,
} from './network.ts';

const clock = fixedClock(startOfTests);
const changes: Array<{ entityId: string; change: string; reason?: string }> = [];
let anchor: TestAnchor;
/** The state with a desk, and another that meets its services. */
let sa: TestState;
let bh: TestState;

const offer = {
  purpose: 'degree-recognition',
  evidence_type: 'degree-record',
  fields: ['degree_level', 'field_of_study'],
};
const quick = { purpose: 'degree-recognition', evidence_type: 'person-identity', fields: ['full_name_ar'] };
const kind = {
  names: { ar: 'تطبيق', en: 'App' },
  scopes: ['cases:read', 'cases:write'],
  callsPerMinute: 10,
  callsPerDay: 100,
  daysMax: 30,
};
const rules: DeskRules = {
  hosts: ['.localhost'],
  offers: [
    { ...offer, decidedBy: 'operator' },
    { ...quick, decidedBy: 'rule' },
  ],
  apps: [
    { ...kind, id: 'trial', decidedBy: 'rule' },
    { ...kind, id: 'certified', decidedBy: 'operator' },
  ],
};

beforeAll(async () => {
  anchor = await startAnchor(clock);
  bh = await startState(anchor, clock, 'BH');
  sa = await startState(anchor, clock, 'SA', {
    desk: {
      rules,
      state: 'SA',
      markType: markTypeOf(anchor.entityId),
      appMarkType: `${anchor.entityId}/marks/app`,
      markLifetimeSeconds: 30 * 86_400,
    },
    onMembershipChanged: async (_tx, change) => void changes.push(change),
  });
  anchor.markIssuers.push(bh.entityId, sa.entityId);
});

afterAll(async () => {
  for (const node of [bh, sa, anchor]) {
    await node?.stop();
    await node?.database.close();
  }
});

/** A ministry's own software, at its own address, with its own key. */
async function startService(name: string) {
  const service = await startForeign(clock, name, [sa.entityId]);
  const publish = (claims: object = {}) =>
    service.publishConfiguration(service.entityId, {
      authority_hints: [sa.entityId],
      metadata: {
        openid_relying_party: {
          redirect_uris: [`${service.entityId}/callback`],
          jwks: { keys: [service.signer.publicJwk] },
        },
        jisr_office: {
          state: 'BH',
          names: { ar: 'تصاريح', en: 'Permits' },
          x_road_client: 'BH/GOV/moe',
          provides: [],
          jwks: { keys: [service.signer.publicJwk] },
        },
      },
      ...claims,
    });
  await publish();
  const names = { ar: 'خدمة التصاريح', en: 'Permits service' };
  const join = async (claims: object = {}, by = service.signer, typ = 'jisr-join-request+jwt') => {
    const at = service.seconds();
    const request = {
      iss: service.entityId,
      aud: sa.entityId,
      iat: at,
      exp: at + 120,
      names,
      grants: [offer],
      ...claims,
    };
    const answer = await bh.http.request({
      method: 'POST',
      url: `${sa.entityId}/federation/join`,
      headers: { 'content-type': 'application/jwt' },
      body: await service.sign(request, by, { typ }),
    });
    return { status: answer.status, json: JSON.parse(answer.body.toString('utf8')) };
  };
  const fetchMark = async (type = markTypeOf(anchor.entityId)) => {
    const query = new URLSearchParams({ trust_mark_type: type, sub: service.entityId });
    const answer = await bh.http.request({ method: 'GET', url: `${sa.entityId}/federation/trust-mark?${query}` });
    return answer.status === 200 ? answer.body.toString('utf8') : undefined;
  };
  const carryMark = async () => {
    const mark = (await fetchMark())!;
    await publish({ trust_marks: [{ trust_mark_type: markTypeOf(anchor.entityId), trust_mark: mark }] });
    return mark;
  };
  return { ...service, publish, join, fetchMark, carryMark };
}

const atBh = async (entityId: string, fresh = false) => bh.federation.resolve(entityId, undefined, { fresh });
const decide = (entityId: string, outcome: 'admit' | 'refuse' | 'suspend' | 'resume') =>
  sa.federation.decideMember({ entityId, outcome, reason: 'checked on 22 November' });

describe('a service that asks to join', () => {
  test('waits for a person of the state, is then certified for what it asked, and is known to other states', async () => {
    const service = await startService('permits');
    expect(await service.join()).toMatchObject({ status: 200, json: { decision: 'waiting', asked: [offer] } });
    await expect(atBh(service.entityId)).rejects.toMatchObject({ code: 'trust-chain-invalid' });
    expect(await service.fetchMark()).toBeUndefined();

    expect(await decide(service.entityId, 'admit')).toMatchObject({ decision: 'admitted', granted: [offer] });
    expect(await service.join()).toMatchObject({ json: { decision: 'admitted', decidedBy: 'operator' } });
    await service.carryMark();
    clock.advance(3_000);
    const resolved = await atBh(service.entityId);
    expect(resolved).toMatchObject({ superior: sa.entityId });
    expect(resolved.trustMarks).toMatchObject([{ issuer: sa.entityId, claims: { jisr_grants: [offer] } }]);
    // It was not admitted as an office, so what it says about being one is not passed on.
    expect(Object.keys(resolved.metadata)).toEqual(['openid_relying_party']);
    expect(changes.filter(({ entityId }) => entityId === service.entityId).map(({ change }) => change)).toEqual([
      'applied',
      'admitted',
    ]);
    await service.stop();
  });

  test('is admitted at once where a rule of the state says so', async () => {
    const service = await startService('quick');
    expect(await service.join({ grants: [quick] })).toMatchObject({
      json: { decision: 'admitted', decidedBy: 'rule' },
    });
    expect(decodeJws((await service.fetchMark())!).payload['jisr_grants']).toEqual([quick]);
    expect(await atBh(service.entityId)).toMatchObject({ superior: sa.entityId });
    await service.stop();
  });

  test('as an app is certified by its kind, for its scopes, and signs nobody in', async () => {
    const service = await startService('app');
    const redirects = { redirect_uris: [`${service.entityId}/callback`], jwks: { keys: [service.signer.publicJwk] } };
    const metadata = { oauth_client: redirects, openid_relying_party: redirects };
    await service.publish({ metadata });
    const ask = (tier: string, scopes = ['cases:read']) => service.join({ grants: [], app: { tier, scopes } });
    const refused = { status: 403, json: { code: 'app-not-offered' } };
    expect(await ask('other')).toMatchObject(refused);
    expect(await ask('trial', ['cases:read', 'documents:read'])).toMatchObject(refused);
    expect(await service.join({ grants: [] })).toMatchObject({ json: { code: 'join-request-invalid' } });

    const markType = `${anchor.entityId}/marks/app`;
    const scopesOf = async () => decodeJws((await service.fetchMark(markType))!).payload['jisr_app'].scopes;
    expect(await ask('trial')).toMatchObject({ json: { decision: 'admitted', decidedBy: 'rule' } });
    expect(await scopesOf()).toEqual(['cases:read']);
    expect(await service.fetchMark()).toBeUndefined();
    clock.advance(3_000);
    expect(Object.keys((await atBh(service.entityId)).metadata)).toEqual(['oauth_client']);

    // A wider wish waits, and what is in force stays meanwhile.
    clock.advance(1_000);
    expect(await ask('certified', kind.scopes)).toMatchObject({
      json: { decision: 'waiting', app: { tier: 'certified' }, grantedApp: { tier: 'trial' } },
    });
    expect(await scopesOf()).toEqual(['cases:read']);
    await decide(service.entityId, 'admit');
    expect(await scopesOf()).toEqual(kind.scopes);
    await decide(service.entityId, 'suspend');
    expect(await service.fetchMark(markType)).toBeUndefined();
    await service.stop();
  });

  test('that asks for more than the state certifies is refused before anybody is asked', async () => {
    const service = await startService('greedy');
    for (const grant of [
      { ...offer, fields: ['degree_level', 'diploma_scan'] },
      { ...offer, fields: ['no_such_field'] },
      { ...offer, purpose: 'curiosity' },
      { ...offer, evidence_type: 'birth-record' },
    ])
      expect(await service.join({ grants: [offer, grant] })).toMatchObject({
        status: 403,
        json: { code: 'grant-not-offered' },
      });
    // A grant under a law is no matter of a desk.
    expect(await service.join({ grants: [{ ...offer, laws: ['gcc-estate-assistance'] }] })).toMatchObject({
      status: 400,
      json: { code: 'join-request-invalid' },
    });
    expect((await sa.federation.listMembers()).some(({ entityId }) => entityId === service.entityId)).toBe(false);
    await service.stop();
  });

  test('has to show the key of its own configuration, name this state and return people to itself', async () => {
    const service = await startService('careless');
    const refused = async (answer: Promise<{ status: number; json: { code: string } }>, reason: string) =>
      expect(await answer).toMatchObject({
        status: 400,
        json: { code: 'join-request-invalid', params: { reason } },
      });
    const stranger = await memoryKeys().signer('stranger');
    await refused(service.join({}, stranger), 'signature-invalid');
    await refused(service.join({}, service.signer, 'JWT'), 'type-mismatch');
    await refused(service.join({ aud: bh.entityId }), 'audience-mismatch');
    await refused(service.join({ exp: service.seconds() + 3_600 }), 'lifetime-too-long');
    await refused(service.join({ iat: service.seconds() - 900, exp: service.seconds() - 700 }), 'expired');
    await refused(service.join({ iss: sa.officeId }), 'entity-of-the-state');
    await refused(service.join({ more: 1 }), 'claims-malformed');
    await service.publish({ authority_hints: [bh.entityId] });
    await refused(service.join(), 'superior-not-named');
    const party = { redirect_uris: ['https://elsewhere.example/callback'] };
    await service.publish({ metadata: { openid_relying_party: party } });
    await refused(service.join(), 'redirect-uri-elsewhere');
    await service.publish({ metadata: { openid_provider: {} } });
    await refused(service.join(), 'redirect-uris-missing');
    const asked = service.asked.length;
    expect(await service.join({ iss: 'http://ministry.example/service' })).toMatchObject({
      status: 403,
      json: { code: 'applicant-address-refused' },
    });
    expect(service.asked.length).toBe(asked);
    await service.stop();
  });

  test('keeps what it has while it asks for something else, and an older request changes nothing', async () => {
    const service = await startService('growing');
    const old = { iat: service.seconds() - 30, exp: service.seconds() + 60 };
    await service.join({ grants: [quick] });
    const mark = await service.carryMark();
    expect(await service.join({ ...old, grants: [offer] })).toMatchObject({ status: 400 });
    expect(await service.join({ grants: [quick, offer] })).toMatchObject({
      json: { decision: 'waiting', granted: [quick], asked: [quick, offer] },
    });
    expect(await service.fetchMark()).toBe(mark);
    expect(await decide(service.entityId, 'refuse')).toMatchObject({ decision: 'refused', granted: [quick] });
    expect(await atBh(service.entityId)).toMatchObject({ superior: sa.entityId });
    await expect(decide(service.entityId, 'admit')).rejects.toMatchObject({ code: 'member-order-outdated' });
    await service.stop();
  });

  test('gets a member code of its own only, from a person only, and speaks in no other name', async () => {
    const service = await startService('office');
    const names = { ar: 'تصاريح', en: 'Permits' };
    for (const code of ['SA/GOV/moe', 'BH/GOV/permits'])
      expect(await service.join({ x_road_client: code })).toMatchObject({
        status: 409,
        json: { code: 'member-code-taken' },
      });
    expect(await service.join({ grants: [quick], x_road_client: 'SA/GOV/permits' })).toMatchObject({
      json: { decision: 'waiting' },
    });
    const rival = await startService('rival');
    expect(await rival.join({ x_road_client: 'SA/GOV/permits' })).toMatchObject({ status: 409 });
    await decide(service.entityId, 'admit');
    // Its own configuration calls itself BH/GOV/moe.
    const office = await bh.federation.findOffice(service.entityId);
    expect(office?.office).toMatchObject({ state: 'SA', x_road_client: 'SA/GOV/permits', names });
    await service.stop();
    await rival.stop();
  });
});

describe('a suspension', () => {
  test('takes a service, its mark and nothing else out of every state within a minute, and can be taken back', async () => {
    const service = await startService('suspended');
    await service.join();
    await decide(service.entityId, 'admit');
    await service.carryMark();
    expect((await atBh(service.entityId)).trustMarks).toHaveLength(1);
    expect(await decide(service.entityId, 'suspend')).toMatchObject({
      suspended: { reason: 'checked on 22 November' },
    });
    clock.advance(26_000);
    await expect(atBh(service.entityId)).rejects.toMatchObject({ code: 'trust-chain-invalid' });
    expect(await service.fetchMark()).toBeUndefined();
    expect(await service.join()).toMatchObject({
      json: { decision: 'admitted', suspended: { reason: expect.anything() } },
    });
    expect(await service.fetchMark()).toBeUndefined();
    await expect(decide(service.entityId, 'suspend')).rejects.toMatchObject({ code: 'member-order-outdated' });
    expect((await atBh(sa.officeId)).trustMarks).toHaveLength(1);

    await decide(service.entityId, 'resume');
    await service.carryMark();
    clock.advance(3_000);
    expect((await atBh(service.entityId)).trustMarks).toHaveLength(1);
    await service.stop();
  });

  test('takes an office of the state itself out, with its marks', async () => {
    expect((await atBh(sa.officeId)).trustMarks).toHaveLength(1);
    await decide(sa.officeId, 'suspend');
    clock.advance(26_000);
    await expect(atBh(sa.officeId)).rejects.toMatchObject({ code: 'trust-chain-invalid' });
    await decide(sa.officeId, 'resume');
    clock.advance(61_000);
    expect((await atBh(sa.officeId)).trustMarks).toHaveLength(1);
    await expect(decide('http://nobody.localhost/x', 'suspend')).rejects.toMatchObject({ code: 'member-unknown' });
  });
});

test('a state without a desk takes nobody', async () => {
  const service = await startService('elsewhere');
  const at = service.seconds();
  const answer = await bh.http.request({
    method: 'POST',
    url: `${bh.entityId}/federation/join`,
    headers: { 'content-type': 'application/jwt' },
    body: await service.sign({ iss: service.entityId, aud: bh.entityId, iat: at, exp: at + 60 }),
  });
  expect(answer.status).toBe(404);
  await service.stop();
});

import { createServer, type Server } from 'node:http';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HttpClient } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import type { RelyingParty } from '#modules/identity';
import { nationalIdSchemes } from '#protocol/national-ids';
import { createAuthenticator } from './authenticator.ts';
import {
  addPerson,
  codeAt,
  createRegistry,
  type Node,
  password,
  type Registry,
  startHttp,
  startNode,
} from './federation-in-a-box.ts';

type Challenge = { challenge: string; user: { id: string } };
const grantType = 'urn:openid:params:grant-type:ciba';

let http: HttpClient;
let registry: Registry;
let bh: Node;
let listener: Server;
const pings: Array<{ authorization: string | undefined; body: string }> = [];
const allowed = new Set<string>();
let serial = 0;

beforeAll(async () => {
  http = startHttp();
  registry = createRegistry();
  bh = await startNode(registry, http, { state: 'BH', mayAskPhones: async (clientId) => allowed.has(clientId) });
  listener = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      pings.push({ authorization: request.headers.authorization, body });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  listener?.close();
  await bh?.close();
  await http?.close();
});

/** A relying party in the federation, as its own metadata describes it, behind a certified library. */
async function enter(
  name: string,
  own: Record<string, unknown>,
): Promise<{ clientId: string; client: oidc.Configuration; DPoP: oidc.DPoPHandle }> {
  const clientId = `${bh.publicUrl}/offices/${name}`;
  const signer = await bh.keys.signer(`office-${name}`);
  const described = bh.identity.relyingPartyMetadata({
    entityId: clientId,
    redirectUris: [`${bh.publicUrl}/sign-in/callback`],
    names: { ar: 'مركز الاتصال', en: 'Call centre' },
    jwks: { keys: [signer.publicJwk] },
  });
  const portal = registry.entries.get(bh.portal.entityId)!;
  registry.entries.set(clientId, { ...portal, metadata: { openid_relying_party: { ...described, ...own } } });
  const pair = await bh.keys.cryptoKeyPair(`office-${name}`);
  const metadata = bh.identity.providerMetadata({ ar: 'هوية', en: 'Identity' });
  const client = new oidc.Configuration(
    metadata as oidc.ServerMetadata,
    clientId,
    { id_token_signed_response_alg: 'ES256', [oidc.clockTolerance]: 60 },
    oidc.PrivateKeyJwt({ key: pair.privateKey, kid: signer.kid }),
  );
  client[oidc.customFetch] = ((input: string, init: object) => http.fetch(input, init)) as oidc.CustomFetch;
  oidc.allowInsecureRequests(client);
  oidc.enableNonRepudiationChecks(client);
  oidc.setJwksCache(client, { jwks: metadata['jwks'] as never, uat: Math.floor(Date.now() / 1_000) });
  return { clientId, client, DPoP: oidc.getDPoPHandle(client, pair) };
}

async function enterAllowed(name: string, own: Record<string, unknown> = { backchannel_token_delivery_mode: 'poll' }) {
  const party = await enter(name, { grant_types: ['authorization_code', grantType], ...own });
  allowed.add(party.clientId);
  return party;
}

function nextNumber(): string {
  let nationalId: string | undefined;
  while (nationalId === undefined)
    nationalId = nationalIdSchemes['bh-cpr'].complete(`9103${String(++serial).padStart(4, '0')}`);
  return nationalId;
}

/** A person whose phone approves sign-ins. */
async function withPhone(extra: object = {}) {
  const nationalId = nextNumber();
  const { personId } = await addPerson(bh, nationalId, extra);
  const { methods, phone } = bh.identity;
  const at = { sessionId: newId(), personId, address: `10.3.0.${serial}`, agent: '' };
  await methods.confirmByPassword(at, { password, code: codeAt(new Date()) });
  const device = createAuthenticator(bh.publicUrl);
  await methods.addPasskey(at, { answer: device.add((await methods.askToAddPasskey(at)) as Challenge), name: 'Phone' });
  const { cookie } = await methods.addPhone(at, device.answer((await methods.askToAddPhone(at)) as Challenge));
  const handle = /^jisr_phone=([^;]+)/.exec(cookie)![1]!;
  const waiting = () => phone.list(handle);
  return {
    nationalId,
    personId,
    waiting,
    typeNumber: async (number: string) => phone.enterNumber(handle, (await waiting())[0]!.requestId, number),
    refuse: async () => phone.refuse(handle, (await waiting())[0]!.requestId),
    approve: async () => {
      const { requestId } = (await waiting())[0]!;
      const answer = device.answer((await phone.askForKey(handle, requestId)) as Challenge);
      await phone.approve(handle, requestId, { answer, address: at.address });
    },
  };
}

type Party = Awaited<ReturnType<typeof enter>>;
const begin = ({ client }: Party, loginHint: string, more: Record<string, string> = {}) =>
  oidc.initiateBackchannelAuthentication(client, {
    scope: 'openid',
    login_hint: loginHint,
    binding_message: '47',
    acr_values: 'substantial',
    ...more,
  });
/** What a service gets that asks once, now. */
const redeem = ({ client, DPoP }: Party, started: { auth_req_id: string }) =>
  oidc.genericGrantRequest(client, grantType, { auth_req_id: started.auth_req_id }, { DPoP });
const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => ({ error: 'none' }),
    (failure: { error?: string; error_description?: string }) => ({
      error: failure.error,
      words: failure.error_description,
    }),
  );

describe('a sign-in that a service begins by itself', () => {
  test('is approved by the number that the service shows, and polled for by openid-client', async () => {
    const party = await enterAllowed('call-centre');
    const person = await withPhone();
    const started = await begin(party, person.nationalId);
    expect(started.expires_in).toBe(180);
    expect(await errorOf(redeem(party, started))).toMatchObject({ error: 'authorization_pending' });
    const [request] = await person.waiting();
    expect(request).toMatchObject({ clientId: party.clientId, isKnownAddress: false, isByService: true, purposes: [] });
    await person.typeNumber('47');
    await person.approve();
    const tokens = await oidc.pollBackchannelAuthenticationGrant(
      party.client,
      { ...started, interval: 0.01 },
      undefined,
      { DPoP: party.DPoP },
    );
    const claims = tokens.claims()!;
    expect(claims).toMatchObject({
      acr: 'substantial',
      amr: ['pop', 'swk', 'user', 'mca', 'mfa'],
      aud: party.clientId,
    });
    expect(tokens.token_type.toLowerCase()).toBe('dpop');
    // The same subject as by a redirect: a sector has one name for a person.
    expect(await bh.identity.findPersonOfSubject(claims.sub)).toBe(person.personId);
    expect(await bh.identity.subjectFor(person.personId, bh.office.entityId)).toBe(claims.sub);
    expect(await errorOf(redeem(party, started))).toMatchObject({ error: 'invalid_grant' });
  });

  test('is told of at once to a service that wants to be pinged', async () => {
    const { port } = listener.address() as { port: number };
    const party = await enterAllowed('desk', {
      backchannel_token_delivery_mode: 'ping',
      backchannel_client_notification_endpoint: `http://127.0.0.1:${port}/ping`,
    });
    const person = await withPhone();
    const started = await begin(party, person.nationalId, { client_notification_token: 'secret-of-the-service' });
    await person.typeNumber('47');
    await person.approve();
    expect(pings).toEqual([
      { authorization: 'Bearer secret-of-the-service', body: JSON.stringify({ auth_req_id: started.auth_req_id }) },
    ]);
    expect((await redeem(party, started)).claims()!['acr']).toBe('substantial');
  });

  test('ends as what it ended by: refused, a wrong number, a level that is not reached', async () => {
    const party = await enterAllowed('clinic');
    const counted = async (outcome: string) =>
      (await bh.identity.outcomes.summarise(1)).find((row) => row.outcome === outcome)?.count ?? 0;
    for (const [reason, error, answer] of [
      ['user_cancelled', 'access_denied', (one: Person) => one.refuse()],
      ['number_mismatch', 'access_denied', (one: Person) => one.typeNumber('74').catch(() => undefined)],
    ] as const) {
      const person = await withPhone();
      const started = await begin(party, person.nationalId);
      const before = Number(await counted(reason));
      await answer(person);
      expect(await errorOf(redeem(party, started))).toEqual({ error, words: reason });
      expect(Number(await counted(reason))).toBe(before + 1);
    }
    const weak = await withPhone({ proofing: 'standard' });
    const essential = JSON.stringify({ id_token: { acr: { essential: true, values: ['substantial'] } } });
    const started = await begin(party, weak.nationalId, { claims: essential });
    await weak.typeNumber('47');
    await weak.approve();
    expect(await errorOf(redeem(party, started))).toEqual({
      error: 'unmet_authentication_requirements',
      words: 'loa_unmet',
    });
  });

  test('tells nobody whether there is such a person, or that one is suspended, or has a phone', async () => {
    const party = await enterAllowed('bank');
    const suspended = await addPerson(bh, nextNumber());
    await bh.identity.suspendPerson(suspended.personId);
    const phoneless = await addPerson(bh, nextNumber());
    for (const nationalId of [nextNumber(), suspended.nationalId, phoneless.nationalId]) {
      const started = await begin(party, nationalId);
      expect(Object.keys(started).sort()).toEqual(['auth_req_id', 'expires_in']);
      expect(await errorOf(redeem(party, started))).toMatchObject({ error: 'authorization_pending' });
    }
  });

  test('wears nobody down: one request waits at a time, of all services together, and each further one waits longer', async () => {
    const [one, two] = [await enterAllowed('loud-one'), await enterAllowed('loud-two')];
    const person = await withPhone();
    await begin(one, person.nationalId);
    for (const party of [one, two, two, one])
      expect(await errorOf(begin(party, person.nationalId))).toMatchObject({ error: 'temporarily_unavailable' });
    expect(await person.waiting()).toHaveLength(1);
    await person.refuse();
    // Refused is refused: who asks again waits longer each time.
    const answers = [];
    for (let times = 0; times < 4; times += 1) answers.push((await errorOf(begin(two, person.nationalId))).error);
    expect(answers.filter((error) => error === 'none').length).toBeLessThanOrEqual(1);
    expect(answers.at(-1)).toBe('temporarily_unavailable');
    expect((await person.waiting()).length).toBeLessThanOrEqual(1);
  });

  test('is for clients alone that ask for it in their metadata and that the operator allows', async () => {
    const person = await withPhone();
    const notAllowed = await enter('unasked', {
      grant_types: ['authorization_code', grantType],
      backchannel_token_delivery_mode: 'poll',
    });
    const notWanting = await enter('plain', {});
    allowed.add(notWanting.clientId);
    for (const party of [notAllowed, notWanting])
      expect(await errorOf(begin(party, person.nationalId))).toEqual({
        error: 'invalid_request',
        words: `${grantType} is not allowed for this client`,
      });
    expect(await person.waiting()).toEqual([]);
  });

  test('shows a number of two digits, and gives no evidence', async () => {
    const party = await enterAllowed('registry');
    const person = await withPhone();
    for (const message of ['7', '07', '123', 'Order 12', ''])
      expect((await errorOf(begin(party, person.nationalId, { binding_message: message }))).error, message).toMatch(
        /^invalid_(binding_message|request)$/,
      );
    const details = { authorization_details: '[{"type":"evidence"}]' };
    expect((await errorOf(begin(party, person.nationalId, details))).error).toMatch(/^invalid_/);
    expect(await errorOf(begin(party, person.nationalId, { requested_expiry: '86400' }))).toMatchObject({
      error: 'invalid_request',
    });
    expect(await person.waiting()).toEqual([]);
  });

  test('belongs to the service that began it', async () => {
    const [mine, theirs] = [await enterAllowed('mine'), await enterAllowed('theirs')];
    const person = await withPhone();
    const started = await begin(mine, person.nationalId);
    await person.typeNumber('47');
    await person.approve();
    expect(await errorOf(redeem(theirs, started))).toMatchObject({ error: 'invalid_grant' });
    expect((await redeem(mine, started)).claims()!['acr']).toBe('substantial');
  });
});

describe('somebody at the counter of an office', () => {
  const officerId = newId();
  const told: object[] = [];
  let desk: { client: RelyingParty };
  beforeAll(async () => {
    const { clientId } = await enterAllowed('at-counter');
    desk = { client: { entityId: clientId, signer: await bh.keys.signer('office-at-counter') } };
    bh.identityNeeds.onPresence = async (_tx, presence) => {
      told.push(presence);
      return '00ff';
    };
  });
  const ask = async (nationalId: string, by = desk.client) =>
    bh.identity.counter.ask({
      client: by,
      officeId: 'counter',
      officerId,
      homeState: 'BH',
      providerEntityId: `${bh.publicUrl}/eid`,
      nationalId,
    });
  const look = (visitId: string, who = officerId) => bh.identity.counter.look(visitId, who, desk.client);
  /** As if nobody had looked for a minute: the provider does not want to be asked at every press. */
  const later = async (visitId: string, column = 'looked_at') => {
    await bh.database.execute(
      `update identity.counter_visits set ${column} = ${column} - interval '16 minutes' where visit_id = $1`,
      [visitId],
    );
    return look(visitId);
  };

  test('is known once the phone has answered, to the officer who asked, for a quarter of an hour', async () => {
    const person = await withPhone();
    const { visitId } = await ask(person.nationalId);
    const { state, number } = await look(visitId);
    expect([state, number]).toEqual(['waiting', expect.stringMatching(/^[1-9][0-9]$/)]);
    expect((await later(visitId)).state).toBe('waiting');
    await person.typeNumber(number);
    await person.approve();
    // The provider said when to ask again, and is not asked before.
    expect((await look(visitId)).state).toBe('waiting');
    const present = { state: 'present', personId: person.personId, level: 'substantial' };
    const looks = await Promise.all([later(visitId), look(visitId)]);
    expect(looks.map((one) => one.state)).toContain('present');
    expect(await look(visitId)).toMatchObject(present);
    expect(told).toEqual([{ personId: person.personId, officeId: 'counter', level: 'substantial', homeState: 'BH' }]);
    await expect(look(visitId, newId())).rejects.toMatchObject({ code: 'not-found' });
    await expect(look('x')).rejects.toMatchObject({ code: 'not-found' });
    expect(await bh.identity.counter.listPresences(person.personId)).toMatchObject([
      { visitId, officeId: 'counter', level: 'substantial', leafHash: '00ff' },
    ]);
    expect((await later(visitId, 'ended_at')).state).toBe('over');
    const rows = await bh.database.execute('select * from identity.counter_visits', []);
    expect(JSON.stringify(rows)).not.toContain(person.nationalId);
  });

  test('ends as what it ended by, each as itself; nobody by that number looks like somebody who does not answer', async () => {
    for (const [code, answer] of [
      ['sign-in-cancelled', (one: Person) => one.refuse()],
      ['number-mismatched', (one: Person) => one.typeNumber('09').catch(() => undefined)],
    ] as const) {
      const person = await withPhone();
      const { visitId } = await ask(person.nationalId);
      await answer(person);
      expect(await later(visitId)).toMatchObject({ state: 'refused', code });
    }
    const weak = await withPhone({ proofing: 'standard' });
    const weakVisit = await ask(weak.nationalId);
    await weak.typeNumber((await look(weakVisit.visitId)).number);
    await weak.approve();
    expect(await later(weakVisit.visitId)).toMatchObject({ state: 'refused', code: 'acr-not-met' });

    const gone = await withPhone();
    const left = await ask(gone.nationalId);
    await gone.typeNumber((await look(left.visitId)).number);
    await gone.approve();
    await bh.identity.suspendPerson(gone.personId);
    expect((await later(left.visitId)).state).toBe('refused');

    const silent = await withPhone();
    for (const nationalId of [silent.nationalId, nextNumber(), '1']) {
      const { visitId } = await ask(nationalId);
      expect(await later(visitId)).toMatchObject({ state: 'waiting' });
      expect(await later(visitId, 'expires_at')).toMatchObject({ state: 'refused', code: 'sign-in-timed-out' });
    }
    await ask(silent.nationalId).catch(() => undefined);
    await expect(ask(silent.nationalId)).rejects.toMatchObject({ code: 'phone-asked-too-often' });
  });

  test('is asked by nobody whom the home state has not named', async () => {
    const { clientId } = await enter('unnamed-counter', {
      grant_types: ['authorization_code', grantType],
      backchannel_token_delivery_mode: 'poll',
    });
    const client = { entityId: clientId, signer: await bh.keys.signer('office-unnamed-counter') };
    await expect(ask(nextNumber(), client)).rejects.toMatchObject({ code: 'phones-not-askable' });
  });
});

type Person = Awaited<ReturnType<typeof withPhone>>;

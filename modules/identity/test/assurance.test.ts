import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import { sql } from '#kernel/database';
import type { HttpClient } from '#kernel/http-client';
import { decodeJws } from '#kernel/jws';
import { isAtLeast } from '#protocol/assurance';
import { nationalIdSchemes } from '#protocol/national-ids';
import {
  chooseMethod,
  levelOf,
  offeredMethods,
  reachableLevels,
  readNeededLevel,
  strongestLevel,
} from '../assurance/rules.ts';
import { type VerifiedClaimsRequest, verifiedClaims, type WantedClaims } from '../assurance/verified-claims.ts';
import { checkFramework, type EidFramework, type PersonImport } from '../index.ts';
import {
  addPerson,
  codeAt,
  createBrowser,
  createRegistry,
  type Node,
  password,
  sampleEid,
  signInAt,
  startHttp,
  startNode,
} from './federation-in-a-box.ts';

const states = ['ae', 'bh', 'kw', 'om', 'qa', 'sa'];
const eidOf = (state: string) => JSON.parse(readFileSync(`states/${state}/eid.json`, 'utf8')) as EidFramework;

// The working group's own schemas judge what is asked and what is given.
const schemaFolder = 'tests/conformance/identity-assurance/schemas';
const ajv = new Ajv2020({ strict: false });
(ajvFormats as unknown as (ajv: Ajv2020) => void)(ajv);
for (const name of readdirSync(schemaFolder))
  ajv.addSchema(JSON.parse(readFileSync(`${schemaFolder}/${name}`, 'utf8')));
const schemaId = (name: string) => `https://bitbucket.org/openid/ekyc-ida/raw/master/schema/${name}.json`;
const isVerified = ajv.getSchema(schemaId('verified_claims'))!;
const isRequest = ajv.getSchema(schemaId('verified_claims_request'))!;

describe('the bridge of levels', () => {
  test.each(states)('of %s is whole, and every pair of it has one level', (state) => {
    const framework = eidOf(state);
    expect(checkFramework(framework)).toEqual([]);
    expect(reachableLevels(framework, offeredMethods)).toEqual(['low', 'substantial']);
    expect(strongestLevel(framework, Object.keys(framework.methods))).toBe('high');
    expect(levelOf(framework, framework.usualProofing, 'password-otp')).toBe('substantial');
    // What this node offers says nothing of hardware, so it is worth no more than what it was enrolled with.
    for (const method of ['passkey', 'phone-approval'])
      expect(levelOf(framework, framework.usualProofing, method)).toBe('substantial');
    // A password alone is never more than low, whoever vouches for the person behind it.
    for (const { method, level } of framework.levels) if (method === 'password') expect(level).toBe('low');
  });

  test.each([
    ['ae', 'SOP1', ['low']],
    ['ae', 'SOP2', ['high', 'low', 'substantial']],
    ['ae', 'SOP3', ['high', 'low', 'substantial']],
    ['bh', 'eKey Standard', ['low']],
    ['bh', 'eKey Advanced', ['substantial']],
    ['bh', 'eKey 2.0', ['high']],
    ['sa', 'Nafath: app with biometrics', ['high']],
    ['sa', 'Nafath: one-time code on the web', ['low', 'substantial']],
    ['qa', 'NAS: smart card', ['high']],
    ['qa', 'NAS: visitor', ['low']],
    ['kw', 'Mobile ID: app approval', ['high']],
    ['om', 'PKI card', ['high']],
    ['om', 'Mobile PKI', ['high', 'substantial']],
  ])('of %s says what "%s" is worth', (state, own, levels) => {
    const found = eidOf(state).levels.filter((row) => row.own.en === own);
    expect([...new Set(found.map(({ level }) => level))].sort()).toEqual(levels);
  });

  test('that names what it does not describe, or a pair twice, is not taken', () => {
    const broken = structuredClone(sampleEid);
    broken.levels.push({ ...broken.levels[0]! }, { ...broken.levels[0]!, method: 'telepathy' });
    broken.usualProofing = 'gossip';
    expect(checkFramework(broken).length).toBe(3);
  });

  test('takes the least method that is enough, and none where an essential level cannot be had', () => {
    const choose = (proofing: string, level: 'low' | 'substantial' | 'high', isEssential: boolean) =>
      chooseMethod(sampleEid, proofing, { level, isEssential }, ['password', 'password-otp']);
    expect(choose('advanced', 'low', true)).toEqual({ method: 'password', level: 'low' });
    expect(choose('advanced', 'substantial', true)).toEqual({ method: 'password-otp', level: 'substantial' });
    expect(choose('standard', 'substantial', true)).toEqual({ unmet: { needed: 'substantial', reached: 'low' } });
    expect(choose('standard', 'substantial', false)).toEqual({ method: 'password-otp', level: 'low' });
    expect(choose('unheard-of', 'low', false)).toEqual({ unmet: { needed: 'low' } });
  });

  test('reads what a client needs from claims before acr_values', () => {
    const essential = (acr: object) => readNeededLevel({ claims: { id_token: { acr } }, acr_values: 'low' });
    expect(essential({ essential: true, values: ['high', 'substantial'] })).toEqual({
      level: 'substantial',
      isEssential: true,
    });
    expect(essential({ essential: true, value: 'high' })).toEqual({ level: 'high', isEssential: true });
    expect(essential({ essential: true, value: 'urn:unknown' })).toBeUndefined();
    expect(readNeededLevel({ acr_values: 'urn:unknown high' })).toEqual({ level: 'high', isEssential: false });
    expect(readNeededLevel({})).toEqual({ level: 'substantial', isEssential: false });
    expect([
      isAtLeast('high', 'low'),
      isAtLeast('low', 'high'),
      isAtLeast('HIGH', 'low'),
      isAtLeast(undefined, 'low'),
    ]).toEqual([true, false, false, false]);
  });
});

describe('between two states', () => {
  let http: HttpClient;
  let home: Node;
  let visited: Node;
  const clock = fixedClock(new Date());
  let serial = 0;

  beforeAll(async () => {
    http = startHttp();
    const registry = createRegistry();
    home = await startNode(registry, http, { state: 'BH', clock });
    visited = await startNode(registry, http, { state: 'SA', clock });
  });
  afterAll(async () => {
    await home?.close();
    await visited?.close();
    await http?.close();
  });

  const newPerson = (extra: Partial<PersonImport> = {}) => {
    for (;;) {
      const nationalId = nationalIdSchemes['bh-cpr'].complete(`9101${String(serial++).padStart(4, '0')}`);
      if (nationalId !== undefined) return addPerson(home, nationalId, extra);
    }
  };
  const start = (extra: object = {}, party = visited.portal) =>
    visited.identity.signin.start({
      client: party,
      providerEntityId: home.identity.issuer,
      redirectUri: `${visited.publicUrl}/sign-in/callback`,
      returnTo: '/services/degree',
      language: 'ar',
      ...extra,
    });
  const complete = (url: string, stateCookieValue: string, party = visited.portal) =>
    visited.identity.signin.complete({ client: party, callbackUrl: url, stateCookieValue });
  const signInLow = async (browser: ReturnType<typeof createBrowser>, person: PersonImport) => {
    const flow = await start({ level: 'low' });
    const page = await browser.get(flow.redirectUrl);
    const end = await browser.post(`${page.url}/login`, { nationalId: person.nationalId, password });
    return complete(end.url, flow.stateCookieValue);
  };

  test('a low sign-in takes the password alone; a service that needs more asks again, and one that needs less does not', async () => {
    const person = await newPerson();
    const browser = createBrowser(http);
    expect(await signInLow(browser, person)).toMatchObject({ acr: 'low', claims: { amr: ['pwd'] } });
    const flow = await start({ level: 'substantial' });
    const page = await browser.get(flow.redirectUrl);
    expect(page.json()).toMatchObject({ prompt: 'login', stepUpTo: 'substantial' });
    const end = await signInAt(browser, page, person.nationalId, codeAt(clock.now()));
    expect(await complete(end.url, flow.stateCookieValue)).toMatchObject({ acr: 'substantial' });
    const again = await start({ level: 'low' });
    const silent = await browser.get(again.redirectUrl);
    expect(await complete(silent.url, again.stateCookieValue)).toMatchObject({ acr: 'substantial' });
  });

  test('somebody whose proofing is too weak is told how to get further, and the service why', async () => {
    const person = await newPerson({ proofing: 'standard' });
    const browser = createBrowser(http);
    const flow = await start();
    const page = await browser.get(flow.redirectUrl);
    const step = await browser.post(`${page.url}/login`, { nationalId: person.nationalId, password });
    expect(step.json()).toEqual({ next: 'end' });
    expect((await browser.get(page.url)).json()).toMatchObject({
      isCodeAwaited: false,
      ended: {
        reason: 'loa_unmet',
        unmet: { needed: 'substantial', reached: 'low', raise: sampleEid.proofings['standard']!.raise },
      },
    });
    // Whatever the page says then, the reason is the one on record.
    const back = await browser.post(`${page.url}/refuse`, { reason: 'user_cancelled' });
    expect(new URL(back.url).searchParams.get('error_description')).toBe('loa_unmet');
    await expect(complete(back.url, flow.stateCookieValue)).rejects.toMatchObject({ code: 'acr-not-met' });
  });

  test('a level that nobody reaches here is refused before anybody is asked', async () => {
    await expect(start({ level: 'high' })).rejects.toMatchObject({ code: 'acr-not-met' });
  });

  test('a token that says less than was needed lets nobody in', async () => {
    const person = await newPerson();
    const browser = createBrowser(http);
    const flow = await start({ level: 'low' });
    // As if the provider had been asked for more and gave this.
    await sql`update identity.sign_in_flows set needed_level = 'substantial' where used_at is null`.execute(
      visited.database.db,
    );
    const page = await browser.get(flow.redirectUrl);
    const end = await browser.post(`${page.url}/login`, { nationalId: person.nationalId, password });
    await expect(complete(end.url, flow.stateCookieValue)).rejects.toMatchObject({ code: 'acr-not-met' });
  });

  test('max_age asks again, and the token says when', async () => {
    const person = await newPerson();
    const browser = createBrowser(http);
    await signInLow(browser, person);
    const flow = await start({ level: 'low', maxAgeSeconds: 0 });
    const page = await browser.get(flow.redirectUrl);
    expect(page.json()['prompt']).toBe('login');
    const end = await browser.post(`${page.url}/login`, { nationalId: person.nationalId, password });
    const { claims } = await complete(end.url, flow.stateCookieValue);
    expect(Math.abs(Number(claims['auth_time']) - clock.now().getTime() / 1_000)).toBeLessThan(300);
  });

  describe('verified claims', () => {
    const detail = {
      type: 'evidence' as const,
      evidence_type: 'person-identity',
      purpose: 'degree-recognition',
      case: 'c-1',
    };
    const names = ['full_name_ar', 'full_name_latin'];
    const claims = ['name', 'name#ar'];
    const ask = (fields: string[], verified: WantedClaims) =>
      start(
        {
          authorizationDetails: [{ ...detail, fields }],
          resource: `${home.publicUrl}/r1`,
          verifiedClaims: verified,
        },
        visited.office,
      );

    test('are given with their framework and evidence, cut to what the person agreed to', async () => {
      const proofedAt = new Date('2024-03-01T09:00:00Z');
      const person = await newPerson({ proofedAt });
      const browser = createBrowser(http);
      const flow = await ask(names, claims);
      const consent = await signInAt(
        browser,
        await browser.get(flow.redirectUrl),
        person.nationalId,
        codeAt(clock.now()),
      );
      expect(
        isRequest(
          JSON.parse(String((JSON.parse(consent.text) as { params: { claims: string } }).params.claims)).id_token,
        ),
        JSON.stringify(isRequest.errors),
      ).toBe(true);
      const end = await browser.post(`${consent.url}/approve`, {
        consentId: 'consent-1',
        details: JSON.stringify([{ ...detail, fields: ['full_name_latin'] }]),
        until: new Date(clock.now().getTime() + 60_000).toISOString(),
      });
      const signedIn = await complete(end.url, flow.stateCookieValue, visited.office);
      expect(signedIn.verifiedClaims).toEqual({
        trustFramework: 'bh_ekey',
        assuranceLevel: 'high',
        claims: { name: person.names.en },
      });
      expect(
        isVerified({ verified_claims: signedIn.claims['verified_claims'] }),
        JSON.stringify(isVerified.errors),
      ).toBe(true);
      // RFC 9470 section 6: whoever is asked with the token can tell how the person signed in.
      expect(decodeJws(signedIn.accessToken!).payload).toMatchObject({
        acr: 'substantial',
        auth_time: expect.any(Number),
      });
    });

    test('asked for in two ways at once are given in those ways that can be had', async () => {
      const person = await newPerson({ proofedAt: new Date('2024-03-01T09:00:00Z') });
      const browser = createBrowser(http);
      const wish = (framework: string) => ({
        verification: { trust_framework: { value: framework } },
        claims: { name: null },
      });
      const answers = async (requests: VerifiedClaimsRequest[]) => {
        const flow = await ask(names, requests);
        const page = await browser.get(flow.redirectUrl);
        const isIn = page.json()['prompt'] === 'consent';
        const consent = isIn ? page : await signInAt(browser, page, person.nationalId, codeAt(clock.now()));
        const end = await browser.post(`${consent.url}/approve`, {
          consentId: 'consent-2',
          details: JSON.stringify([{ ...detail, fields: ['full_name_latin'] }]),
          until: new Date(clock.now().getTime() + 60_000).toISOString(),
        });
        const { claims } = await complete(end.url, flow.stateCookieValue, visited.office);
        return claims['verified_claims'];
      };
      const given = (await answers([wish('eidas'), wish('bh_ekey')])) as object[];
      expect(given).toEqual([{ verification: { trust_framework: 'bh_ekey' }, claims: { name: person.names.en } }]);
      expect(isVerified({ verified_claims: given }), JSON.stringify(isVerified.errors)).toBe(true);
      expect(await answers([wish('eidas')])).toBeUndefined();
      await expect(ask(names, [])).rejects.toMatchObject({ params: { reason: 'invalid_request' } });
      await expect(ask(names, [wish('bh_ekey'), { claims: {} } as VerifiedClaimsRequest])).rejects.toMatchObject({
        code: 'sign-in-refused',
      });
    });

    test('that are not asked for as evidence too are refused before anybody is asked', async () => {
      await expect(ask(['full_name_latin'], claims)).rejects.toMatchObject({
        code: 'sign-in-refused',
        params: { reason: 'invalid_request' },
      });
    });

    test.each(states)('of %s have the form of the schema, with every piece of evidence', (state) => {
      const framework = eidOf(state);
      for (const proofing of Object.keys(framework.proofings)) {
        const person = {
          personId: 'p',
          scheme: 'bh-cpr' as const,
          nationalId: '1',
          names: { ar: 'مريم', en: 'Maryam' },
          proofing,
          proofedAt: new Date('2024-03-01T09:00:00Z'),
          isSuspended: false,
          isDead: false,
        };
        const given = (verification: Record<string, unknown>, wanted: Record<string, unknown> = { name: null }) =>
          verifiedClaims({
            framework,
            person,
            level: strongestLevel(framework, Object.keys(framework.methods), proofing),
            request: { verification, claims: wanted },
            granted: [{ ...detail, fields: names }],
          });
        const types = framework.proofings[proofing]!.evidence.map(({ type }) => ({ type: { value: type } }));
        const request = { trust_framework: null, assurance_level: null, time: null, evidence: types };
        expect(
          isRequest({ verified_claims: { verification: request, claims: { name: null } } }),
          JSON.stringify(isRequest.errors),
        ).toBe(true);
        const whole = given(request);
        expect(isVerified({ verified_claims: whole }), JSON.stringify(isVerified.errors)).toBe(true);
        expect(whole).toMatchObject({
          verification: { trust_framework: framework.trustFramework, time: '2024-03-01T09:00:00.000Z' },
        });
        // What cannot be as asked is left out as a whole.
        expect(given({ trust_framework: { value: 'eidas' } })).toBeUndefined();
        expect(
          given({ trust_framework: null, evidence: [{ type: { value: 'electronic_signature' } }] }),
        ).toBeUndefined();
        expect(given({ trust_framework: null }, { email: null })).toBeUndefined();
      }
    });
  });
});

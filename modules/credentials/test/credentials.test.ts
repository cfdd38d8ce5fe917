import { SDJwtInstance } from '@sd-jwt/core';
import { getListFromStatusListJWT } from '@sd-jwt/jwt-status-list';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient } from '#kernel/client';
import { fixedClock, systemClock } from '#kernel/clock';
import { newId, sha256 } from '#kernel/ids';
import { decodeJws, signJws, verifyJws } from '#kernel/jws';
import { memoryKeys, verifySignature } from '#kernel/keys';
import { credentialsContract, type IssuedCredential } from '#modules/credentials';
import { degreeType, startNodes, type TestNode } from './node.ts';
import { schemaErrors } from './schemas.ts';

const clock = fixedClock(systemClock.now());
const holder = newId();
const stranger = newId();
let saudi: TestNode;
let bahrain: TestNode;

beforeAll(async () => {
  [saudi, bahrain] = (await startNodes(
    [
      { state: 'SA', names: { ar: 'المملكة العربية السعودية', en: 'Saudi Arabia' } },
      { state: 'BH', names: { ar: 'مملكة البحرين', en: 'Bahrain' } },
    ],
    clock,
  )) as [TestNode, TestNode];
});
afterAll(async () => {
  await Promise.all([saudi?.close(), bahrain?.close()]);
});

const claims = { reference: 'SA-MOE-2026-00417', holder_name: 'نورة آل محمود', degree: 'BSc', grade: '3.72' };

function issue(
  over: Partial<Parameters<TestNode['credentials']['issueCredential']>[1]> = {},
): Promise<IssuedCredential> {
  return saudi.database.transaction((tx) =>
    saudi.credentials.issueCredential(tx, {
      decisionId: newId(),
      officeId: 'moe',
      vct: 'degree-recognition',
      claims,
      validUntil: new Date(clock.now().getTime() + 365 * 86_400_000),
      personId: holder,
      ...over,
    }),
  );
}

function revoke(credential: IssuedCredential): Promise<void> {
  return saudi.database.transaction((tx) => saudi.credentials.revokeCredential(tx, credential.credentialId));
}

async function get(url: string) {
  const answer = await bahrain.http.request({ method: 'GET', url });
  return { status: answer.status, headers: answer.headers, text: answer.body.toString('utf8') };
}

describe('an issued credential', () => {
  test('is genuine and in force at another node, with names and labels in both languages', async () => {
    const { compact } = await issue();
    const verdict = await bahrain.credentials.verifyCredential(compact);
    expect(verdict).toMatchObject({
      ok: true,
      status: 'valid',
      holderBound: false,
      vct: `${saudi.publicUrl}/credentials/types/degree-recognition`,
      issuer: { entityId: `${saudi.publicUrl}/offices/moe`, names: { en: 'Ministry of Education' }, state: 'SA' },
      typeNames: { ar: 'معادلة شهادة جامعية', en: 'Degree recognition' },
      labels: { grade: { ar: 'المعدل', en: 'Grade' } },
    });
    expect(verdict.claims).toEqual(claims);
  });

  test('is read alike by another implementation of SD-JWT', async () => {
    const { compact } = await issue();
    const { publicJwk } = await saudi.keys.signer('office.moe');
    const judge = new SDJwtInstance({
      hasher: (data) => new Uint8Array(sha256(typeof data === 'string' ? data : new Uint8Array(data))),
      hashAlg: 'sha-256',
      verifier: (data, signature) =>
        verifySignature(publicJwk, 'ES256', Buffer.from(data), Buffer.from(signature, 'base64url')),
    });
    const { payload, header } = await judge.verify(compact);
    expect(payload).toMatchObject({ ...claims, iss: `${saudi.publicUrl}/offices/moe` });
    expect(header).toMatchObject({ typ: 'dc+sd-jwt', alg: 'ES256' });
  });

  test('hides what its type lets the holder leave out', async () => {
    const { compact } = await issue();
    const signed = JSON.stringify(decodeJws(compact.split('~')[0]!).payload);
    expect(signed).toContain('SA-MOE-2026-00417');
    // In quotes: three letters alone may stand in a digest by chance.
    for (const secret of ['نورة', '"BSc"', '3.72']) expect(signed).not.toContain(secret);
  });

  test('is given once per decision, and leaves an entry in the ledger that names nobody', async () => {
    const decisionId = newId();
    const first = await issue({ decisionId });
    await expect(issue({ decisionId })).rejects.toMatchObject({ code: 'decision-has-credential' });
    expect(await saudi.credentials.findByDecision(decisionId)).toEqual(first);
    const entries = await saudi.ledger.listAbout(holder, { kinds: ['credential-issued'] });
    const entry = entries.find((each) => each.record['credentialId'] === first.credentialId);
    expect(entry).toBeDefined();
    expect(JSON.stringify(entry!.record)).not.toContain(holder);
  });

  test('may not carry claims that mean something to machines', async () => {
    await expect(issue({ claims: { ...claims, iss: 'x' } })).rejects.toThrow(/reserved/);
    await expect(issue({ disclosable: ['absent'] })).rejects.toThrow(/not a claim/);
    await expect(issue({ vct: 'unheard-of' })).rejects.toMatchObject({ code: 'credential-type-unknown' });
  });

  test('is refused as soon as any one character of it is changed', async () => {
    const { compact } = await issue();
    const reasons = new Set<string | undefined>();
    for (let at = 0; at < compact.length; at += 5) {
      const other = compact[at] === 'A' ? 'B' : 'A';
      const verdict = await saudi.credentials.verifyCredential(compact.slice(0, at) + other + compact.slice(at + 1));
      if (verdict.ok) throw new Error(`a change at character ${at} went unnoticed`);
      reasons.add(verdict.reason);
    }
    const ends = [...compact.matchAll(/~/g)].map((match) => match.index - 1);
    for (const at of ends)
      for (const other of 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-') {
        if (other === compact[at]) continue;
        const verdict = await saudi.credentials.verifyCredential(compact.slice(0, at) + other + compact.slice(at + 1));
        if (verdict.ok) throw new Error(`another spelling of the last character ${at} went unnoticed`);
      }
    expect(reasons).toContain('signature-invalid');
    expect(reasons).toContain('disclosure-tampered');
  });

  test('is refused when a disclosure is forged, repeated, or taken from another credential', async () => {
    const { compact } = await issue();
    const parts = compact.split('~');
    const forged = Buffer.from(JSON.stringify(['c2FsdHNhbHRzYWx0', 'grade', '4.00'])).toString('base64url');
    const other = (await issue()).compact.split('~')[1]!;
    for (const extra of [forged, parts[1]!, other]) {
      const verdict = await bahrain.credentials.verifyCredential([...parts.slice(0, -1), extra, ''].join('~'));
      expect(verdict).toMatchObject({ ok: false, reason: 'disclosure-tampered' });
      expect(verdict.claims).toBeUndefined();
    }
  });

  test('is refused from an issuer outside the federation, which is not even asked', async () => {
    const signer = await memoryKeys().signer('rogue');
    const forge = (iss: string) => signJws(signer, { iss, vct: 'x', ...claims }, { typ: 'dc+sd-jwt' });
    const foreign = await bahrain.credentials.verifyCredential(`${await forge('http://169.254.169.254/offices/moe')}~`);
    expect(foreign).toMatchObject({ ok: false, reason: 'issuer-untrusted' });
    const unknown = await bahrain.credentials.verifyCredential(`${await forge(`${saudi.publicUrl}/offices/nobody`)}~`);
    expect(unknown).toMatchObject({ ok: false, reason: 'issuer-untrusted' });
    const stolenName = await bahrain.credentials.verifyCredential(`${await forge(`${saudi.publicUrl}/offices/moe`)}~`);
    expect(stolenName).toMatchObject({ ok: false, reason: 'signature-invalid' });
  });

  test('ends when its time is over', async () => {
    const { compact } = await issue({ validUntil: new Date(clock.now().getTime() - 120_000) });
    expect(await bahrain.credentials.verifyCredential(compact)).toMatchObject({ ok: false, reason: 'expired' });
  });
});

describe('revoking', () => {
  test('ends every carrier at once: credential, sealed document and QR code', async () => {
    const credential = await issue();
    const before = await carriers(credential);
    expect(before.map((report) => report.code)).toEqual(['ok', 'ok', 'ok']);
    await revoke(credential);
    await revoke(credential);
    const after = await carriers(credential);
    expect(after.map((report) => report.code)).toEqual(['revoked', 'revoked', 'revoked']);
    expect(after.every((report) => !report.ok && report.title.ar === 'ملغاة')).toBe(true);
    expect(after[1]!.seal).toMatchObject({ ok: true, state: 'SA' });
    const entries = await saudi.ledger.listAbout(holder, { kinds: ['credential-revoked'] });
    expect(entries.filter((entry) => entry.record['credentialId'] === credential.credentialId)).toHaveLength(1);
  });

  test('superseded says so at another node too, and stays so whatever is revoked later', async () => {
    const credential = await issue();
    const end = (as: 'revoked' | 'superseded') =>
      saudi.database.transaction((tx) => saudi.credentials.endDecision(tx, credential.decisionId, as));
    await end('superseded');
    await end('revoked');
    const after = await carriers(credential);
    expect(after.map((report) => report.code)).toEqual(['superseded', 'superseded', 'superseded']);
    expect(after.every((report) => !report.ok && report.title.en === 'Superseded by a newer one')).toBe(true);
    expect(await bahrain.credentials.verifyCredential(credential.compact)).toMatchObject({
      ok: false,
      status: 'superseded',
    });
    const entries = await saudi.ledger.listAbout(holder, { kinds: ['credential-superseded'] });
    expect(entries).toHaveLength(1);
    await saudi.database.transaction((tx) => saudi.credentials.endDecision(tx, 'no-such-decision', 'revoked'));
  });

  test('is not called untrusted while the state that could vouch for it is out of reach', async () => {
    const credential = await issue();
    bahrain.outOfReach.add('SA');
    expect((await carriers(credential))[1]).toMatchObject({ ok: false, code: 'issuer-unreachable' });
    bahrain.outOfReach.clear();
    expect((await carriers(credential))[1]).toMatchObject({ ok: true, code: 'ok' });
  });

  async function carriers(credential: IssuedCredential) {
    const verifyUrl = saudi.credentials.verifyUrlOf(credential);
    const text = { ar: 'قرار', en: 'Decision' };
    const pdf = await saudi.signatures.makeDocument({
      title: text,
      author: text,
      languages: ['ar'],
      verifyUrl,
      data: { state: text, office: text, reference: 'x', decidedOn: text, paragraphs: [text], facts: [] },
      attachments: [
        { name: 'credential.sd-jwt', mediaType: 'application/dc+sd-jwt', bytes: Buffer.from(credential.compact) },
      ],
    });
    const sealed = await saudi.signatures.sealPdf(pdf, { officeId: 'moe' });
    const there = createClient(credentialsContract, { baseUrl: bahrain.publicUrl, http: bahrain.http });
    const here = createClient(credentialsContract, { baseUrl: saudi.publicUrl, http: bahrain.http });
    return [
      await there.verify({ body: Buffer.from(credential.compact) }),
      await there.verify({ body: sealed, headers: { 'content-type': 'application/pdf' } }),
      await here.verifyReference({ params: { reference: credential.reference } }),
    ];
  }

  test('is rolled back with the transaction it belongs to', async () => {
    const credential = await issue();
    await saudi.database
      .transaction(async (tx) => {
        await saudi.credentials.revokeCredential(tx, credential.credentialId);
        throw new Error('the case was not saved');
      })
      .catch(() => undefined);
    expect(await bahrain.credentials.verifyCredential(credential.compact)).toMatchObject({ ok: true });
  });

  test('shows in a signed status list that another implementation reads alike', async () => {
    const [kept, revoked] = [await issue(), await issue()];
    await revoke(revoked);
    const { text, headers } = await get(`${saudi.publicUrl}/credentials/status/${kept.listId}`);
    expect(headers['content-type']).toContain('application/statuslist+jwt');
    const { publicJwk } = await saudi.keys.signer('office.moe');
    const { payload } = verifyJws(text, [publicJwk], { typ: 'statuslist+jwt' });
    expect(payload['sub']).toBe(`${saudi.publicUrl}/credentials/status/${kept.listId}`);
    const list = getListFromStatusListJWT(text);
    expect([list.getStatus(kept.listIndex), list.getStatus(revoked.listIndex)]).toEqual([0, 1]);
    expect((await get(`${saudi.publicUrl}/credentials/status/nobody-1`)).status).toBe(404);
  });
});

describe('the verification page', () => {
  const check = (body: Buffer | string) =>
    createClient(credentialsContract, { baseUrl: bahrain.publicUrl, http: bahrain.http }).verify({
      body: Buffer.from(body),
    });

  test('answers everything a stranger may send in words, never with an error', async () => {
    const deep = Buffer.from(JSON.stringify({ alg: 'ES256', typ: 'dc+sd-jwt' })).toString('base64url');
    const nested = Buffer.from(
      `{"iss":"${saudi.publicUrl}/offices/moe","vct":"x","a":${'['.repeat(3000)}${']'.repeat(3000)}}`,
    );
    for (const [sent, code] of [
      ['hello', 'unreadable'],
      ['%PDF-1.7 nothing in it', 'no-seal'],
      ['%PDF-1.7 /ByteRange [0 1 2 9999999999]', 'altered'],
      ['a~b~c', 'malformed'],
      ['~~~', 'malformed'],
      [`${deep}.${nested.toString('base64url')}.AAAA~`, 'signature-invalid'],
      [Buffer.from([0xff, 0xfe, 0x7e, 0x00]), 'malformed'],
    ] as Array<[string | Buffer, string]>) {
      const report = await check(sent as string);
      expect(report).toMatchObject({ ok: false, code });
      expect(report.title.ar).toMatch(/\p{Script=Arabic}/u);
    }
  });

  test('refuses more than five megabytes', async () => {
    await expect(check(Buffer.alloc(5 * 1_048_576 + 1))).rejects.toMatchObject({ code: 'request-too-large' });
  });

  test('says nothing about the person to whoever scans the code', async () => {
    const credential = await issue();
    const { text } = await get(`${saudi.publicUrl}/api/verify/${credential.reference}`);
    for (const secret of ['نورة', 'BSc', '3.72', 'SA-MOE']) expect(text).not.toContain(secret);
    expect(JSON.parse(text)).toMatchObject({ ok: true, credential: { issuer: { state: 'SA' } } });
    expect((await get(`${saudi.publicUrl}/api/verify/unknown`)).status).toBe(404);
  });
});

describe('handing over to a wallet (OpenID4VCI 1.0)', () => {
  test('publishes metadata, types and offers as the OpenID schemas want them', async () => {
    const credential = await issue();
    const offer = await saudi.credentials.createOffer(credential.decisionId);
    const metadata = JSON.parse(
      (await get(`${saudi.publicUrl}/.well-known/openid-credential-issuer/credentials/issuer`)).text,
    );
    expect(schemaErrors('credential_issuer_metadata-1_0', metadata)).toEqual([]);
    expect(metadata.credential_issuer).toBe(`${saudi.publicUrl}/credentials/issuer`);
    const server = JSON.parse(
      (await get(`${saudi.publicUrl}/.well-known/oauth-authorization-server/credentials/issuer`)).text,
    );
    expect(schemaErrors('oauth_authorization_server_metadata', server)).toEqual([]);
    const type = JSON.parse((await get(`${saudi.publicUrl}/credentials/types/degree-recognition`)).text);
    expect(schemaErrors('type_metadata', type)).toEqual([]);
    const offered = JSON.parse((await get(offer.httpsOfferUrl)).text);
    expect(schemaErrors('credential_offer-1_0', offered)).toEqual([]);
    expect(schemaErrors('credential_offer-1_0', { ...offered, credential_issuer: 1 })).not.toEqual([]);
    expect(offer.credentialOfferUri).toBe(
      `openid-credential-offer://?credential_offer_uri=${encodeURIComponent(offer.httpsOfferUrl)}`,
    );
  });

  test('tells the words of a type as they are published now', async () => {
    const address = `${saudi.publicUrl}/credentials/types/${degreeType.typeId}`;
    const before = (await get(address)).text;
    saudi.types = [{ ...degreeType, names: { ar: 'معادلة', en: 'Degree accepted as equal' } }];
    const after = (await get(address)).text;
    saudi.types = [degreeType];
    expect([before, after].map((text) => text.includes('Degree accepted as equal'))).toEqual([false, true]);
  });

  test('brings a credential from one state into the wallet of a person in another', async () => {
    const credential = await issue();
    const { credentialOfferUri, httpsOfferUrl } = await saudi.credentials.createOffer(credential.decisionId);
    bahrain.signIn(holder);
    const client = createClient(credentialsContract, { baseUrl: bahrain.publicUrl, http: saudi.http });
    const received = await client.acceptOffer({ body: { credentialOfferUrl: credentialOfferUri } });
    expect(received).toMatchObject({
      issuer: { state: 'SA', names: { en: 'Ministry of Education' } },
      typeNames: { en: 'Degree recognition' },
    });
    expect(received.claims).toContainEqual({
      name: 'grade',
      label: { ar: 'المعدل', en: 'Grade' },
      value: '3.72',
      isDisclosable: true,
    });
    expect((await client.listWallet({})).credentials).toContainEqual(received);
    const params = { walletCredentialId: received.walletCredentialId };
    expect(await client.getWalletCredential({ params })).toMatchObject({ status: 'valid' });

    expect((await get(httpsOfferUrl)).status).toBe(404);
    await expect(client.acceptOffer({ body: { credentialOfferUrl: credentialOfferUri } })).rejects.toMatchObject({
      code: 'offer-unknown',
    });

    await revoke(credential);
    expect(await client.getWalletCredential({ params })).toMatchObject({ status: 'revoked' });

    bahrain.signIn(stranger);
    expect((await client.listWallet({})).credentials).toEqual([]);
    for (const attempt of [
      () => client.getWalletCredential({ params }),
      () => client.removeWalletCredential({ params }),
      () => client.presentWalletCredential({ params, body: { fields: [], audience: 'x', nonce: '12345678' } }),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 'credential-unknown' });
    bahrain.signIn(undefined);
    await expect(client.listWallet({})).rejects.toMatchObject({ code: 'sign-in-needed' });

    bahrain.signIn(holder);
    expect(await client.removeWalletCredential({ params })).toEqual({ removed: true });
    await expect(client.getWalletCredential({ params })).rejects.toMatchObject({ code: 'credential-unknown' });
    bahrain.signIn(undefined);
  });

  test('keeps credentials unreadable at rest', async () => {
    const { httpsOfferUrl } = await saudi.credentials.createOffer((await issue()).decisionId);
    await bahrain.credentials.wallet.acceptOffer(holder, httpsOfferUrl);
    const rows = await bahrain.database.db
      .selectFrom('credentials.wallet' as never)
      .selectAll()
      .execute();
    const stored = JSON.stringify(
      rows.map((row) => Buffer.from((row as { sealed: Uint8Array }).sealed).toString('latin1')),
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const secret of ['SA-MOE', 'eyJ', '"d"']) expect(stored).not.toContain(secret);
  });

  test('takes offers from nodes of the federation only, and asks no other address', async () => {
    const accept = (link: string) => bahrain.credentials.wallet.acceptOffer(holder, link);
    const elsewhere = 'http://127.0.0.1:1/credentials/offers/x';
    await expect(accept(elsewhere)).rejects.toMatchObject({ code: 'issuer-untrusted' });
    await expect(
      accept(`openid-credential-offer://?credential_offer_uri=${encodeURIComponent(elsewhere)}`),
    ).rejects.toMatchObject({ code: 'issuer-untrusted' });
    for (const link of ['hello', 'file:///etc/passwd', 'openid-credential-offer://', 'http://user:pw@sa.localhost/x'])
      await expect(accept(link)).rejects.toMatchObject({ code: 'offer-malformed' });
    await expect(accept(`${saudi.publicUrl}/credentials/offers/unknown`)).rejects.toMatchObject({
      code: 'offer-unknown',
    });
    await expect(accept(`${saudi.publicUrl}/credentials/types/decision`)).rejects.toMatchObject({
      code: 'offer-malformed',
    });
  });
});

describe('the issuer', () => {
  const issuerId = () => `${saudi.publicUrl}/credentials/issuer`;
  const grantType = 'urn:ietf:params:oauth:grant-type:pre-authorized_code';

  async function post(path: string, body: string, headers: Record<string, string> = {}) {
    const answer = await bahrain.http.request({ method: 'POST', url: `${issuerId()}/${path}`, body, headers });
    return { status: answer.status, ...JSON.parse(answer.body.toString('utf8')) };
  }
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const tokenFor = (code: string) =>
    post('token', new URLSearchParams({ grant_type: grantType, 'pre-authorized_code': code }).toString(), form);

  async function grant(): Promise<{ credential: IssuedCredential; token: string; code: string }> {
    const credential = await issue();
    const { httpsOfferUrl } = await saudi.credentials.createOffer(credential.decisionId);
    const code = JSON.parse((await get(httpsOfferUrl)).text).grants[grantType]['pre-authorized_code'];
    const { access_token: token } = await tokenFor(code);
    return { credential, token, code };
  }

  async function proofOf(over: { payload?: object; header?: object } = {}, keyName = 'holder') {
    const signer = await bahrain.keys.signer(keyName);
    const { c_nonce: nonce } = await post('nonce', '');
    const { kty, crv, x, y } = signer.publicJwk;
    return signJws(
      signer,
      { aud: issuerId(), iat: Math.floor(clock.now().getTime() / 1000), nonce, ...over.payload },
      { typ: 'openid4vci-proof+jwt', kid: undefined, jwk: { kty, crv, x, y }, ...over.header },
    );
  }

  const take = (token: string, proof: string, configuration = 'degree-recognition') => {
    const request = { credential_configuration_id: configuration, proofs: { jwt: [proof] } };
    expect(schemaErrors('credential_request-1_0', request)).toEqual([]);
    return post('credential', JSON.stringify(request), {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
    });
  };

  test('gives a token for a code once, and for no other code', async () => {
    const { code } = await grant();
    expect(await tokenFor(code)).toMatchObject({ status: 400, error: 'invalid_grant' });
    expect(await tokenFor(`${code.slice(0, -2)}xx`)).toMatchObject({ status: 400, error: 'invalid_grant' });
    expect(await post('token', 'grant_type=password', form)).toMatchObject({ error: 'unsupported_grant_type' });
    expect(await post('token', `grant_type=${encodeURIComponent(grantType)}`, form)).toMatchObject({
      error: 'invalid_request',
    });
  });

  test('of two wallets that redeem one code at once serves only one', async () => {
    const { httpsOfferUrl } = await saudi.credentials.createOffer((await issue()).decisionId);
    const code = JSON.parse((await get(httpsOfferUrl)).text).grants[grantType]['pre-authorized_code'];
    const answers = await Promise.all([tokenFor(code), tokenFor(code), tokenFor(code)]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 400, 400]);
  });

  test('binds the credential to the key that was proved, and hands it to that key only', async () => {
    const { token, credential } = await grant();
    const answer = await take(token, await proofOf());
    expect(answer.status).toBe(200);
    const signed = decodeJws(answer.credentials[0].credential.split('~')[0]).payload;
    const { x, y } = (await bahrain.keys.signer('holder')).publicJwk;
    expect(signed['cnf']).toEqual({ jwk: { kty: 'EC', crv: 'P-256', x, y } });
    expect(signed['status']).toEqual(decodeJws(credential.compact.split('~')[0]!).payload['status']);
    expect((await take(token, await proofOf())).status).toBe(200);
    expect(await take(token, await proofOf({}, 'thief'))).toMatchObject({ status: 401, error: 'invalid_token' });
  });

  test('refuses proofs that are not for it, not fresh, without its nonce, or not signed by the key shown', async () => {
    const { token } = await grant();
    const other = (await bahrain.keys.signer('thief')).publicJwk;
    const seconds = Math.floor(clock.now().getTime() / 1000);
    for (const [over, error] of [
      [{ payload: { aud: 'https://elsewhere.example' } }, 'invalid_proof'],
      [{ payload: { iat: seconds - 3_600 } }, 'invalid_proof'],
      [{ header: { typ: 'JWT' } }, 'invalid_proof'],
      [{ header: { jwk: { kty: 'EC', crv: 'P-256', x: other.x, y: other.y } } }, 'invalid_proof'],
      [{ header: { jwk: { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA' } } }, 'invalid_proof'],
      [{ header: { jwk: undefined } }, 'invalid_proof'],
      [{ payload: { nonce: undefined } }, 'invalid_nonce'],
      [{ payload: { nonce: `${seconds + 100}.x.y` } }, 'invalid_nonce'],
    ] as const)
      expect(await take(token, await proofOf(over))).toMatchObject({ status: 400, error });
    expect(await take(token, 'rubbish')).toMatchObject({ error: 'invalid_proof' });
    expect(await take(token, await proofOf(), 'decision')).toMatchObject({ error: 'unknown_credential_configuration' });
    expect(await take('x'.repeat(43), await proofOf())).toMatchObject({ status: 401, error: 'invalid_token' });
    const headers = { authorization: `Bearer ${token}` };
    expect(await post('credential', 'not json', headers)).toMatchObject({ error: 'invalid_credential_request' });
  });

  test('lets offers, nonces and tokens end', async () => {
    const { token } = await grant();
    const proof = await proofOf();
    const { httpsOfferUrl } = await saudi.credentials.createOffer((await issue()).decisionId);
    clock.advance(301_000);
    expect(await take(token, proof)).toMatchObject({ status: 401, error: 'invalid_token' });
    clock.advance(600_000);
    expect((await get(httpsOfferUrl)).status).toBe(404);
  });

  test('offers nothing for a decision without a credential, or with a revoked one', async () => {
    await expect(saudi.credentials.createOffer(newId())).rejects.toMatchObject({ code: 'credential-unknown' });
    const credential = await issue();
    await revoke(credential);
    await expect(saudi.credentials.createOffer(credential.decisionId)).rejects.toMatchObject({
      code: 'credential-unknown',
    });
  });
});

describe('presenting', () => {
  const expected = { audience: 'https://university.example', nonce: 'n-0S6_WzA2Mj' };
  let walletCredentialId: string;
  const present = (fields: string[], over = {}) =>
    bahrain.credentials.wallet.present(holder, walletCredentialId, { fields, ...expected, ...over });

  beforeAll(async () => {
    const { httpsOfferUrl } = await saudi.credentials.createOffer((await issue()).decisionId);
    ({ walletCredentialId } = await bahrain.credentials.wallet.acceptOffer(holder, httpsOfferUrl));
  });

  test('shows the chosen fields and no others, bound to the holder', async () => {
    const verdict = await saudi.credentials.verifyCredential(await present(['degree']), expected);
    expect(verdict).toMatchObject({ ok: true, holderBound: true });
    expect(verdict.claims).toEqual({ reference: claims.reference, degree: claims.degree });
    const bare = await saudi.credentials.verifyCredential(await present([]), expected);
    expect(bare.claims).toEqual({ reference: claims.reference });
    await expect(present(['salary'])).rejects.toMatchObject({ code: 'field-unknown' });
  });

  test('is worth nothing to another audience, again, later, or without the proof', async () => {
    const shown = await present(['degree']);
    const refused = { ok: false, reason: 'holder-binding-invalid', holderBound: false };
    const verify = saudi.credentials.verifyCredential;
    expect(await verify(shown, { ...expected, audience: 'https://bank.example' })).toMatchObject(refused);
    expect(await verify(shown, { ...expected, nonce: 'another-nonce' })).toMatchObject(refused);
    expect(await verify(shown.slice(0, shown.lastIndexOf('~') + 1), expected)).toMatchObject(refused);
    const parts = shown.split('~');
    expect(await verify([parts[0], parts.at(-1)].join('~'), expected)).toMatchObject(refused);
    clock.advance(301_000);
    expect(await verify(shown, expected)).toMatchObject(refused);
  });
});

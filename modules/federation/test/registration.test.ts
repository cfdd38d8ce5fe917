import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import { decodeJws, verifyJws } from '#kernel/jws';
import {
  type Foreign,
  startAnchor,
  startForeign,
  startOfTests,
  startState,
  type TestAnchor,
  type TestState,
} from './network.ts';

const clock = fixedClock(startOfTests);
let anchor: TestAnchor;
let bh: TestState;
let party: Foreign;
const redirect = { redirect_uris: ['http://party.localhost/callback'], token_endpoint_auth_method: 'none' };

beforeAll(async () => {
  anchor = await startAnchor(clock);
  bh = await startState(anchor, clock, 'BH');
  party = await startForeign(clock, 'party', [anchor.entityId]);
  anchor.subordinates.push({
    entityId: party.entityId,
    jwks: [party.signer.publicJwk],
    metadataPolicy: { openid_relying_party: { token_endpoint_auth_method: { value: 'private_key_jwt' } } },
    entityTypes: ['openid_relying_party'],
  });
  await party.publishConfiguration(party.entityId, {
    authority_hints: [anchor.entityId],
    metadata: { openid_relying_party: redirect },
  });
});
afterAll(async () => {
  await party?.stop();
  for (const node of [bh, anchor]) {
    await node?.stop();
    await node?.database.close();
  }
});

const configuration = (claims: object = {}, by = party.signer) =>
  party.sign(
    {
      iss: party.entityId,
      sub: party.entityId,
      aud: bh.providerId,
      jwks: { keys: [party.signer.publicJwk] },
      authority_hints: [anchor.entityId],
      metadata: { openid_relying_party: redirect },
      ...claims,
    },
    by,
  );
const register = async (body: string, type = 'application/entity-statement+jwt') => {
  const answer = await bh.http.request({
    method: 'POST',
    url: `${bh.entityId}/federation/registration`,
    headers: { 'content-type': type },
    body,
  });
  return { status: answer.status, type: answer.headers['content-type'], text: answer.body.toString('utf8') };
};
const errorOf = async (answer: Promise<{ status: number; text: string }>) => JSON.parse((await answer).text).error;
const chainWith = async (own: string) => {
  const { chain } = await bh.federation.resolve(party.entityId);
  return JSON.stringify([own, ...chain.slice(1)]);
};

describe('explicit registration', () => {
  test('answers a posted configuration with what was registered, signed by the provider, as the rules of the anchor make it', async () => {
    const answer = await register(await configuration());
    expect(answer).toMatchObject({ status: 200, type: 'application/explicit-registration-response+jwt' });
    const key = decodeJws((await bh.federation.resolve(bh.providerId)).chain[1]!).payload['jwks'].keys;
    const { payload } = verifyJws(answer.text, key, { typ: 'explicit-registration-response+jwt' });
    expect(payload).toMatchObject({
      iss: bh.providerId,
      sub: party.entityId,
      aud: party.entityId,
      trust_anchor: anchor.entityId,
      authority_hints: [anchor.entityId],
      jwks: { keys: [party.signer.publicJwk] },
      metadata: {
        openid_relying_party: {
          ...redirect,
          token_endpoint_auth_method: 'private_key_jwt',
          client_id: party.entityId,
        },
      },
    });
    const { expiresAt } = await bh.federation.resolve(party.entityId);
    expect(payload['exp'] * 1_000).toBeLessThanOrEqual(expiresAt.getTime());
  });

  test('what was posted counts from then on, and a newer one takes its place, never an older one', async () => {
    const moved = (path: string) => ({
      metadata: { openid_relying_party: { redirect_uris: [`http://party.localhost/${path}`] } },
    });
    const registered = async () =>
      (await bh.federation.resolve(party.entityId)).metadata['openid_relying_party']!['redirect_uris'];
    const old = await configuration(moved('old'));
    clock.advance(1_000);
    expect(await register(await configuration(moved('new')))).toMatchObject({ status: 200 });
    expect(await registered()).toEqual(['http://party.localhost/new']);
    expect(await register(await chainWith(old), 'application/trust-chain+json')).toMatchObject({ status: 200 });
    expect(await registered()).toEqual(['http://party.localhost/new']);
  });

  test('takes a whole chain without asking the relying party anything', async () => {
    const before = party.asked.length;
    clock.advance(1_000);
    const chain = await chainWith(await configuration());
    expect(await register(chain, 'application/trust-chain+json')).toMatchObject({ status: 200 });
    expect(party.asked.length).toBe(before);
  });

  test('refuses what was made for another provider, by another key, of another form or from another federation', async () => {
    const stranger = await party.keys.signer('stranger');
    for (const [claims, by] of [
      [{ aud: `${bh.providerId}/x` }],
      [{ aud: undefined }],
      [{ aud: [bh.providerId, 'https://x.example'] }],
      [{ metadata: { openid_provider: {} } }],
      [{ exp: party.seconds() - 3_000, iat: party.seconds() - 4_000 }],
      [{ metadata: { openid_relying_party: { redirect_uris: 'x' } } }],
    ] as Array<[object, undefined?]>)
      expect(await errorOf(register(await configuration(claims, by)))).toBe('invalid_request');
    expect(await errorOf(register(await configuration({}, stranger)))).toBe('invalid_trust_chain');
    expect(await errorOf(register(await configuration({ authority_hints: ['http://x.localhost'] })))).toBe(
      'invalid_trust_anchor',
    );
    const good = await configuration();
    expect(await errorOf(register(good, 'text/plain'))).toBe('invalid_request');
    expect(await errorOf(register(good, 'application/trust-chain+json'))).toBe('invalid_request');
    expect(await errorOf(register('[1,2,3]', 'application/trust-chain+json'))).toBe('invalid_request');
    const [first, second] = JSON.parse(await chainWith(good)) as string[];
    const broken = JSON.stringify([first, second, first]);
    expect(await errorOf(register(broken, 'application/trust-chain+json'))).toMatch(/^invalid_trust_/);
  });

  test('ends when the superior no longer knows the relying party', async () => {
    clock.advance(26_000);
    const chain = await chainWith(await configuration());
    clock.advance(26_000);
    const entry = anchor.subordinates.pop()!;
    expect(await errorOf(register(chain, 'application/trust-chain+json'))).toBe('invalid_trust_chain');
    anchor.subordinates.push(entry);
    clock.advance(3_000);
  });
});

describe('a chain in the header of a request', () => {
  const request = async (header: object) =>
    party.sign({ iss: party.entityId, sub: party.entityId }, party.signer, { typ: 'JWT', ...header });

  test('makes its sender known without a request to it, and one for the provider has to lead to the same anchor', async () => {
    const { chain } = await bh.federation.resolve(party.entityId);
    const { chain: peer } = await bh.federation.resolve(bh.providerId);
    clock.advance(1_000);
    const own = [await configuration({ aud: undefined }), ...chain.slice(1)];
    const before = party.asked.length;
    await bh.federation.adoptOffered(party.entityId, await request({ trust_chain: own, peer_trust_chain: peer }));
    expect((await bh.federation.resolve(party.entityId)).chain[0]).toBe(own[0]);
    expect(party.asked.length).toBe(before);
    for (const peerChain of [own, [peer[0], peer[1], peer[2], own[0]], peer.toSpliced(1, 1)])
      await expect(
        bh.federation.adoptOffered(party.entityId, await request({ trust_chain: own, peer_trust_chain: peerChain })),
      ).rejects.toMatchObject({ code: 'trust-chain-invalid' });
    const forged = own.with(0, await configuration({}, await party.keys.signer('stranger')));
    await expect(
      bh.federation.adoptOffered(party.entityId, await request({ trust_chain: forged })),
    ).rejects.toMatchObject({ code: 'trust-chain-invalid' });
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import { signJws } from '#kernel/jws';
import { memoryKeys } from '#kernel/keys';
import {
  anchorPolicy,
  type Foreign,
  federationEntity,
  jisrNode,
  markTypeOf,
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
let foreign: Foreign;

beforeAll(async () => {
  anchor = await startAnchor(clock);
  bh = await startState(anchor, clock, 'BH');
  foreign = await startForeign(clock, 'zz', [anchor.entityId]);
  anchor.subordinates.push({
    entityId: foreign.entityId,
    jwks: [foreign.signer.publicJwk],
    metadataPolicy: anchorPolicy,
    constraints: {
      max_path_length: 1,
      naming_constraints: { permitted: [new URL(foreign.entityId).hostname], excluded: ['.bad.localhost'] },
      allowed_entity_types: ['openid_relying_party', 'openid_provider', 'jisr_node'],
    },
    entityTypes: ['federation_entity'],
  });
  anchor.markIssuers.push(bh.entityId);
});

afterAll(async () => {
  await foreign?.stop();
  for (const node of [bh, anchor]) {
    await node?.stop();
    await node?.database.close();
  }
});

const refusal = (entityId: string, reason: string | RegExp) =>
  expect(bh.federation.resolve(entityId)).rejects.toMatchObject({
    code: 'trust-chain-invalid',
    params: { entityId, reason: typeof reason === 'string' ? reason : expect.stringMatching(reason) },
  });

test('the honest leaf that every case below changes in one point is accepted', async () => {
  const leafId = await foreign.publishLeaf();
  expect(await bh.federation.resolve(leafId)).toMatchObject({ superior: foreign.entityId, stale: false });
});

describe('signatures and keys', () => {
  test('a statement signed with a key that the superior above does not name is refused', async () => {
    const stranger = await memoryKeys().signer('stranger');
    const leafId = await foreign.publishLeaf();
    await foreign.publishStatement(leafId, {}, stranger);
    await refusal(leafId, 'signature-invalid');
  });

  test('a leaf that signs with another key than its superior vouches for is refused', async () => {
    const stranger = await memoryKeys().signer('stranger');
    const leafId = await foreign.publishLeaf();
    await foreign.publishConfiguration(leafId, { authority_hints: [foreign.entityId] }, stranger);
    await refusal(leafId, 'signature-invalid');
  });

  test('a stranger key under the kid of the right one is refused', async () => {
    const stranger = await memoryKeys().signer('stranger');
    const leafId = await foreign.publishLeaf();
    await foreign.publishStatement(leafId, {}, stranger, { kid: foreign.signer.kid });
    await refusal(leafId, 'signature-invalid');
  });

  test('one changed character of a statement is refused', async () => {
    const leafId = await foreign.publishLeaf();
    const path = `/federation/fetch?sub=${encodeURIComponent(leafId)}`;
    const body = String(foreign.answers.get(path)!.body);
    const [header, payload, signature] = body.split('.') as [string, string, string];
    const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), extra: true };
    const changed = Buffer.from(JSON.stringify(claims)).toString('base64url');
    foreign.answers.set(path, { body: `${header}.${changed}.${signature}` });
    await refusal(leafId, 'signature-invalid');
  });

  test.each([
    ['no signature algorithm', { alg: 'none' }, 'algorithm-refused'],
    ['an algorithm that nobody agreed on', { alg: 'RS256' }, 'algorithm-refused'],
    ['no key id', { kid: undefined }, 'key-id-missing'],
    ['another token type', { typ: 'JWT' }, 'type-mismatch'],
    ['a critical header', { crit: ['b64'], b64: false }, 'critical-header-unknown'],
    ['a chain of its own in the header', { trust_chain: ['x'] }, 'chain-in-header'],
  ])('a statement with %s is refused', async (_what, header, reason) => {
    const leafId = await foreign.publishLeaf();
    await foreign.publishStatement(leafId, {}, foreign.signer, header);
    await refusal(leafId, reason);
  });

  test.each([
    ['no keys', { keys: [] }, 'keys-count'],
    ['one key id twice', 'twice', 'key-id-duplicate'],
    ['a private key', { keys: [{ kty: 'EC', crv: 'P-256', kid: 'a', x: 'x', y: 'y', d: 'd' }] }, 'key-private'],
    ['a secret', { keys: [{ kty: 'oct', kid: 'a' }] }, 'key-private'],
    ['a point off the curve', { keys: [{ kty: 'EC', crv: 'P-256', kid: 'a', x: 'AAAA', y: 'AAAA' }] }, 'key-malformed'],
    ['a text', 'x', 'keys-missing'],
  ])('a key set with %s is refused', async (_what, jwks, reason) => {
    const keys = jwks === 'twice' ? { keys: [foreign.signer.publicJwk, foreign.signer.publicJwk] } : jwks;
    await refusal(await foreign.publishLeaf({}, { jwks: keys }), reason);
  });
});

describe('claims', () => {
  test('an expired statement is refused, and so is one from the future, with a minute of leeway', async () => {
    const now = foreign.seconds();
    await refusal(await foreign.publishLeaf({}, { iat: now - 500, exp: now - 60 }), 'expired');
    await refusal(await foreign.publishLeaf({}, { iat: now + 61, exp: now + 900 }), 'issued-in-future');
    await refusal(await foreign.publishLeaf({}, { iat: now, exp: now - 1 }), 'times-malformed');
    await refusal(await foreign.publishLeaf({}, { iat: now, exp: 'tomorrow' }), 'times-malformed');
    const leafId = await foreign.publishLeaf({}, { iat: now + 59, exp: now + 900 });
    expect(await bh.federation.resolve(leafId)).toMatchObject({ entityId: leafId });
  });

  test('a superior that speaks in the name of another is refused', async () => {
    await refusal(await foreign.publishLeaf({}, { iss: anchor.entityId }), 'issuer-mismatch');
  });

  test('a superior that answers about another entity is refused', async () => {
    await refusal(await foreign.publishLeaf({}, { sub: `${foreign.entityId}/other` }), 'subject-mismatch');
  });

  test('a configuration that belongs to another entity is refused', async () => {
    await refusal(await foreign.publishLeaf({ iss: bh.entityId, sub: bh.entityId }), 'issuer-mismatch');
  });

  test('a critical claim that is not understood refuses the chain', async () => {
    await refusal(await foreign.publishLeaf({}, { crit: ['jti'], jti: 'x' }), 'crit-unknown');
    await refusal(await foreign.publishLeaf({ crit: [] }), 'crit-malformed');
    await refusal(await foreign.publishLeaf({ crit: ['iss'] }), 'crit-malformed');
  });

  test('a critical policy operator that is not understood refuses the chain', async () => {
    await refusal(await foreign.publishLeaf({}, { metadata_policy_crit: ['regexp'] }), /operator-critical-unknown/);
  });

  test('claims of the other kind of statement are refused', async () => {
    await refusal(await foreign.publishLeaf({ metadata_policy: {} }), 'claim-misplaced');
    await refusal(await foreign.publishLeaf({}, { authority_hints: [anchor.entityId] }), 'claim-misplaced');
  });

  test('null as a value of metadata is refused', async () => {
    await refusal(
      await foreign.publishLeaf({ metadata: { openid_relying_party: { client_name: null } } }),
      'metadata-malformed',
    );
  });

  test('malformed hints are refused', async () => {
    for (const hints of [
      [],
      ['x'],
      foreign.entityId,
      [foreign.entityId, foreign.entityId],
      Array(11).fill(foreign.entityId),
    ]) {
      await refusal(await foreign.publishLeaf({ authority_hints: hints }), 'hints-malformed');
    }
  });
});

describe('rules of the superiors', () => {
  test('a path longer than the anchor allows is refused', async () => {
    const middle = `${foreign.entityId}/middle`;
    const leafId = `${foreign.entityId}/middle/leaf`;
    await foreign.publishConfiguration(middle, {
      authority_hints: [foreign.entityId],
      metadata: { federation_entity: { federation_fetch_endpoint: `${foreign.entityId}/middle/fetch` } },
    });
    await foreign.publishStatement(middle);
    await foreign.publishConfiguration(leafId, { authority_hints: [middle] });
    foreign.answers.set(`/middle/fetch?sub=${encodeURIComponent(leafId)}`, {
      body: await foreign.sign({ iss: middle, sub: leafId, jwks: { keys: [foreign.signer.publicJwk] } }),
    });
    await refusal(leafId, 'path-too-long');
    const entry = anchor.subordinates.find(({ entityId }) => entityId === foreign.entityId)!;
    entry.constraints!.max_path_length = 2;
    clock.advance(61_000);
    expect((await bh.federation.resolve(leafId)).chain).toHaveLength(5);
    entry.constraints!.max_path_length = 1;
    clock.advance(61_000);
  });

  test('names outside the permitted space, and excluded names inside it, are refused', async () => {
    const entry = anchor.subordinates.find(({ entityId }) => entityId === foreign.entityId)!;
    const honest = entry.constraints!.naming_constraints;
    for (const [naming, reason] of [
      [{ permitted: ['.gov.example'] }, 'name-not-permitted'],
      [{ permitted: ['.zz.localhost'] }, 'name-not-permitted'],
      [{ permitted: ['zz.localhost'], excluded: ['.localhost'] }, 'name-excluded'],
    ] as const) {
      entry.constraints!.naming_constraints = naming as never;
      clock.advance(61_000);
      await refusal(await foreign.publishLeaf(), reason);
    }
    entry.constraints!.naming_constraints = honest;
    clock.advance(61_000);
    expect(await bh.federation.resolve(await foreign.publishLeaf())).toMatchObject({ anchor: anchor.entityId });
  });

  test('entity types that the anchor does not allow vanish from the metadata', async () => {
    const metadata = { openid_relying_party: {}, jisr_office: { state: 'BH' }, federation_entity: { contacts: ['x'] } };
    const resolved = await bh.federation.resolve(await foreign.publishLeaf({ metadata }));
    expect(Object.keys(resolved.metadata)).toEqual(['openid_relying_party', 'federation_entity']);
  });

  test('a policy of the state against that of the anchor refuses the chain', async () => {
    const policy = { openid_relying_party: { id_token_signed_response_alg: { value: 'RS256' } } };
    await refusal(
      await foreign.publishLeaf({}, { metadata_policy: policy }),
      /^policy-invalid id_token_signed_response_alg value-conflict$/,
    );
  });

  test("a superior's own words about its subordinate come before the policy, for the types that the leaf has", async () => {
    const statement = {
      metadata: {
        openid_relying_party: { client_name: 'Given', dpop_bound_access_tokens: false },
        openid_provider: { issuer: 'x' },
      },
    };
    const leafId = await foreign.publishLeaf({ metadata: { openid_relying_party: { client_name: 'Own' } } }, statement);
    const { metadata } = await bh.federation.resolve(leafId);
    expect(metadata['openid_relying_party']).toMatchObject({ client_name: 'Given', dpop_bound_access_tokens: true });
    expect(metadata['openid_provider']).toBeUndefined();
  });
});

describe('roads that lead nowhere', () => {
  test('entities that name each other as superior are refused without end of asking', async () => {
    const [a, b] = [`${foreign.entityId}/a`, `${foreign.entityId}/b`];
    for (const [id, other] of [
      [a, b],
      [b, a],
    ] as const) {
      await foreign.publishConfiguration(id, {
        authority_hints: [other],
        metadata: { federation_entity: { federation_fetch_endpoint: `${id}/fetch` } },
      });
      foreign.answers.set(`${new URL(id).pathname}/fetch?sub=${encodeURIComponent(other)}`, {
        body: await foreign.sign({ iss: id, sub: other, jwks: { keys: [foreign.signer.publicJwk] } }),
      });
    }
    const before = foreign.asked.length;
    await expect(bh.federation.resolve(a)).rejects.toMatchObject({ code: 'trust-anchor-unknown', status: 404 });
    expect(foreign.asked.length - before).toBeLessThanOrEqual(4);
  });

  test('an entity of another federation is refused', async () => {
    const other = await startForeign(clock, 'other', []);
    await other.publishConfiguration(other.entityId, {
      metadata: { federation_entity: federationEntity(other.entityId) },
    });
    await expect(bh.federation.resolve(await other.publishLeaf())).rejects.toMatchObject({
      code: 'trust-anchor-unknown',
    });
    await other.stop();
  });

  test('a fan of superiors is not followed further than 32 requests', async () => {
    const fan = Array.from({ length: 40 }, (_, index) => `${foreign.entityId}/fan-${index}`);
    const above = (index: number) => fan.slice(index + 1, index + 11);
    for (const [index, id] of fan.entries()) {
      await foreign.publishConfiguration(id, {
        authority_hints: index < 39 ? above(index) : [`${foreign.entityId}/none`],
        metadata: { federation_entity: { federation_fetch_endpoint: `${id}/fetch` } },
      });
      for (const superior of above(index)) {
        foreign.answers.set(`${new URL(superior).pathname}/fetch?sub=${encodeURIComponent(id)}`, {
          body: await foreign.sign({ iss: superior, sub: id, jwks: { keys: [foreign.signer.publicJwk] } }),
        });
      }
    }
    const before = foreign.asked.length;
    await refusal(fan[0]!, 'too-many-statements');
    expect(foreign.asked.length - before).toBe(32);
  });

  test('an address with a fetch endpoint of another kind is not asked', async () => {
    const id = `${foreign.entityId}/odd`;
    await foreign.publishConfiguration(id, {
      authority_hints: [anchor.entityId],
      metadata: { federation_entity: { federation_fetch_endpoint: 'file:///etc/passwd' } },
    });
    const leafId = `${foreign.entityId}/below-odd`;
    await foreign.publishConfiguration(leafId, { authority_hints: [id] });
    await refusal(leafId, 'address-refused');
  });
});

describe('answers that are no statements', () => {
  const pathOf = (leafId: string) => `${new URL(leafId).pathname}/.well-known/openid-federation`;

  test.each([
    ['a huge body', { body: Buffer.alloc(1_000_000, 'a') }, 'too-large'],
    ['a page', { body: '<html>', type: 'text/html' }, 'content-type-mismatch'],
    ['noise', { body: 'a.b.c' }, 'not-a-signed-token'],
    ['nothing', { body: '' }, 'not-a-signed-token'],
  ])('%s is refused', async (_what, answer, reason) => {
    const leafId = await foreign.publishLeaf();
    foreign.answers.set(pathOf(leafId), answer);
    await refusal(leafId, reason);
  });

  test('a machine in trouble is told apart from a refusal, and a redirect is not followed', async () => {
    const leafId = await foreign.publishLeaf();
    for (const status of [500, 503, 302, 404]) {
      foreign.answers.set(pathOf(leafId), { status, body: 'x', type: 'text/plain' });
      clock.advance(3_000);
      await expect(bh.federation.resolve(leafId)).rejects.toMatchObject({ code: 'entity-unreachable', status: 502 });
    }
  });

  test('a refusal is remembered for two seconds, so that a storm of questions causes one request', async () => {
    const leafId = await foreign.publishLeaf();
    foreign.answers.set(pathOf(leafId), { status: 500, body: 'x' });
    const before = foreign.asked.length;
    for (let time = 0; time < 5; time += 1) {
      await expect(bh.federation.resolve(leafId)).rejects.toMatchObject({ code: 'entity-unreachable' });
    }
    expect(foreign.asked.length - before).toBe(1);
    clock.advance(2_001);
    await foreign.publishConfiguration(leafId, { authority_hints: [foreign.entityId] });
    expect(await bh.federation.resolve(leafId)).toMatchObject({ entityId: leafId });
  });

  test('a member named twice, and nesting without end, are refused', async () => {
    const leafId = await foreign.publishLeaf();
    const honest = JSON.parse(
      Buffer.from(String(foreign.answers.get(pathOf(leafId))!.body).split('.')[1]!, 'base64url').toString(),
    );
    const text = JSON.stringify(honest);
    const signText = async (json: string) => {
      const header = Buffer.from(
        JSON.stringify({ alg: 'ES256', kid: foreign.signer.kid, typ: 'entity-statement+jwt' }),
      ).toString('base64url');
      const input = `${header}.${Buffer.from(json).toString('base64url')}`;
      return `${input}.${(await foreign.signer.sign(Buffer.from(input))).toString('base64url')}`;
    };
    for (const [json, reason] of [
      [`{"iss":"https://x.example",${text.slice(1)}`, 'member-duplicate'],
      [`{"\\u0069ss":"https://x.example",${text.slice(1)}`, 'member-duplicate'],
      [`{"a":${'['.repeat(30)}${']'.repeat(30)},${text.slice(1)}`, 'nested-too-deep'],
      [`{"__proto__":{"x":1},${text.slice(1)}`, 'member-duplicate'],
    ] as const) {
      foreign.answers.set(pathOf(leafId), { body: await signText(json) });
      clock.advance(3_000);
      await refusal(leafId, reason);
    }
    foreign.answers.set(pathOf(leafId), {
      body: await signText(`{"a":{"iss":["x"]},"b":"{\\"iss\\":1,\\"iss\\":2}",${text.slice(1)}`),
    });
    clock.advance(3_000);
    expect(await bh.federation.resolve(leafId)).toMatchObject({ entityId: leafId });
  });
});

describe('trust marks', () => {
  const markOf = async (claims: object, by = foreign.signer, header: object = {}) =>
    signJws(
      by,
      { iat: foreign.seconds(), exp: foreign.seconds() + 600, ...claims },
      { typ: 'trust-mark+jwt', ...header },
    );
  const marksOf = async (make: (leafId: string) => Promise<string>, type = markTypeOf(anchor.entityId)) => {
    const leafId = await foreign.publishLeaf();
    const mark = { trust_mark_type: type, trust_mark: await make(leafId) };
    await foreign.publishConfiguration(leafId, { authority_hints: [foreign.entityId], trust_marks: [mark] });
    return (await bh.federation.resolve(leafId)).trustMarks;
  };
  const type = () => markTypeOf(anchor.entityId);

  test('a mark from an issuer that the anchor does not allow is left out', async () => {
    expect(await marksOf((sub) => markOf({ iss: foreign.entityId, sub, trust_mark_type: type() }))).toEqual([]);
  });

  test('a mark of a type that the anchor does not know is left out', async () => {
    const unknown = 'https://x.example/unknown';
    expect(await marksOf((sub) => markOf({ iss: foreign.entityId, sub, trust_mark_type: unknown }), unknown)).toEqual(
      [],
    );
  });

  test('a mark in the name of an allowed issuer but with another key is left out', async () => {
    expect(await marksOf((sub) => markOf({ iss: bh.entityId, sub, trust_mark_type: type() }))).toEqual([]);
    expect(
      await marksOf((sub) =>
        markOf({ iss: bh.entityId, sub, trust_mark_type: type() }, foreign.signer, { kid: bh.signer.kid }),
      ),
    ).toEqual([]);
  });

  test('a mark for another subject, of another type or past its time is left out; the same mark in order is kept', async () => {
    const inOrder = (sub: string) => ({ iss: bh.entityId, sub, trust_mark_type: type() });
    expect(await marksOf((sub) => markOf({ ...inOrder(sub), sub: bh.officeId }, bh.signer))).toEqual([]);
    expect(
      await marksOf((sub) => markOf({ ...inOrder(sub), trust_mark_type: 'https://x.example/y' }, bh.signer)),
    ).toEqual([]);
    expect(await marksOf((sub) => markOf({ ...inOrder(sub), iat: 1000, exp: 2000 }, bh.signer))).toEqual([]);
    expect(await marksOf((sub) => markOf(inOrder(sub), bh.signer, { typ: 'JWT' }))).toEqual([]);
    const { iss: issuerEntityId } = inOrder('');
    const issue = (subject: string) =>
      bh.federation.issueTrustMark({ issuerEntityId, subject, type: type(), claims: {}, lifetimeSeconds: 600 });
    expect(await marksOf(issue)).toHaveLength(1);
  });

  test('a mark that ends before its chain is left out from then on', async () => {
    const leafId = await foreign.publishLeaf();
    const token = await bh.federation.issueTrustMark({
      issuerEntityId: bh.entityId,
      subject: leafId,
      type: type(),
      claims: {},
      lifetimeSeconds: 600,
    });
    await foreign.publishConfiguration(leafId, {
      authority_hints: [foreign.entityId],
      trust_marks: [{ trust_mark_type: type(), trust_mark: token }],
    });
    expect((await bh.federation.resolve(leafId)).trustMarks).toHaveLength(1);
    clock.advance(601_000);
    expect((await bh.federation.resolve(leafId)).trustMarks).toEqual([]);
  });
});

test('two entities that claim one state are both left out', async () => {
  expect((await bh.federation.listStates()).map(({ state }) => state)).toEqual(['BH']);
  await foreign.publishConfiguration(foreign.entityId, {
    metadata: { federation_entity: federationEntity(foreign.entityId), jisr_node: jisrNode(foreign.entityId, 'BH') },
    authority_hints: [anchor.entityId],
  });
  clock.advance(11_000);
  await bh.federation.resolve(foreign.entityId, undefined, { fresh: true });
  expect(await bh.federation.listStates()).toEqual([]);
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import { decodeJws, verifyJws } from '#kernel/jws';
import { memoryKeys } from '#kernel/keys';
import {
  federationEntity,
  freePort,
  markTypeOf,
  startAnchor,
  startForeign,
  startNode,
  startOfTests,
  startState,
  type TestAnchor,
  type TestState,
} from './network.ts';

const clock = fixedClock(startOfTests);
let anchor: TestAnchor;
let bh: TestState;
let kw: TestState;

beforeAll(async () => {
  anchor = await startAnchor(clock);
  bh = await startState(anchor, clock, 'BH');
  kw = await startState(anchor, clock, 'KW');
  anchor.markIssuers.push(bh.entityId, kw.entityId);
});

afterAll(async () => {
  for (const node of [bh, kw, anchor]) {
    await node?.stop();
    await node?.database.close();
  }
});

const ask = async (url: string, form?: Record<string, string>) => {
  const answer = await bh.http.request({
    url,
    method: form ? 'POST' : 'GET',
    ...(form
      ? { body: new URLSearchParams(form).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } }
      : {}),
  });
  return {
    status: answer.status,
    type: answer.headers['content-type']!.split(';')[0],
    text: answer.body.toString('utf8'),
    json: () => JSON.parse(answer.body.toString('utf8')),
  };
};

describe('resolving an entity', () => {
  test('an office of another state is known by its chain, with the rules of the anchor applied to its metadata', async () => {
    const resolved = await bh.federation.resolve(kw.officeId, 'openid_relying_party');
    expect(resolved).toMatchObject({
      entityId: kw.officeId,
      anchor: anchor.entityId,
      superior: kw.entityId,
      stale: false,
    });
    expect(resolved.metadata['openid_relying_party']).toEqual({
      client_name: 'Ministry of Education',
      token_endpoint_auth_method: 'private_key_jwt',
      id_token_signed_response_alg: 'ES256',
      dpop_bound_access_tokens: true,
    });
    expect(resolved.jwks.map(({ kid }) => kid)).toEqual(kw.office.jwks.keys.map(({ kid }) => kid));
    expect(resolved.chain.map((token) => decodeJws(token).payload['iss'])).toEqual([
      kw.officeId,
      kw.entityId,
      anchor.entityId,
      anchor.entityId,
    ]);
    expect(resolved.expiresAt).toEqual(new Date('2026-11-23T12:00:00Z'));
  });

  test('an entity that the asking node hosts itself takes the same road', async () => {
    const resolved = await bh.federation.resolve(bh.providerId, 'openid_provider');
    expect(resolved.chain).toHaveLength(4);
    expect(resolved.metadata['openid_provider']).toEqual({ issuer: bh.providerId });
  });

  test('an entity type that the chain does not show is refused', async () => {
    await expect(bh.federation.resolve(kw.officeId, 'openid_provider')).rejects.toMatchObject({
      code: 'trust-chain-invalid',
      params: { reason: 'entity-type-missing' },
    });
  });

  test('what is not an address of an entity is refused before anything is asked', async () => {
    for (const id of [
      'kw',
      'ftp://kw.localhost',
      `${kw.entityId}/?x=1`,
      'http://a@kw.localhost/',
      `${kw.entityId}/a/../b`,
    ]) {
      await expect(bh.federation.resolve(id)).rejects.toMatchObject({ code: 'entity-id-invalid' });
    }
  });

  test('many who ask for one entity at once cause one climb', async () => {
    const foreign = await startForeign(clock, 'many', [anchor.entityId]);
    anchor.subordinates.push({ entityId: foreign.entityId, jwks: [foreign.signer.publicJwk], entityTypes: [] });
    const leafId = await foreign.publishLeaf();
    const all = await Promise.all(Array.from({ length: 20 }, () => bh.federation.resolve(leafId)));
    expect(new Set(all.map(({ chain }) => chain[0])).size).toBe(1);
    expect(foreign.asked).toHaveLength(3);
    anchor.subordinates.pop();
    await foreign.stop();
  });
});

describe('who is in the federation', () => {
  test('the states are those that the anchor lists and whose chains hold, by name in both languages', async () => {
    const states = await bh.federation.listStates();
    expect(states.map(({ state, names, entityId }) => ({ state, names, entityId }))).toEqual([
      { state: 'BH', names: { ar: 'State BH بالعربية', en: 'State BH' }, entityId: bh.entityId },
      { state: 'KW', names: { ar: 'State KW بالعربية', en: 'State KW' }, entityId: kw.entityId },
    ]);
    expect(states[1]!.node.exchange_endpoint).toBe(`${kw.entityId}/r1`);
  });

  test('the sign-in service of a state is found below that state', async () => {
    expect(await bh.federation.findProvider('KW')).toBe(kw.providerId);
    await expect(bh.federation.findProvider('XX')).rejects.toMatchObject({ code: 'provider-unknown', status: 404 });
  });

  test('an office is found with its registered name, and what is no office is absent', async () => {
    const found = await bh.federation.findOffice(kw.officeId);
    expect(found?.office).toEqual(kw.office);
    expect(await bh.federation.findOffice(kw.providerId)).toBeUndefined();
  });

  test('an office cannot claim to belong to another state', async () => {
    Object.assign(kw.office, { state: 'SA', x_road_client: 'SA/GOV/moe' });
    clock.advance(11_000);
    await kw.federation.start();
    await bh.federation.resolve(kw.officeId, undefined, { fresh: true });
    await expect(bh.federation.findOffice(kw.officeId)).rejects.toMatchObject({
      params: { reason: 'office-of-another-state' },
    });
    Object.assign(kw.office, { state: 'KW', x_road_client: 'KW/GOV/moe' });
    clock.advance(70_000);
    await bh.federation.resolve(kw.officeId, undefined, { fresh: true });
    expect((await bh.federation.findOffice(kw.officeId))?.office.state).toBe('KW');
  });
});

describe('trust marks', () => {
  test('a mark from the issuing state, allowed by the anchor, comes with the resolved office', async () => {
    const { trustMarks } = await bh.federation.resolve(kw.officeId);
    expect(trustMarks).toHaveLength(1);
    expect(trustMarks[0]).toMatchObject({
      type: markTypeOf(anchor.entityId),
      issuer: kw.entityId,
      claims: { sub: kw.officeId, jisr_grants: kw.grants },
    });
    expect(trustMarks[0]!.expiresAt!.getTime()).toBeGreaterThan(clock.now().getTime());
  });

  test('issuing the same again gives the same mark, so that a statement does not change without a reason', async () => {
    const request = {
      issuerEntityId: bh.entityId,
      subject: bh.officeId,
      type: 'https://x.example/m',
      claims: { a: 1 },
      lifetimeSeconds: 100,
    };
    const mark = await bh.federation.issueTrustMark(request);
    expect(await bh.federation.issueTrustMark(request)).toBe(mark);
    clock.advance(51_000);
    expect(await bh.federation.issueTrustMark(request)).not.toBe(mark);
  });

  test('the reserved claims of a mark cannot be set by whoever asks for it', async () => {
    const mark = await bh.federation.issueTrustMark({
      issuerEntityId: bh.entityId,
      subject: bh.officeId,
      type: 'https://x.example/m',
      claims: { sub: 'https://other.example', iss: 'https://other.example', exp: 9e9 },
      lifetimeSeconds: 100,
    });
    expect(decodeJws(mark).payload).toMatchObject({ iss: bh.entityId, sub: bh.officeId });
    expect(decodeJws(mark).payload['exp']).toBeLessThan(9e9);
  });

  test('the issuer says whether a mark is active, expired or revoked, and does not know marks of others', async () => {
    const type = 'https://x.example/status';
    const request = { issuerEntityId: bh.entityId, subject: bh.officeId, type, claims: {}, lifetimeSeconds: 100 };
    const mark = await bh.federation.issueTrustMark(request);
    const url = `${bh.entityId}/federation/trust-mark-status`;
    const statusNow = async () => {
      const answer = await ask(url, { trust_mark: mark });
      expect(answer).toMatchObject({ status: 200, type: 'application/trust-mark-status-response+jwt' });
      return verifyJws(answer.text, [bh.signer.publicJwk], { typ: 'trust-mark-status-response+jwt' }).payload['status'];
    };
    expect(await statusNow()).toBe('active');
    clock.advance(101_000);
    expect(await statusNow()).toBe('expired');
    expect(await bh.federation.revokeTrustMark({ issuerId: bh.entityId, subjectId: bh.officeId, type })).toBe(1);
    expect(await statusNow()).toBe('revoked');
    expect(await ask(url, { trust_mark: 'a.b.c' })).toMatchObject({ status: 404, type: 'application/json' });
    expect(await ask(url, {})).toMatchObject({ status: 400 });
  });
});

describe('the endpoints of a node', () => {
  test('publish signed entity configurations under the path of each hosted entity', async () => {
    for (const entityId of [bh.entityId, bh.providerId, bh.officeId]) {
      const answer = await ask(`${entityId}/.well-known/openid-federation`);
      expect(answer).toMatchObject({ status: 200, type: 'application/entity-statement+jwt' });
      expect(decodeJws(answer.text)).toMatchObject({
        header: { typ: 'entity-statement+jwt', alg: 'ES256' },
        payload: { iss: entityId, sub: entityId },
      });
    }
    expect((await ask(`${bh.entityId}/offices/none/.well-known/openid-federation`)).status).toBe(404);
  });

  test('fetch states about immediate subordinates, and about nobody else', async () => {
    const fetch = `${anchor.entityId}/federation/fetch`;
    const answer = await ask(`${fetch}?sub=${encodeURIComponent(kw.entityId)}`);
    expect(answer).toMatchObject({ status: 200, type: 'application/entity-statement+jwt' });
    expect(decodeJws(answer.text).payload).toMatchObject({
      iss: anchor.entityId,
      sub: kw.entityId,
      constraints: { max_path_length: 1 },
      source_endpoint: fetch,
    });
    const unknown = await ask(`${fetch}?sub=${encodeURIComponent(kw.officeId)}`);
    expect(unknown).toMatchObject({ status: 404, type: 'application/json' });
    expect(unknown.json()).toMatchObject({
      error: 'not_found',
      code: 'entity-unknown',
      messages: { ar: expect.any(String) },
    });
    expect((await ask(`${fetch}?sub=${encodeURIComponent(anchor.entityId)}`)).json()).toMatchObject({
      error: 'invalid_request',
    });
    expect((await ask(fetch)).json()).toMatchObject({ error: 'invalid_request', status: 400 });
  });

  test('list subordinates, of all or of some types', async () => {
    const list = `${bh.entityId}/federation/list`;
    expect((await ask(list)).json()).toEqual([bh.providerId, bh.officeId]);
    expect((await ask(`${list}?entity_type=jisr_office`)).json()).toEqual([bh.officeId]);
    expect((await ask(`${list}?entity_type=jisr_office&entity_type=openid_provider`)).json()).toHaveLength(2);
    expect((await ask(`${list}?entity_type=none`)).json()).toEqual([]);
    // The sign-in service holds no mark.
    expect((await ask(`${list}?trust_marked=true`)).json()).toEqual([bh.officeId]);
    const marked = `${list}?trust_mark_type=${encodeURIComponent(markTypeOf(anchor.entityId))}`;
    expect((await ask(marked)).json()).toEqual([bh.officeId]);
    expect((await ask(`${list}?trust_mark_type=other`)).json()).toEqual([]);
    expect((await ask(`${list}?intermediate=true`)).json()).toEqual([]);
    expect((await ask(`${list}?intermediate=false`)).json()).toHaveLength(2);
    expect(await ask(`${list}?intermediate=perhaps`)).toMatchObject({ status: 400 });
  });

  test('resolve for others, signed, with the chain and the marks that hold', async () => {
    const url = new URL(`${bh.entityId}/federation/resolve`);
    url.searchParams.set('sub', kw.officeId);
    url.searchParams.set('trust_anchor', anchor.entityId);
    url.searchParams.set('entity_type', 'jisr_office');
    const answer = await ask(url.href);
    expect(answer).toMatchObject({ status: 200, type: 'application/resolve-response+jwt' });
    const { payload } = verifyJws(answer.text, [bh.signer.publicJwk], { typ: 'resolve-response+jwt' });
    expect(payload).toMatchObject({ iss: bh.entityId, sub: kw.officeId, metadata: { jisr_office: kw.office } });
    expect(Object.keys(payload['metadata'])).toEqual(['jisr_office']);
    expect(payload['trust_chain']).toHaveLength(4);
    expect(payload['trust_marks']).toHaveLength(1);
    url.searchParams.set('trust_anchor', 'https://other.example');
    expect((await ask(url.href)).json()).toMatchObject({ error: 'invalid_trust_anchor', status: 404 });
    url.searchParams.delete('trust_anchor');
    expect((await ask(url.href)).json()).toMatchObject({ error: 'invalid_request' });
  });

  test('resolve does not visit addresses that a stranger makes up', async () => {
    const foreign = await startForeign(clock, 'bait', [anchor.entityId]);
    const url = new URL(`${bh.entityId}/federation/resolve`);
    url.searchParams.set('sub', await foreign.publishLeaf());
    url.searchParams.set('trust_anchor', anchor.entityId);
    expect((await ask(url.href)).json()).toMatchObject({ error: 'not_found' });
    expect(foreign.asked).toEqual([]);
    await foreign.stop();
  });
});

describe("a node's own statements", () => {
  test('every version is announced once, inside the transaction that stores it, and times alone make no version', async () => {
    const keys = memoryKeys();
    const ownId = `http://om.localhost:${await freePort()}`;
    const metadata = { federation_entity: federationEntity(ownId) };
    const seen: Array<{ rows: number; hash: string }> = [];
    let fail = false;
    const plan = {
      entityId: ownId,
      clock,
      trustAnchors: anchor.trustAnchors,
      database: bh.database,
      hosted: [
        {
          entityId: ownId,
          signer: await keys.signer('om'),
          metadata: async () => metadata,
          authorityHints: [anchor.entityId],
        },
      ],
      needs: {
        onOwnStatementChanged: async (
          tx: typeof bh.database.db,
          change: { entityId: string; statementHash: string },
        ) => {
          if (fail) throw new Error('the ledger is full');
          const rows = await tx
            .withSchema('federation')
            .selectFrom('statements')
            .select('version')
            .where('entity_id', '=', change.entityId)
            .execute();
          seen.push({ rows: rows.length, hash: change.statementHash });
        },
      },
    };
    const first = await startNode(plan);
    clock.advance(3_600_000);
    await ask(`${ownId}/.well-known/openid-federation`);
    expect(seen).toHaveLength(1);
    await first.stop();
    const second = await startNode(plan);
    expect(seen).toHaveLength(1);

    Object.assign(metadata.federation_entity, { organization_name: 'Renamed' });
    fail = true;
    expect((await ask(`${ownId}/.well-known/openid-federation`)).status).toBe(500);
    fail = false;
    await Promise.all(Array.from({ length: 5 }, () => ask(`${ownId}/.well-known/openid-federation`)));
    expect(seen.map(({ rows }) => rows)).toEqual([1, 2]);
    expect(seen[0]!.hash).not.toBe(seen[1]!.hash);
    await second.stop();
  });

  test('the renewal of a trust mark is no new version', async () => {
    const before = kw.announced.length;
    clock.advance(4 * 86_400_000);
    await ask(`${kw.officeId}/.well-known/openid-federation`);
    expect(kw.announced).toHaveLength(before);
  });
});

describe('key rollover', () => {
  test('a state changes its key without a gap, and its former key stays readable with its end', async () => {
    const oldKey = kw.signer;
    await bh.federation.resolve(kw.officeId);
    await kw.stop();

    clock.advance(1_000);
    const newKey = await kw.keys.signer('state-2');
    const entry = anchor.subordinates.find(({ entityId }) => entityId === kw.entityId)!;
    entry.jwks = [newKey.publicJwk, oldKey.publicJwk];
    kw.plan.hosted[0]!.signer = newKey;
    const next = await startNode({ ...kw.plan, database: kw.database });
    expect(next.announced.map(({ entityId }) => entityId)).toContain(kw.entityId);

    expect(await bh.federation.resolve(kw.officeId)).toMatchObject({ stale: false });
    clock.advance(120_000);
    const fresh = await bh.federation.resolve(kw.officeId, undefined, { fresh: true });
    expect(fresh.stale).toBe(false);
    expect(decodeJws(fresh.chain[1]!).header.kid).toBe(newKey.kid);

    const answer = await ask(`${kw.entityId}/federation/historical-keys`);
    expect(answer).toMatchObject({ status: 200, type: 'application/jwk-set+jwt' });
    const { payload } = verifyJws(answer.text, [newKey.publicJwk], { typ: 'jwk-set+jwt' });
    expect(payload['iss']).toBe(kw.entityId);
    expect(payload['keys']).toMatchObject([{ kid: oldKey.kid, x: oldKey.publicJwk.x, exp: expect.any(Number) }]);

    // The secretariat takes the former one off; nothing stands on it.
    entry.jwks = [newKey.publicJwk];
    clock.advance(120_000);
    const { stale, jwks } = await bh.federation.resolve(kw.entityId, undefined, { fresh: true });
    expect([stale, jwks.map(({ kid }) => kid)]).toEqual([false, [newKey.kid]]);
    await next.stop();
  });
});

describe('what is kept', () => {
  test('a chain that was changed in the database is not believed but built anew', async () => {
    const gcc = await startAnchor(clock);
    const om = await startState(gcc, clock, 'OM');
    const { chain } = await om.federation.resolve(om.officeId);
    const swapped = (await om.federation.resolve(om.providerId)).chain;
    await om.stop();
    await om.database.db
      .withSchema('federation')
      .updateTable('chains')
      .set({ tokens: JSON.stringify(swapped) })
      .where('entity_id', '=', om.officeId)
      .execute();
    const again = await startNode({ ...om.plan, database: om.database });
    expect(again.federation.status().map(({ entityId }) => entityId)).not.toContain(om.officeId);
    expect((await again.federation.resolve(om.officeId)).chain[0]).not.toBe(swapped[0]);
    expect(decodeJws(chain[0]!).payload['sub']).toBe(om.officeId);
    for (const node of [again, gcc]) {
      await node.stop();
      await node.database.close();
    }
  });
});

describe('when the anchor is down', () => {
  test('a chain is used, marked stale, until it expires, also after a restart, and then refused', async () => {
    const short = { entityLifetimeSeconds: 1_000, refreshEveryMs: 3_600_000 };
    const gcc = await startAnchor(clock, short);
    const om = await startState(gcc, clock, 'OM', short);
    expect(await om.federation.resolve(om.providerId)).toMatchObject({ stale: false });
    expect(await om.federation.findProvider('OM')).toBe(om.providerId);
    const { expiresAt, refreshAt } = om.federation.status().find(({ entityId }) => entityId === om.providerId)!;
    expect(refreshAt.getTime()).toBe((clock.now().getTime() + expiresAt.getTime()) / 2);

    await gcc.close();
    clock.advance(501_000);
    await om.federation.resolve(om.providerId);
    await expect
      .poll(() => om.federation.status().find(({ entityId }) => entityId === om.providerId)?.stale)
      .toBe(true);
    expect(await om.federation.resolve(om.providerId)).toMatchObject({ stale: true, expiresAt });
    expect(await om.federation.findProvider('OM')).toBe(om.providerId);
    expect(await om.federation.resolve(om.providerId, undefined, { fresh: true })).toMatchObject({ stale: true });

    await om.stop();
    const again = await startNode({ ...om.plan, database: om.database });
    expect(again.federation.status().map(({ entityId }) => entityId)).toContain(om.providerId);
    expect(await again.federation.resolve(om.providerId)).toMatchObject({ expiresAt });
    await expect
      .poll(() => again.federation.status().find(({ entityId }) => entityId === om.providerId)?.stale)
      .toBe(true);
    expect(await again.federation.resolve(om.providerId, undefined, { fresh: true })).toMatchObject({ stale: true });

    clock.advance(500_000);
    await expect(again.federation.resolve(om.providerId)).rejects.toMatchObject({
      code: 'entity-unreachable',
      status: 502,
    });
    await again.stop();
    await gcc.stop();
    await om.database.close();
    await gcc.database.close();
  });

  test('chains in use are renewed at half their life by the timer', async () => {
    const short = { entityLifetimeSeconds: 1_000, refreshEveryMs: 20 };
    const gcc = await startAnchor(clock, short);
    const om = await startState(gcc, clock, 'OM', short);
    const before = await om.federation.resolve(om.providerId);
    clock.advance(501_000);
    await expect
      .poll(() =>
        om.federation
          .status()
          .find(({ entityId }) => entityId === om.providerId)!
          .expiresAt.getTime(),
      )
      .toBeGreaterThan(before.expiresAt.getTime());
    for (const node of [om, gcc]) {
      await node.stop();
      await node.database.close();
    }
  });

  test('a state that the anchor no longer names is out as soon as the anchor says so', async () => {
    const gcc = await startAnchor(clock);
    const om = await startState(gcc, clock, 'OM');
    await om.federation.resolve(om.providerId);
    gcc.subordinates.length = 0;
    clock.advance(11_000);
    await expect(om.federation.resolve(om.providerId, undefined, { fresh: true })).rejects.toMatchObject({
      code: 'trust-chain-invalid',
      params: { reason: 'not-found' },
    });
    await expect(om.federation.resolve(om.providerId)).rejects.toMatchObject({ code: 'trust-chain-invalid' });
    expect(om.federation.status().map(({ entityId }) => entityId)).not.toContain(om.providerId);
    for (const node of [om, gcc]) {
      await node.stop();
      await node.database.close();
    }
  });
});

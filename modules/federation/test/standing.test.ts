import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import { verifyJws } from '#kernel/jws';
import {
  federationEntity,
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

/** The longest time for which a word of yesterday may be believed. */
const minute = 60_000;

describe('within a minute, also where a chain is held', () => {
  test('a mark that its issuer revoked does not count, and one that replaces it does', async () => {
    const marksAtBh = async () => (await bh.federation.resolve(kw.officeId)).trustMarks.map(({ token }) => token);
    const before = await marksAtBh();
    expect(before).toHaveLength(1);
    const mark = { issuerId: kw.entityId, subjectId: kw.officeId, type: markTypeOf(anchor.entityId) };
    expect(await kw.federation.revokeTrustMark(mark)).toBe(1);
    // The chain itself is untouched. The office publishes a new mark, which nobody waits for until the chain is renewed.
    clock.advance(26_000);
    const after = await marksAtBh();
    expect(after).toHaveLength(1);
    expect(after).not.toEqual(before);
  });

  test('an entity that its state no longer names is nobody', async () => {
    const foreign = await startForeign(clock, 'ministry', [kw.entityId]);
    kw.extra.push({ entityId: foreign.entityId, jwks: [foreign.signer.publicJwk], entityTypes: [] });
    await foreign.publishConfiguration(foreign.entityId, { authority_hints: [kw.entityId] });
    expect(await bh.federation.resolve(foreign.entityId)).toMatchObject({ superior: kw.entityId });
    kw.extra.pop();
    clock.advance(26_000);
    await expect(bh.federation.resolve(foreign.entityId)).rejects.toMatchObject({
      code: 'trust-chain-invalid',
      params: { reason: 'not-found' },
    });
    await foreign.stop();
  });

  test('a state that the anchor no longer names takes all its entities with it', async () => {
    expect(await kw.federation.resolve(bh.officeId)).toMatchObject({ anchor: anchor.entityId });
    const at = anchor.subordinates.findIndex(({ entityId }) => entityId === bh.entityId);
    const [entry] = anchor.subordinates.splice(at, 1);
    clock.advance(26_000);
    await expect(kw.federation.resolve(bh.officeId)).rejects.toMatchObject({ code: 'trust-chain-invalid' });
    anchor.subordinates.push(entry!);
    clock.advance(minute);
    expect(await kw.federation.resolve(bh.officeId)).toMatchObject({ superior: bh.entityId });
  });

  test('an issuer that the anchor no longer lists for a type issues nothing', async () => {
    expect((await bh.federation.resolve(kw.officeId)).trustMarks).toHaveLength(1);
    anchor.markIssuers.splice(anchor.markIssuers.indexOf(kw.entityId), 1);
    clock.advance(minute + 1_000);
    expect((await bh.federation.resolve(kw.officeId)).trustMarks).toEqual([]);
    anchor.markIssuers.push(kw.entityId);
    clock.advance(minute + 1_000);
    expect((await bh.federation.resolve(kw.officeId)).trustMarks).toHaveLength(1);
  });

  test('a rule that changed above an entity changes its metadata', async () => {
    const entry = anchor.subordinates.find(({ entityId }) => entityId === kw.entityId)!;
    const before = entry.metadataPolicy;
    entry.metadataPolicy = { openid_relying_party: { client_name: { value: 'By rule' } } };
    clock.advance(minute + 1_000);
    const { metadata } = await bh.federation.resolve(kw.officeId);
    expect(metadata['openid_relying_party']).toMatchObject({ client_name: 'By rule' });
    entry.metadataPolicy = before!;
    clock.advance(minute + 1_000);
  });
});

describe('an issuer that is silent', () => {
  test('leaves its last word in force, and a mark of which it never spoke does not count', async () => {
    const issuer = await startForeign(clock, 'issuer', [anchor.entityId]);
    anchor.subordinates.push({ entityId: issuer.entityId, jwks: [issuer.signer.publicJwk], entityTypes: [] });
    anchor.markIssuers.push(issuer.entityId);
    const type = markTypeOf(anchor.entityId);
    const { federation_trust_mark_status_endpoint: endpoint } = federationEntity(issuer.entityId);
    const says = async (trustMark: string, change: object = {}) => {
      const said = { iss: issuer.entityId, iat: issuer.seconds(), trust_mark: trustMark, status: 'active', ...change };
      issuer.answers.set(new URL(endpoint!).pathname, {
        type: 'application/trust-mark-status-response+jwt',
        body: await issuer.sign(said, issuer.signer, { typ: 'trust-mark-status-response+jwt' }),
      });
    };
    const leafWithMark = async () => {
      const leafId = await issuer.publishLeaf();
      const said = { iss: issuer.entityId, sub: leafId, trust_mark_type: type };
      const token = await issuer.sign(said, issuer.signer, { typ: 'trust-mark+jwt' });
      await issuer.publishConfiguration(leafId, {
        authority_hints: [issuer.entityId],
        trust_marks: [{ trust_mark_type: type, trust_mark: token }],
      });
      return { leafId, token };
    };
    const countOf = async (leafId: string) => (await bh.federation.resolve(leafId)).trustMarks.length;
    const fails = () => issuer.answers.set(new URL(endpoint!).pathname, { status: 503, body: '' });

    const { leafId, token } = await leafWithMark();
    await says(token);
    expect(await countOf(leafId)).toBe(1);
    fails();
    clock.advance(26_000);
    expect(await countOf(leafId)).toBe(1);

    const unheard = await leafWithMark();
    expect(await countOf(unheard.leafId)).toBe(0);
    await says(unheard.token);
    expect(await countOf(unheard.leafId)).toBe(1);

    for (const change of [
      { status: 'revoked' },
      { status: 'invalid' },
      { iss: bh.entityId },
      { trust_mark: 'another' },
      { iat: issuer.seconds() - 120 },
      { iat: 'now' },
    ]) {
      const judged = await leafWithMark();
      await says(judged.token, change);
      expect(await countOf(judged.leafId), JSON.stringify(change)).toBe(0);
    }
    anchor.markIssuers.pop();
    anchor.subordinates.pop();
    await issuer.stop();
  });
});

describe('a type of trust mark with an owner', () => {
  test('is issued by others only with the owner’s signed word, for that issuer and that type', async () => {
    const type = `${anchor.entityId}/marks/owned`;
    anchor.marks.owners[type] = { sub: kw.entityId, jwks: { keys: [kw.signer.publicJwk] } };
    anchor.marks.issuers[type] = [bh.entityId];
    clock.advance(minute + 1_000);
    const delegate = (issuer: string, of = type) =>
      kw.federation.delegateTrustMark({ ownerEntityId: kw.entityId, issuer, type: of, lifetimeSeconds: 3_600 });
    const leafOf = await startForeign(clock, 'owned', [anchor.entityId]);
    anchor.subordinates.push({ entityId: leafOf.entityId, jwks: [leafOf.signer.publicJwk], entityTypes: [] });
    const countWith = async (delegation?: string) => {
      const leafId = await leafOf.publishLeaf();
      const token = await bh.federation.issueTrustMark({
        issuerEntityId: bh.entityId,
        subject: leafId,
        type,
        claims: {},
        lifetimeSeconds: 600,
        ...(delegation ? { delegation } : {}),
      });
      await leafOf.publishConfiguration(leafId, {
        authority_hints: [leafOf.entityId],
        trust_marks: [{ trust_mark_type: type, trust_mark: token }],
      });
      return (await kw.federation.resolve(leafId)).trustMarks.length;
    };
    expect(await countWith()).toBe(0);
    expect(await countWith(await delegate(bh.entityId))).toBe(1);
    expect(await countWith(await delegate(kw.entityId))).toBe(0);
    expect(await countWith(await delegate(bh.entityId, 'https://x.example/other'))).toBe(0);
    const forged = await bh.federation.delegateTrustMark({
      ownerEntityId: bh.entityId,
      issuer: bh.entityId,
      type,
      lifetimeSeconds: 60,
    });
    expect(await countWith(forged)).toBe(0);
    const ending = await kw.federation.delegateTrustMark({
      ownerEntityId: kw.entityId,
      issuer: bh.entityId,
      type,
      lifetimeSeconds: 30,
    });
    clock.advance(120_000);
    expect(await countWith(ending)).toBe(0);
    anchor.subordinates.pop();
    await leafOf.stop();
  });
});

describe('the endpoints of an issuer', () => {
  const ask = async (path: string) => {
    const answer = await bh.http.request({ method: 'GET', url: `${kw.entityId}/federation/${path}` });
    return { status: answer.status, text: answer.body.toString('utf8') };
  };

  test('list who holds a mark that stands, and give the mark to whoever has to publish it', async () => {
    const type = 'https://x.example/listed';
    const query = `trust_mark_type=${encodeURIComponent(type)}`;
    const sub = `sub=${encodeURIComponent(kw.officeId)}`;
    expect(await ask(`trust-marked?${query}`)).toMatchObject({ status: 200, text: '[]' });
    expect(await ask(`trust-mark?${query}&${sub}`)).toMatchObject({ status: 404 });
    const issued = { issuerEntityId: kw.entityId, subject: kw.officeId, type, claims: {}, lifetimeSeconds: 600 };
    const mark = await kw.federation.issueTrustMark(issued);
    expect(JSON.parse((await ask(`trust-marked?${query}`)).text)).toEqual([kw.officeId]);
    expect(JSON.parse((await ask(`trust-marked?${query}&sub=${encodeURIComponent(bh.officeId)}`)).text)).toEqual([]);
    const given = await ask(`trust-mark?${query}&${sub}`);
    expect(given).toEqual({ status: 200, text: mark });
    verifyJws(given.text, [kw.signer.publicJwk], { typ: 'trust-mark+jwt' });
    await kw.federation.revokeTrustMark({ issuerId: kw.entityId, subjectId: kw.officeId, type });
    expect(JSON.parse((await ask(`trust-marked?${query}`)).text)).toEqual([]);
    expect(await ask(`trust-mark?${query}&${sub}`)).toMatchObject({ status: 404 });
    expect(await ask('trust-marked')).toMatchObject({ status: 400 });
    expect(await ask(`trust-mark?${query}`)).toMatchObject({ status: 400 });
  });
});

describe('how often the net is asked', () => {
  test('a chain costs at most 4 round trips when nothing of it is known, marks included, and none when it is warm', async () => {
    const rounds = countRounds(bh.http);
    const asking = await startState(anchor, clock, 'OM', { http: rounds.http });
    await asking.federation.resolve(anchor.entityId);
    rounds.begin();
    const resolved = await asking.federation.resolve(kw.officeId, 'jisr_office');
    expect(resolved.trustMarks).toHaveLength(1);
    // The office, its state, what the state and the anchor say, and the status of the mark.
    expect(rounds.end()).toEqual({ rounds: 4, requests: 5 });
    rounds.begin();
    for (let time = 0; time < 100; time += 1) await asking.federation.resolve(kw.officeId, 'jisr_office');
    expect(rounds.end()).toEqual({ rounds: 0, requests: 0 });
    await asking.stop();
    await asking.database.close();
    anchor.subordinates.pop();
  });
});

/** Lets requests through in rounds: all that are asked for while none is under way are one round trip. */
function countRounds(http: TestState['http']) {
  let waiting: Array<() => void> = [];
  let count = { rounds: 0, requests: 0 };
  let running = 0;
  const release = () => {
    if (running > 0 || waiting.length === 0) return;
    const round = waiting;
    waiting = [];
    count.rounds += 1;
    running = round.length;
    for (const go of round) go();
  };
  return {
    begin: () => {
      count = { rounds: 0, requests: 0 };
    },
    end: () => count,
    http: {
      ...http,
      request: async (request: Parameters<typeof http.request>[0]) => {
        count.requests += 1;
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          setImmediate(release);
        });
        return http.request(request).finally(() => {
          running -= 1;
          setTimeout(release, 20);
        });
      },
    },
  };
}

import { expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import { decodeJws } from '#kernel/jws';
import { startAnchor, startForeign, startNode, startOfTests, startState, type TestAnchor } from './network.ts';

const stopAll = async (...nodes: Array<{ stop(): Promise<void>; database: { close(): Promise<void> } }>) => {
  for (const node of nodes) {
    await node.stop();
    await node.database.close();
  }
};

/** An anchor with this entity below it, under a rule that shows which anchor's chain was taken. */
const enrol = (anchor: TestAnchor, entry: { entityId: string; jwks: object[] }, mark: string) =>
  anchor.subordinates.push({
    ...entry,
    jwks: entry.jwks as never,
    metadataPolicy: { openid_relying_party: { client_name: { value: mark } } },
    entityTypes: [],
  });

test('of two anchors the nearer is taken, each is found when it is asked for, and one that lets go leaves the other', async () => {
  const clock = fixedClock(startOfTests);
  const first = await startAnchor(clock);
  const second = await startAnchor(clock);
  const trustAnchors = { ...first.trustAnchors, ...second.trustAnchors };
  const bh = await startState({ ...first, trustAnchors }, clock, 'BH');
  // A ministry directly under the second anchor, and under a body that stands under the first.
  const body = await startForeign(clock, 'body', [first.entityId]);
  enrol(first, { entityId: body.entityId, jwks: [body.signer.publicJwk] }, 'by the first');
  const leafId = await body.publishLeaf({ authority_hints: [body.entityId, second.entityId] });
  enrol(second, { entityId: leafId, jwks: [body.signer.publicJwk] }, 'by the second');

  const nameOf = async (options = {}) => {
    const { anchor, metadata } = await bh.federation.resolve(leafId, undefined, options);
    return [anchor, metadata['openid_relying_party']?.['client_name']];
  };
  expect(await nameOf()).toEqual([second.entityId, 'by the second']);
  expect(await nameOf({ anchor: first.entityId })).toEqual([first.entityId, 'by the first']);
  await expect(nameOf({ anchor: 'https://x.example' })).rejects.toMatchObject({ code: 'trust-anchor-unknown' });

  const asked = async (...anchors: string[]) => {
    const query = new URLSearchParams([['sub', leafId], ...anchors.map((one) => ['trust_anchor', one])]);
    const url = `${bh.entityId}/federation/resolve?${query}`;
    const answer = await bh.http.request({ method: 'GET', url });
    return answer.status === 200
      ? decodeJws(answer.body.toString('utf8')).payload['trust_chain'].length
      : answer.status;
  };
  expect([await asked(first.entityId), await asked(second.entityId)]).toEqual([4, 3]);
  expect(await asked('https://x.example', first.entityId)).toBe(4);
  expect(await asked('https://x.example')).toBe(404);

  second.subordinates.length = 0;
  clock.advance(26_000);
  expect(await nameOf()).toEqual([first.entityId, 'by the first']);
  first.subordinates.length = 0;
  clock.advance(26_000);
  await expect(nameOf()).rejects.toMatchObject({ code: 'trust-chain-invalid' });
  await body.stop();
  await stopAll(bh, second, first);
});

test('an anchor changes its key: announced beside the old one, used, and the old one is history', async () => {
  const clock = fixedClock(startOfTests);
  const anchor = await startAnchor(clock);
  const old = anchor.signer.publicJwk;
  const next = await anchor.keys.signer('anchor-2');
  // One is given the next key the way it was given the first; the other has to learn it.
  const trustAnchors = { [anchor.entityId]: { keys: [old, next.publicJwk] } };
  const bh = await startState({ ...anchor, trustAnchors }, clock, 'BH');
  const kw = await startState(anchor, clock, 'KW');
  const [ours] = anchor.plan.hosted;
  ours!.nextKeys = [next.publicJwk];
  clock.advance(61_000);
  expect(decodeJws((await bh.federation.resolve(kw.providerId)).chain.at(-1)!).payload['jwks'].keys).toHaveLength(2);

  Object.assign(ours!, { signer: next, nextKeys: [] });
  clock.advance(61_000);
  const { chain, stale } = await bh.federation.resolve(kw.providerId);
  expect([stale, ...chain.slice(2).map((token) => decodeJws(token).header.kid)]).toEqual([false, next.kid, next.kid]);
  // A key that nobody announced, or only a moment ago, is not believed: whoever holds the old one for a day could have made it.
  await expect(kw.federation.resolve(bh.providerId)).rejects.toMatchObject({
    params: { reason: 'signature-invalid' },
  });
  await stopAll(kw, bh, anchor);
});

test('a node learns the next key of its anchor by itself once it was announced for seven days without a gap', async () => {
  const clock = fixedClock(startOfTests);
  const anchor = await startAnchor(clock);
  const [ours] = anchor.plan.hosted;
  const next = await anchor.keys.signer('anchor-2');
  const bh = await startState(anchor, clock, 'BH');
  const kw = await startState(anchor, clock, 'KW');
  const dayMs = 86_400_000;
  const ask = async () => {
    const { chain } = await kw.federation.resolve(bh.providerId, undefined, { fresh: true });
    return decodeJws(chain.at(-1)!).header.kid;
  };
  /** Days pass with a question on each. */
  const pass = async (days: number) => {
    for (let day = 0; day < days; day += 1) {
      clock.advance(dayMs);
      await ask();
    }
  };
  ours!.nextKeys = [next.publicJwk];
  clock.advance(61_000);
  await ask();
  await pass(4);
  // Taken back for a day: it has to begin anew.
  ours!.nextKeys = [];
  await pass(1);
  ours!.nextKeys = [next.publicJwk];
  await pass(6);
  const old = ours!.signer;
  Object.assign(ours!, { signer: next, nextKeys: [old.publicJwk] });
  clock.advance(61_000);
  await expect(ask()).rejects.toMatchObject({ params: { reason: 'signature-invalid' } });
  Object.assign(ours!, { signer: old, nextKeys: [next.publicJwk] });
  await pass(2);
  Object.assign(ours!, { signer: next, nextKeys: [] });
  clock.advance(61_000);
  expect(await ask()).toBe(next.kid);
  const { live } = await kw.federation.listAnchorKeys(anchor.entityId);
  expect(live.map(({ kid }) => kid)).toEqual([old.kid, next.kid]);
  await stopAll(kw, bh, anchor);
});

test('a node knows the former keys of its anchor as the anchor signs them, also while it is silent, and none that was lost', async () => {
  const clock = fixedClock(startOfTests);
  const anchor = await startAnchor(clock);
  const [ours] = anchor.plan.hosted;
  const old = anchor.signer.publicJwk;
  const next = await anchor.keys.signer('anchor-2');
  const third = await anchor.keys.signer('anchor-3');
  clock.advance(61_000);
  Object.assign(ours!, { signer: next });
  await anchor.stop();
  const again = () => startNode({ ...anchor.plan, database: anchor.database });
  let running = await again();
  // Given the second key and the third, and never the first.
  const trustAnchors = { [anchor.entityId]: { keys: [next.publicJwk, third.publicJwk] } };
  const kw = await startState({ ...anchor, trustAnchors }, clock, 'KW', { refreshEveryMs: 200 });
  const known = async () => {
    const { live, former } = await kw.federation.listAnchorKeys(anchor.entityId);
    return { live: live.map(({ kid }) => kid), former: former.map(({ kid, exp }) => ({ kid, exp })) };
  };
  const used = { kid: old.kid, exp: expect.any(Number) };
  await expect.poll(known).toEqual({ live: [next.kid, third.kid], former: [used] });
  await running.stop();
  clock.advance(2 * 3_600_000);
  expect(await known()).toEqual({ live: [next.kid, third.kid], former: [used] });
  // It comes back with the third, and says that the second, which this node was given, was stolen.
  const gone = { ...next.publicJwk, iat: 1, exp: 2, revoked: { revoked_at: 2, reason: 'compromised' } };
  Object.assign(ours!, { signer: third, previousKeys: [gone] });
  running = await again();
  await expect.poll(known).toEqual({ live: [third.kid], former: [used] });
  await stopAll(kw, running);
});

test('a leaf changes its key: its state vouches for both, then for the new one, and the old one ends within a minute', async () => {
  const clock = fixedClock(startOfTests);
  const anchor = await startAnchor(clock);
  const bh = await startState(anchor, clock, 'BH');
  const leaf = await startForeign(clock, 'leaf', [bh.entityId]);
  const entry = { entityId: leaf.entityId, jwks: [leaf.signer.publicJwk], entityTypes: [] };
  bh.extra.push(entry);
  await leaf.publishConfiguration(leaf.entityId, { authority_hints: [bh.entityId] });
  const kw = await startState(anchor, clock, 'KW');
  const kids = async () => (await kw.federation.resolve(leaf.entityId)).jwks.map(({ kid }) => kid);
  expect(await kids()).toEqual([leaf.signer.kid]);

  const next = await leaf.keys.signer('leaf-2');
  entry.jwks = [leaf.signer.publicJwk, next.publicJwk];
  await leaf.publishConfiguration(leaf.entityId, { authority_hints: [bh.entityId] }, next);
  clock.advance(61_000);
  expect(await kids()).toEqual([leaf.signer.kid, next.kid]);
  entry.jwks = [next.publicJwk];
  clock.advance(61_000);
  expect(await kids()).toEqual([next.kid]);
  // A key that was lost: the state no longer vouches for it, and nothing signed with it counts.
  await leaf.publishConfiguration(leaf.entityId, { authority_hints: [bh.entityId] });
  entry.jwks = [(await leaf.keys.signer('leaf-3')).publicJwk];
  clock.advance(61_000);
  await expect(kids()).rejects.toMatchObject({ params: { reason: 'signature-invalid' } });
  await leaf.stop();
  await stopAll(kw, bh, anchor);
});

test('after a restart a chain is asked about before it is used, and an anchor that is silent leaves it in use', async () => {
  const clock = fixedClock(startOfTests);
  const anchor = await startAnchor(clock);
  const bh = await startState(anchor, clock, 'BH');
  const kw = await startState(anchor, clock, 'KW');
  await bh.federation.resolve(kw.officeId);
  await bh.stop();
  clock.advance(30_000);
  await anchor.close();
  const again = await startNode({ ...bh.plan, database: bh.database });
  expect(await again.federation.resolve(kw.officeId)).toMatchObject({ stale: true });
  await again.stop();
  const at = anchor.subordinates.findIndex(({ entityId }) => entityId === kw.entityId);
  anchor.subordinates.splice(at, 1);
  const back = await startNode({ ...anchor.plan, database: anchor.database });
  clock.advance(30_000);
  const third = await startNode({ ...bh.plan, database: bh.database });
  await expect(third.federation.resolve(kw.officeId)).rejects.toMatchObject({ code: 'trust-chain-invalid' });
  await third.stop();
  await back.stop();
  await stopAll(kw, anchor);
  await bh.database.close();
});

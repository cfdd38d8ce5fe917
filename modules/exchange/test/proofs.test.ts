import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kernel/database';
import { newId } from '#kernel/ids';
import { memoryKeys } from '#kernel/keys';
import type { Problem } from '#kernel/problem';
import { type ProofVerdict, verifyProof } from '../index.ts';
import { ali, noura, personalValues, startTwoStates, type TwoStates } from './two-states.ts';

let world: TwoStates;
beforeAll(async () => {
  world = await startTwoStates();
});
afterAll(() => world.close());

const check = (text: string) =>
  verifyProof(text, { anchor: { entityId: world.anchorUrl, keys: world.anchorKeys }, quorum: 0 });
const statesOf = ({ links }: ProofVerdict) => Object.fromEntries(links.map(({ id, state }) => [id, state]));
const exchangeOnce = async () => {
  const { ask, given } = await world.consentTo();
  return { ...(await world.asking.exchange.ask(ask)), given };
};
const integrate = async () => {
  await world.holding.ledger.integrate();
  await world.asking.ledger.integrate();
};
const ofAsker = (questionId: string, values?: Record<string, unknown>) =>
  world.asking.exchange.proveQuestion({
    officeId: 'moe',
    questionId,
    form: values ? 'whole' : 'shareable',
    ...(values ? { values } : {}),
  });
const ofPerson = (questionId: string, form: 'whole' | 'shareable' = 'whole') =>
  world.holding.exchange.proveUse({ questionId, form, personId: noura.personId });
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'made',
    (error: Problem) => error.code,
  );
const get = async (node: 'asking' | 'holding', path: string, headers: Record<string, string>) => {
  const { url } = world[node];
  const answer = await world.asking.http.request({ method: 'GET', url: `${url}${path}`, headers });
  return { ...answer, text: answer.body.toString('utf8') };
};

describe('a proof made right after the exchange', () => {
  test('says what is missing and who has it, and is whole once the logs have gone on', async () => {
    const { questionId, fields, theirReceipt } = await exchangeOnce();
    const early = await check(await ofAsker(questionId, fields));
    expect(early.state).toBe('incomplete');
    const missing = early.links.filter(({ state }) => state === 'missing');
    expect(missing.map(({ id }) => id)).toContain('answered-inclusion');
    expect(missing.find(({ id }) => id === 'answered-inclusion')?.where).toBe(
      `${world.holding.url}/ledger/proof/${theirReceipt.leafHash}`,
    );
    expect(statesOf(early)).toMatchObject({
      'question-signature': 'holds',
      'answered-opening': 'holds',
      values: 'holds',
    });
    expect((await check(await ofPerson(questionId))).state).toBe('incomplete');
    await integrate();
    expect((await check(await ofAsker(questionId, fields))).state).toBe('whole');
    expect((await check(await ofPerson(questionId))).state).toBe('whole');
  });

  test('is made again from what is kept when nothing is left of bodies, token and stored answer, and no chain is alive', async () => {
    const { questionId, fields } = await exchangeOnce();
    await integrate();
    const before = await ofAsker(questionId, fields);
    world.clock.advance(400 * 86_400_000);
    await world.holding.exchange.forgetOld();
    const kept = await sql<{
      n: number;
    }>`select count(*)::int as n from exchange.uses where answer_sealed is not null`.execute(world.holding.database.db);
    expect(kept.rows[0]!.n).toBe(0);
    expect(await ofAsker(questionId, fields)).toBe(before);
    const shareable = await check(await ofAsker(questionId));
    expect(shareable.state).toBe('whole');
    expect(statesOf(shareable)).toMatchObject({
      'answer-body': 'absent',
      values: 'absent',
      'answer-signature': 'holds',
    });
    expect((await check(await ofPerson(questionId))).state).toBe('whole');
    // Chains are kept once each, however many exchanges lean on them: two offices and two states on each side.
    for (const node of ['asking', 'holding'] as const) {
      const chains = await sql<{ entity_id: string }>`select entity_id from exchange.chains`.execute(
        world[node].database.db,
      );
      const ids = chains.rows.map((row) => row.entity_id);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });
});

test('a proof made under a key that the anchor has since put away stands on that key, until it was put away', async () => {
  const { questionId } = await exchangeOnce();
  await integrate();
  const text = await ofAsker(questionId);
  const now = Math.floor(world.clock.now().getTime() / 1_000);
  const next = (await memoryKeys().signer('anchor-2')).publicJwk;
  const under = (...keys: object[]) =>
    verifyProof(text, { anchor: { entityId: world.anchorUrl, keys: keys as never }, quorum: 0 });
  const [old] = world.anchorKeys;
  expect((await under(next, { ...old, exp: now + 1 })).state).toBe('whole');
  expect(await under(next)).toMatchObject({ state: 'broken', firstBroken: 'chains' });
  // Whoever has a key that was put away signs nothing with it afterwards.
  expect(await under(next, { ...old, exp: now - 90_000_000 })).toMatchObject({
    state: 'broken',
    firstBroken: 'chains',
  });
});

describe('a file that may be shown to others', () => {
  test('holds no value, no salt of values, and no name of the person', async () => {
    const { questionId } = await exchangeOnce();
    await integrate();
    for (const text of [await ofAsker(questionId), await ofPerson(questionId, 'shareable')]) {
      for (const value of personalValues) expect(text).not.toContain(value);
      expect(text).not.toMatch(/valuesSalt|bachelor|University of Bahrain|DPoP/);
      expect((await check(text)).state).toBe('whole');
    }
    const receipt = statesOf(await check(await ofPerson(questionId)));
    expect(receipt['consent-receipt']).toBe('holds');
  });

  test('is what an office gets that brings other values than those that were answered', async () => {
    const { questionId, fields } = await exchangeOnce();
    await integrate();
    const verdict = await check(await ofAsker(questionId, { ...fields, gpa: 4 }));
    expect(statesOf(verdict)).toMatchObject({ values: 'absent', 'answer-body': 'absent' });
  });
});

describe('over HTTP', () => {
  test('a proof goes to the person, the asking office and the answering office, under a name that tells nothing', async () => {
    const { questionId } = await exchangeOnce();
    await integrate();
    const officer = (officeId: string) => ({ 'x-test-person': ali.personId, 'x-test-office': officeId });
    const person = (personId: string) => ({ 'x-test-person': personId });
    const good = [
      await get('holding', `/api/uses/${questionId}/proof?form=shareable`, person(noura.personId)),
      await get('holding', `/api/answers/${questionId}/proof`, officer('moe')),
      await get('asking', `/api/questions/${questionId}/proof`, officer('moe')),
    ];
    for (const answer of good) {
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toBe('application/jisr-proof+json');
      expect(answer.headers['content-disposition']).toBe('attachment; filename="jisr-proof.json"');
      expect((await check(answer.text)).state).toBe('whole');
    }
    const refused = [
      await get('holding', `/api/uses/${questionId}/proof`, {}),
      await get('holding', `/api/uses/${questionId}/proof`, person(ali.personId)),
      await get('holding', `/api/uses/${newId()}/proof`, person(noura.personId)),
      await get('holding', `/api/answers/${questionId}/proof`, officer('civil')),
      await get('holding', `/api/answers/${questionId}/proof`, person(noura.personId)),
      await get('asking', `/api/questions/${questionId}/proof`, officer('parks')),
    ];
    expect(refused.map(({ status }) => status)).toEqual([401, 404, 404, 404, 403, 404]);
  });

  test('a question that was never answered has no proof yet, and says so', async () => {
    const { ask, given } = await world.consentTo();
    await world.holding.consent.withdraw(noura.personId, given.consentId);
    const questionId = newId();
    expect(await codeOf(world.asking.exchange.ask({ ...ask, questionId }))).toBe('consent-withdrawn');
    expect(await codeOf(ofAsker(questionId))).toBe('exchange-unfinished');
    await integrate();
    // The person sees that the office asked and was turned away: signed by the asker, and in the log.
    const verdict = await check(await ofPerson(questionId));
    expect(statesOf(verdict)).toMatchObject({
      'question-signature': 'holds',
      'answered-inclusion': 'holds',
      'answer-signature': 'absent',
    });
    expect(verdict.state).toBe('whole');
  });
});

test('a proof rests on the witnesses of its time, though nobody asked anything for days, and though none of them can be found any more', async () => {
  const { questionId } = await exchangeOnce();
  const cosign = async () => {
    await integrate();
    for (const node of [world.asking, world.holding]) await node.ledger.gatherCosignatures();
  };
  const cosigned = async (text: string) => {
    const anchor = { entityId: world.anchorUrl, keys: world.anchorKeys };
    const { state, links } = await verifyProof(text, { anchor, quorum: 1 });
    return [state, ...links.filter(({ id }) => id.endsWith('-cosigned')).map(({ count }) => count)];
  };
  await cosign();
  expect(await cosigned(await ofPerson(questionId, 'shareable'))).toEqual(['whole', 1]);
  // Consents come and go and the log grows; the witness signs what nobody has asked about.
  world.clock.advance(5 * 86_400_000);
  await world.consentTo();
  await cosign();
  await world.holding.exchange.keepChains();
  await world.asking.exchange.keepChains();
  world.clock.advance(3 * 86_400_000);
  expect(await cosigned(await ofPerson(questionId, 'shareable'))).toEqual(['whole', 1]);
  expect(await cosigned(await ofAsker(questionId))).toEqual(['whole', 1, 1, 1]);
  await world.stopAnchor();
  world.clock.advance(400 * 86_400_000);
  expect(await cosigned(await ofPerson(questionId, 'shareable'))).toEqual(['whole', 1]);
  expect(await cosigned(await ofAsker(questionId))).toEqual(['whole', 1, 1, 1]);
});

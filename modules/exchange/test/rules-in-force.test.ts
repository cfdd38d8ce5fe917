import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Log } from '#kernel/log';
import { createExchange } from '../index.ts';
import { call } from './system-caller.ts';
import { accessRules, operatorHeaders, startTwoStates, type TwoStates } from './two-states.ts';

let world: TwoStates;
beforeAll(async () => {
  world = await startTwoStates();
});
afterAll(() => world.close());

const order = (path: string, body?: object) =>
  call(world.holding.operatorUrl, path, {
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    headers: { ...operatorHeaders, ...(body ? { 'content-type': 'application/json' } : {}) },
  });
const ask = async () => {
  const { ask } = await world.consentTo();
  try {
    return await world.asking.exchange.ask(ask);
  } catch (error) {
    return (error as { code: string }).code;
  }
};
const lastQuestion = () => world.asking.http.sent.at(-1)!.headers!['x-road-id']!;

test('the operator changes what is given by an order, from the next question on, and it is told which version decided', async () => {
  const given = await ask();
  expect(given).toMatchObject({ fields: expect.anything() });
  const [first] = (await order('/operator/access-rules')).json;
  expect(first).toMatchObject({ version: 1, changedBy: 'state-folder' });

  const narrowed = {
    ...accessRules,
    rules: accessRules.rules.filter(({ evidenceType }) => evidenceType !== 'degree-record'),
  };
  const wrong = await order('/operator/access-rules', {
    rules: { ...narrowed, rules: [...narrowed.rules, { id: 'half' }] },
    basedOn: 1,
    reason: 'a slip',
  });
  expect([wrong.status, wrong.json.code]).toEqual([400, 'access-rules-invalid']);
  expect(await ask()).toMatchObject({ fields: expect.anything() });

  const published = await order('/operator/access-rules', { rules: narrowed, basedOn: 1, reason: 'the treaty ended' });
  expect([published.status, published.json]).toEqual([200, { version: 2, isNew: true }]);
  expect(await ask()).toBe('access-not-granted');
  const explained = (await order(`/operator/questions/${lastQuestion()}`)).json;
  expect(explained.outcome).toBe('refused');
  const [step] = explained.explanation.steps.filter(({ outcome }: { outcome: string }) => outcome === 'failed');
  expect(step.words.en).toContain('The rules of access decided it (version 2).');
  expect(step.words.ar).toContain('الإصدار 2');

  const stale = await order('/operator/access-rules', { rules: accessRules, basedOn: 1, reason: 'renewed' });
  expect([stale.status, stale.json.code]).toEqual([409, 'access-rules-superseded']);
  expect(
    (await order('/operator/access-rules', { rules: accessRules, basedOn: 2, reason: 'renewed' })).json.version,
  ).toBe(3);
  expect(await ask()).toMatchObject({ fields: expect.anything() });
  const again = (await order(`/operator/questions/${lastQuestion()}`)).json;
  expect(JSON.stringify(again.explanation.steps)).toContain('(version 3)');
  expect((await order('/operator/questions/019ab0c0-7c00-7000-8000-000000000000')).json.code).toBe('exchange-unknown');
});

test('another process of the node takes new rules over by itself, within seconds', async () => {
  const said: string[] = [];
  const hear = (_facts: object, words: string) => void said.push(words);
  const log = { ...world.holding.needs.log, info: hear, warn: hear } as unknown as Log;
  const other = createExchange({ ...world.holding.needs, log });
  other.start();
  try {
    expect(said).toEqual([]);
    const { version } = (await order('/operator/access-rules')).json[0];
    const rules = { ...accessRules, disclosure: [] };
    await order('/operator/access-rules', { rules, basedOn: version, reason: 'shown at once' });
    await expect.poll(() => said).toContain('access rules taken over');
  } finally {
    await other.stop();
  }
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '#kernel/ids';
import type { Problem } from '#kernel/problem';
import { type StateNode, startTwoStates, type TwoStates } from './two-states.ts';

let world: TwoStates;
beforeAll(async () => {
  world = await startTwoStates();
});
afterAll(() => world.close());

/** A checkpoint that the log's own key signs, whether or not it is true (C2SP signed-note and tlog-checkpoint). */
async function signCheckpoint({ ledger, keys }: StateNode, size: number, root: Buffer): Promise<string> {
  const [name = '', id = ''] = ledger.keys.ledgerKey.split('+');
  const text = `${ledger.origin}\n${size}\n${root.toString('base64')}\n`;
  const signature = await (await keys.signer('log', 'Ed25519')).sign(Buffer.from(text));
  return `${text}\n— ${name} ${Buffer.concat([Buffer.from(id, 'hex'), signature]).toString('base64')}\n`;
}

/** Shows a witness two histories of one size. */
async function fork(liar: StateNode, witness: StateNode): Promise<number[]> {
  const statuses: number[] = [];
  for (const [oldSize, root] of [
    [0, 'one history'],
    [1, 'another history'],
  ] as const) {
    const note = await signCheckpoint(liar, 1, sha256(root));
    const body = `old ${oldSize}\n\n${note}`;
    const url = `${witness.url}/witness/add-checkpoint`;
    statuses.push((await witness.http.request({ method: 'POST', url, body })).status);
  }
  world.clock.advance(2_000);
  return statuses;
}

const refusalOf = async (work: Promise<unknown>) => {
  const { code, origin, params } = (await work.then(
    () => ({ code: 'answered' }),
    (error) => error,
  )) as Problem;
  return { code, origin, params };
};

describe('a state whose log was seen with two histories', () => {
  test('gets no answer, and nothing is counted against the consent', async () => {
    expect((await refusalOf(world.asking.exchange.ask((await world.consentTo()).ask))).code).toBe('answered');
    expect(await fork(world.asking, world.holding)).toEqual([200, 422]);
    const { ask, given, person } = await world.consentTo();
    expect(await refusalOf(world.asking.exchange.ask(ask))).toMatchObject({
      code: 'requester-log-in-breach',
      params: { state: 'SA' },
    });
    const { items } = await world.holding.consent.get(person.personId, given.consentId);
    expect(items[0]!.usesCount).toBe(0);
  });

  test('is not asked', async () => {
    expect(await fork(world.holding, world.asking)).toEqual([200, 422]);
    const { ask } = await world.consentTo();
    const { sent } = world.asking.http;
    const before = sent.length;
    expect(await refusalOf(world.asking.exchange.ask(ask))).toMatchObject({
      code: 'provider-log-in-breach',
      origin: 'other-node',
      params: { state: 'BH' },
    });
    expect(sent.length).toBe(before);
  });
});

test('a state whose log publishes less than was cosigned gets no answer until it publishes the rest again', async () => {
  const own = await startTwoStates();
  const { asking, holding } = own;
  const asked = async () => {
    own.clock.advance(2_000);
    return refusalOf(asking.exchange.ask((await own.consentTo()).ask));
  };
  const grow = async () => {
    expect((await asked()).code).toBe('answered');
    await asking.ledger.integrate();
    await asking.ledger.gatherCosignatures();
    return (await asking.ledger.readCheckpointText())!;
  };
  const early = await grow();
  await grow();
  // As after an old backup: under the log's address stands what it had then.
  const { request } = holding.http;
  holding.http.request = async (wanted) => {
    const answer = await request(wanted);
    return wanted.url === `${asking.url}/ledger/checkpoint` ? { ...answer, body: Buffer.from(early) } : answer;
  };
  await holding.ledger.inspectNeighbours();
  expect(await asked()).toMatchObject({ code: 'requester-log-in-breach', params: { state: 'SA' } });
  holding.http.request = request;
  await holding.ledger.inspectNeighbours();
  expect((await asked()).code).toBe('answered');
  await own.close();
});

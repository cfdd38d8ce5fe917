import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  formatPolicy,
  type Neighbour,
  parsePolicy,
  requireAnyOf,
  requireParties,
  type TlogPolicy,
  verifyInclusionProof,
} from '../index.ts';
import { isQuorumMet } from '../policy.ts';
import { openTestState, type TestState } from './states.ts';

const neighbours: Neighbour[] = [];
const states = new Map<string, TestState>();
const find = (name: string) => states.get(name)!;

beforeAll(async () => {
  for (const name of ['bh', 'kw', 'om', 'qa', 'sa']) {
    const state = await openTestState(name, neighbours);
    states.set(name, state);
    neighbours.push(state.neighbour);
  }
});
afterAll(() => Promise.all([...states.values()].map((state) => state.close())));

async function read(text: string): Promise<TlogPolicy> {
  const reading = await parsePolicy(text);
  if (!reading.ok) throw new Error(reading.reason);
  return reading.policy;
}

const keyOf = (name: string) => find(name).ledger.keys.witnessKey;

describe('a policy file', () => {
  const file = () => `# who must have cosigned
log ${find('bh').ledger.keys.ledgerKey}

witness X1 ${keyOf('kw')}
witness X2 ${keyOf('om')} https://om.example/witness
  witness Y1 ${keyOf('qa')}
witness Y2 ${keyOf('sa')}
group X all X1 X2
group Y any Y1 Y2
group both all X Y
quorum both
`;

  test('with two levels of groups counts whom it names, and no one else', async () => {
    const policy = await read(file());
    const isMet = (...names: string[]) => isQuorumMet(policy, new Set(names));
    expect(isMet('X1', 'X2', 'Y2')).toBe(true);
    expect(isMet('X1', 'X2')).toBe(false);
    expect(isMet('X1', 'Y1', 'Y2')).toBe(false);
    // The names of groups are nobody's to claim.
    expect(isMet('X', 'Y')).toBe(false);
    expect(isMet('both')).toBe(false);
  });

  test('reads back as it was written', async () => {
    const policy = await read(file());
    expect(await read(formatPolicy(policy))).toEqual(policy);
  });

  test.each([
    ['no quorum', (text: string) => text.replace('quorum both\n', '')],
    ['two quorums', (text: string) => `${text}quorum none\n`],
    ['a quorum of nobody', (text: string) => text.replace('quorum both', 'quorum Z')],
    [
      'a member that is defined later',
      (text: string) => text.replace('group X all', 'group X any Y1 both\ngroup W all'),
    ],
    ['a member of two groups', (text: string) => text.replace('any Y1 Y2', 'any Y1 Y2 X1')],
    ['a threshold above its members', (text: string) => text.replace('group Y any', 'group Y 3')],
    ['a threshold of zero', (text: string) => text.replace('group Y any', 'group Y 0')],
    ['a group without members', (text: string) => text.replace('group Y any Y1 Y2', 'group Y any')],
    ['one key under two names', (text: string) => text.replace(keyOf('om'), keyOf('kw'))],
    ['one name for two witnesses', (text: string) => text.replace('witness X2', 'witness X1')],
    ['the name none', (text: string) => text.replaceAll('X2', 'none')],
    ['a log key as a witness', (text: string) => text.replace(keyOf('om'), find('om').ledger.keys.ledgerKey)],
    ['an unknown word', (text: string) => `${text}witnesses 3\n`],
    ['no end of its last line', (text: string) => text.trimEnd()],
    ['a control character', (text: string) => text.replace('quorum both', 'quorum both\r')],
    ['more than anybody needs', (text: string) => `${'# \n'.repeat(600)}${text}`],
  ])('with %s is refused', async (_, change) => {
    expect((await parsePolicy(file())).ok).toBe(true);
    expect((await parsePolicy(change(file()))).ok).toBe(false);
  });

  test('of quorum none asks for no witness at all', async () => {
    const policy = await read(`log ${find('bh').ledger.keys.ledgerKey}\nquorum none\n`);
    expect(isQuorumMet(policy, new Set())).toBe(true);
  });
});

describe('the asking state, the providing state and two others', () => {
  const cosignedBy = (names: string[]) => neighbours.filter((one) => names.some((name) => one.origin.startsWith(name)));

  /** A log that only these witnesses cosigned. */
  async function witnessBy(names: string[], record: string) {
    const bh = find('bh');
    const all = [...neighbours];
    const { entryId } = await bh.append({ record });
    await bh.ledger.integrate();
    neighbours.splice(0, neighbours.length, ...cosignedBy(['bh', ...names]));
    await bh.ledger.gatherCosignatures();
    neighbours.splice(0, neighbours.length, ...all);
    return entryId;
  }

  test('must all have cosigned the checkpoint that a proof is given on', async () => {
    const bh = find('bh');
    const policy = await bh.ledger.policyFor({ parties: ['bh.example/ledger', 'sa.example/ledger'], othersMin: 2 });
    expect(formatPolicy(policy)).toContain('group others 2 kw.example/witness om.example/witness qa.example/witness\n');

    const first = await witnessBy(['sa', 'kw', 'om'], 'enough');
    const onFirst = (await bh.ledger.findProof(first, { policy }))!;
    expect(await verifyInclusionProof(onFirst, policy)).toMatchObject({ ok: true, treeSize: 1 });

    // Three witnesses again, but the asking state is not among them: the bare number is met, the policy is not.
    await witnessBy(['kw', 'om', 'qa'], 'without the asking state');
    await witnessBy(['sa', 'kw'], 'too few others');
    const latest = (await bh.ledger.findProof(first))!;
    expect(latest.treeSize).toBe(3);
    expect(await verifyInclusionProof(latest, policy)).toEqual({ ok: false, reason: 'quorum-missed' });
    // A proof under the policy goes back to the checkpoint that satisfies it.
    expect((await bh.ledger.findProof(first, { policy }))!.treeSize).toBe(1);
    const last = await witnessBy(['sa', 'om', 'qa'], 'enough again');
    const proof = (await bh.ledger.findProof(last, { policy }))!;
    expect(await verifyInclusionProof(proof, policy)).toMatchObject({ ok: true, treeSize: 4 });
  });

  test('of which one is no state of the federation is refused', async () => {
    await expect(
      find('bh').ledger.policyFor({ parties: ['nowhere.example/ledger'], othersMin: 2 }),
    ).rejects.toMatchObject({ code: 'log-unknown' });
  });

  test('ask for fewer others where there are fewer, and count a witness with two keys once', () => {
    const [a, b] = [keyOf('kw'), keyOf('om')];
    const policy = requireParties({
      logKey: find('bh').ledger.keys.ledgerKey,
      parties: [{ name: 'sa', keys: [keyOf('sa')] }],
      others: [{ name: 'kw', keys: [a, b] }],
      othersMin: 2,
    });
    expect(isQuorumMet(policy, new Set(['sa', 'kw/key-2']))).toBe(true);
    expect(isQuorumMet(policy, new Set(['kw/key-1', 'kw/key-2']))).toBe(false);
    const two = requireAnyOf({ logKeys: [], witnesses: [{ name: 'kw', keys: [a, b] }], atLeast: 2 });
    expect(isQuorumMet(two, new Set(['kw/key-1', 'kw/key-2']))).toBe(false);
  });
});

test('a policy that is no policy is refused and never throws', async () => {
  const bh = find('bh');
  const { entryId } = await bh.append({ record: 'one' });
  await bh.ledger.integrate();
  const proof = (await bh.ledger.findProof(entryId))!;
  for (const policy of [null, {}, { logs: [null], witnesses: [], groups: [], quorum: 'none' }, { logKey: 7 }, 'none'])
    expect(await verifyInclusionProof(proof, policy as never)).toEqual({ ok: false, reason: 'policy-malformed' });
});

import { afterAll, beforeAll, expect } from 'vitest';
import { type Applied, type CaseWorld, startCaseWorld } from './case-world.ts';
import { proves } from './proving.ts';

let world: CaseWorld;
/** Cases by the fault that their node met; all of it is done first, so that what only a minute brings back is waited for once. */
const cases = new Map<string, Applied>();
const caseOf = (id: string) => cases.get(id)!;

const entry = 'insert into ledger\\.appends';
const message = 'insert into "notifications"\\."messages"';
const document = 'insert into "cases"\\."documents"';
const credential = 'insert into "credentials"\\."credentials"';
const refundOrder = 'insert into "payments"\\."refunds"';
const refundEnd = 'update "payments"\\."refunds"';
const letter = 'insert into "sharing"\\."letters"';
const waited = 'delete from cases\\.awaited_sources where case_id';
const receipt = 'update "sharing"\\."letters".*"receipt"';
const commit = '^commit';

const before = (...statements: string[]) => ({ statements, when: 'before' as const });
const after = (...statements: string[]) => ({ statements, when: 'after' as const });

beforeAll(async () => {
  world = await startCaseWorld();
  const { dieAndRestart, submit, refund, prepareDecision } = world;
  const prepare = async (id: string, applying: Promise<Applied>): Promise<Applied> => {
    cases.set(id, await applying);
    return caseOf(id);
  };
  const stateOf = async ({ caseId }: Applied) =>
    (await world.read(`select state from cases.cases where id = '${caseId}'`))[0]!['state'];
  const decided = async (id: string) => {
    const applied = await prepare(id, world.prepareDegree({ isForOfficer: true }));
    await submit(applied);
    return { applied, decide: await prepareDecision(applied) };
  };

  const unsent = await prepare('case-unsent', world.prepareDegree());
  expect(await dieAndRestart(after(entry), () => submit(unsent))).toBe('unheard');
  expect(await stateOf(unsent)).toBe('draft');
  await submit(unsent);

  const sent = await prepare('case-sent', world.prepareDegree());
  expect(await dieAndRestart(after(entry, commit), () => submit(sent))).toBe('unheard');
  expect(await stateOf(sent)).toBe('approved');
  await expect(submit(sent)).rejects.toThrow('case-not-open');

  const unmade = await decided('decision-unmade');
  expect(await dieAndRestart(after(entry), unmade.decide)).toBe('unheard');
  expect(await stateOf(unmade.applied)).toBe('in-review');
  await unmade.decide();

  const made = await decided('decision-made');
  expect(await dieAndRestart(after(entry, commit), made.decide)).toBe('unheard');
  expect(await stateOf(made.applied)).toBe('approved');
  await expect(made.decide()).rejects.toThrow('case-changed-since');

  const ordered = await prepare('refund-ordered', world.prepareDegree());
  await submit(ordered);
  expect(await dieAndRestart(after(refundOrder, commit), () => refund(ordered))).toBe('unheard');
  await expect(refund(ordered)).rejects.toThrow('refund-changed');

  await prepare('source-back', world.prepareWaiting());
  expect(await dieAndRestart(after(waited), world.lookForSources)).toBe('unheard');
  await world.lookForSources();
  await world.lookForSources();

  for (const [id, person, dieAt] of [
    ['letter-unwritten', 'fatima', after(letter)],
    ['letter-waiting', 'yousif', after(letter, commit)],
    ['letter-unnoted', 'maryam', before(receipt)],
  ] as const) {
    const shared = await prepare(id, world.prepareShared(person));
    await dieAndRestart(dieAt, () => submit(shared));
  }

  // What a job had in hand is taken up later; each of these leaves one, and none meets the statement of another.
  const told = await prepare('case-told', world.prepareDegree());
  await dieAndRestart(after(message, commit), () => submit(told));
  for (const [id, dieAt] of [
    ['document-kept', after(document, document, commit)],
    ['credential-made', after(credential, commit)],
  ] as const) {
    const { decide } = await decided(id);
    await dieAndRestart(dieAt, decide);
  }
  for (const [id, dieAt] of [
    ['refund-written', after(refundEnd, commit)],
    ['refund-given', before(refundEnd)],
  ] as const) {
    const applied = await prepare(id, world.prepareDegree());
    await submit(applied);
    await dieAndRestart(dieAt, () => refund(applied));
  }
}, 600_000);
afterAll(() => world?.stop(), 60_000);

/** How often each kind stands there. */
const tally = (rows: Array<Record<string, unknown>>) =>
  Object.fromEntries(rows.map(({ kind, n }) => [String(kind), Number(n)]));

/** Everything that there is of an application for the recognition of a degree. */
async function pictureOf(applied: Applied) {
  const { caseId, person, inbox } = applied;
  const kinds = async (from: string) =>
    tally(await world.read(`select kind, count(*)::int as n from ${from} group by kind`));
  const { 'case-submitted': submitted, 'case-approved': approved } = await kinds(
    `cases.events where case_id = '${caseId}'`,
  );
  const [order] = await world.read(`select state from payments.orders where case_id = '${caseId}'`);
  return {
    events: { submitted, approved },
    entries: await kinds(`ledger.entries where person_id = '${person.personId}'`),
    messages: await kinds(`notifications.messages where person_id = '${person.personId}'`),
    mails: world.mailsTo(inbox).length,
    documents: await kinds(`cases.documents where case_id = '${caseId}'`),
    order: order!['state'],
    attempts: (
      await world.read(`select a.id from payments.attempts a join payments.orders o on o.id = a.order_id
      where o.case_id = '${caseId}' and a.state = 'paid'`)
    ).length,
    refunds: (await world.refundsAtProvider(applied)).map(({ amount }) => amount),
  };
}

/** Sent, decided and told once; what each of it left in the log. */
function whole({ isRefunded = false } = {}) {
  const messages = {
    'case-submitted': 1,
    'case-decided': 1,
    'payment-received': 1,
    ...(isRefunded ? { 'payment-refunded': 1 } : {}),
  };
  const told = Object.keys(messages).length;
  return {
    events: { submitted: 1, approved: 1 },
    entries: { ...messages, 'credential-issued': 1, 'message-delivered': told },
    messages,
    mails: told,
    documents: { pdf: 1, credential: 1 },
    order: isRefunded ? 'partly-refunded' : 'paid',
    attempts: 1,
    refunds: isRefunded ? [1_500] : [],
  };
}

const patient = { timeout: 200_000, interval: 500 };
const becomes = (id: string, facts: Parameters<typeof whole>[0]) => async () => {
  await expect.poll(() => pictureOf(caseOf(id)), patient).toEqual(whole(facts));
};
for (const id of ['case-unsent', 'case-sent', 'case-told'] as const) proves(id, becomes(id, {}), 240_000);
for (const id of ['decision-unmade', 'decision-made', 'credential-made', 'document-kept'] as const)
  proves(id, becomes(id, {}), 240_000);
for (const id of ['refund-ordered', 'refund-given', 'refund-written'] as const)
  proves(id, becomes(id, { isRefunded: true }), 240_000);

proves(
  'source-back',
  async () => {
    const of = `notifications.messages where person_id = '${caseOf('source-back').person.personId}'`;
    await expect
      .poll(() => world.read(`select kind, link from ${of}`), patient)
      .toEqual([{ kind: 'case-source-back', link: `/cases/${caseOf('source-back').caseId}` }]);
  },
  240_000,
);

for (const id of ['letter-unwritten', 'letter-waiting', 'letter-unnoted'] as const)
  proves(
    id,
    async () => {
      const share = (role: string) => ({ role, received: 1, state: 'submitted' });
      await expect
        .poll(() => world.seenByPartner(caseOf(id)), patient)
        .toEqual({ shares: [share('home'), share('home-fund')], entries: 2 });
      const open = `sharing.letters join sharing.shares using (share_id) where case_id = '${caseOf(id).caseId}'`;
      await expect
        .poll(() => world.read(`select distinct letters.state, sequence from ${open}`), patient)
        .toEqual([{ state: 'acknowledged', sequence: 1 }]);
    },
    240_000,
  );

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import { memoryKeys } from '#kernel/keys';
import type { Problem } from '#kernel/problem';
import { createTimeStamping, prepareTimeStamping } from '#modules/signatures';
import { noura, startTwoStates, type TwoStates } from '../../modules/exchange/test/two-states.ts';

// Degrees have to be stamped within an hour and be cosigned by the other party; identities owe nothing.

let world: TwoStates;
let authority: Server;
let isAuthorityWell = true;
const minute = 60_000;

beforeAll(async () => {
  const clock = fixedClock('2026-11-22T12:00:00Z');
  const keys = memoryKeys();
  const names = { ar: 'جهة تجريبية', en: 'Sample authority' };
  const certificates = await prepareTimeStamping({ keys, clock, state: 'XX', names });
  const stamping = createTimeStamping({ keys, clock, certificates });
  authority = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', async () => {
      if (!isAuthorityWell) return void response.writeHead(503).end();
      response.end(await stamping.stamp(Buffer.concat(parts)));
    });
  });
  await new Promise<void>((resolve) => authority.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(authority.address() as AddressInfo).port}/`;
  const timeStampAuthorities = [{ name: 'sample', url, certificates: [certificates.ca] }];
  const degrees = (after: 'warn' | 'refuse') => ({
    id: 'degrees',
    evidenceTypes: ['degree-record'],
    cosignedBy: { otherParty: true, others: 0 },
    stamp: { withinMinutes: 60, after },
  });
  world = await startTwoStates({
    clock,
    holding: { timeStampAuthorities, assuranceClasses: [degrees('refuse')] },
    asking: { assuranceClasses: [{ ...degrees('warn'), stamp: { withinMinutes: 600, after: 'refuse' } }] },
  });
});
afterAll(async () => {
  await world?.close();
  authority.close();
});

const askDegree = async () => {
  const { ask, given } = await world.consentTo();
  return { ask, given, outcome: await outcomeOf(world.asking.exchange.ask(ask)) };
};
const askIdentity = async () => {
  const { ask } = await world.consentTo({
    evidence_type: 'person-identity',
    fields: ['full_name_ar', 'birth_date'],
    essential_fields: ['birth_date'],
  });
  return outcomeOf(world.asking.exchange.ask(ask));
};
const outcomeOf = (work: Promise<{ questionId: string }>) =>
  work.then(
    ({ questionId }) => ({ code: 'given', questionId, origin: undefined }),
    ({ code, origin }: Problem) => ({ code, origin, questionId: '' }),
  );
const stampNow = async () => {
  await world.holding.ledger.integrate();
  await world.holding.ledger.stampDue();
};

test('a class that names the other party as witness has its proofs rest on a checkpoint that this state cosigned', async () => {
  const { questionId } = (await askDegree()).outcome;
  const identity = await askIdentity();
  await world.holding.ledger.integrate();
  await world.holding.ledger.gatherCosignatures();
  const cosigned = (await world.holding.ledger.statusOf()).size;
  // The log goes on while the other party is away.
  await askIdentity();
  await world.holding.ledger.integrate();
  const inclusionOf = async (of: string) =>
    JSON.parse(await world.holding.exchange.proveUse({ questionId: of, form: 'shareable', personId: noura.personId }))
      .entries[0].inclusion;
  const degree = await inclusionOf(questionId);
  expect(degree.treeSize).toBe(cosigned);
  expect(degree.checkpoint).toContain('\n— SA.example/witness ');
  expect((await inclusionOf(identity.questionId)).treeSize).toBe((await world.holding.ledger.statusOf()).size);
});

describe('a class of evidence with a limit for stamps', () => {
  test('is given while the authority is away, until the oldest entry has waited too long; then it is refused and the others go on', async () => {
    isAuthorityWell = false;
    expect((await askDegree()).outcome.code).toBe('given');
    await stampNow();
    world.clock.advance(59 * minute);
    expect((await askDegree()).outcome.code).toBe('given');
    expect(await world.holding.exchange.assuranceStatus()).toEqual([
      { classId: 'degrees', evidenceTypes: ['degree-record'], after: 'refuse', mayGoOn: true, leftMs: 1 * minute },
    ]);
    world.clock.advance(2 * minute);
    const late = await askDegree();
    expect(late.outcome).toMatchObject({ code: 'stamp-overdue', origin: 'other-node' });
    const { items } = await world.holding.consent.get(noura.personId, late.given.consentId);
    expect(items[0]!.usesCount).toBe(0);
    expect((await askIdentity()).code).toBe('given');
    expect(await world.holding.exchange.assuranceStatus()).toMatchObject([{ mayGoOn: false, leftMs: -1 * minute }]);
    // What was answered before the limit can still be had again, and appends never waited for anybody.
    const { pending } = await world.holding.ledger.statusOf();
    expect(pending).toBeGreaterThan(0);
  });

  test('is given again after one stamp', async () => {
    isAuthorityWell = true;
    // The authority that failed is in a pause of its own.
    world.clock.advance(3 * minute);
    await stampNow();
    world.clock.advance(2_000);
    expect((await askDegree()).outcome.code).toBe('given');
  });

  test('is not asked for when the own log has waited too long: nothing leaves this node', async () => {
    world.clock.advance(601 * minute);
    await stampNow();
    const { sent } = world.asking.http;
    const before = sent.length;
    expect((await askDegree()).outcome).toMatchObject({ code: 'stamp-overdue', origin: 'own-node' });
    expect(sent.length).toBe(before);
    expect((await askIdentity()).code).toBe('given');
  });
});

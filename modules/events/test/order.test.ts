import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kernelProblem } from '#kernel/problem';
import { attemptsMax, backoffMs, decideRetry } from '../rules.ts';
import { deliverAll, hearAll, people, type States, startStates, subjectOf } from './states.ts';

let world: States;
let subscriptionId: string;
const heard: Array<{ subject: string; mark: string }> = [];

beforeAll(async () => {
  world = await startStates();
  world.sa.events.hear('licence-revoked', async (_tx, { subject, data }) => {
    heard.push({ subject, mark: String(data['licence_kind']) });
  });
  subscriptionId = await world.follow(world.sa, 'gosi', {
    type: 'licence-revoked',
    persons: people.map(({ personId }) => personId),
  });
});
afterAll(() => world?.close());

type Step = { do: 'announce'; person: number } | { do: 'send' | 'send-twice' | 'hear' | 'catch-up' };
type Fault = 'none' | 'lost' | 'reply-lost' | 'refused';

const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('announce' as const), person: fc.nat(2) }) },
    { weight: 3, arbitrary: fc.constantFrom({ do: 'send' as const }, { do: 'send-twice' as const }) },
    { weight: 1, arbitrary: fc.constantFrom({ do: 'hear' as const }, { do: 'catch-up' as const }) },
  ),
  { minLength: 5, maxLength: 25 },
);
const faults = fc.array(fc.constantFrom<Fault>('none', 'none', 'lost', 'reply-lost', 'refused'), {
  minLength: 1,
  maxLength: 8,
});

describe('the order of events about one person', () => {
  test('holds whatever is lost, refused, sent twice or fetched, and nothing is missing or double', async () => {
    const other = world.bh.startAnother();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(steps, faults, async (plan: Step[], breaks) => {
        run += 1;
        heard.length = 0;
        const announced = new Map<string, string[]>();
        let calls = 0;
        world.bh.wire.before = (request) => {
          const fault = breaks[calls++ % breaks.length];
          if (fault === 'lost') throw kernelProblem('peer-unreachable', { host: 'sa' });
          return fault === 'refused'
            ? { ...request, headers: { ...request.headers, signature: 'event=:AA==:' } }
            : request;
        };
        world.bh.wire.after = (answer) => {
          if (breaks[calls % breaks.length] === 'reply-lost') throw kernelProblem('peer-timeout', { host: 'sa' });
          return answer;
        };
        for (const [index, step] of plan.entries()) {
          world.clock.advance(400_000);
          if (step.do === 'announce') {
            const { personId } = people[step.person]!;
            const mark = `run-${run}-step-${index}`;
            await world.revoke(personId, mark);
            const subject = subjectOf(personId, 'SA');
            announced.set(subject, [...(announced.get(subject) ?? []), mark]);
          } else if (step.do === 'send') await world.bh.events.deliverDue();
          else if (step.do === 'send-twice') await Promise.all([world.bh.events.deliverDue(), other.deliverDue()]);
          else if (step.do === 'hear') await hearAll(world.sa.events);
          else await world.sa.events.catchUp(subscriptionId);
        }
        Object.assign(world.bh.wire, { before: undefined, after: undefined });
        for (let round = 0; round < 3; round += 1) {
          world.clock.advance(3_700_000);
          await deliverAll(world.bh.events);
        }
        await hearAll(world.sa.events);
        for (const [subject, marks] of announced)
          expect(heard.filter((one) => one.subject === subject).map(({ mark }) => mark)).toEqual(marks);
        expect(heard).toHaveLength([...announced.values()].flat().length);
        expect(await world.bh.events.letters.count()).toMatchObject({ waiting: 0, dead: 0 });
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });
});

describe('trying again', () => {
  const at = new Date('2026-11-22T12:00:00Z');
  const later = new Date(at.getTime() + 86_400_000);

  test('waits longer each time, never longer than the most, and never less than half of it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (failures, chance) => {
          const waitMs = backoffMs(failures, 300_000, chance);
          const wholeMs = Math.min(1_000 * 2 ** (failures - 1), 300_000);
          expect(waitMs).toBeLessThanOrEqual(wholeMs);
          expect(waitMs).toBeGreaterThanOrEqual(wholeMs / 2 - 1);
        },
      ),
    );
  });

  test('ends at once where it is useless, after its tries, and after two weeks', () => {
    const of = { code: 'reply-invalid', attempts: 1, giveUpAt: later, now: at, chance: 0 };
    expect(decideRetry(of)).toEqual({ dead: false, dueAt: new Date(at.getTime() + 1_000) });
    expect(decideRetry({ ...of, code: 'subscription-unknown' })).toEqual({ dead: true });
    expect(decideRetry({ ...of, attempts: attemptsMax })).toEqual({ dead: true });
    expect(decideRetry({ ...of, now: new Date(later.getTime() + 1) })).toEqual({ dead: true });
  });
});

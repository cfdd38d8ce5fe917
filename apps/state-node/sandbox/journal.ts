import type { FastifyInstance } from 'fastify';
import type { Clock } from '#kernel/clock';
import type { Handlers } from '#kernel/contract';
import type { Jobs } from '#kernel/jobs';
import type { Apps } from '#modules/apps';
import type { Cases } from '#modules/cases';
import { type Happening, journalContract } from './contract.ts';

/** What time brings about, in the order in which it is told when several come on one day. */
export const happenings = [
  'case-draft-ending',
  'case-expired',
  'case-information-reminded',
  'case-information-not-given',
  'case-escalated',
  'case-decided',
  'case-withdrawn',
  'case-renewal-due',
  'case-stopped',
  'payment-refunded',
] as const;

const keptMost = 1_000;

export type JournalNeeds = {
  clock: Clock;
  jobs: Pick<Jobs, 'hear' | 'countDue'>;
  cases: Pick<Cases, 'getToldCase'>;
  apps: Pick<Apps, 'countDue'>;
  state: string;
};

/**
 * What happens to cases while the sandbox moves the time, and whether this node has done what is due: a day is over when it has. Kept in
 * memory, for one process; made before the jobs are started.
 */
export function createJournal({ clock, jobs, cases, apps, state }: JournalNeeds) {
  const kept: Array<Happening & { jobId: string }> = [];
  let last = 0;
  let underWay = 0;
  for (const fact of happenings)
    jobs.hear(fact, 'journal', async (data, jobId) => {
      const { caseId, reference, serviceId } = await cases.getToldCase(String(data['caseId']));
      if (kept.some((one) => one.jobId === jobId)) return;
      last += 1;
      const at = clock.now().toISOString();
      kept.push({ sequence: last, at, state, fact, caseId, reference, serviceId, jobId });
      if (kept.length > keptMost) kept.shift();
    });
  const handlers: Handlers<typeof journalContract> = {
    readJournal: async ({ query }) => {
      const isSettled = (await jobs.countDue()) + (await apps.countDue()) + underWay === 0;
      const happened = kept.filter(({ sequence }) => sequence > query.after).map(({ jobId: _, ...one }) => one);
      return { isSettled, happened };
    },
  };
  return {
    contract: journalContract,
    handlers,
    watchServer: (fastify: FastifyInstance) => {
      fastify.addHook('onRequest', (_request, _reply, done) => {
        underWay += 1;
        done();
      });
      fastify.addHook('onResponse', (_request, _reply, done) => {
        underWay -= 1;
        done();
      });
      fastify.addHook('onRequestAbort', (_request, done) => {
        underWay -= 1;
        done();
      });
    },
  };
}

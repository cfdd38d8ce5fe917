import type { StuckPart, StuckView } from '#apps/console';
import type { Database } from '#kernel/database';
import type { Jobs } from '#kernel/jobs';
import { type Events, eventsProblem } from '#modules/events';
import type { Ledger } from '#modules/ledger';
import type { Sharing } from '#modules/sharing';
import { operatorProblem } from './contract.ts';

type Settle = { part: StuckPart; id: string; outcome: 'retry' | 'drop'; reason: string };

/** What waits for a person: events that were not delivered or heard, letters about shared cases, jobs. By ids, and nobody's name. */
export function createStuck(needs: {
  database: Database;
  jobs: Pick<Jobs, 'listDead' | 'retryDead' | 'dropDead'>;
  ledger: Pick<Ledger, 'append'>;
  events: Pick<Events, 'letters'>;
  sharing: Pick<Sharing, 'listGivenUp' | 'retryLetter'>;
}) {
  const { database, jobs, ledger, events, sharing } = needs;

  const retryJob = async (jobId: string): Promise<void> => {
    if (!(await jobs.retryDead(jobId))) throw operatorProblem('job-unknown');
  };
  /** The entry says which kind of work was given up and why; what it was about is not known here. */
  const dropJob = (jobId: string, reason: string): Promise<void> =>
    database.transaction(async (tx) => {
      const queue = await jobs.dropDead(tx, jobId);
      if (queue === undefined) throw operatorProblem('job-unknown');
      await ledger.append(tx, { kind: 'job-dropped', record: { queue, reason } });
    });
  const listJobs = async () =>
    (await jobs.listDead()).map(({ failedAt, ...job }) => ({ ...job, failedAt: failedAt.toISOString() }));

  return {
    listJobs,
    retryJob,
    dropJob,
    read: async (): Promise<StuckView> => {
      const [{ waiting, oldestWaitingAt }, dead, unheard, letters, deadJobs] = await Promise.all([
        events.letters.count(),
        events.letters.listDead(),
        events.letters.listUnheard(),
        sharing.listGivenUp(),
        listJobs(),
      ]);
      const known: Record<string, { ar: string; en: string }> = eventsProblem.catalogue;
      return {
        waiting,
        ...(oldestWaitingAt ? { waitingSince: oldestWaitingAt.toISOString() } : {}),
        events: dead.map(({ deliveryId, eventType, subscriber, code, attempts, publishedAt, heldBack }) => ({
          ...{ id: deliveryId, eventType, subscriber, code, attempts, at: publishedAt, heldBack },
          ...(known[code] ? { words: { ar: known[code].ar, en: known[code].en } } : {}),
        })),
        unheard: unheard.map(({ eventId, eventType, attempts, receivedAt }) => ({
          ...{ id: eventId, eventType, attempts, at: receivedAt },
        })),
        letters: letters.map(({ letterId, kind, peer, peerState, code, attempts, writtenAt, mayRetry }) => ({
          ...{ id: letterId, kind, to: peer ?? peerState, code, attempts, at: writtenAt, mayRetry },
        })),
        jobs: deadJobs.map(({ jobId, queue, reason, tries, failedAt }) => ({
          ...{ id: jobId, queue, reason, attempts: tries, at: failedAt },
        })),
      };
    },
    /** Throws `letter-unknown` or `job-unknown` where somebody was faster. */
    settle: async ({ part, id, outcome, reason }: Settle): Promise<void> => {
      if (part === 'letters') return sharing.retryLetter(id);
      if (part === 'jobs') return outcome === 'retry' ? retryJob(id) : dropJob(id, reason);
      return outcome === 'retry' ? events.letters.retry(id) : events.letters.drop(id, reason);
    },
  };
}
export type Stuck = ReturnType<typeof createStuck>;

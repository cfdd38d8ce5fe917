import type { FastifyInstance } from 'fastify';
import { operationsRoutes } from '#apps/console';
import { createBareDraw, mountPages, type PortalNeeds } from '#apps/portal';
import type { Contract, Handlers } from '#kernel/contract';
import type { Jobs } from '#kernel/jobs';
import { openOperatorFolder } from '#kernel/operator';
import { createJournal, type JournalNeeds } from '../sandbox/journal.ts';
import type { Siblings } from '../workers.ts';
import { type OperatorAddress, openOperatorAddress } from './address.ts';
import { createMetrics } from './metrics.ts';
import type { OperatorNeeds } from './needs.ts';
import { readOverview } from './overview.ts';
import { createOperatorSessions } from './sessions.ts';
import { createStuck } from './stuck.ts';

export type Operator = {
  /** Counts what the public server answers; before its routes are mounted. */
  watchServer(fastify: FastifyInstance): void;
  open(modules: ReadonlyArray<{ contract: Contract; handlers: Handlers<Contract> }>): Promise<OperatorAddress>;
};

const policy =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** The operator's side of a node: loaded only when the configuration names an address for it. */
export function createOperator(
  needs: OperatorNeeds & {
    listen: { host: string; port: number };
    portal: PortalNeeds;
    jobs: Jobs;
    siblings?: Siblings;
    /** Its time is moved by the sandbox, which asks it what happened. */
    moved?: Pick<JournalNeeds, 'jobs' | 'cases' | 'apps'>;
  },
): Operator {
  const folder = openOperatorFolder(needs.dataFolder);
  const metrics = createMetrics(needs);
  const journal = needs.moved && createJournal({ ...needs.moved, clock: needs.clock, state: needs.state });
  const sessions = createOperatorSessions({ folder, clock: needs.clock });
  const { events, sharing } = needs.portal;
  const stuck = createStuck({ ...needs, events, sharing });
  const routes = operationsRoutes({
    stuck,
    draw: createBareDraw(needs.portal),
    assets: needs.portal.assets.files,
    readView: () => readOverview(needs),
    federation: needs.federation,
    isSecret: folder.isSecret,
    beginSession: sessions.begin,
    endSession: sessions.end,
  });
  return {
    watchServer: (fastify) => {
      metrics.watchServer(fastify);
      journal?.watchServer(fastify);
    },
    open: (modules) =>
      openOperatorAddress({
        ...needs,
        folder,
        metrics,
        sessions,
        stuck,
        modules: journal ? [...modules, journal] : modules,
        pages: (server) => mountPages(server, routes, async () => policy),
      }),
  };
}

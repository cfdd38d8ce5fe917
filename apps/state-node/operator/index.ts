import type { FastifyInstance } from 'fastify';
import type { Contract, Handlers } from '#kernel/contract';
import { openOperatorFolder } from '#kernel/operator';
import { type OperatorAddress, openOperatorAddress } from './address.ts';
import { createMetrics } from './metrics.ts';
import type { OperatorNeeds } from './needs.ts';
import { createOperatorSessions } from './sessions.ts';

export type Operator = {
  /** Counts what the public server answers; before its routes are mounted. */
  watchServer(fastify: FastifyInstance): void;
  open(modules: ReadonlyArray<{ contract: Contract; handlers: Handlers<Contract> }>): Promise<OperatorAddress>;
};

/** The operator's side of a node: loaded only when the configuration names an address for it. */
export function createOperator(needs: OperatorNeeds & { listen: { host: string; port: number } }): Operator {
  const folder = openOperatorFolder(needs.dataFolder);
  const metrics = createMetrics(needs);
  const sessions = createOperatorSessions({ folder, clock: needs.clock });
  return {
    watchServer: metrics.watchServer,
    open: (modules) => openOperatorAddress({ ...needs, folder, metrics, sessions, modules }),
  };
}

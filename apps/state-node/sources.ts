import type { HttpClient } from '#kernel/http-client';
import { Problem } from '#kernel/problem';
import type { CasesNeeds } from '#modules/cases';
import type { ExchangeDoor } from '#modules/exchange';
import type { Federation } from '#modules/federation';
import { askHealth } from './probe.ts';

/** How the sources of evidence are: as this node's own questions showed, and as their nodes say of themselves to anybody. */
export function createSources(
  later: () => {
    exchange: { monitoring: Pick<ExchangeDoor['monitoring'], 'hasAnswered'> };
    federation: Pick<Federation, 'listStates'>;
    http: HttpClient;
  },
): NonNullable<CasesNeeds['sources']> {
  const find = async (state: string) => {
    try {
      return (await later().federation.listStates()).find((one) => one.state === state);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return undefined;
    }
  };
  return {
    hasAnswered: async ({ providerState, evidenceType }, since) => {
      const state = await find(providerState);
      if (!state) return false;
      const { host: peer } = new URL(state.node.exchange_endpoint);
      const of = { peer, since, ...(evidenceType === undefined ? {} : { evidenceType }) };
      return later().exchange.monitoring.hasAnswered(of);
    },
    isThere: async ({ providerState, evidenceType }) => {
      const state = await find(providerState);
      if (!state) return false;
      const { status, broken = [] } = await askHealth(later().http, state.entityId);
      return status !== 'down' && !(evidenceType !== undefined && broken.includes(evidenceType));
    },
  };
}

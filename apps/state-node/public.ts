import type { Handlers } from '#kernel/contract';
import type { Database } from '#kernel/database';
import type { ExchangeDoor } from '#modules/exchange';
import type { Federation } from '#modules/federation';
import { formatPolicy, type Ledger, requireAnyOf } from '#modules/ledger';
import type { NodeConfig } from './config.ts';
import type { nodeContract } from './contract.ts';
import type { StateDescription } from './state-folder.ts';

/** What a node tells anybody about itself: its health, and what checking a proof needs. */
export function createPublicHandlers(needs: {
  config: NodeConfig;
  database: Database;
  exchange: Pick<ExchangeDoor, 'checkRegistries'>;
  federation: Federation;
  ledger: Ledger;
  state: StateDescription;
}): Handlers<typeof nodeContract> {
  const { config, database, exchange, federation, ledger, state } = needs;
  return {
    listLogs: async () => {
      const states = await federation.listStates();
      return {
        quorum: Math.min(config.witnessQuorum, states.length - 1),
        logs: states.map(({ state: code, node }) => ({
          state: code,
          origin: node.ledger_origin,
          ledgerKey: node.ledger_key,
          witnessKey: node.witness_key,
          moreWitnessKeys: node.more_witness_keys ?? [],
        })),
      };
    },
    readAnchor: async () => {
      const { entityId } = config.anchor;
      const { live, former } = await federation.listAnchorKeys(entityId);
      return { entityId, keys: [...live, ...former] };
    },
    readPolicy: async () => {
      const states = await federation.listStates();
      const policy = requireAnyOf({
        logKeys: states.map(({ node }) => node.ledger_key),
        witnesses: states.map(({ node }) => ({
          name: node.witness_key.split('+')[0]!,
          keys: [node.witness_key, ...(node.more_witness_keys ?? [])],
        })),
        atLeast: Math.min(config.witnessQuorum, states.length - 1),
      });
      return { bytes: formatPolicy(policy) };
    },
    getHealth: async () => {
      const { size, pending, cosignedBy, disputedBy, breaches, lost, stamping } = await ledger.statusOf();
      const chains = federation.status();
      const registries = await exchange.checkRegistries();
      return {
        state: state.code,
        ok: disputedBy.length === 0 && !lost && registries.every((registry) => registry.isHealthy),
        engine: database.engine,
        log: { size, pending, cosignedBy, disputedBy },
        breaches,
        stamping: {
          authorities: stamping.authorities,
          failing: stamping.failing,
          stampedSize: stamping.stampedSize,
          oldestUnstampedWaitSeconds: Math.round(stamping.oldestUnstampedWaitMs / 1_000),
        },
        federation: {
          states: chains.filter((chain) => new URL(chain.entityId).pathname === '/').length,
          staleChains: chains.filter((chain) => chain.stale).length,
        },
        registries: registries.map(({ registryId, evidenceType, isHealthy }) => ({
          registryId,
          evidenceType,
          isHealthy,
        })),
      };
    },
  };
}

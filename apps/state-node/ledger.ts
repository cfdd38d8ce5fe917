import { join } from 'node:path';
import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import type { HttpClient } from '#kernel/http-client';
import type { Keys } from '#kernel/keys';
import type { Log } from '#kernel/log';
import type { Federation } from '#modules/federation';
import { createLedger, type Ledger, openTileFolder } from '#modules/ledger';
import type { NodeConfig } from './config.ts';

/** The log of a state, which the other states of the federation witness. */
export async function createLedgerFor(needs: {
  database: Database;
  clock: Clock;
  http: HttpClient;
  log: Log;
  keys: Keys;
  config: NodeConfig;
  /** Late, because modules are made one after another. */
  federation(): Pick<Federation, 'listStates'>;
}): Promise<Ledger> {
  const { database, clock, http, log, keys, config } = needs;
  const { host } = new URL(config.publicUrl);
  return createLedger({
    database,
    clock,
    http,
    log,
    logSigner: await keys.signer('ledger.log', 'Ed25519'),
    witnessSigner: await keys.signer('ledger.witness', 'Ed25519'),
    moreWitnessSigners: config.witnessByMlDsa ? [await keys.signer('ledger.witness', 'ML-DSA-44')] : [],
    origin: `${host}/ledger`,
    witnessName: `${host}/witness`,
    tiles: openTileFolder(join(config.dataFolder, 'tiles')),
    neighbours: async () =>
      (await needs.federation().listStates()).map(({ node }) => ({
        origin: node.ledger_origin,
        ledgerKey: node.ledger_key,
        ledgerUrl: node.ledger_endpoint,
        witnessUrl: node.witness_endpoint,
        witnessKey: node.witness_key,
        moreWitnessKeys: node.more_witness_keys ?? [],
      })),
    quorum: config.witnessQuorum,
    timeStampAuthorities: config.timeStampAuthorities ?? [],
    ...(config.stampEverySeconds === undefined ? {} : { stampEveryMs: config.stampEverySeconds * 1_000 }),
  });
}

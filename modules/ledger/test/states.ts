import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, fixedClock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import { createHttpServer, mountContract } from '#kernel/http';
import { createHttpClient, type HttpClient } from '#kernel/http-client';
import { memoryKeys, type Signer } from '#kernel/keys';
import { silentLog } from '#kernel/log';
import { openTestDatabase } from '#tests/support/database';
import {
  createLedger,
  type Ledger,
  type LedgerNeeds,
  ledgerMigrations,
  type Neighbour,
  openTileFolder,
  type TileStore,
} from '../index.ts';

export type TestState = {
  ledger: Ledger;
  needs: LedgerNeeds;
  database: Database;
  tiles: TileStore;
  tileFolder: string;
  clock: Clock & { advance(ms: number): void };
  logSigner: Signer;
  http: HttpClient;
  url: string;
  neighbour: Neighbour;
  /** From now on the state's address answers with this ledger, as after a restore. */
  serve(ledger: Ledger): void;
  append(record: Record<string, string>, personId?: string): ReturnType<Ledger['append']>;
  close(): Promise<void>;
};

/** A state with a ledger, a witness and a web server of its own. `neighbours` may be filled after all are open. */
export async function openTestState(
  name: string,
  neighbours: Neighbour[] = [],
  changes: Partial<LedgerNeeds> = {},
): Promise<TestState> {
  const database = await openTestDatabase(ledgerMigrations);
  const clock = fixedClock('2026-11-22T10:00:00Z');
  const keys = memoryKeys();
  const http = createHttpClient();
  const tileFolder = mkdtempSync(join(tmpdir(), 'jisr-ledger-'));
  const tiles = openTileFolder(tileFolder);
  const logSigner = await keys.signer('ledger', 'Ed25519');
  const needs: LedgerNeeds = {
    database,
    clock,
    http,
    log: silentLog,
    logSigner,
    witnessSigner: await keys.signer('witness', 'Ed25519'),
    origin: `${name}.example/ledger`,
    witnessName: `${name}.example/witness`,
    tiles,
    neighbours: async () => neighbours,
    quorum: 2,
    ...changes,
  };
  const ledger = createLedger(needs);
  const server = createHttpServer({
    publicUrl: `http://${name}.localhost`,
    log: silentLog,
    clock,
    identify: async () => ({ kind: 'anyone' }),
  });
  let served: Ledger = ledger;
  const names = Object.keys(ledger.handlers) as Array<keyof Ledger['handlers']>;
  const handlers = Object.fromEntries(
    names.map((each) => [each, (input: never) => served.handlers[each](input)]),
  ) as unknown as Ledger['handlers'];
  mountContract(server, ledger.contract, handlers);
  const { port } = await server.listen({ port: 0, host: '127.0.0.1' });
  const url = `http://${name}.localhost:${port}`;
  return {
    ledger,
    needs,
    database,
    tiles,
    tileFolder,
    clock,
    logSigner,
    http,
    url,
    neighbour: {
      origin: needs.origin,
      ledgerKey: ledger.keys.ledgerKey,
      ledgerUrl: `${url}/ledger`,
      witnessUrl: `${url}/witness`,
      witnessKey: ledger.keys.witnessKey,
      moreWitnessKeys: ledger.keys.moreWitnessKeys,
    },
    serve: (other) => {
      served = other;
    },
    append: (record, personId) =>
      database.transaction((tx) =>
        ledger.append(tx, { kind: 'evidence-answered', record, ...(personId ? { personId } : {}) }),
      ),
    close: async () => {
      await ledger.stop();
      await server.close();
      await http.close();
      await database.close();
      rmSync(tileFolder, { recursive: true, force: true });
    },
  };
}

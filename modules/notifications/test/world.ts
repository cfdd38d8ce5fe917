import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fixedClock } from '#kernel/clock';
import { migrateDatabase, openDatabase } from '#kernel/database';
import { createHttpClient } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import { memoryKeys } from '#kernel/keys';
import { silentLog } from '#kernel/log';
import { createLedger, ledgerMigrations, openTileFolder } from '#modules/ledger';
import { openTestDatabase } from '#tests/support/database';
import {
  createNotifications,
  type NotificationNeeds,
  type NotificationRules,
  type Notifications,
  notificationsMigrations,
  type Tell,
  type ToldService,
} from '../index.ts';

export const degree: ToldService = {
  id: 'degree-recognition',
  title: { ar: 'معادلة شهادة جامعية', en: 'Recognition of a university degree' },
};
export const caseId = newId();
export const officeOfCase = 'moe';

/** The messages of one state on a real database and a real ledger, with a clock that stands still. */
export async function openMessages(at = '2026-11-29T09:00:00Z', dataDir?: string) {
  const folder = mkdtempSync(join(tmpdir(), 'jisr-notifications-'));
  const modules = [ledgerMigrations, notificationsMigrations];
  // What a killed process leaves lies in a folder; anything else is a database of the test alone.
  const database = dataDir ? await openDatabase({ dataDir }) : await openTestDatabase(...modules);
  if (dataDir) await migrateDatabase(database, modules);
  const clock = fixedClock(at);
  const http = createHttpClient();
  const keys = memoryKeys();
  const ledger = createLedger({
    database,
    clock,
    http,
    log: silentLog,
    logSigner: await keys.signer('log', 'Ed25519'),
    witnessSigner: await keys.signer('witness', 'Ed25519'),
    origin: 'sa.example/ledger',
    witnessName: 'sa.example/witness',
    tiles: openTileFolder(join(folder, 'tiles')),
    neighbours: async () => [],
    quorum: 0,
    timeStampAuthorities: [],
  });
  const open = (rules: Partial<NotificationRules> = {}, changes: Partial<NotificationNeeds> = {}): Notifications =>
    createNotifications({
      database,
      clock,
      log: silentLog,
      http,
      ledger,
      publicUrl: 'https://sa.example',
      stateNames: { ar: 'السعودية', en: 'Saudi Arabia' },
      timeZone: 'Asia/Riyadh',
      rules: { keptDays: 365, ...rules },
      key: Buffer.alloc(32, 7),
      readSecret: (name) => `secret of ${name}`,
      listServices: () => [degree],
      findContact: async () => undefined,
      admitPerson: async () => undefined,
      admitOfficer: async ({ officeId }) => {
        if (officeId !== officeOfCase) throw new Error('not this office');
      },
      ...changes,
    });
  return {
    database,
    clock,
    ledger,
    open,
    tell: (messages: Notifications, told: Tell) => database.transaction((tx) => messages.tell(tx, told)),
    stop: async () => {
      await http.close();
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const decided = (personId: string, source = newId()): Tell => ({
  personId,
  kind: 'case-decided',
  source,
  serviceId: degree.id,
  caseId,
  values: { reference: 'SA-2026-00001' },
  link: `/cases/${caseId}`,
});

export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );

/** Somebody's SMS gateway: writes down what it gets and answers what it is told to. */
export async function startGateway() {
  const got: Array<{ headers: IncomingMessage['headers']; body: string }> = [];
  let answer: { status: number; body: object } = { status: 200, body: { result: { state: 'queued' } } };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method !== 'HEAD')
        got.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(request.method === 'HEAD' ? undefined : JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/send`,
    got,
    say: (next: typeof answer) => {
      answer = next;
    },
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

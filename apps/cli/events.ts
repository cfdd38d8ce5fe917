import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readNodeConfig } from '#apps/state-node';
import { systemClock } from '#kernel/clock';
import { openDatabase } from '#kernel/database';
import { createHttpClient } from '#kernel/http-client';
import { openKeyFolder } from '#kernel/keys';
import { createLog } from '#kernel/log';
import { createLetters, type Letters } from '#modules/events';
import { createLedger, openTileFolder } from '#modules/ledger';
import type { CliConfig } from './config.ts';

const usage = `jisr events: what could not be delivered or heard, of one node

  npm run jisr -- events <state> list                 lists it, oldest first
  npm run jisr -- events <state> retry <id>           sends or hears it again
  npm run jisr -- events <state> drop <id> <reason>   gives it up; the reason is in the ledger, so name nobody in it

  <state> is the folder of the node below ${'`JISR_DATA`'}, or the path of its node.json. A node on an embedded database has to be
  stopped first; one on PostgreSQL may go on.
`;

/** Looks at a node's own database: an operator needs no running node, and no address answers such questions. */
export async function operateEvents(config: CliConfig, words: string[]): Promise<number> {
  const [state, action = 'list', id, ...reason] = words;
  if (!state || !['list', 'retry', 'drop'].includes(action)) return tell(usage, 2);
  if (action !== 'list' && !id) return tell('Name the id: jisr events <state> list shows it.', 2);
  if (action === 'drop' && reason.join(' ').trim().length < 3)
    return tell('Say why, in a few words that name nobody: jisr events <state> drop <id> "announced by mistake".', 2);
  const file = existsSync(state) ? state : join(config.dataFolder, state, 'node.json');
  if (!existsSync(file)) return tell(`There is no node at ${file}. Name its folder or its node.json.`, 2);
  return withLetters(file, async (letters) => {
    if (action === 'retry') await letters.retry(id!);
    else if (action === 'drop') await letters.drop(id!, reason.join(' ').trim());
    else return list(letters);
    return tell(action === 'retry' ? 'It is sent again within seconds.' : 'It is given up; later events go on.', 0);
  });
}

async function withLetters(file: string, work: (letters: Letters) => Promise<number>): Promise<number> {
  const node = readNodeConfig(file);
  const log = createLog({ name: 'jisr-events', level: 'error' });
  const keys = openKeyFolder(join(node.dataFolder, 'keys'));
  const database = await openDatabase(node.databaseUrl ? { url: node.databaseUrl } : { dataDir: node.dataFolder });
  const http = createHttpClient();
  const { host } = new URL(node.publicUrl);
  try {
    const ledger = createLedger({
      database,
      clock: systemClock,
      http,
      log,
      logSigner: await keys.signer('ledger.log', 'Ed25519'),
      witnessSigner: await keys.signer('ledger.witness', 'Ed25519'),
      origin: `${host}/ledger`,
      witnessName: `${host}/witness`,
      tiles: openTileFolder(join(node.dataFolder, 'tiles')),
      neighbours: async () => [],
      quorum: 0,
    });
    return await work(createLetters({ database, clock: systemClock, ledger }));
  } finally {
    await http.close();
    await database.close();
  }
}

async function list(letters: Letters): Promise<number> {
  const [dead, unheard, open] = await Promise.all([letters.listDead(), letters.listUnheard(), letters.count()]);
  const since = open.oldestWaitingAt ? `, the oldest since ${open.oldestWaitingAt.toISOString()}` : '';
  console.log(`${open.waiting} waiting${since}; ${open.dead} dead; ${unheard.length} unheard`);
  for (const letter of dead)
    console.log(
      `  dead     ${letter.deliveryId}  ${letter.eventType} to ${letter.subscriber}: ${letter.code} after ${letter.attempts} tries, since ${letter.publishedAt}; ${letter.heldBack} held back`,
    );
  for (const event of unheard)
    console.log(
      `  unheard  ${event.eventId}  ${event.eventType}: a handler failed ${event.attempts} times, since ${event.receivedAt}`,
    );
  return 0;
}

function tell(words: string, code: number): number {
  (code === 0 ? console.log : console.error)(words);
  return code;
}

import { expect } from 'vitest';
import { readNodeConfig } from '#apps/state-node';
import { type Database, openDatabase, sql } from '#kernel/database';
import type { HttpClient } from '#kernel/http-client';
import { type SimplePolicy, verifyInclusionProof } from '#modules/ledger';
import type { ExchangeReceipt } from '#protocol/exchange-message';
import type { SampleNode } from '../../apps/federation/launcher.ts';
import { pause } from './mortal-nodes.ts';
import { leafHashOf, readPublishedLog, rootOver } from './public-log.ts';

export type Seen = { size: number; root: string };

/** Every acknowledged leaf once, proved under a witnessed checkpoint; every checkpoint ever seen a beginning of the last. */
export async function judgePublishedLog(
  http: HttpClient,
  { id, publicUrl }: SampleNode,
  policy: SimplePolicy,
  receipts: ExchangeReceipt[],
  seen: Seen[],
): Promise<void> {
  const log = await readPublishedLog(http, publicUrl, policy.witnesses);
  expect(log.cosignedBy, `${id}: witnesses of the last checkpoint`).toHaveLength(1);
  expect(log.leaves, `${id}: leaves under the last checkpoint`).toHaveLength(log.size);
  expect(rootOver(log.leaves, log.size), `${id}: root of the last checkpoint`).toBe(log.root);
  const counts = new Map<string, number>();
  for (const leaf of log.leaves) counts.set(leafHashOf(leaf), (counts.get(leafHashOf(leaf)) ?? 0) + 1);
  expect(counts.size, `${id}: no leaf twice`).toBe(log.size);
  for (const { leafHash, salt, record, commitment } of receipts) {
    expect(counts.get(leafHash), `${id}: an acknowledged leaf`).toBe(1);
    const answer = await http.request({ method: 'GET', url: `${publicUrl}/ledger/proof/${leafHash}` });
    const proof = { ...JSON.parse(answer.body.toString('utf8')), opening: { salt, record, commitment } };
    expect(await verifyInclusionProof(proof, policy), `${id}: its proof`).toMatchObject({ ok: true });
  }
  for (const { size, root } of seen) {
    expect(size).toBeLessThanOrEqual(log.size);
    expect(rootOver(log.leaves, size), `${id}: the checkpoint of size ${size} is a beginning of the last`).toBe(root);
  }
}

/** What both nodes wrote down, after both have stopped: what was acknowledged, once, and nothing else as given. */
export async function judgeTables(
  { holder, asker }: { holder: SampleNode; asker: SampleNode },
  acknowledgedIds: string[],
  refusedIds: string[],
): Promise<void> {
  const given = acknowledgedIds.toSorted();
  const asked = [...acknowledgedIds, ...refusedIds].toSorted();
  const list = async (database: Database, query: ReturnType<typeof sql>) =>
    (await database.execute(query.compile(database.db).sql)).rows as Array<Record<string, string>>;
  const idsOf = (rows: Array<Record<string, string>>) => rows.map((row) => row['question_id']).sort();
  const entriesOf = (database: Database, kind: string) =>
    list(
      database,
      sql`select record->>'questionId' as question_id from ledger.entries join ledger.appends using (append_id)
        where kind = ${sql.lit(kind)} and first_leaf is not null`,
    );
  const judgeLedger = async (database: Database): Promise<void> => {
    const [facts] = await list(
      database,
      sql`select (select count(*)::int from ledger.entries) as entries,
        (select max(size)::int from ledger.checkpoints) as size,
        (select count(*)::int from ledger.appends where first_leaf is null) as pending,
        (select count(*)::int from ledger.breaches) as breaches`,
    );
    expect(facts).toMatchObject({ size: facts!['entries'], pending: 0, breaches: 0 });
  };
  await withDatabase(holder, async (database) => {
    const uses = sql`select question_id from exchange.uses where outcome = 'given'`;
    expect(idsOf(await list(database, uses))).toEqual(given);
    expect(idsOf(await list(database, sql`select question_id from consent.uses`))).toEqual(given);
    expect(idsOf(await entriesOf(database, 'evidence-answered'))).toEqual(given);
    await judgeLedger(database);
  });
  await withDatabase(asker, async (database) => {
    const received = sql`select question_id from exchange.questions where state = 'received'`;
    const others = sql`select question_id from exchange.questions where state <> 'received'`;
    expect(idsOf(await list(database, received))).toEqual(given);
    expect(idsOf(await list(database, others))).toEqual(refusedIds.toSorted());
    expect(idsOf(await entriesOf(database, 'question-asked'))).toEqual(asked);
    expect(idsOf(await entriesOf(database, 'evidence-received'))).toEqual(given);
    await judgeLedger(database);
  });
}

async function withDatabase(node: SampleNode, judge: (database: Database) => Promise<void>): Promise<void> {
  const { databaseUrl, dataFolder } = readNodeConfig(node.configFile);
  const database = await openDatabase(databaseUrl ? { url: databaseUrl } : { dataDir: dataFolder });
  try {
    await judge(database);
  } finally {
    await database.close();
  }
}

/** Nothing pending, and the other state has cosigned the last checkpoint. */
export async function waitUntilSettled(http: HttpClient, { publicUrl }: SampleNode): Promise<void> {
  let last: unknown;
  for (let attempt = 0; attempt < 900; attempt += 1) {
    const { body } = await http.request({ method: 'GET', url: `${publicUrl}/api/health` });
    const { log } = JSON.parse(body.toString('utf8'));
    if (log.pending === 0 && log.cosignedBy.length === 1) return;
    last = log;
    await pause(100);
  }
  throw new Error(`the log does not come to rest: ${JSON.stringify(last)}`);
}

/** Collects every checkpoint that a node shows, as a monitor of the logs would. */
export function watchCheckpoints(http: HttpClient, nodes: SampleNode[]) {
  const seen: Record<string, Map<string, Seen>> = Object.fromEntries(nodes.map(({ id }) => [id, new Map()]));
  let isOver = false;
  const rounds = (async () => {
    while (!isOver) {
      for (const { id, publicUrl } of nodes) {
        // A node that was just killed shows nothing.
        const answer = await http
          .request({ method: 'GET', url: `${publicUrl}/ledger/checkpoint`, timeoutMs: 2_000 })
          .catch(() => undefined);
        const [, size, root] = answer?.status === 200 ? answer.body.toString('utf8').split('\n') : [];
        if (size !== undefined && root !== undefined) seen[id]!.set(`${size} ${root}`, { size: Number(size), root });
      }
      await pause(100);
    }
  })();
  return {
    end: async (): Promise<Record<string, Seen[]>> => {
      isOver = true;
      await rounds;
      return Object.fromEntries(Object.entries(seen).map(([id, found]) => [id, [...found.values()]]));
    },
  };
}

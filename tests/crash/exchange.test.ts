import { afterAll, beforeAll, expect, test } from 'vitest';
import { readNodeConfig } from '#apps/state-node';
import { type Database, openDatabase, sql } from '#kernel/database';
import { createHttpClient, type HttpClient } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import type { AskEvidence } from '#modules/exchange';
import { type SimplePolicy, verifyInclusionProof } from '#modules/ledger';
import type { GrantedEvidenceDetail } from '#protocol/evidence-detail';
import type { ExchangeReceipt } from '#protocol/exchange-message';
import { signIn } from '../../apps/federation/journey.ts';
import type { SampleNode } from '../../apps/federation/launcher.ts';
import { waitUntilAcquainted } from '../../apps/federation/launcher.ts';
import { samplePeople } from '../../apps/federation/phone.ts';
import { createVisitor, titleOf } from '../../apps/federation/visitor.ts';
import { prepareTestFederation } from '../support/federation.ts';
import { createAskingNode, createMortalNode, type MortalNode } from './mortal-nodes.ts';
import { leafHashOf, readPublishedLog, rootOver } from './public-log.ts';

const exchanges = 50;
const waves = 14;
/** What an asker may hear while a node is down or coming up. Anything else is a fault. */
const passing = ['asker-killed', 'peer-unreachable', 'peer-timeout', 'entity-unreachable', 'requester-unverifiable'];

type Acknowledgement = { questionId: string; ownReceipt: ExchangeReceipt; theirReceipt: ExchangeReceipt };
type Seen = { size: number; root: string };

const seed = Number(process.env['JISR_CRASH_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const random = createRandom(seed);
const http = createHttpClient({ timeoutMs: 30_000 });
let prepared: Awaited<ReturnType<typeof prepareTestFederation>>;
let asker: ReturnType<typeof createAskingNode>;
let provider: MortalNode;
let anchor: MortalNode;

beforeAll(async () => {
  prepared = await prepareTestFederation(['bh', 'sa']);
  const find = (id: string) => prepared.nodes.find((node) => node.id === id)!;
  const show = (line: string) => void (line.trim() && console.error(line));
  anchor = createMortalNode(prepared.nodes.find(({ role }) => role === 'anchor')!, prepared.config, http, show);
  provider = createMortalNode(find('bh'), prepared.config, http, show);
  asker = createAskingNode(find('sa'), prepared.config, http);
  await anchor.start();
  await Promise.all([provider.start(), asker.start()]);
  await waitUntilAcquainted([provider.node, asker.node], http, 60_000);
});

afterAll(async () => {
  await Promise.all([anchor, provider, asker].map((node) => node?.stop()));
  await prepared?.clear();
  await http.close();
});

test('kill -9 of either node during 50 exchanges loses no acknowledged entry and doubles none', async () => {
  try {
    await run();
  } catch (error) {
    (error as Error).message += `\n(repeat with JISR_CRASH_SEED=${seed})`;
    throw error;
  }
}, 180_000);

async function run(): Promise<void> {
  const { accessToken, detail } = await consentOnce();
  const watch = watchCheckpoints([provider.node, asker.node]);
  const acknowledged: Acknowledgement[] = [];
  const heard: Record<string, number> = {};
  const kills = { bh: 0, sa: 0, whileStarting: 0, whileAsking: 0 };
  const victims = shuffle(Array.from({ length: waves }, (_, at) => (at % 2 === 0 ? provider : asker)));
  const startedAt = performance.now();
  let waveMs = 250;

  const ask = (questionId: string): AskEvidence => ({
    officeId: 'moe',
    providerState: 'BH',
    evidenceType: detail.evidence_type,
    fields: detail.fields,
    purpose: detail.purpose,
    caseId: detail.case_id,
    consentId: detail.consent_id,
    accessToken,
    questionId,
  });
  const askUntilAcknowledged = async (questionId: string): Promise<void> => {
    const until = performance.now() + 60_000;
    while (performance.now() < until) {
      const reply = await asker.order<Acknowledgement>({ do: 'ask', ask: ask(questionId) });
      if ('result' in reply) return void acknowledged.push(reply.result);
      expect(passing, 'a refusal that does not pass').toContain(reply.refusal);
      heard[reply.refusal] = (heard[reply.refusal] ?? 0) + 1;
      await pause(100);
    }
    throw new Error(`the question ${questionId} was not answered within a minute`);
  };
  const killAndRestart = async (victim: MortalNode): Promise<void> => {
    const id = victim.node.id as 'bh' | 'sa';
    await victim.kill();
    kills[id] += 1;
    if (random() < 0.25) {
      const starting = victim.start().catch(() => undefined);
      await pause(random() * 2_000);
      await victim.kill();
      await starting;
      kills[id] += 1;
      kills.whileStarting += 1;
    }
    await victim.start();
  };

  for (const [wave, victim] of victims.entries()) {
    const size = Math.floor(((wave + 1) * exchanges) / waves) - Math.floor((wave * exchanges) / waves);
    const waveStartedAt = performance.now();
    const asked = Array.from({ length: size }, () => askUntilAcknowledged(newId()));
    let isOver = false;
    let isKilled = false;
    const all = Promise.all(asked).then(() => {
      isOver = true;
      if (!isKilled) waveMs = performance.now() - waveStartedAt;
    });
    await Promise.all([
      all,
      pause(random() * waveMs * 1.2).then(() => {
        isKilled = true;
        if (!isOver) kills.whileAsking += 1;
        return killAndRestart(victim);
      }),
    ]);
  }
  const askedSeconds = (performance.now() - startedAt) / 1000;

  // A repeat of an acknowledged question is the same exchange, with the same entries.
  const [first] = acknowledged;
  const again = await asker.order<Acknowledgement>({ do: 'ask', ask: ask(first!.questionId) });
  expect(again).toEqual({ result: first });

  const policies = await readPolicies();
  await Promise.all([waitUntilSettled(provider.node), waitUntilSettled(asker.node)]);
  const seen = await watch.end();
  const total = kills.bh + kills.sa;
  console.log(
    `crash: seed ${seed}, ${total} kills (bh ${kills.bh}, sa ${kills.sa}; ${kills.whileAsking} with questions under way, ` +
      `${kills.whileStarting} during a start), ${exchanges} exchanges in ${askedSeconds.toFixed(1)} s, ` +
      `checkpoints seen ${seen.bh!.length + seen.sa!.length}, refusals that passed ${JSON.stringify(heard)}`,
  );
  expect(total).toBeGreaterThanOrEqual(12);
  expect(new Set(acknowledged.map(({ questionId }) => questionId)).size).toBe(exchanges);

  const receiptsAt = {
    bh: acknowledged.map(({ theirReceipt }) => theirReceipt),
    sa: acknowledged.map(({ ownReceipt }) => ownReceipt),
  };
  for (const id of ['bh', 'sa'] as const)
    await judgePublishedLog({ bh: provider.node, sa: asker.node }[id], policies[id], receiptsAt[id], seen[id]!);

  await Promise.all([provider.stop(), asker.stop()]);
  await judgeTables(acknowledged, detail.consent_id);
}

/** Signs Fatima in at home and allows one request on the consent page; the way back is handed over and not opened. */
async function consentOnce(): Promise<{ accessToken: string; detail: GrantedEvidenceDetail }> {
  const begun = await result<{ redirectUrl: string; stateCookieValue: string; redirectUri: string }>(
    asker.order({
      do: 'begin',
      officeId: 'moe',
      homeState: 'BH',
      detail: {
        evidence_type: 'degree-record',
        fields: ['degree_level', 'university_en', 'graduation_year'],
        purpose: 'degree-recognition',
        case_id: 'SA-CRASH-1',
        retention: 'P30D',
        until: new Date(Date.now() + 86_400_000).toISOString(),
        use: 'until',
      },
    }),
  );
  let callbackUrl: string | undefined;
  const withoutCallback: HttpClient = {
    ...http,
    request: async (request) => {
      if (!request.url.startsWith(begun.redirectUri)) return http.request(request);
      callbackUrl = request.url;
      return { status: 200, headers: {}, body: Buffer.alloc(0) };
    },
  };
  const visitor = createVisitor(withoutCallback, 'en');
  const person = samplePeople(prepared.config.statesFolder).find(({ key }) => key === 'fatima')!;
  const homeUrl = provider.node.publicUrl;
  await signIn(
    { visitor, person, homeUrl, homeState: 'BH', serviceUrl: asker.node.publicUrl, serviceId: 'degree-recognition' },
    homeUrl,
  );
  await visitor.open(begun.redirectUrl);
  const page = await visitor.submit('/consent', { decision: 'allow' });
  const onward = page.html.querySelectorAll('a').find((link) => /\/eid\/auth\//.test(link.getAttribute('href') ?? ''));
  if (!onward) throw new Error(`no receipt, but: ${titleOf(page)}`);
  await visitor.open(onward.getAttribute('href')!);
  if (!callbackUrl) throw new Error(`the provider did not send her back: ${titleOf(visitor.current())}`);
  const completed = await result<{ accessToken: string; granted: GrantedEvidenceDetail[] }>(
    asker.order({ do: 'complete', officeId: 'moe', callbackUrl, flow: begun.stateCookieValue }),
  );
  return { accessToken: completed.accessToken, detail: completed.granted[0]! };
}

/** Every acknowledged leaf once, proved under a witnessed checkpoint; every checkpoint ever seen a beginning of the last. */
async function judgePublishedLog(
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
  expect(seen.length, `${id}: checkpoints seen on the way`).toBeGreaterThanOrEqual(5);
  for (const { size, root } of seen) {
    expect(size).toBeLessThanOrEqual(log.size);
    expect(rootOver(log.leaves, size), `${id}: the checkpoint of size ${size} is a beginning of the last`).toBe(root);
  }
}

/** Both databases, after both nodes have stopped. */
async function judgeTables(acknowledged: Acknowledgement[], consentId: string): Promise<void> {
  const questionIds = acknowledged.map(({ questionId }) => questionId).sort();
  const list = async (database: Database, query: ReturnType<typeof sql>) =>
    (await database.execute(query.compile(database.db).sql)).rows as Array<Record<string, string>>;
  const idsOf = (rows: Array<Record<string, string>>) => rows.map((row) => row['question_id']).sort();
  const entriesOf = (database: Database, kind: string) =>
    list(
      database,
      sql`select record->>'questionId' as question_id from ledger.entries join ledger.appends using (append_id)
        where kind = ${sql.lit(kind)} and first_leaf is not null`,
    );
  await withDatabase(provider.node, async (database) => {
    expect(idsOf(await list(database, sql`select question_id from exchange.uses where outcome = 'given'`))).toEqual(
      questionIds,
    );
    const uses = await list(
      database,
      sql`select question_id from consent.uses where consent_id = ${sql.lit(consentId)}`,
    );
    expect(idsOf(uses)).toEqual(questionIds);
    expect(idsOf(await entriesOf(database, 'evidence-answered'))).toEqual(questionIds);
    expect(await entriesOf(database, 'evidence-refused')).toEqual([]);
    await judgeLedgerTables(database);
  });
  await withDatabase(asker.node, async (database) => {
    expect(
      idsOf(await list(database, sql`select question_id from exchange.questions where state = 'received'`)),
    ).toEqual(questionIds);
    expect(await list(database, sql`select question_id from exchange.questions where state <> 'received'`)).toEqual([]);
    expect(idsOf(await entriesOf(database, 'question-asked'))).toEqual(questionIds);
    expect(idsOf(await entriesOf(database, 'evidence-received'))).toEqual(questionIds);
    await judgeLedgerTables(database);
  });

  async function judgeLedgerTables(database: Database): Promise<void> {
    const [facts] = await list(
      database,
      sql`select (select count(*)::int from ledger.entries) as entries,
        (select max(size)::int from ledger.checkpoints) as size,
        (select count(*)::int from ledger.appends where first_leaf is null) as pending,
        (select count(*)::int from ledger.breaches) as breaches`,
    );
    expect(facts).toMatchObject({ size: facts!['entries'], pending: 0, breaches: 0 });
  }
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

async function readPolicies(): Promise<Record<'bh' | 'sa', SimplePolicy>> {
  const logs = await result<Array<{ state: string; logKey: string; witnessKey: string }>>(
    asker.order({ do: 'list-logs' }),
  );
  const find = (state: string) => logs.find((log) => log.state === state)!;
  const policy = (own: string, other: string) => ({
    logKey: find(own).logKey,
    witnesses: [find(other).witnessKey],
    quorum: 1,
  });
  return { bh: policy('BH', 'SA'), sa: policy('SA', 'BH') };
}

/** Nothing pending, and the other state has cosigned the last checkpoint. */
async function waitUntilSettled({ publicUrl }: SampleNode): Promise<void> {
  let last: unknown;
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const { body } = await http.request({ method: 'GET', url: `${publicUrl}/api/health` });
    const { log } = JSON.parse(body.toString('utf8'));
    if (log.pending === 0 && log.cosignedBy.length === 1) return;
    last = log;
    await pause(100);
  }
  throw new Error(`the log does not come to rest: ${JSON.stringify(last)}`);
}

/** Collects every checkpoint that a node shows, as a monitor of the logs would. */
function watchCheckpoints(nodes: SampleNode[]) {
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

async function result<Result>(replying: Promise<{ result: Result } | { refusal: string }>): Promise<Result> {
  const reply = await replying;
  if ('refusal' in reply) throw new Error(`the asking node refused: ${reply.refusal}`);
  return reply.result;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function shuffle<Item>(items: Item[]): Item[] {
  for (let at = items.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [items[at], items[other]] = [items[other]!, items[at]!];
  }
  return items;
}

/** mulberry32: the same seed, the same kills. */
function createRandom(from: number): () => number {
  let state = from >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

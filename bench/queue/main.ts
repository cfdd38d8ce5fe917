import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, sql, type Tx } from '#kernel/database';
import { createHttpClient } from '#kernel/http-client';
import { casesMigrations } from '#modules/cases';
import { signIn } from '../../apps/federation/journey.ts';
import { spawnNodes, waitForHealth } from '../../apps/federation/launcher.ts';
import { samplePeople } from '../../apps/federation/phone.ts';
import { createVisitor } from '../../apps/federation/visitor.ts';
import { startPostgres } from '../../tests/support/postgres.ts';
import { prepareNodes } from '../federation.ts';
import { percentile } from '../figures.ts';

const sizes = [1_000, 100_000];
const requests = 200;
/** Of 25 cases each. */
const furtherPages = 360;

/**
 * The first page of an officer's queue, as a browser gets it from a node on PostgreSQL, with 1,000 and with 100,000 cases of the
 * office: nine in ten decided, the others open. `ratio`: the middle time with the many to that with the few. `search…`: open cases by
 * two words of a name, asked of the same node; every fifth time words that thousands have. `further…`: the page behind the 9,000th open case.
 */
export async function measure(): Promise<Record<string, unknown>> {
  const server = await startPostgres();
  const folder = mkdtempSync(join(tmpdir(), 'jisr-bench-queue-'));
  const http = createHttpClient({ timeoutMs: 30_000 });
  const closers: Array<() => Promise<void> | void> = [];
  try {
    const { nodes, config } = await prepareNodes(folder, server.url, () => undefined, ['sa']);
    const running = spawnNodes(nodes, config, report, report);
    closers.push(() => running.stop());
    for (const node of nodes)
      if (!(await waitForHealth(node, http, 60_000))) throw new Error(`${node.id} does not start`);
    const { publicUrl } = nodes.find(({ id }) => id === 'sa')!;
    const visitor = createVisitor(http, 'ar');
    const person = samplePeople(config.statesFolder).find(({ key }) => key === 'noura')!;
    const home = { homeUrl: publicUrl, homeState: 'SA', serviceUrl: publicUrl, serviceId: 'degree-recognition' };
    await signIn({ visitor, person, ...home }, publicUrl);
    const database = await openDatabase({ url: `${server.url.replace(/\/[^/]*$/, '')}/${config.databasePrefix}sa` });
    closers.push(() => database.close());

    const figures: Array<{ cases: number; p50Ms: number; p99Ms: number }> = [];
    const searches: typeof figures = [];
    const timed = async (request: (turn: number) => Promise<{ status: number }>) => {
      const durationsMs: number[] = [];
      for (let turn = 0; turn < requests + 50; turn += 1) {
        const startedAt = performance.now();
        const { status } = await request(turn);
        if (status !== 200) throw new Error(`the queue answered ${status}`);
        if (turn >= 50) durationsMs.push(performance.now() - startedAt);
      }
      return { p50Ms: percentile(durationsMs, 0.5), p99Ms: percentile(durationsMs, 0.99) };
    };
    for (const [at, cases] of sizes.entries()) {
      await fill(database.db, sizes[at - 1] ?? 0, cases);
      const queue = await timed(() => visitor.fetchJson(`${publicUrl}/office`));
      const search = await timed((turn) => {
        const find =
          turn % 5 === 0 ? 'فا' : `${family((turn * 37) % families)} ${given[turn % given.length]!.slice(0, 3)}`;
        return visitor.fetchJson(`${publicUrl}/api/office/cases/search`, { find });
      });
      for (const [what, { p50Ms, p99Ms }] of Object.entries({ queue, search }))
        console.log(`${cases} cases, ${what}: p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`);
      figures.push({ cases, ...queue });
      searches.push({ cases, ...search });
    }
    let after = '';
    for (let page = 0; page < furtherPages; page += 1) {
      const { body } = await visitor.fetchJson(`${publicUrl}/api/office/cases${after && `?after=${after}`}`);
      after = (JSON.parse(body.toString('utf8')) as { next: string }).next;
    }
    const further = await timed(() => visitor.fetchJson(`${publicUrl}/office?after=${after}`));
    console.log(`further: p50 ${further.p50Ms.toFixed(1)} ms, p99 ${further.p99Ms.toFixed(1)} ms`);
    const [few, many] = figures as [(typeof figures)[number], (typeof figures)[number]];
    return {
      ratio: Math.round((many.p50Ms / few.p50Ms) * 100) / 100,
      p99Ms: Math.round(many.p99Ms * 10) / 10,
      p50Ms: Math.round(many.p50Ms * 10) / 10,
      furtherP99Ms: Math.round(further.p99Ms * 10) / 10,
      furtherRatio: Math.round((further.p50Ms / many.p50Ms) * 100) / 100,
      searchP99Ms: Math.round(searches.at(-1)!.p99Ms * 10) / 10,
      searchRatio: Math.round((searches.at(-1)!.p50Ms / searches[0]!.p50Ms) * 100) / 100,
      database: server.version,
    };
  } finally {
    for (const close of closers.reverse()) await close();
    await http.close();
    rmSync(folder, { recursive: true, force: true });
    server.stop();
  }
}

const given = ['فاطمة', 'أحمد', 'يوسف', 'هدى', 'نورة', 'سالم', 'مريم', 'عبدالله'];
const families = 997;
/** Invented: letters for digits. */
const family = (at: number) => `ال${[...String(at + 1000)].map((digit) => 'ابتجحدرسصط'[Number(digit)]).join('')}`;

/** Cases from number `from` to `to`, each with the identity and the story that a queue reads. */
async function fill(db: Tx, from: number, to: number): Promise<void> {
  await sql`
    with made as (
      insert into cases.cases (id, reference, service_id, service_version, person_id, home_state, office_id, state, version,
        started_at, updated_at, submitted_at, decided_at, due_on)
      select gen_random_uuid(), 'SA-2020-' || number, service_id, version, gen_random_uuid(), 'BH', 'moe',
        case when number % 10 = 0 then 'submitted' else 'approved' end, 2, at, at, at,
        case when number % 10 = 0 then null else at end, (at + interval '5 days')::date
      from generate_series(${from}::int + 1, ${to}::int) as number
        cross join (select service_id, version from catalogue.versions where service_id = 'degree-recognition' limit 1) as service
        cross join lateral (select now() - number * interval '1 minute' as at) as moment
      returning id, reference, submitted_at
    ), told as (
      insert into cases.events (case_id, sequence, kind, actor, body, happened_at)
      select id, 1, 'case-submitted', 'person', '{"findings": ["distance-study"]}', submitted_at from made
    )
    insert into cases.evidence (id, case_id, evidence_type, provider_state, field_values, received_at)
    select gen_random_uuid(), id, 'person-identity', 'BH', jsonb_build_object('full_name_ar', concat_ws(' ',
      (${given}::text[])[1 + number % ${given.length}::int],
      (${Array.from({ length: families }, (_, at) => family(at))}::text[])[1 + number % ${families}::int])), submitted_at
    from made cross join lateral (select split_part(reference, '-', 3)::int as number) as place`.execute(db);
  await keepNames(db);
  // As the server's own autovacuum would have, by the time that a queue is so long.
  await sql`vacuum (analyze)`.execute(db);
}

/** As for the cases that a node had before there was such a search. */
async function keepNames(db: Tx): Promise<void> {
  await sql`drop table cases.applicant_words`.execute(db);
  await casesMigrations.migrations['0017-names']!.up(db);
}

const report = (id: string, what: unknown) => console.error(`${id}: ${what}`);

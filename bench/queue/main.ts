import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, sql, type Tx } from '#kernel/database';
import { createHttpClient } from '#kernel/http-client';
import { signIn } from '../../apps/federation/journey.ts';
import { spawnNodes, waitForHealth } from '../../apps/federation/launcher.ts';
import { samplePeople } from '../../apps/federation/phone.ts';
import { createVisitor } from '../../apps/federation/visitor.ts';
import { startPostgres } from '../../tests/support/postgres.ts';
import { prepareNodes } from '../federation.ts';
import { percentile } from '../figures.ts';

const sizes = [1_000, 100_000];
const requests = 200;

/**
 * The first page of an officer's queue, as a browser gets it from a node on PostgreSQL, with 1,000 and with 100,000 cases of the
 * office: nine in ten decided, the others open. `ratio`: the middle time with the many to that with the few.
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
    for (const [at, cases] of sizes.entries()) {
      await fill(database.db, sizes[at - 1] ?? 0, cases);
      const durationsMs: number[] = [];
      for (let request = 0; request < requests + 50; request += 1) {
        const startedAt = performance.now();
        const { status } = await visitor.fetchJson(`${publicUrl}/office`);
        if (status !== 200) throw new Error(`the queue answered ${status}`);
        if (request >= 50) durationsMs.push(performance.now() - startedAt);
      }
      const [p50Ms, p99Ms] = [percentile(durationsMs, 0.5), percentile(durationsMs, 0.99)];
      console.log(`${cases} cases: p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`);
      figures.push({ cases, p50Ms, p99Ms });
    }
    const [few, many] = figures as [(typeof figures)[number], (typeof figures)[number]];
    return {
      ratio: Math.round((many.p50Ms / few.p50Ms) * 100) / 100,
      p99Ms: Math.round(many.p99Ms * 10) / 10,
      p50Ms: Math.round(many.p50Ms * 10) / 10,
      database: server.version,
    };
  } finally {
    for (const close of closers.reverse()) await close();
    await http.close();
    rmSync(folder, { recursive: true, force: true });
    server.stop();
  }
}

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
      returning id, submitted_at
    ), told as (
      insert into cases.events (case_id, sequence, kind, actor, body, happened_at)
      select id, 1, 'case-submitted', 'person', '{"findings": ["distance-study"]}', submitted_at from made
    )
    insert into cases.evidence (id, case_id, evidence_type, provider_state, field_values, received_at)
    select gen_random_uuid(), id, 'person-identity', 'BH', '{"full_name_ar": "فاطمة", "full_name_latin": "Fatima"}', submitted_at
    from made`.execute(db);
  // As the server's own autovacuum would have, by the time that a queue is so long.
  await sql`vacuum (analyze)`.execute(db);
}

const report = (id: string, what: unknown) => console.error(`${id}: ${what}`);

import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { reasonOf } from './findings.ts';
import type { OperatorNeeds } from './needs.ts';

export type Metrics = {
  /** Counts the requests of a server by route and status class. A route is a pattern: no address, no id. */
  watchServer(fastify: FastifyInstance): void;
  /** The text format of Prometheus. */
  read(): Promise<string>;
};

type SetGauge = (name: string, value: number, labels?: Record<string, string>) => void;

const secondsBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/**
 * What a node counts. Counters are kept as things happen; everything that can be asked for (log, jobs, chains, pool) is asked
 * when somebody reads, so that a node whose metrics nobody reads pays for counting alone.
 */
export function createMetrics(needs: OperatorNeeds): Metrics {
  const { clock, database, exchange, federation, jobs, ledger, log } = needs;
  const registry = new Registry();
  registry.setDefaultLabels({ state: needs.state });
  const registers = [registry];
  // Event loop, memory, garbage collection, processor and handles of the process. Twenty looks a second are enough.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 50 });

  const requests = new Histogram({
    name: 'jisr_http_request_duration_seconds',
    help: 'Requests answered, by route and class of status',
    labelNames: ['method', 'route', 'status_class'],
    buckets: secondsBuckets,
    registers,
  });
  const exchanges = new Histogram({
    name: 'jisr_exchange_duration_seconds',
    help: 'Exchanges ended, by side, evidence type, code of refusal (given: none) and who failed',
    labelNames: ['side', 'evidence_type', 'code', 'origin'],
    buckets: secondsBuckets,
    registers,
  });
  exchange.monitoring.listen(({ side, evidenceType = '', code = 'none', origin = 'none', totalMs }) => {
    exchanges.observe({ side, evidence_type: evidenceType, code, origin }, totalMs / 1_000);
  });

  const failures = new Counter({
    name: 'jisr_metrics_unreadable_total',
    help: 'Readings that failed, by what was read; its gauges are absent from that scrape',
    labelNames: ['source', 'reason'],
    registers,
  });
  type Reading = { name: string; help: string; labels?: string[] };
  const gauges = (source: string, readings: Reading[], read: (set: SetGauge) => void | Promise<void>) => {
    const made = new Map(
      readings.map(({ name, help, labels = [] }) => [
        name,
        new Gauge({ name: `jisr_${name}`, help, labelNames: labels, registers }),
      ]),
    );
    return async () => {
      for (const gauge of made.values()) gauge.reset();
      try {
        await read((name, value, labels = {}) => made.get(name)!.set(labels, value));
      } catch (error) {
        // One source that is away must not hide the others: a database that is down is when metrics are read.
        failures.inc({ source, reason: reasonOf(error) });
        log.warn({ err: error, source }, 'a metric could not be read');
      }
    };
  };

  const readings = [
    gauges(
      'ledger',
      [
        { name: 'ledger_entries', help: 'Entries under the newest checkpoint' },
        { name: 'ledger_pending', help: 'Entries that wait for a checkpoint' },
        { name: 'ledger_checkpoint_age_seconds', help: 'Age of the newest checkpoint' },
        { name: 'ledger_cosignatures', help: 'Witnesses that have cosigned the newest checkpoint' },
        { name: 'ledger_disputes', help: 'Witnesses that hold this log to have lost or changed entries' },
        { name: 'ledger_unstamped_seconds', help: 'How long the oldest entry without a time-stamp has waited' },
        {
          name: 'ledger_authorities_failing',
          help: 'Time-stamping authorities that gave no valid token when last asked',
        },
        { name: 'ledger_breaches', help: 'Breaches seen in the logs of other states', labels: ['kind'] },
      ],
      async (set) => {
        const [status, breaches] = await Promise.all([ledger.statusOf(), ledger.listBreaches()]);
        set('ledger_entries', status.size);
        set('ledger_pending', status.pending);
        if (status.lastCheckpointAt)
          set('ledger_checkpoint_age_seconds', (clock.now().getTime() - status.lastCheckpointAt.getTime()) / 1_000);
        set('ledger_cosignatures', status.cosignedBy.length);
        set('ledger_disputes', status.disputedBy.length);
        set('ledger_unstamped_seconds', status.stamping.oldestUnstampedWaitMs / 1_000);
        set('ledger_authorities_failing', status.stamping.failing.length);
        for (const kind of ['fork', 'rewind', 'inconsistent'])
          set('ledger_breaches', breaches.filter((breach) => breach.kind === kind).length, { kind });
      },
    ),
    gauges(
      'assurance',
      [
        {
          name: 'stamp_limit_left_seconds',
          help: 'Until entries of an evidence class have waited too long for a time-stamp; below 0 they have',
          labels: ['class', 'after'],
        },
      ],
      async (set) => {
        for (const { classId, after, leftMs } of await exchange.assuranceStatus())
          set('stamp_limit_left_seconds', leftMs / 1_000, { class: classId, after });
      },
    ),
    gauges(
      'jobs',
      [{ name: 'jobs', help: 'Jobs by queue: waiting, active, or dead after every try', labels: ['queue', 'stage'] }],
      async (set) => {
        for (const { queue, ...counts } of await jobs.status())
          for (const [stage, count] of Object.entries(counts)) set('jobs', count, { queue, stage });
      },
    ),
    gauges(
      'federation',
      [
        { name: 'trust_chains', help: 'Trust chains held, by whether they could be renewed', labels: ['stale'] },
        { name: 'trust_chain_expiry_seconds', help: 'Until the trust chain of a state expires', labels: ['host'] },
      ],
      (set) => {
        const chains = federation.status();
        for (const stale of [true, false])
          set('trust_chains', chains.filter((chain) => chain.stale === stale).length, { stale: String(stale) });
        for (const { entityId, expiresAt } of chains) {
          const { host, pathname } = new URL(entityId);
          if (pathname === '/')
            set('trust_chain_expiry_seconds', (expiresAt.getTime() - clock.now().getTime()) / 1_000, { host });
        }
      },
    ),
    gauges(
      'database',
      [
        {
          name: 'database_connections',
          help: 'Connections to the server, and callers that wait for one',
          labels: ['is'],
        },
        { name: 'monitoring_waiting', help: 'Records of exchanges not yet written' },
        { name: 'monitoring_dropped', help: 'Records of exchanges lost because the database was away too long' },
      ],
      (set) => {
        for (const [is, count] of Object.entries(database.connections?.() ?? {}))
          set('database_connections', count, { is });
        const { waiting, dropped } = exchange.monitoring.status();
        set('monitoring_waiting', waiting);
        set('monitoring_dropped', dropped);
      },
    ),
  ];

  return {
    watchServer: (fastify) => {
      fastify.addHook('onResponse', (request, reply, done) => {
        requests.observe(
          {
            method: request.method,
            route: request.routeOptions.url ?? 'none',
            status_class: `${Math.floor(reply.statusCode / 100)}xx`,
          },
          reply.elapsedTime / 1_000,
        );
        done();
      });
    },
    read: async () => {
      await Promise.all(readings.map((read) => read()));
      return registry.metrics();
    },
  };
}

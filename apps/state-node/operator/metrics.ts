import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Siblings } from '../workers.ts';
import { reasonOf } from './findings.ts';
import type { OperatorNeeds } from './needs.ts';

export type Metrics = {
  /** Counts the requests of a server by route and status class. A route is a pattern: no address, no id. */
  watchServer(fastify: FastifyInstance): void;
  /** The text format of Prometheus, for the whole node: of each of its processes what that one counts, and once what all share. */
  read(): Promise<string>;
};

type SetGauge = (name: string, value: number, labels?: Record<string, string>) => void;

const secondsBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/**
 * What a node counts. Counters are kept as things happen; everything that can be asked for (log, jobs, chains, pool) is asked
 * when somebody reads, so that a node whose metrics nobody reads pays for counting alone. What one process of several counts has
 * its number as the label `worker`, so that no counter goes down when another process answers or one is replaced.
 */
export function createMetrics(needs: OperatorNeeds & { siblings?: Siblings }): Metrics {
  const { clock, database, exchange, federation, jobs, ledger, log, siblings } = needs;
  const registry = new Registry();
  registry.setDefaultLabels({ state: needs.state, ...(siblings ? { worker: String(siblings.place) } : {}) });
  const registers = [registry];
  const node = new Registry();
  node.setDefaultLabels({ state: needs.state });
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

  const signIns = new Counter({
    name: 'jisr_sign_ins_total',
    help: 'Sign-ins ended: at this eID (provider) or here with any (relying-party), by outcome and level',
    labelNames: ['side', 'outcome', 'level'],
    registers,
  });
  needs.identity.outcomes.listen((ended) => signIns.inc(ended));

  const failures = new Counter({
    name: 'jisr_metrics_unreadable_total',
    help: 'Readings that failed, by what was read; its gauges are absent from that scrape',
    labelNames: ['source', 'reason'],
    registers,
  });
  type Reading = { name: string; help: string; labels?: string[] };
  const gauges = (source: string, of: Registry, readings: Reading[], read: (set: SetGauge) => void | Promise<void>) => {
    const made = new Map(
      readings.map(({ name, help, labels = [] }) => [
        name,
        new Gauge({ name: `jisr_${name}`, help, labelNames: labels, registers: [of] }),
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

  const shared = [
    gauges(
      'payments',
      node,
      [{ name: 'payments', help: 'Fees by the state of their payment', labels: ['payment_state', 'currency'] }],
      async (set) => {
        for (const { state, currency, count } of await needs.payments.countOrders())
          set('payments', count, { payment_state: state, currency });
      },
    ),
    gauges(
      'ledger',
      node,
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
        {
          name: 'ledger_breaches',
          help: 'Breaches of the logs of other states, confirmed or proven and not over',
          labels: ['kind'],
        },
      ],
      async (set) => {
        const status = await ledger.statusOf();
        const breaches = status.breaches.filter(({ state }) => state !== 'suspected');
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
      node,
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
      node,
      [{ name: 'jobs', help: 'Jobs by queue: waiting, active, or dead after every try', labels: ['queue', 'stage'] }],
      async (set) => {
        for (const { queue, ...counts } of await jobs.status())
          for (const [stage, count] of Object.entries(counts)) set('jobs', count, { queue, stage });
      },
    ),
    gauges(
      'events',
      node,
      [
        { name: 'events', help: 'Events to other states: waiting or dead; from them: unheard', labels: ['stage'] },
        { name: 'events_oldest_waiting_seconds', help: 'How long the oldest event on its way has waited' },
        { name: 'shared_letters_given_up', help: 'Letters about shared cases that were given up' },
      ],
      async (set) => {
        const { letters } = needs.events;
        const [count, unheard, shared] = await Promise.all([
          letters.count(),
          letters.listUnheard(),
          needs.sharing.listGivenUp(),
        ]);
        set('events', count.waiting, { stage: 'waiting' });
        set('events', count.dead, { stage: 'dead' });
        set('events', unheard.length, { stage: 'unheard' });
        const since = count.oldestWaitingAt?.getTime() ?? clock.now().getTime();
        set('events_oldest_waiting_seconds', Math.max(0, clock.now().getTime() - since) / 1_000);
        set('shared_letters_given_up', shared.length);
      },
    ),
    gauges(
      'notices',
      node,
      [
        { name: 'notices', help: 'Notices to people in the last seven days', labels: ['way', 'outcome'] },
        { name: 'notices_late_seconds', help: 'How long the notice that has been due longest has waited' },
      ],
      async (set) => {
        const [{ counts }, late] = await Promise.all([
          needs.notifications.overview(),
          needs.notifications.lateSeconds(),
        ]);
        for (const { way, outcome, count } of counts) set('notices', count, { way, outcome });
        set('notices_late_seconds', late);
      },
    ),
    gauges(
      'registries',
      node,
      [
        {
          name: 'registry_drift_seconds',
          help: 'Since when a registry no longer gives a field as described; absent once it does again',
          labels: ['registry', 'evidence_type', 'field', 'kind'],
        },
      ],
      (set) => {
        for (const { registryId: registry, evidenceType: evidence_type, field, kind, since } of exchange.listDrifts())
          set('registry_drift_seconds', (clock.now().getTime() - Date.parse(since)) / 1_000, {
            registry,
            evidence_type,
            field,
            kind,
          });
      },
    ),
  ];
  const own = [
    gauges(
      'federation',
      registry,
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
      registry,
      [
        {
          name: 'database_connections',
          help: 'Connections to the server, and callers that wait for one',
          labels: ['is'],
        },
        { name: 'monitoring_waiting', help: 'Records of exchanges not yet written' },
        { name: 'monitoring_dropped', help: 'Records of exchanges lost because the database was away too long' },
        {
          name: 'ledger_entries_lost',
          help: 'Entries that this log has published and its database has not: it was put back',
        },
        { name: 'ledger_integrator', help: 'Whether this process is the one of its node that grows the log' },
      ],
      (set) => {
        for (const [is, count] of Object.entries(database.connections?.() ?? {}))
          set('database_connections', count, { is });
        const { waiting, dropped } = exchange.monitoring.status();
        set('monitoring_waiting', waiting);
        set('monitoring_dropped', dropped);
        set('ledger_integrator', Number(ledger.isIntegrator()));
        const lost = ledger.lostEntries();
        set('ledger_entries_lost', lost ? lost.seen - lost.size : 0);
      },
    ),
  ];
  const readOwn = async () => {
    await Promise.all(own.map((read) => read()));
    return registry.metrics();
  };
  siblings?.answerWith(readOwn);
  const workers = siblings && {
    processes: new Gauge({
      name: 'jisr_workers',
      help: 'Processes of this node on this machine: wanted, and ready',
      labelNames: ['is'],
      registers: [node],
    }),
    restarts: new Counter({
      name: 'jisr_worker_restarts_total',
      help: 'Processes of this node that ended by themselves and were replaced, since the node started',
      registers: [node],
    }),
  };
  const readAll = async (): Promise<string[]> => {
    if (!siblings) return [await readOwn()];
    const { texts, wanted, ready, restarts } = await siblings.gather();
    workers!.processes.set({ is: 'wanted' }, wanted);
    workers!.processes.set({ is: 'ready' }, ready);
    // Counted by the process that keeps the others.
    workers!.restarts.reset();
    workers!.restarts.inc(restarts);
    if (texts.length < ready) failures.inc({ source: 'worker', reason: 'timeout' }, ready - texts.length);
    return texts;
  };

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
      const [texts] = await Promise.all([readAll(), ...shared.map((read) => read())]);
      return mergeTexts([...texts, await node.metrics()]);
    },
  };
}

/** One text out of several of the format: each metric once, with the lines of all (a metric's lines have to stand together). */
export function mergeTexts(texts: readonly string[]): string {
  const metrics = new Map<string, { head: string[]; lines: string[] }>();
  for (const text of texts) {
    let metric = { head: [] as string[], lines: [] as string[] };
    for (const line of text.split('\n').filter(Boolean)) {
      const [, named] = /^# HELP (\S+)/.exec(line) ?? [];
      if (named !== undefined) {
        metric = metrics.get(named) ?? { head: [], lines: [] };
        metrics.set(named, metric);
      }
      if (!line.startsWith('#')) metric.lines.push(line);
      else if (!metric.head.includes(line)) metric.head.push(line);
    }
  }
  return `${[...metrics.values()].flatMap(({ head, lines }) => [...head, ...lines]).join('\n')}\n`;
}

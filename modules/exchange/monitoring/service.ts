import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '#kernel/clock';
import { type Contract, type Handlers, officerOf, type RawAnswer, type RequestFacts } from '#kernel/contract';
import type { Database } from '#kernel/database';
import type { HttpClient } from '#kernel/http-client';
import type { Log } from '#kernel/log';
import { writing } from '#kernel/statements';
import type { Registries } from '../registries/lookup.ts';
import type { MonitoringQuery, MonitoringSummary, monitoringEndpoints, OperationalRecord } from './contract.ts';
import { addresseeOf, claimsOf, endOf, type Seen, toOperationalRecord } from './rules.ts';
import {
  countFlows,
  countRefusals,
  dropSeen,
  findAnswered,
  insertingSeen,
  listSeen,
  listSources,
  type SeenFilter,
  type SeenSource,
} from './store.ts';

const flushEveryMs = 2_000;
const recordsPerFlush = 1_000;
/** Beyond these the oldest go: a database that is away must not fill the memory. */
const recordsWaitingMax = 20_000;
const listedAtMost = 1_000;
const sinceMsDefault = 3_600_000;
const keptDaysDefault = 30;
const dropEveryMs = 3_600_000;

type Address = { instance: string; memberClass: string; member: string; service: string };
type Offices = ReadonlyArray<{ officeId: string; xRoadClient: string }>;
/** What is filled in on the way, by whoever passes it on. */
type Passing = Partial<
  Pick<Seen, 'questionId' | 'provider' | 'peer' | 'requestOutAt' | 'responseInAt' | 'requestBytes'>
> & {
  responseBytes?: number;
};

export type MonitoringNeeds = {
  database: Database;
  clock: Clock;
  log: Log;
  publicUrl: string;
  offices: Offices;
  /** Records are dropped after so many days; 30 unless told otherwise. */
  monitoringKeptDays?: number;
};

export type Monitoring = ReturnType<typeof createMonitoring>;

/**
 * Sees every exchange go by and keeps what an operator needs to know of it. Nothing waits for it: records gather in memory and
 * are written together every two seconds, so that what a killed process saw last is lost, and no exchange is slower for it.
 */
export function createMonitoring(needs: MonitoringNeeds) {
  const { database, clock, log } = needs;
  const ownHost = new URL(needs.publicUrl).host;
  const keptMs = (needs.monitoringKeptDays ?? keptDaysDefault) * 86_400_000;
  const passing = new AsyncLocalStorage<Passing>();
  const listeners: Array<(seen: Seen) => void> = [];
  let waiting: Seen[] = [];
  let dropped = 0;
  let flushing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let droppedOldAtMs = 0;

  const note = (seen: Seen) => {
    waiting.push(seen);
    if (waiting.length > recordsWaitingMax) {
      waiting.shift();
      dropped += 1;
    }
    for (const listener of listeners) listener(seen);
  };

  const write = async () => {
    while (waiting.length > 0) {
      const records = waiting.slice(0, recordsPerFlush);
      await database.writeTogether([writing(...insertingSeen(records))]);
      const written = new Set(records);
      waiting = waiting.filter((seen) => !written.has(seen));
    }
  };
  const flush = (): Promise<void> => {
    flushing = flushing.then(write, write);
    return flushing;
  };
  const flushQuietly = () =>
    flush().catch((error) => log.warn({ err: error }, 'the monitoring of exchanges was not written; tried again'));

  const forgetOld = async () => {
    const now = clock.now();
    if (now.getTime() - droppedOldAtMs < dropEveryMs) return;
    droppedOldAtMs = now.getTime();
    await dropSeen(database.db, new Date(now.getTime() - keptMs));
  };

  const watch = async <T>(
    side: Seen['side'],
    known: Partial<Seen>,
    work: () => Promise<T>,
    endedWith: (result: T) => Pick<Seen, 'isGiven' | 'status' | 'code' | 'origin'> & { responseBytes?: number },
  ): Promise<T> => {
    const requestInAt = clock.now();
    const startedAt = performance.now();
    const onTheWay: Passing = {};
    const finish = (end: ReturnType<typeof endedWith>) => {
      const now = clock.now();
      const totalMs = performance.now() - startedAt;
      note({ ...known, ...onTheWay, side, recordedAt: now, requestInAt, responseOutAt: now, totalMs, ...end });
    };
    let result: T;
    try {
      result = await passing.run(onTheWay, work);
    } catch (error) {
      finish(endOf(error));
      throw error;
    }
    finish(endedWith(result));
    return result;
  };

  const filterOf = (query: Omit<MonitoringQuery, 'limit'>): SeenFilter => {
    const until = query.until ? new Date(query.until) : new Date(clock.now().getTime() + 1);
    return {
      since: query.since ? new Date(query.since) : new Date(until.getTime() - sinceMsDefault),
      until,
      side: query.side,
      officeId: query.office,
      evidenceType: query.evidenceType,
      code: query.code,
      isGiven: query.given === undefined ? undefined : query.given === 'yes',
      peer: query.peer,
    };
  };
  const list = async (query: MonitoringQuery): Promise<{ records: OperationalRecord[] }> => {
    await flush();
    const records = await listSeen(database.db, filterOf(query), query.limit ?? listedAtMost);
    return { records: records.map((seen) => toOperationalRecord(seen, ownHost)) };
  };
  const summarise = async (query: Omit<MonitoringQuery, 'limit'>): Promise<MonitoringSummary> => {
    await flush();
    const filter = filterOf(query);
    const [flows, refusals] = await Promise.all([countFlows(database.db, filter), countRefusals(database.db, filter)]);
    return { since: filter.since.toISOString(), until: filter.until.toISOString(), flows, refusals, dropped };
  };

  const handlers: Handlers<Contract<typeof monitoringEndpoints>> = {
    listExchanges: ({ query }) => list(query),
    summariseExchanges: ({ query }) => summarise(query),
    listOfficeExchanges: ({ query, caller }) => list({ ...query, office: officerOf(caller).officeId }),
  };

  return {
    handlers,
    list,
    summarise,
    /** Which sources were asked from `since` until before `until`, interval by interval, and whether they answered. */
    listSources: (of: { since: Date; until: Date; intervalMs: number }): Promise<SeenSource[]> =>
      listSources(database.db, of),
    /** Whether the node of this host has answered a question of ours since a moment; written down within two seconds. */
    hasAnswered: (of: { peer: string; evidenceType?: string; since: Date }): Promise<boolean> =>
      findAnswered(database.db, of),
    flush,
    /** Hears of each exchange as it ends; must not wait for anything. */
    listen: (listener: (seen: Seen) => void) => void listeners.push(listener),
    status: () => ({ waiting: waiting.length, dropped }),
    /** Sees one question that this node answers or refuses. */
    answering: (
      { params, body, request }: { params: Address; body: Buffer; request: RequestFacts },
      work: () => Promise<RawAnswer>,
    ): Promise<RawAnswer> => {
      const provider = `${params.instance}/${params.memberClass}/${params.member}`;
      const office = needs.offices.find(({ xRoadClient }) => xRoadClient === provider);
      return watch(
        'answering',
        {
          ...claimsOf(request.headers, params.service),
          ...(office ? { provider, officeId: office.officeId } : {}),
          requestBytes: body.length,
        },
        work,
        ({ status = 200, bytes }) => ({
          ...(status === 200 ? { isGiven: true, status } : { isGiven: false, status, ...refusalIn(bytes) }),
          responseBytes: Buffer.byteLength(bytes),
        }),
      );
    },
    /** Sees one question that an office of this node asks. */
    asking: <T>(ask: { officeId: string; evidenceType: string }, work: () => Promise<T>): Promise<T> => {
      const client = needs.offices.find(({ officeId }) => officeId === ask.officeId)?.xRoadClient;
      const known = { officeId: ask.officeId, evidenceType: ask.evidenceType, ...(client ? { client } : {}) };
      return watch('asking', known, work, () => ({ isGiven: true, status: 200 }));
    },
    /** The same connections, seen: when a question leaves for the other node, and when its answer is there. */
    seeConnections: (http: HttpClient): HttpClient => ({
      ...http,
      request: async (request) => {
        const seen = passing.getStore();
        const questionId = request.headers?.['x-road-id'];
        if (!seen || questionId === undefined) return http.request(request);
        seen.requestOutAt ??= clock.now();
        Object.assign(seen, addresseeOf(request.url), {
          questionId,
          requestBytes: Buffer.byteLength(request.body ?? ''),
        });
        const answer = await http.request(request);
        seen.responseInAt = clock.now();
        seen.responseBytes = answer.body.length;
        return answer;
      },
    }),
    /** The same registries, seen: when one is asked, and when it has answered. */
    seeRegistries: (registries: Registries): Registries => ({
      ...registries,
      lookUp: async (...of) => {
        const seen = passing.getStore();
        if (!seen) return registries.lookUp(...of);
        seen.requestOutAt = clock.now();
        try {
          return await registries.lookUp(...of);
        } finally {
          seen.responseInAt = clock.now();
        }
      },
    }),
    start: () => {
      timer ??= setInterval(
        () =>
          void flushQuietly()
            .then(forgetOld)
            .catch((error) => log.error({ err: error }, 'old monitoring not dropped')),
        flushEveryMs,
      ).unref();
    },
    stop: async () => {
      clearInterval(timer);
      timer = undefined;
      await flushQuietly();
    },
  };
}

/** Code and origin of a refusal that this node has just written. */
function refusalIn(bytes: Buffer | string): Pick<Seen, 'code' | 'origin'> {
  const { code, origin } = JSON.parse(bytes.toString()) as { code: string; origin: string };
  return { code, origin };
}

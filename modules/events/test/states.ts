import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fixedClock } from '#kernel/clock';
import type { Caller } from '#kernel/contract';
import type { Database } from '#kernel/database';
import { createHttpServer, type HttpServer, mountContract } from '#kernel/http';
import { createHttpClient, type HttpAnswer, type HttpClient, type HttpRequest } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import { memoryKeys, type Signer } from '#kernel/keys';
import { createLog } from '#kernel/log';
import { createFederation, type Federation, federationMigrations, type Subordinate } from '#modules/federation';
import { createLedger, type Ledger, ledgerMigrations, openTileFolder } from '#modules/ledger';
import type { EventGrant } from '#protocol/event-message';
import { openTestDatabase } from '#tests/support/database';
import { createEvents, type EventNeeds, type Events, eventsMigrations } from '../index.ts';

/** People of Bahrain, and what its provider calls each of them towards another state. */
export const people = Array.from({ length: 6 }, (_, index) => ({ personId: newId(), nationalId: `90010123${index}` }));
export const subjectOf = (personId: string, state: string) => `subject-of-${personId}-for-${state}`;
const stateOfHost = (url: string) => new URL(url).hostname.slice(0, 2).toUpperCase();

const grants: EventGrant[] = [
  { purpose: 'benefit-payment', event_type: 'person-died', fields: ['died_on'] },
  { purpose: 'professional-licensing', event_type: 'licence-revoked', fields: ['licence_kind', 'revoked_on'] },
];

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The clock of these tests jumps by days, and nobody renews statements meanwhile. */
const entityLifetimeSeconds = 900 * 86_400;

const metadataOf = (url: string) => ({
  organization_name: url,
  'organization_name#ar': url,
  federation_fetch_endpoint: `${url}/federation/fetch`,
  federation_list_endpoint: `${url}/federation/list`,
});

/** The true edge: connections. A test may change or lose what passes, before it arrives or after. */
export type Wire = HttpClient & {
  before: ((request: HttpRequest) => HttpRequest | Promise<HttpRequest>) | undefined;
  after: ((answer: HttpAnswer, request: HttpRequest) => HttpAnswer | Promise<HttpAnswer>) | undefined;
  sent: HttpRequest[];
};

function wireOver(inner: HttpClient): Wire {
  const wire: Wire = {
    ...inner,
    before: undefined,
    after: undefined,
    sent: [],
    request: async (request) => {
      if (!request.url.includes('/events/')) return inner.request(request);
      const changed = (await wire.before?.(request)) ?? request;
      wire.sent.push(changed);
      const answer = await inner.request(changed);
      return wire.after ? wire.after(answer, changed) : answer;
    },
  };
  return wire;
}

export type Office = { entityId: string; signer: Signer; xRoadClient: string };
export type EventState = {
  state: string;
  url: string;
  database: Database;
  ledger: Ledger;
  needs: EventNeeds;
  events: Events;
  wire: Wire;
  offices: Map<string, Office>;
  /** Another process of the same node, on the same database. */
  startAnother(): Events;
  goDown(): Promise<void>;
  comeUp(): Promise<void>;
};

/** An anchor, Bahrain that announces, and Saudi Arabia and Kuwait that may be told: over real HTTP, each with its database. */
export async function startStates() {
  const clock = fixedClock('2026-11-22T12:00:00Z');
  const folder = mkdtempSync(join(tmpdir(), 'jisr-events-'));
  const closers: Array<() => Promise<unknown>> = [];
  const lines: string[] = [];
  const log = createLog({ name: 'test', destination: { write: (line: string) => void lines.push(line) } });
  const anchorUrl = `http://gcc.localhost:${await findFreePort()}`;
  const anchorSigner = await memoryKeys().signer('anchor');
  const subordinates: Subordinate[] = [];
  const markIssuers: string[] = [];
  const markType = `${anchorUrl}/marks/event-subscriber`;
  const trustAnchors = { [anchorUrl]: { keys: [anchorSigner.publicJwk] } };

  const serve = async (url: string, contracts: Array<[unknown, unknown]>): Promise<HttpServer> => {
    const server = createHttpServer({
      publicUrl: url,
      log,
      clock,
      identify: async ({ headers }): Promise<Caller> =>
        headers['x-test-officer']
          ? {
              kind: 'person',
              sessionId: 's',
              personId: newId(),
              homeState: stateOfHost(url),
              officer: { officeId: headers['x-test-officer'], roles: (headers['x-test-roles'] ?? '').split(',') },
            }
          : { kind: 'anyone' },
    });
    for (const [contract, handlers] of contracts) mountContract(server, contract as never, handlers as never);
    await server.listen({ host: '127.0.0.1', port: Number(new URL(url).port) });
    return server;
  };

  const anchorDatabase = await openTestDatabase(federationMigrations);
  const anchorHttp = createHttpClient();
  const anchor = createFederation({
    database: anchorDatabase,
    clock,
    http: anchorHttp,
    log,
    publicUrl: anchorUrl,
    trustAnchors,
    entityLifetimeSeconds,
    hosted: [
      {
        entityId: anchorUrl,
        signer: anchorSigner,
        metadata: { federation_entity: metadataOf(anchorUrl) },
        subordinates: async () => subordinates,
        trustMarkIssuers: { [markType]: markIssuers },
      },
    ],
  });
  await anchor.start();
  const anchorServer = await serve(anchorUrl, [[anchor.contract, anchor.handlers]]);

  const startState = async (
    state: string,
    plans: Array<{ officeId: string; announces: string[]; isCertified: boolean }>,
  ): Promise<EventState> => {
    const url = `http://${state.toLowerCase()}.localhost:${await findFreePort()}`;
    const keys = memoryKeys();
    const database = await openTestDatabase(federationMigrations, ledgerMigrations, eventsMigrations);
    const wire = wireOver(createHttpClient({ timeoutMs: 3_000 }));
    const stateSigner = await keys.signer('state');
    const offices = new Map<string, Office>();
    for (const { officeId } of plans)
      offices.set(officeId, {
        entityId: `${url}/offices/${officeId}`,
        signer: await keys.signer(`office-${officeId}`),
        xRoadClient: `${state}/GOV/${officeId}`,
      });
    const federation: Federation = createFederation({
      database,
      clock,
      http: wire,
      log,
      publicUrl: url,
      trustAnchors,
      entityLifetimeSeconds,
      hosted: [
        {
          entityId: url,
          signer: stateSigner,
          metadata: {
            federation_entity: metadataOf(url),
            jisr_node: {
              state,
              exchange_endpoint: `${url}/r1`,
              events_endpoint: `${url}/events`,
              ledger_origin: 'l',
              ledger_endpoint: 'l',
              ledger_key: 'l',
              witness_endpoint: 'w',
              witness_key: 'w',
            },
          },
          authorityHints: [anchorUrl],
          subordinates: async () =>
            [...offices.values()].map(({ entityId, signer }) => ({
              entityId,
              jwks: [signer.publicJwk],
              entityTypes: ['jisr_office'],
            })),
        },
        ...plans.map(({ officeId, announces, isCertified }) => {
          const { entityId, signer, xRoadClient } = offices.get(officeId)!;
          return {
            entityId,
            signer,
            metadata: {
              jisr_office: {
                state,
                names: { ar: `جهة ${officeId}`, en: `Office ${officeId}` },
                x_road_client: xRoadClient,
                provides: [],
                announces,
                jwks: { keys: [signer.publicJwk] },
              },
            },
            authorityHints: [url],
            trustMarks: async () =>
              isCertified
                ? [
                    await federation.issueTrustMark({
                      issuerEntityId: url,
                      subject: entityId,
                      type: markType,
                      claims: { jisr_event_grants: grants },
                      lifetimeSeconds: 900 * 86_400,
                    }),
                  ]
                : [],
          };
        }),
      ],
    });
    subordinates.push({
      entityId: url,
      jwks: [stateSigner.publicJwk],
      entityTypes: ['federation_entity', 'jisr_node'],
    });
    markIssuers.push(url);
    await federation.start();
    const ledger = createLedger({
      database,
      clock,
      http: wire,
      log,
      logSigner: await keys.signer('log', 'Ed25519'),
      witnessSigner: await keys.signer('witness', 'Ed25519'),
      origin: `${state}.example/ledger`,
      witnessName: `${state}.example/witness`,
      tiles: openTileFolder(join(folder, state)),
      neighbours: async () => [],
      quorum: 0,
    });
    const needs: EventNeeds = {
      database,
      clock,
      http: wire,
      log,
      ledger,
      federation,
      eventsEndpoint: `${url}/events`,
      offices: plans.map(({ officeId, announces }) => ({ officeId, announces, ...offices.get(officeId)! })),
      personOf: async (subject, clientId) =>
        people.find(({ personId }) => subjectOf(personId, stateOfHost(clientId)) === subject)?.personId,
      findPersonId: async (nationalId) => people.find((person) => person.nationalId === nationalId)?.personId,
    };
    const events = createEvents(needs);
    const started: Events[] = [events];
    const contracts: Array<[unknown, unknown]> = [
      [federation.contract, federation.handlers],
      [events.contract, events.handlers],
    ];
    let server: HttpServer | undefined = await serve(url, contracts);
    const goDown = async () => {
      await server?.close();
      server = undefined;
    };
    closers.push(async () => {
      for (const one of started) await one.stop();
      await goDown();
      await federation.stop();
      await ledger.stop();
      await wire.close();
      await database.close();
    });
    return {
      state,
      url,
      database,
      ledger,
      needs,
      events,
      wire,
      offices,
      startAnother: () => {
        const another = createEvents(needs);
        started.push(another);
        return another;
      },
      goDown,
      comeUp: async () => {
        server ??= await serve(url, contracts);
      },
    };
  };

  const bh = await startState('BH', [
    { officeId: 'interior', announces: ['person-died', 'licence-revoked'], isCertified: false },
    { officeId: 'moe', announces: [], isCertified: false },
  ]);
  const sa = await startState('SA', [
    { officeId: 'gosi', announces: [], isCertified: true },
    { officeId: 'parks', announces: [], isCertified: false },
  ]);
  const kw = await startState('KW', [{ officeId: 'pifss', announces: [], isCertified: true }]);

  const publisher = bh.offices.get('interior')!.entityId;
  const until = () => new Date(clock.now().getTime() + 300 * 86_400_000).toISOString();

  /** Subscribes an office and names these people. */
  const follow = async (node: EventState, officeId: string, of: { type?: string; persons?: string[] } = {}) => {
    const isLicence = of.type === 'licence-revoked';
    const { subscriptionId } = await node.events.subscribe({
      officeId,
      publisher,
      eventType: of.type ?? 'person-died',
      purpose: isLicence ? 'professional-licensing' : 'benefit-payment',
      fields: isLicence ? ['licence_kind', 'revoked_on'] : ['died_on'],
      until: until(),
    });
    const add = (of.persons ?? []).map((personId) => subjectOf(personId, node.state));
    if (add.length > 0) await node.events.watch({ subscriptionId, add });
    return subscriptionId;
  };

  /** `mark` is what a test tells events apart by. */
  const revoke = (personId: string, mark: string, eventId?: string) =>
    bh.database.transaction((tx) =>
      bh.events.publish(tx, {
        officeId: 'interior',
        type: 'licence-revoked',
        personId,
        occurredAt: clock.now(),
        data: { licence_kind: mark, revoked_on: '2026-11-21' },
        ...(eventId ? { eventId } : {}),
      }),
    );

  return {
    clock,
    anchorUrl,
    bh,
    sa,
    kw,
    publisher,
    lines,
    until,
    follow,
    revoke,
    close: async () => {
      for (const close of closers) await close();
      await anchorServer.close();
      await anchor.stop();
      await anchorHttp.close();
      await anchorDatabase.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
export type States = Awaited<ReturnType<typeof startStates>>;

export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

/** Sends until nothing is due. */
export async function deliverAll(events: Events): Promise<void> {
  while (await events.deliverDue());
}

export async function hearAll(events: Events): Promise<void> {
  while (await events.hearNext());
}

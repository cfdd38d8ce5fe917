import { createServer, type Server } from 'node:http';
import { createServer as createNetServer } from 'node:net';
import type { fixedClock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import { createHttpServer, type HttpServer, mountContract } from '#kernel/http';
import { createHttpClient, type HttpClient } from '#kernel/http-client';
import { signJws } from '#kernel/jws';
import { memoryKeys, type Signer } from '#kernel/keys';
import { silentLog } from '#kernel/log';
import { openTestDatabase } from '#tests/support/database';
import {
  createFederation,
  type Federation,
  type FederationNeeds,
  federationEndpointsOf,
  federationMigrations,
  type HostedEntity,
  type Subordinate,
} from '../index.ts';

export const startOfTests = '2026-11-22T12:00:00Z';
export type TestClock = ReturnType<typeof fixedClock>;

export async function freePort(): Promise<number> {
  const server = createNetServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

export type TestNode = {
  entityId: string;
  federation: Federation;
  database: Database;
  http: HttpClient;
  announced: Array<{ entityId: string; statementHash: string }>;
  /** Takes the node off the net and back, on the same address and database. */
  close(): Promise<void>;
  stop(): Promise<void>;
};

export type NodePlan = {
  entityId: string;
  clock: TestClock;
  hosted: HostedEntity[];
  trustAnchors: FederationNeeds['trustAnchors'];
  database?: Database;
  needs?: Partial<FederationNeeds>;
  /** The node that runs this plan now, for callbacks that need it. */
  running?: Federation;
};

export async function startNode(plan: NodePlan): Promise<TestNode> {
  const database = plan.database ?? (await openTestDatabase(federationMigrations));
  const http = createHttpClient();
  const announced: TestNode['announced'] = [];
  const federation = createFederation({
    database,
    clock: plan.clock,
    http,
    log: silentLog,
    publicUrl: plan.entityId,
    hosted: plan.hosted,
    trustAnchors: plan.trustAnchors,
    onOwnStatementChanged: async (_tx, change) => void announced.push(change),
    ...plan.needs,
  });
  plan.running = federation;
  const server: HttpServer = createHttpServer({
    publicUrl: plan.entityId,
    log: silentLog,
    clock: plan.clock,
    identify: async () => ({ kind: 'anyone' }),
  });
  mountContract(server, federation.contract, federation.handlers);
  await federation.start();
  await server.listen({ host: '127.0.0.1', port: Number(new URL(plan.entityId).port) });
  let isOpen = true;
  const close = async () => {
    if (isOpen) await server.close();
    isOpen = false;
  };
  return {
    entityId: plan.entityId,
    federation,
    database,
    http,
    announced,
    close,
    stop: async () => {
      await close();
      await federation.stop();
      await http.close();
    },
  };
}

/** `federation_entity` metadata with every endpoint at its usual place. */
export function federationEntity(entityId: string, name = 'Test'): Record<string, string> {
  return {
    organization_name: name,
    'organization_name#ar': `${name} بالعربية`,
    ...federationEndpointsOf(entityId),
  };
}

export function jisrNode(entityId: string, state: string) {
  return {
    state,
    exchange_endpoint: `${entityId}/r1`,
    ledger_origin: new URL(entityId).host,
    ledger_endpoint: `${entityId}/ledger`,
    ledger_key: 'ledger+00000000+AAAA',
    witness_endpoint: `${entityId}/witness`,
    witness_key: 'witness+00000000+AAAA',
  };
}

export const markTypeOf = (anchorId: string) => `${anchorId}/marks/evidence-requester`;

/** An anchor, whose list of subordinates a test may change, and its address. */
export async function startAnchor(clock: TestClock, needs: Partial<FederationNeeds> = {}) {
  const entityId = `http://gcc.localhost:${await freePort()}`;
  const keys = memoryKeys();
  const signer = await keys.signer('anchor');
  const subordinates: Subordinate[] = [];
  const markIssuers: string[] = [];
  const marks = {
    issuers: { [markTypeOf(entityId)]: markIssuers } as Record<string, string[]>,
    owners: {} as NonNullable<HostedEntity['trustMarkOwners']>,
  };
  const trustAnchors = { [entityId]: { keys: [signer.publicJwk] } };
  const plan: NodePlan = {
    entityId,
    clock,
    trustAnchors,
    needs,
    hosted: [
      {
        entityId,
        signer,
        metadata: { federation_entity: federationEntity(entityId, 'General Secretariat') },
        subordinates: async () => subordinates,
        trustMarkIssuers: marks.issuers,
        trustMarkOwners: marks.owners,
      },
    ],
  };
  const node = await startNode(plan);
  return { ...node, plan, keys, signer, subordinates, marks, markIssuers, trustAnchors };
}
export type TestAnchor = Awaited<ReturnType<typeof startAnchor>>;

export const anchorPolicy = {
  openid_relying_party: {
    token_endpoint_auth_method: { value: 'private_key_jwt' },
    id_token_signed_response_alg: { value: 'ES256' },
    dpop_bound_access_tokens: { value: true },
  },
};

/** A state with an OpenID Provider and one office, enrolled at the anchor. */
export async function startState(
  anchor: TestAnchor,
  clock: TestClock,
  state: string,
  needs: Partial<FederationNeeds> = {},
) {
  const entityId = `http://${state.toLowerCase()}.localhost:${await freePort()}`;
  const keys = memoryKeys();
  const signer = await keys.signer('state');
  const [providerSigner, officeSigner] = [await keys.signer('provider'), await keys.signer('office')];
  const providerId = `${entityId}/eid`;
  const officeId = `${entityId}/offices/moe`;
  const officeNames = { ar: 'وزارة التعليم', en: 'Ministry of Education' };
  const grants = [{ purpose: 'recognition', evidence_type: 'degree', fields: ['title'] }];
  const office = {
    state,
    names: officeNames,
    x_road_client: `${state}/GOV/moe`,
    provides: ['degree'],
    jwks: { keys: [officeSigner.publicJwk] },
  };
  const extra: Subordinate[] = [];
  const hosted: HostedEntity[] = [
    {
      entityId,
      signer,
      metadata: {
        federation_entity: federationEntity(entityId, `State ${state}`),
        jisr_node: jisrNode(entityId, state),
      },
      authorityHints: [anchor.entityId],
      subordinates: async () => [
        { entityId: providerId, jwks: [providerSigner.publicJwk], entityTypes: ['openid_provider'] },
        { entityId: officeId, jwks: [officeSigner.publicJwk], entityTypes: ['openid_relying_party', 'jisr_office'] },
        ...extra,
      ],
    },
    {
      entityId: providerId,
      signer: providerSigner,
      metadata: { openid_provider: { issuer: providerId } },
      authorityHints: [entityId],
    },
    {
      entityId: officeId,
      signer: officeSigner,
      metadata: async () => ({
        openid_relying_party: { client_name: officeNames.en, token_endpoint_auth_method: 'none' },
        jisr_office: office,
      }),
      authorityHints: [entityId],
      trustMarks: async () => [
        await plan.running!.issueTrustMark({
          issuerEntityId: entityId,
          subject: officeId,
          type: markTypeOf(anchor.entityId),
          claims: { jisr_grants: grants },
          lifetimeSeconds: 7 * 86_400,
        }),
      ],
    },
  ];
  anchor.subordinates.push({
    entityId,
    jwks: [signer.publicJwk],
    metadataPolicy: anchorPolicy,
    constraints: { max_path_length: 1 },
    entityTypes: ['federation_entity', 'jisr_node'],
  });
  const plan: NodePlan = { entityId, clock, hosted, trustAnchors: anchor.trustAnchors, needs };
  const node: TestNode = await startNode(plan);
  return { ...node, plan, signer, keys, providerId, officeId, office, grants, extra };
}
export type TestState = Awaited<ReturnType<typeof startState>>;

type Answer = { status?: number; type?: string; body: string | Buffer };

/** An entity that is not ours and may misbehave: it answers whatever a test puts under a path. */
export async function startForeign(clock: TestClock, name: string, authorityHints: string[]) {
  const entityId = `http://${name}.localhost:${await freePort()}`;
  const keys = memoryKeys();
  const signer = await keys.signer('foreign');
  const answers = new Map<string, Answer>();
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const answer = answers.get(request.url ?? '') ?? {
      status: 404,
      body: '{"error":"not_found"}',
      type: 'application/json',
    };
    response.writeHead(answer.status ?? 200, { 'content-type': answer.type ?? 'application/entity-statement+jwt' });
    response.end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(Number(new URL(entityId).port), '127.0.0.1', () => resolve()));

  const seconds = () => Math.floor(clock.now().getTime() / 1000);
  const sign = (claims: object, by: Signer = signer, header: object = {}) =>
    signJws(by, { iat: seconds(), exp: seconds() + 3600, ...claims }, { typ: 'entity-statement+jwt', ...header });
  const pathOf = (id: string) => new URL(id).pathname.replace(/\/$/, '');

  /** Changes beside the claims of an honest configuration. */
  const publishConfiguration = async (id: string, claims: object = {}, by: Signer = signer) => {
    const honest = { iss: id, sub: id, jwks: { keys: [by.publicJwk] }, metadata: { openid_relying_party: {} } };
    answers.set(`${pathOf(id)}/.well-known/openid-federation`, { body: await sign({ ...honest, ...claims }, by) });
  };
  const publishStatement = async (subject: string, claims: object = {}, by: Signer = signer, header: object = {}) => {
    const honest = { iss: entityId, sub: subject, jwks: { keys: [signer.publicJwk] } };
    answers.set(`/federation/fetch?sub=${encodeURIComponent(subject)}`, {
      body: await sign({ ...honest, ...claims }, by, header),
    });
  };
  await publishConfiguration(entityId, {
    metadata: { federation_entity: federationEntity(entityId, name) },
    authority_hints: authorityHints,
  });
  let count = 0;
  return {
    entityId,
    signer,
    keys,
    answers,
    asked,
    seconds,
    sign,
    publishConfiguration,
    publishStatement,
    /** A leaf below this entity, honest until a test changes it; each with a name of its own. */
    publishLeaf: async (configuration: object = {}, statement: object = {}) => {
      count += 1;
      const leafId = `${entityId}/leaf-${count}`;
      await publishConfiguration(leafId, { authority_hints: [entityId], ...configuration });
      await publishStatement(leafId, statement);
      return leafId;
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
export type Foreign = Awaited<ReturnType<typeof startForeign>>;

import { type Clock, epochSeconds } from '#kernel/clock';
import type { Handlers, Input, RawAnswer, RequestFacts } from '#kernel/contract';
import { signJws } from '#kernel/jws';
import { Problem } from '#kernel/problem';
import type { Chains } from './chains/service.ts';
import { configurationNameOf, type FederationContract, problem, type Resolved } from './contract.ts';
import type { Desk } from './desk/service.ts';
import type { Entities } from './entities/service.ts';
import type { Marks } from './marks/service.ts';
import type { Registration } from './registration/service.ts';
import { isEntityId } from './statements/rules.ts';
import type { States } from './states/service.ts';

const specErrors: Record<string, string> = {
  'subject-missing': 'invalid_request',
  'subject-is-issuer': 'invalid_request',
  'entity-id-invalid': 'invalid_request',
  'entity-unknown': 'not_found',
  'trust-mark-unknown': 'not_found',
  'trust-anchor-unknown': 'invalid_trust_anchor',
  'trust-chain-invalid': 'invalid_trust_chain',
  'registration-invalid': 'invalid_request',
  'statement-invalid': 'invalid_request',
  'entity-unreachable': 'temporarily_unavailable',
};

/** The HTTP side: tokens with their own content types, refusals as section 8.9 wants them. */
export function createHandlers(needs: {
  clock: Clock;
  anchorIds: string[];
  chains: Chains;
  entities: Entities;
  marks: Marks;
  desk: Desk;
  states: States;
  registration: Registration;
  resolve(entityId: string, entityType?: string, options?: { anchor?: string }): Promise<Resolved>;
}): Handlers<FederationContract> {
  const { clock, anchorIds, chains, desk, entities, marks, registration, states, resolve } = needs;

  const rootId = (): string => {
    if (!entities.root) throw problem('entity-unknown');
    return entities.root.entityId;
  };

  const configurationAt =
    (path: string) =>
    async ({ request }: { request: RequestFacts }) =>
      answer(request, 'entity-statement+jwt', async () => {
        const entity = entities.findAt(path);
        if (!entity) throw problem('entity-unknown');
        return entities.configurationOf(entity);
      });

  /** Anyone may ask, so it looks only where the federation is known to live and never follows a stranger's address. */
  const checkMayResolve = async (subject: string): Promise<void> => {
    if (!isEntityId(subject)) throw problem('entity-id-invalid');
    if (entities.find(subject) || chains.holds(subject)) return;
    if (!(await states.origins()).has(new URL(subject).origin)) throw problem('entity-unknown');
  };

  const resolveResponse = async (query: Input<FederationContract['endpoints']['resolveEntity']>['query']) => {
    const { sub, trust_anchor: wanted = [], entity_type: entityTypes = [] } = query;
    if (!sub) throw problem('subject-missing', { parameter: 'sub' });
    if (wanted.length === 0) throw problem('subject-missing', { parameter: 'trust_anchor' });
    const usable = wanted.find((anchor) => anchorIds.includes(anchor));
    if (!usable) throw problem('trust-anchor-unknown');
    const { root } = entities;
    if (!root) throw problem('entity-unknown');
    await checkMayResolve(sub);
    const nearest = await resolve(sub);
    const resolved = wanted.includes(nearest.anchor) ? nearest : await resolve(sub, undefined, { anchor: usable });
    const metadata = Object.entries(resolved.metadata).filter(
      ([type]) => entityTypes.length === 0 || entityTypes.includes(type),
    );
    return signJws(
      root.signer,
      {
        iss: root.entityId,
        sub,
        iat: epochSeconds(clock),
        exp: Math.floor(resolved.expiresAt.getTime() / 1000),
        metadata: Object.fromEntries(metadata),
        trust_chain: resolved.chain,
        ...(resolved.trustMarks.length > 0
          ? {
              trust_marks: resolved.trustMarks.map(({ type, token }) => ({ trust_mark_type: type, trust_mark: token })),
            }
          : {}),
      },
      { typ: 'resolve-response+jwt' },
    );
  };

  const handlers: Handlers<FederationContract> = {
    askToJoin: ({ body }) => desk.join(body?.toString('utf8').trim() ?? ''),
    listMembers: () => desk.list(),
    decideMember: ({ body }) => desk.decide(body),
    getEntityConfiguration: configurationAt(''),
    fetchSubordinateStatement: ({ query, request }) =>
      answer(request, 'entity-statement+jwt', async () => {
        if (!query.sub) throw problem('subject-missing', { parameter: 'sub' });
        return entities.statementAbout(query.sub);
      }),
    listSubordinates: ({ query, request }) =>
      answer(request, 'json', async () => {
        const listed = await entities.listSubordinates({
          entityTypes: query.entity_type ?? [],
          ...(query.intermediate === undefined ? {} : { intermediate: query.intermediate === 'true' }),
        });
        const wantsMarked = query.trust_marked === 'true' || query.trust_mark_type !== undefined;
        if (!wantsMarked) return JSON.stringify(listed);
        const marked = new Set(await marks.listMarked(rootId(), query.trust_mark_type));
        return JSON.stringify(listed.filter((entityId) => marked.has(entityId)));
      }),
    resolveEntity: ({ query, request }) => answer(request, 'resolve-response+jwt', () => resolveResponse(query)),
    getTrustMarkStatus: ({ body, request }) =>
      answer(request, 'trust-mark-status-response+jwt', async () => {
        const token = new URLSearchParams(body?.toString('utf8') ?? '').get('trust_mark');
        if (!token) throw problem('subject-missing', { parameter: 'trust_mark' });
        return marks.statusOf(token);
      }),
    listTrustMarked: ({ query, request }) =>
      answer(request, 'json', async () => {
        if (!query.trust_mark_type) throw problem('subject-missing', { parameter: 'trust_mark_type' });
        return JSON.stringify(await marks.listMarked(rootId(), query.trust_mark_type, query.sub));
      }),
    getTrustMark: ({ query, request }) =>
      answer(request, 'trust-mark+jwt', async () => {
        if (!query.trust_mark_type) throw problem('subject-missing', { parameter: 'trust_mark_type' });
        if (!query.sub) throw problem('subject-missing', { parameter: 'sub' });
        await desk.renewMark(query.sub, query.trust_mark_type);
        return marks.find({ issuerId: rootId(), subjectId: query.sub, type: query.trust_mark_type });
      }),
    registerExplicitly: ({ body, request }) =>
      answer(request, 'explicit-registration-response+jwt', () =>
        registration.register(body?.toString('utf8') ?? '', request.headers['content-type'] ?? ''),
      ),
    getHistoricalKeys: ({ request }) => answer(request, 'jwk-set+jwt', () => entities.historicalKeys()),
  };
  const hosted = entities.paths.map((path) => [configurationNameOf(path), configurationAt(path)]);
  return { ...handlers, ...Object.fromEntries(hosted) };
}

async function answer(request: RequestFacts, type: string, work: () => Promise<string>): Promise<RawAnswer> {
  try {
    return { contentType: `application/${type}`, bytes: await work() };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const body = {
      error: specErrors[error.code] ?? 'server_error',
      error_description: error.messages.en,
      ...error.toJson('en', request.id),
    };
    return { contentType: 'application/json', status: error.status, bytes: JSON.stringify(body) };
  }
}

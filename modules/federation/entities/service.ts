import { type Clock, epochSeconds } from '#kernel/clock';
import type { Database, Tx } from '#kernel/database';
import { canonicalJson, sha256 } from '#kernel/ids';
import { decodeJws, signJws } from '#kernel/jws';
import type { JWK, Signer } from '#kernel/keys';
import { problem } from '../contract.ts';
import type { MemberBook } from '../desk/service.ts';
import type { HistoricalKey } from '../statements/fetching.ts';
import type { Constraints } from '../statements/rules.ts';
import { findLatestStatement, insertStatement, listFormerKeys, saveCurrentKey, saveFormerKey } from './store.ts';

export type Subordinate = {
  entityId: string;
  jwks: JWK[];
  metadata?: object;
  metadataPolicy?: object;
  constraints?: Constraints;
  entityTypes: string[];
  /** It has subordinates of its own. */
  isIntermediate?: boolean;
};

/** An entity that this node speaks for. Its identifier lies on the node's public address. */
export type HostedEntity = {
  entityId: string;
  signer: Signer;
  metadata: Record<string, object> | (() => Record<string, object> | Promise<Record<string, object>>);
  authorityHints?: string[];
  subordinates?: () => Promise<Subordinate[]>;
  trustMarks?: () => Promise<string[]>;
  trustMarkIssuers?: Record<string, string[]>;
  /** Who owns a type of trust mark and with which keys (section 7.2); others issue it only with the owner's delegation. */
  trustMarkOwners?: Record<string, { sub: string; jwks: { keys: JWK[] } }>;
  /** Keys of this entity that are about to be used, published ahead so that nobody meets an unknown one (section 11.2). */
  nextKeys?: JWK[];
  previousKeys?: HistoricalKey[];
};

export type OnOwnStatementChanged = (tx: Tx, change: { entityId: string; statementHash: string }) => Promise<void>;

export type Entities = {
  root: HostedEntity | undefined;
  /** Paths below the public address, the root's left out: `/offices/moe`. */
  paths: string[];
  find(entityId: string): HostedEntity | undefined;
  findAt(path: string): HostedEntity | undefined;
  /** Signed statements; every new version is stored and announced before it is handed out. */
  configurationOf(entity: HostedEntity): Promise<string>;
  statementAbout(subject: string): Promise<string>;
  /** Immediate subordinates, of all or of some entity types; `intermediate`: those that have subordinates, or those that have none. */
  listSubordinates(filter: { entityTypes: string[]; intermediate?: boolean }): Promise<string[]>;
  /** What the node itself vouches for, whether suspended or not. */
  ownSubordinates(): Promise<Subordinate[]>;
  /** The OpenID Provider hosted here. */
  findProvider(): Promise<HostedEntity | undefined>;
  /** Whether an entity hosted here has this X-Road member code. */
  holdsMemberCode(code: string): Promise<boolean>;
  historicalKeys(): Promise<string>;
  publishAll(): Promise<void>;
};

export function createEntities(needs: {
  database: Database;
  clock: Clock;
  publicUrl: string;
  hosted: HostedEntity[];
  lifetimeSeconds: number;
  /** Who else stands under the node's root, and who is suspended. */
  members: MemberBook;
  onOwnStatementChanged?: OnOwnStatementChanged;
}): Entities {
  const { database, clock, lifetimeSeconds, members } = needs;
  const publicUrl = needs.publicUrl.replace(/\/$/, '');
  const byId = new Map<string, HostedEntity>();
  const byPath = new Map<string, HostedEntity>();
  for (const entity of needs.hosted) {
    const id = entity.entityId.replace(/\/$/, '');
    const path = id.slice(publicUrl.length);
    if (!id.startsWith(publicUrl) || (path !== '' && !/^(\/[A-Za-z0-9._~-]+)+$/.test(path))) {
      throw new TypeError(`the hosted entity ${entity.entityId} does not lie on ${publicUrl}`);
    }
    if (byPath.has(path)) throw new TypeError(`the entity ${entity.entityId} is hosted twice`);
    byId.set(entity.entityId, entity);
    byPath.set(path, entity);
  }
  const root = byPath.get('');
  const publishedHashes = new Map<string, string>();
  const publishing = new Map<string, Promise<void>>();
  const signed = new Map<string, { hash: string; token: string; iat: number }>();
  // Signing each answer anew would cost an attack little; the same words are signed again only after a while.
  const signedSecondsMax = Math.min(60, Math.floor(lifetimeSeconds / 20));

  const sign = async (entity: HostedEntity, key: string, claims: object): Promise<string> => {
    const hash = hashOf(claims) + entity.signer.kid;
    const iat = epochSeconds(clock);
    const known = signed.get(key);
    if (known && known.hash === hash && iat - known.iat < signedSecondsMax && iat >= known.iat) return known.token;
    const token = await signJws(
      entity.signer,
      { ...claims, iat, exp: iat + lifetimeSeconds },
      { typ: 'entity-statement+jwt' },
    );
    signed.set(key, { hash, token, iat });
    return token;
  };

  const metadataOf = async (entity: HostedEntity): Promise<Record<string, object>> =>
    typeof entity.metadata === 'function' ? entity.metadata() : entity.metadata;

  const ownSubordinates = async (): Promise<Subordinate[]> => (await root?.subordinates?.()) ?? [];

  const claimsOf = async (entity: HostedEntity): Promise<object> => {
    const metadata = await metadataOf(entity);
    // Who is suspended is certified nothing.
    const isSuspended = entity.trustMarks !== undefined && (await members.suspendedIds()).has(entity.entityId);
    const marks = isSuspended ? [] : ((await entity.trustMarks?.()) ?? []);
    return plain({
      iss: entity.entityId,
      sub: entity.entityId,
      jwks: { keys: [entity.signer.publicJwk, ...(entity.nextKeys ?? [])] },
      metadata,
      ...(entity.authorityHints?.length ? { authority_hints: entity.authorityHints } : {}),
      ...(marks.length > 0
        ? {
            trust_marks: marks.map((mark) => ({
              trust_mark_type: decodeJws(mark).payload['trust_mark_type'],
              trust_mark: mark,
            })),
          }
        : {}),
      ...(entity.trustMarkIssuers ? { trust_mark_issuers: entity.trustMarkIssuers } : {}),
      ...(entity.trustMarkOwners ? { trust_mark_owners: entity.trustMarkOwners } : {}),
    });
  };

  /** A version is what the entity says, whatever the times: a mark that was only renewed says nothing new. */
  const contentOf = (claims: object): object => {
    const marks = (claims as { trust_marks?: Array<{ trust_mark: string }> }).trust_marks;
    return marks ? { ...claims, trust_marks: marks.map((mark) => timelessClaims(mark.trust_mark)) } : claims;
  };

  const publish = async (entity: HostedEntity, claims: object): Promise<void> => {
    const { entityId } = entity;
    const content = contentOf(claims);
    const statementHash = hashOf(content);
    await publishing.get(entityId);
    if (publishedHashes.get(entityId) === statementHash) return;
    const work = database.transaction(async (tx) => {
      const now = clock.now();
      await saveCurrentKey(tx, entityId, entity.signer.publicJwk, now);
      for (const key of entity.previousKeys ?? []) await saveFormerKey(tx, entityId, key, now);
      const latest = await findLatestStatement(tx, entityId);
      if (latest?.statementHash === statementHash) return;
      const version = (latest?.version ?? 0) + 1;
      const isOurs = await insertStatement(tx, { entityId, version, statementHash, claims: content, publishedAt: now });
      if (isOurs) await needs.onOwnStatementChanged?.(tx, { entityId, statementHash });
    });
    const settled = work.then(
      () => undefined,
      () => undefined,
    );
    publishing.set(entityId, settled);
    await work;
    publishedHashes.set(entityId, statementHash);
  };

  const standing = async (): Promise<Subordinate[]> => members.standing(await ownSubordinates());

  const rootOrRefuse = (): HostedEntity => {
    if (!root) throw problem('entity-unknown');
    return root;
  };

  const configurationOf = async (entity: HostedEntity): Promise<string> => {
    const claims = await claimsOf(entity);
    await publish(entity, claims);
    return sign(entity, entity.entityId, claims);
  };

  return {
    root,
    paths: [...byPath.keys()].filter((path) => path !== ''),
    find: (entityId) => byId.get(entityId),
    findAt: (path) => byPath.get(path),
    configurationOf,
    statementAbout: async (subject) => {
      const issuer = rootOrRefuse();
      if (subject === issuer.entityId) throw problem('subject-is-issuer');
      const subordinate = (await standing()).find(({ entityId }) => entityId === subject);
      if (!subordinate) throw problem('entity-unknown');
      const claims = plain({
        iss: issuer.entityId,
        sub: subject,
        jwks: { keys: subordinate.jwks },
        metadata: subordinate.metadata,
        metadata_policy: subordinate.metadataPolicy,
        constraints: subordinate.constraints,
        source_endpoint: `${publicUrl}/federation/fetch`,
      });
      return sign(issuer, `${issuer.entityId} ${subject}`, claims);
    },
    listSubordinates: async ({ entityTypes, intermediate }) => {
      rootOrRefuse();
      return (await standing())
        .filter((one) => entityTypes.length === 0 || entityTypes.some((type) => one.entityTypes.includes(type)))
        .filter((one) => intermediate === undefined || (one.isIntermediate ?? false) === intermediate)
        .map(({ entityId }) => entityId);
    },
    ownSubordinates,
    findProvider: async () => {
      for (const entity of byId.values()) if ('openid_provider' in (await metadataOf(entity))) return entity;
      return undefined;
    },
    holdsMemberCode: async (code) => {
      const all = await Promise.all([...byId.values()].map(metadataOf));
      return all.some(
        ({ jisr_office: office }) => (office as { x_road_client?: string } | undefined)?.x_road_client === code,
      );
    },
    historicalKeys: async () => {
      const issuer = rootOrRefuse();
      await configurationOf(issuer);
      const keys = await listFormerKeys(database.db, issuer.entityId);
      return signJws(issuer.signer, { iss: issuer.entityId, iat: epochSeconds(clock), keys }, { typ: 'jwk-set+jwt' });
    },
    publishAll: async () => {
      for (const entity of byId.values()) await configurationOf(entity);
    },
  };
}

function timelessClaims(token: string): object {
  const { iat: _iat, exp: _exp, jti: _jti, ...claims } = decodeJws(token).payload;
  return claims;
}

function hashOf(content: object): string {
  return sha256(canonicalJson(content)).toString('hex');
}

/** As it will be after the journey through JSON, so that absent members are absent. */
function plain<T extends object>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

import type { JWK } from '#kernel/keys';
import { Problem } from '#kernel/problem';
import { problem } from '../contract.ts';
import { applyMetadataPolicy, type Metadata, mergeMetadataPolicies } from '../policy/rules.ts';
import {
  type Constraints,
  readStatement,
  type Statement,
  type StatementClaims,
  verifyStatement,
} from '../statements/rules.ts';

/** Superiors between an entity and its anchor, the anchor included. */
export const chainDepthMax = 6;

export type Anchor = { entityId: string; keys: JWK[] };

/** What a chain proves, from its tokens alone. */
export type VerifiedChain = {
  entityId: string;
  anchor: string;
  superior?: string;
  metadata: Metadata;
  jwks: JWK[];
  /** The entity's own configuration and the anchor's, for trust marks. */
  subject: StatementClaims;
  anchorClaims: StatementClaims;
  /** The anchor's keys as they are configured. */
  anchorKeys: JWK[];
  tokens: string[];
  issuedAt: Date;
  expiresAt: Date;
};

/**
 * Verifies a trust chain and resolves the metadata of its subject (OpenID Federation 1.0 sections 4, 6 and 10.2).
 * `tokens`: the subject's configuration, subordinate statements upwards, the anchor's configuration. The anchor is known
 * by the configured keys alone. Throws Problem 'trust-chain-invalid' with a reason code.
 */
export function verifyChain(entityId: string, tokens: string[], anchor: Anchor, now: Date): VerifiedChain {
  try {
    return verify(entityId, tokens, anchor, now);
  } catch (error) {
    throw asChainProblem(error, entityId);
  }
}

/** A refusal of one statement or rule, told as a refusal of the entity that leans on it. */
export function asChainProblem(error: unknown, entityId: string): unknown {
  if (!(error instanceof Problem)) return error;
  if (error.code === 'statement-invalid') return refuse(entityId, String(error.params['reason']));
  if (error.code === 'policy-invalid' || error.code === 'metadata-refused') {
    return refuse(entityId, `${error.code} ${error.params['parameter']} ${error.params['reason']}`);
  }
  return error;
}

function verify(entityId: string, tokens: string[], anchor: Anchor, now: Date): VerifiedChain {
  const isAnchor = entityId === anchor.entityId;
  if (tokens.length > chainDepthMax + 2) throw refuse(entityId, 'chain-too-long');
  if (isAnchor ? tokens.length !== 1 : tokens.length < 3) throw refuse(entityId, 'chain-incomplete');
  const statements = tokens.map((token) => readStatement(token, now));
  const subject = statements[0]!;
  const top = statements.at(-1)!;
  const between = statements.slice(1, -1);

  if (subject.claims.sub !== entityId || subject.claims.iss !== entityId) throw refuse(entityId, 'subject-mismatch');
  if (top.claims.iss !== anchor.entityId || top.claims.sub !== anchor.entityId)
    throw refuse(entityId, 'anchor-mismatch');
  for (const { claims } of between) if (claims.iss === claims.sub) throw refuse(entityId, 'configuration-misplaced');
  for (const [index, statement] of statements.slice(0, -1).entries()) {
    if (statement.claims.iss !== statements[index + 1]!.claims.sub) throw refuse(entityId, 'issuer-mismatch');
  }
  const members = [...between.map(({ claims }) => claims.sub), anchor.entityId];
  if (!isAnchor && new Set(members).size !== members.length) throw refuse(entityId, 'cycle');
  if (between[0] && !subject.claims.authority_hints?.includes(between[0].claims.iss)) {
    throw refuse(entityId, 'superior-not-named');
  }

  verifyStatement(top, anchor.keys);
  verifyStatement(subject, subject.claims.jwks.keys);
  for (const [index, statement] of statements.slice(0, -1).entries()) {
    verifyStatement(statement, statements[index + 1]!.claims.jwks.keys);
  }

  return {
    entityId,
    anchor: anchor.entityId,
    ...(between[0] ? { superior: between[0].claims.iss } : {}),
    metadata: resolveMetadata(entityId, subject, between),
    jwks: (between[0] ?? subject).claims.jwks.keys,
    subject: subject.claims,
    anchorClaims: top.claims,
    anchorKeys: anchor.keys,
    tokens,
    issuedAt: new Date(Math.max(...statements.map(({ claims }) => claims.iat)) * 1000),
    expiresAt: new Date(Math.min(...statements.map(({ claims }) => claims.exp)) * 1000),
  };
}

/** The immediate superior's own words first, then the permitted entity types, then every superior's policy from the top. */
function resolveMetadata(entityId: string, subject: Statement, between: Statement[]): Metadata {
  for (const [index, { claims }] of between.entries()) {
    if (claims.constraints) checkConstraints(entityId, claims.constraints, between.slice(0, index + 1), index);
  }
  const own = subject.claims.metadata ?? {};
  const given = between[0]?.claims.metadata ?? {};
  const isAllowed = (entityType: string) =>
    entityType === 'federation_entity' ||
    between.every(({ claims }) => claims.constraints?.allowed_entity_types?.includes(entityType) ?? true);
  const merged: Metadata = Object.fromEntries(
    Object.entries(own)
      .filter(([entityType]) => isAllowed(entityType))
      .map(([entityType, parameters]) => [
        entityType,
        { ...parameters, ...(Object.hasOwn(given, entityType) ? given[entityType] : {}) },
      ]),
  );
  const fromTheTop = between.toReversed();
  const policy = mergeMetadataPolicies(
    fromTheTop.map(({ claims }) => claims.metadata_policy ?? {}),
    fromTheTop.flatMap(({ claims }) => claims.metadata_policy_crit ?? []),
  );
  return applyMetadataPolicy(policy, merged);
}

/** `below`: the statements about the entities that the constraint binds; `intermediates`: how many lie between. */
function checkConstraints(entityId: string, constraints: Constraints, below: Statement[], intermediates: number): void {
  if (constraints.max_path_length !== undefined && intermediates > constraints.max_path_length) {
    throw refuse(entityId, 'path-too-long');
  }
  const { permitted, excluded } = constraints.naming_constraints ?? {};
  for (const { claims } of below) {
    const host = new URL(claims.sub).hostname;
    if (excluded?.some((name) => isHostWithin(host, name))) throw refuse(entityId, 'name-excluded');
    if (permitted && !permitted.some((name) => isHostWithin(host, name))) throw refuse(entityId, 'name-not-permitted');
  }
}

/** RFC 5280 section 4.2.1.10 for addresses: `.example.org` is every host below, `example.org` that host alone. */
export function isHostWithin(host: string, name: string): boolean {
  const wanted = name.toLowerCase();
  return wanted.startsWith('.') ? host.endsWith(wanted) && host.length > wanted.length : host === wanted;
}

function refuse(entityId: string, reason: string): Problem {
  return problem('trust-chain-invalid', { entityId, reason });
}

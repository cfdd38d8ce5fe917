import { decodeJws, verifyJws } from '#kernel/jws';
import { type JWK, publicKeyOf } from '#kernel/keys';
import { Problem } from '#kernel/problem';
import { problem } from '../contract.ts';
import type { Metadata, MetadataPolicy } from '../policy/rules.ts';

export const clockSkewSeconds = 60;
export const statementBytesMax = 131_072;
const limits = { keys: 20, hints: 10, marks: 50, entityTypes: 50, depth: 24, identifier: 2048 };

export type Constraints = {
  max_path_length?: number;
  naming_constraints?: { permitted?: string[]; excluded?: string[] };
  allowed_entity_types?: string[];
};

/** The claims of an entity statement whose form has been checked (OpenID Federation 1.0 section 3.1). */
export type StatementClaims = {
  iss: string;
  sub: string;
  iat: number;
  exp: number;
  jwks: { keys: JWK[] };
  metadata?: Metadata;
  authority_hints?: string[];
  trust_marks?: Array<{ trust_mark_type: string; trust_mark: string }>;
  trust_mark_issuers?: Record<string, string[]>;
  trust_mark_owners?: Record<string, { sub: string; jwks: { keys: JWK[] } }>;
  metadata_policy?: MetadataPolicy;
  metadata_policy_crit?: string[];
  constraints?: Constraints;
  source_endpoint?: string;
};

/** A statement whose form and times are right. Its signature is only as good as the keys it is then checked with. */
export type Statement = { token: string; kid: string; claims: StatementClaims };

const registeredClaims = [
  ...['iss', 'sub', 'iat', 'exp', 'jwks', 'metadata', 'crit', 'authority_hints', 'trust_anchor_hints', 'trust_marks'],
  ...['trust_mark_issuers', 'trust_mark_owners', 'constraints', 'metadata_policy', 'metadata_policy_crit'],
  ...['source_endpoint', 'trust_anchor'],
];

/**
 * Checks form and times of an entity statement (OpenID Federation 1.0 section 3.2), all but the signature.
 * Throws Problem 'statement-invalid' with a reason code; no text of the statement goes into it.
 */
export function readStatement(token: string, now: Date, expected: { iss?: string; sub?: string } = {}): Statement {
  const { header, payload } = readToken(token, 'entity-statement+jwt');
  if ('trust_chain' in header || 'peer_trust_chain' in header) throw refuse('chain-in-header');
  const { iss, sub, iat, exp } = payload;
  if (!isEntityId(iss) || !isEntityId(sub)) throw refuse('identifier-malformed');
  if (expected.iss !== undefined && iss !== expected.iss) throw refuse('issuer-mismatch');
  if (expected.sub !== undefined && sub !== expected.sub) throw refuse('subject-mismatch');
  checkTimes(iat, exp, now);
  readKeys(payload['jwks']);
  checkCrit(payload['crit']);
  checkMetadata(payload['metadata']);
  const isConfiguration = iss === sub;
  for (const claim of isConfiguration
    ? ['constraints', 'metadata_policy', 'metadata_policy_crit', 'source_endpoint', 'trust_anchor']
    : [
        'authority_hints',
        'trust_anchor_hints',
        'trust_marks',
        'trust_mark_issuers',
        'trust_mark_owners',
        'trust_anchor',
      ]) {
    if (claim in payload) throw refuse('claim-misplaced');
  }
  if (isConfiguration) checkConfiguration(payload);
  else checkSubordinate(payload);
  return { token, kid: header.kid as string, claims: payload as StatementClaims };
}

/** Checks a statement with the key that its `kid` names. Throws Problem 'statement-invalid'. */
export function verifyStatement(statement: Statement, keys: JWK[]): void {
  verifyToken(statement.token, keys, 'entity-statement+jwt');
}

/** A compact JWS of the given type, decoded with every guard but not verified. */
export function readToken(token: string, typ: string): ReturnType<typeof decodeJws> {
  if (token.length > statementBytesMax) throw refuse('too-large');
  const decoded = orRefuse('not-a-signed-token', () => decodeJws(token));
  if (decoded.header.typ !== typ) throw refuse('type-mismatch');
  if (decoded.header.alg !== 'ES256' && decoded.header.alg !== 'Ed25519') throw refuse('algorithm-refused');
  if (typeof decoded.header.kid !== 'string' || decoded.header.kid === '') throw refuse('key-id-missing');
  if (decoded.header.crit !== undefined) throw refuse('critical-header-unknown');
  for (const part of token.split('.').slice(0, 2)) checkJsonText(Buffer.from(part, 'base64url').toString('utf8'));
  return decoded;
}

/** As `verifyJws`, with the reason as a code. Throws Problem 'statement-invalid'. */
export function verifyToken(token: string, keys: JWK[], typ: string): ReturnType<typeof verifyJws> {
  return orRefuse('signature-invalid', () => verifyJws(token, keys, { typ }));
}

/** An entity identifier: an absolute web address in normal form, without query, fragment or user (section 1.2). */
export function isEntityId(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > limits.identifier || !URL.canParse(value)) return false;
  const url = new URL(value);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return false;
  if (url.username || url.password || value.includes('?') || value.includes('#')) return false;
  return url.href.replace(/\/$/, '') === value.replace(/\/$/, '');
}

/** Where the entity configuration is found (section 9). */
export function configurationUrlOf(entityId: string): string {
  return `${entityId.replace(/\/$/, '')}/.well-known/openid-federation`;
}

/** Both ends with 60 s of leeway for clocks that differ. */
export function checkTimes(iat: unknown, exp: unknown, now: Date): void {
  const seconds = Math.floor(now.getTime() / 1000);
  if (!isMoment(iat) || !isMoment(exp) || exp <= iat) throw refuse('times-malformed');
  if (iat > seconds + clockSkewSeconds) throw refuse('issued-in-future');
  if (exp <= seconds - clockSkewSeconds) throw refuse('expired');
}

/** The public keys of a JWK Set: few, named apart, none private. */
export function readKeys(jwks: unknown): JWK[] {
  if (!isRecord(jwks) || !Array.isArray(jwks['keys'])) throw refuse('keys-missing');
  const keys: unknown[] = jwks['keys'];
  if (keys.length === 0 || keys.length > limits.keys) throw refuse('keys-count');
  const kids = new Set<string>();
  for (const key of keys) {
    if (!isRecord(key) || typeof key['kid'] !== 'string' || key['kid'] === '') throw refuse('key-malformed');
    if (kids.has(key['kid'])) throw refuse('key-id-duplicate');
    kids.add(key['kid']);
    if (key['kty'] === 'oct' || 'd' in key || 'k' in key || 'p' in key) throw refuse('key-private');
    if (key['crv'] === 'P-256' || key['crv'] === 'Ed25519') orRefuse('key-malformed', () => publicKeyOf(key as JWK));
  }
  return keys as JWK[];
}

/**
 * Refuses what two readers could understand differently: a member named twice (RFC 8259 section 4), or nesting deep
 * enough to exhaust one of them. Expects text that is JSON.
 */
export function checkJsonText(text: string): void {
  const open: Array<Set<string> | undefined> = [];
  let isNameNext = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') {
      const start = at;
      for (at += 1; text[at] !== '"' && at < text.length; at += 1) if (text[at] === '\\') at += 1;
      if (!isNameNext) continue;
      const name = JSON.parse(text.slice(start, at + 1)) as string;
      const names = open.at(-1)!;
      if (names.has(name) || name === '__proto__') throw refuse('member-duplicate');
      names.add(name);
      isNameNext = false;
    } else if (character === '{' || character === '[') {
      if (open.length === limits.depth) throw refuse('nested-too-deep');
      open.push(character === '{' ? new Set() : undefined);
      isNameNext = character === '{';
    } else if (character === '}' || character === ']') {
      open.pop();
      isNameNext = false;
    } else if (character === ',') {
      isNameNext = open.at(-1) !== undefined;
    }
  }
}

function checkCrit(crit: unknown): void {
  if (crit === undefined) return;
  if (!isTexts(crit) || crit.length === 0) throw refuse('crit-malformed');
  // No claim beyond the registered ones is understood here, and registered ones must not be listed: any entry refuses.
  throw refuse(crit.some((claim) => registeredClaims.includes(claim)) ? 'crit-malformed' : 'crit-unknown');
}

function checkMetadata(metadata: unknown): void {
  if (metadata === undefined) return;
  if (!isRecord(metadata) || Object.keys(metadata).length > limits.entityTypes) throw refuse('metadata-malformed');
  for (const parameters of Object.values(metadata)) {
    if (!isRecord(parameters) || Object.values(parameters).includes(null)) throw refuse('metadata-malformed');
  }
}

function checkConfiguration(claims: Record<string, unknown>): void {
  for (const name of ['authority_hints', 'trust_anchor_hints']) {
    const hints = claims[name];
    if (hints === undefined) continue;
    if (!isTexts(hints) || hints.length === 0 || hints.length > limits.hints || !hints.every(isEntityId)) {
      throw refuse('hints-malformed');
    }
    if (new Set(hints).size !== hints.length || hints.includes(claims['sub'] as string))
      throw refuse('hints-malformed');
  }
  const marks = claims['trust_marks'];
  if (marks !== undefined) {
    if (!Array.isArray(marks) || marks.length > limits.marks) throw refuse('trust-marks-malformed');
    for (const mark of marks) {
      if (!isRecord(mark) || typeof mark['trust_mark_type'] !== 'string' || typeof mark['trust_mark'] !== 'string') {
        throw refuse('trust-marks-malformed');
      }
    }
  }
  const issuers = claims['trust_mark_issuers'];
  if (issuers !== undefined && (!isRecord(issuers) || !Object.values(issuers).every(isTexts))) {
    throw refuse('trust-mark-issuers-malformed');
  }
  const owners = claims['trust_mark_owners'];
  if (owners !== undefined) {
    if (!isRecord(owners)) throw refuse('trust-mark-owners-malformed');
    for (const owner of Object.values(owners)) {
      if (!isRecord(owner) || !isEntityId(owner['sub'])) throw refuse('trust-mark-owners-malformed');
      readKeys(owner['jwks']);
    }
  }
}

function checkSubordinate(claims: Record<string, unknown>): void {
  const crit = claims['metadata_policy_crit'];
  if (crit !== undefined && (!isTexts(crit) || crit.length === 0)) throw refuse('policy-crit-malformed');
  if (claims['metadata_policy'] !== undefined && !isRecord(claims['metadata_policy'])) throw refuse('policy-malformed');
  const source = claims['source_endpoint'];
  if (source !== undefined && (typeof source !== 'string' || !URL.canParse(source))) throw refuse('source-malformed');
  const constraints = claims['constraints'];
  if (constraints === undefined) return;
  if (!isRecord(constraints)) throw refuse('constraints-malformed');
  const { max_path_length: length, naming_constraints: naming, allowed_entity_types: types } = constraints;
  if (length !== undefined && (!Number.isSafeInteger(length) || (length as number) < 0)) {
    throw refuse('constraints-malformed');
  }
  if (types !== undefined && !isTexts(types)) throw refuse('constraints-malformed');
  if (naming === undefined) return;
  if (!isRecord(naming)) throw refuse('constraints-malformed');
  for (const names of [naming['permitted'], naming['excluded']]) {
    if (names !== undefined && !isTexts(names)) throw refuse('constraints-malformed');
  }
}

function isMoment(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 && value < 1e11;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Foreign bytes make the crypto and JSON layers fail in many ways; to the caller each of them is one refusal. */
function orRefuse<T>(reason: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Problem || error instanceof SyntaxError || (error as { code?: unknown }).code) {
      throw refuse(reason);
    }
    throw error;
  }
}

function refuse(reason: string): Problem {
  return problem('statement-invalid', { reason });
}

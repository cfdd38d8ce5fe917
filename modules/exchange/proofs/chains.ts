import type { JWK } from '#kernel/keys';
import type { Metadata, MetadataPolicy } from '#modules/federation';
import { type ReadJws, readJws, readKeys, thumbprintOf } from './signed.ts';

/** A key with which the anchor signed until `exp` (seconds since 1970), or signs still. */
export type AnchorKey = JWK & { exp?: number };

/** The anchor as the reader knows it: its keys, former ones too, or only the RFC 7638 thumbprints of them. */
export type TrustedAnchor = { entityId?: string; keys: AnchorKey[] } | { thumbprints: string[] };

/** Whose time-stamps count. `certificates`: PEM, the root of each or its own. `policy`: the only one that is accepted. */
export type TrustedAuthority = { name: string; certificates: string[]; policy?: string };

/** How superiors' rules change metadata; federation's own, handed in so that a browser can bring them too. */
export type PolicyTools = {
  mergeMetadataPolicies(policies: MetadataPolicy[], critical: string[]): MetadataPolicy;
  applyMetadataPolicy(policy: MetadataPolicy, metadata: Metadata): Metadata;
};

export type KeptChain = {
  entityId: string;
  superior: string;
  anchor: string;
  // biome-ignore lint/suspicious/noExplicitAny: each entity type has its own metadata
  metadata: Record<string, Record<string, any>>;
  /** The time-stamping authorities that the anchor names in this chain. */
  authorities: TrustedAuthority[];
  /** Seconds since 1970: every statement was valid from here to there. */
  from: number;
  until: number;
};

const clockSkewSeconds = 60;
const isText = (value: unknown): value is string => typeof value === 'string';
const keysOf = (claims: ReadJws['payload']): JWK[] => readKeys(claims['jwks']);

export function isValidAt({ from, until }: KeptChain, seconds: number): boolean {
  return from <= seconds + clockSkewSeconds && until > seconds - clockSkewSeconds;
}

/**
 * Verifies a kept trust chain (OpenID Federation 1.0 sections 4, 6 and 10.2) by its tokens and the anchor alone, at whatever
 * time it was valid: `from` and `until` say when that was. The same rules as federation applies when it climbs, on WebCrypto.
 * A text instead of a chain says what does not hold.
 */
export async function verifyKeptChain(
  tokens: readonly string[],
  anchor: TrustedAnchor,
  tools: PolicyTools,
): Promise<KeptChain | string> {
  const read = tokens.map((token) => readJws(token, 'entity-statement+jwt'));
  if (read.includes(undefined) || read.length < 3) return 'statement-malformed';
  const statements = read as ReadJws[];
  const claims = statements.map(({ payload }) => payload);
  const subject = claims[0]!;
  const top = claims.at(-1)!;
  const between = claims.slice(1, -1);
  for (const one of claims) {
    const { iss, sub, iat, exp } = one;
    if (!isText(iss) || !isText(sub) || !Number.isFinite(iat) || !Number.isFinite(exp) || exp <= iat || 'crit' in one)
      return 'statement-malformed';
  }
  if (subject['iss'] !== subject['sub'] || top['iss'] !== top['sub']) return 'configuration-missing';
  if (between.some(({ iss, sub }) => iss === sub)) return 'configuration-misplaced';
  if (claims.slice(0, -1).some(({ iss }, at) => iss !== claims[at + 1]!['sub'])) return 'issuer-mismatch';
  if (between[0]!['sub'] !== subject['sub']) return 'issuer-mismatch';
  const hints: unknown = subject['authority_hints'];
  if (!Array.isArray(hints) || !hints.includes(between[0]!['iss'])) return 'superior-not-named';

  const anchorKeys = await trustedKeys(anchor, top);
  if (!anchorKeys || !(await statements.at(-1)!.isSignedBy(anchorKeys))) return 'anchor-not-trusted';
  if (!(await statements[0]!.isSignedBy(keysOf(subject)))) return 'signature-invalid';
  for (const [at, statement] of statements.slice(0, -1).entries())
    if (!(await statement.isSignedBy(keysOf(claims[at + 1]!)))) return 'signature-invalid';

  const metadata = resolveMetadata(subject, between, tools);
  if (typeof metadata === 'string') return metadata;
  return {
    entityId: subject['sub'],
    superior: between[0]!['iss'],
    anchor: top['sub'],
    metadata,
    authorities: readAuthorities(top['metadata']?.jisr_anchor?.time_stamp_authorities),
    from: Math.max(...claims.map(({ iat }) => iat)),
    until: Math.min(...claims.map(({ exp }) => exp)),
  };
}

async function trustedKeys(anchor: TrustedAnchor, top: ReadJws['payload']): Promise<JWK[] | undefined> {
  if ('keys' in anchor) {
    const wasInUse = ({ exp }: AnchorKey) => typeof exp !== 'number' || Number(top['iat']) <= exp + clockSkewSeconds;
    return anchor.entityId === undefined || anchor.entityId === top['sub'] ? anchor.keys.filter(wasInUse) : undefined;
  }
  const trusted: JWK[] = [];
  for (const key of keysOf(top)) if (anchor.thumbprints.includes(await thumbprintOf(key))) trusted.push(key);
  return trusted;
}

/** What a list says of authorities, whatever else stands in it. */
export function readAuthorities(list: unknown): TrustedAuthority[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((one: unknown) => {
    const { name, certificates, policy } = (one ?? {}) as Record<string, unknown>;
    if (!isText(name) || !Array.isArray(certificates) || !certificates.every(isText)) return [];
    return [{ name, certificates, ...(isText(policy) ? { policy } : {}) }];
  });
}

/** Own words, over them the immediate superior's, then the permitted entity types, then every superior's policy from the top. */
function resolveMetadata(
  subject: ReadJws['payload'],
  between: Array<ReadJws['payload']>,
  tools: PolicyTools,
): Metadata | string {
  for (const [at, { constraints }] of between.entries()) {
    if (!constraints) continue;
    if (constraints.max_path_length !== undefined && at > constraints.max_path_length) return 'path-too-long';
    const { permitted, excluded } = constraints.naming_constraints ?? {};
    for (const { sub } of between.slice(0, at + 1)) {
      const host = new URL(sub).hostname;
      if (excluded?.some((name: string) => isWithin(host, name))) return 'name-excluded';
      if (permitted && !permitted.some((name: string) => isWithin(host, name))) return 'name-not-permitted';
    }
  }
  const own: Metadata = subject['metadata'] ?? {};
  const given: Metadata = between[0]!['metadata'] ?? {};
  const isAllowed = (type: string) =>
    type === 'federation_entity' ||
    between.every(({ constraints }) => constraints?.allowed_entity_types?.includes(type) ?? true);
  const merged = Object.fromEntries(
    Object.entries(own)
      .filter(([type]) => isAllowed(type))
      .map(([type, parameters]) => [type, { ...parameters, ...(Object.hasOwn(given, type) ? given[type] : {}) }]),
  );
  const fromTheTop = between.toReversed();
  try {
    const policy = tools.mergeMetadataPolicies(
      fromTheTop.map((one) => one['metadata_policy'] ?? {}),
      fromTheTop.flatMap((one) => one['metadata_policy_crit'] ?? []),
    );
    return tools.applyMetadataPolicy(policy, merged);
  } catch (error) {
    // The rules refuse with a Problem, which carries its code.
    if (typeof (error as { code?: unknown }).code === 'string') return 'metadata-refused';
    throw error;
  }
}

/** RFC 5280 section 4.2.1.10 for addresses: `.example.org` is every host below, `example.org` that host alone. */
function isWithin(host: string, name: string): boolean {
  const wanted = name.toLowerCase();
  return wanted.startsWith('.') ? host.endsWith(wanted) && host.length > wanted.length : host === wanted;
}

import { canonicalJson } from '#kernel/ids';
import type { AssuranceLevel } from '#protocol/assurance';
import type { EvidenceDetail } from '../contract.ts';
import type { Person } from '../persons/service.ts';
import type { EidFramework } from './rules.ts';

/**
 * The claims that can be verified here, and the evidence field with which a person consents to each: what crosses a border does so by
 * consent, under a trust mark, field by field, also in an ID token.
 */
export const verifiableClaims = {
  name: { evidenceType: 'person-identity', field: 'full_name_latin', valueOf: (person: Person) => person.names.en },
  'name#ar': { evidenceType: 'person-identity', field: 'full_name_ar', valueOf: (person: Person) => person.names.ar },
} as const;
type ClaimName = keyof typeof verifiableClaims;

export type VerifiedClaimsRequest = { verification: Record<string, unknown>; claims: Record<string, unknown> };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** More ways of verification than this in one request are a mistake somewhere. */
const requestsMax = 5;

/**
 * The requests for verified claims in the `id_token` container of a `claims` parameter (OpenID Identity Assurance 1.0 section 6): one
 * object, or an array of them, answered by an array. Or what is wrong with them, in words for a developer.
 */
export function readVerifiedClaimsRequests(
  value: unknown,
): { requests: VerifiedClaimsRequest[]; isArray: boolean } | { fault: string } {
  const array = arrayOf(value);
  if (array === undefined) {
    const read = readVerifiedClaimsRequest(value);
    return 'fault' in read ? read : { requests: [read.request], isArray: false };
  }
  if (array.length === 0 || array.length > requestsMax)
    return { fault: `verified_claims must have 1 to ${requestsMax} requests` };
  const requests: VerifiedClaimsRequest[] = [];
  for (const one of array) {
    const read = readVerifiedClaimsRequest(one);
    if ('fault' in read) return read;
    requests.push(read.request);
  }
  return { requests, isArray: true };
}

/** The provider's library gives only claims that were asked for by an object, so that an array travels through it inside one. */
const arrayMember = 'array';
export function carryArray(claims: Record<string, unknown>): Record<string, unknown> {
  const { verified_claims: value } = claims;
  return Array.isArray(value) ? { ...claims, verified_claims: { [arrayMember]: value } } : claims;
}
function arrayOf(value: unknown): unknown[] | undefined {
  const inner = isRecord(value) && Object.keys(value).length === 1 ? value[arrayMember] : value;
  return Array.isArray(inner) ? inner : undefined;
}

function readVerifiedClaimsRequest(value: unknown): { request: VerifiedClaimsRequest } | { fault: string } {
  if (!isRecord(value)) return { fault: 'verified_claims must be an object, or an array of objects' };
  const { verification, claims } = value;
  if (!isRecord(verification) || !Object.hasOwn(verification, 'trust_framework'))
    return { fault: 'verified_claims.verification must name trust_framework' };
  if (!isRecord(claims) || Object.keys(claims).length === 0)
    return { fault: 'verified_claims.claims must name at least one claim' };
  if (Object.keys(claims).length > 50) return { fault: 'verified_claims.claims names too many claims' };
  return { request: { verification, claims } };
}

/** The claims of a request that these details, once granted, let a client have. */
export function claimsWithin(request: VerifiedClaimsRequest, details: readonly EvidenceDetail[]): ClaimName[] {
  return Object.keys(request.claims).filter((name): name is ClaimName => {
    if (!Object.hasOwn(verifiableClaims, name)) return false;
    const { evidenceType, field } = verifiableClaims[name as ClaimName];
    return details.some((detail) => detail.evidence_type === evidenceType && detail.fields.includes(field));
  });
}

/** The names of claims that cannot be had, whatever the person consents to: they would have to be asked for as evidence too. */
export function claimsBeyond(request: VerifiedClaimsRequest, details: readonly EvidenceDetail[]): string[] {
  const within = new Set<string>(claimsWithin(request, details));
  return Object.keys(request.claims).filter((name) => Object.hasOwn(verifiableClaims, name) && !within.has(name));
}

/**
 * `verified_claims` for one person as asked and granted (OpenID Identity Assurance 1.0 section 5). Undefined when the verification
 * cannot be what was asked, or no claim is left: then the element is left out, as its section 6.4 wants.
 */
export function verifiedClaims(parts: {
  framework: EidFramework;
  person: Person;
  level: AssuranceLevel | undefined;
  request: VerifiedClaimsRequest;
  granted: readonly EvidenceDetail[];
}): Record<string, unknown> | undefined {
  const { framework, person, level, request, granted } = parts;
  const proofing = framework.proofings[person.proofing];
  if (proofing === undefined) return undefined;
  const whole: Record<string, unknown> = {
    trust_framework: framework.trustFramework,
    ...(level === undefined ? {} : { assurance_level: level }),
    ...(person.proofedAt === undefined ? {} : { time: person.proofedAt.toISOString() }),
  };
  const verification: Record<string, unknown> = {};
  for (const [name, wish] of Object.entries(request.verification)) {
    const value = name === 'evidence' ? evidenceWished(proofing.evidence, wish) : whole[name];
    if (!isWished(value, wish) || (name === 'evidence' && value === undefined)) return undefined;
    if (value !== undefined) verification[name] = value;
  }
  const claims = Object.fromEntries(
    claimsWithin(request, granted)
      .map((name) => [name, verifiableClaims[name].valueOf(person)] as const)
      .filter(([name, value]) => isWished(value, request.claims[name])),
  );
  return Object.keys(claims).length === 0 ? undefined : { verification, claims };
}

/** The evidence of the types that are asked for; undefined when there is none. */
function evidenceWished(evidence: EidFramework['proofings'][string]['evidence'], wish: unknown) {
  if (!Array.isArray(wish)) return evidence;
  const found = evidence.filter(({ type }) => wish.some((one) => isRecord(one) && isWished(type, one['type'])));
  return found.length === 0 ? undefined : found;
}

/** Whether a value is one of those that a request wants; a request that names none takes any, and may be left without. */
function isWished(value: unknown, wish: unknown): boolean {
  if (!isRecord(wish)) return true;
  const wanted = 'value' in wish ? [wish['value']] : Array.isArray(wish['values']) ? wish['values'] : undefined;
  return wanted === undefined || wanted.some((one) => canonicalJson(one) === canonicalJson(value ?? null));
}

/** What a client asks for: claims by their names, with the framework and the level they were verified under, or several ways to have them. */
export type WantedClaims = readonly string[] | readonly VerifiedClaimsRequest[];

export function requestOf(wanted: WantedClaims): VerifiedClaimsRequest | readonly VerifiedClaimsRequest[] {
  const isNames = (list: WantedClaims): list is readonly string[] => typeof list[0] === 'string';
  if (!isNames(wanted)) return wanted;
  return {
    verification: { trust_framework: null, assurance_level: null },
    claims: Object.fromEntries(wanted.map((name) => [name, null])),
  };
}

export type VerifiedClaims = { trustFramework: string; assuranceLevel?: string; claims: Record<string, unknown> };

/**
 * What a client may rely on: claims under a trust framework that the federation knows the provider to work under; the first such of
 * several.
 */
export function readVerifiedClaims(value: unknown, frameworks: unknown): VerifiedClaims | undefined {
  if (Array.isArray(value)) return value.map((one) => readVerifiedClaims(one, frameworks)).find(Boolean);
  if (!isRecord(value) || !isRecord(value['verification']) || !isRecord(value['claims'])) return undefined;
  const { trust_framework: trustFramework, assurance_level: assuranceLevel } = value['verification'];
  if (typeof trustFramework !== 'string' || !Array.isArray(frameworks) || !frameworks.includes(trustFramework))
    return undefined;
  if (assuranceLevel !== undefined && typeof assuranceLevel !== 'string') return undefined;
  if (Object.keys(value['claims']).length === 0) return undefined;
  return { trustFramework, ...(assuranceLevel === undefined ? {} : { assuranceLevel }), claims: value['claims'] };
}

/** Provider metadata of OpenID Identity Assurance 1.0 section 7: only what some person of this state can have. */
export function describeAssurance(framework: EidFramework): Record<string, unknown> {
  const evidence = Object.values(framework.proofings).flatMap((proofing) => proofing.evidence);
  const named = (read: (element: Record<string, unknown>) => unknown) => [
    ...new Set(evidence.map(read).filter((value): value is string => typeof value === 'string')),
  ];
  const documents = named((element) => (element['document_details'] as { type?: unknown } | undefined)?.type);
  const records = named((element) => (element['record'] as { type?: unknown } | undefined)?.type);
  return {
    verified_claims_supported: true,
    trust_frameworks_supported: [framework.trustFramework],
    evidence_supported: named((element) => element['type']),
    ...(documents.length === 0 ? {} : { documents_supported: documents }),
    ...(records.length === 0 ? {} : { electronic_records_supported: records }),
    claims_in_verified_claims_supported: Object.keys(verifiableClaims),
  };
}

import { Compile } from 'typebox/compile';
import type { Text } from '#kernel/languages';
import { findEvidenceType } from '#protocol/catalogue';
import { isHostWithin } from '../chains/rules.ts';
import { problem } from '../contract.ts';
import type { StatementClaims } from '../statements/rules.ts';
import { type AppTier, type AppWish, type DeskGrant, type DeskRules, JoinRequest } from './contract.ts';

const joinShape = Compile(JoinRequest);
const lifetimeSecondsMax = 300;

/** The claims of a join request in form, for this state. Throws Problem 'join-request-invalid'. */
export function readJoinRequest(payload: unknown, stateId: string): JoinRequest {
  if (!joinShape.Check(payload)) throw refuse('claims-malformed');
  if (payload.aud !== stateId) throw refuse('audience-mismatch');
  if (payload.exp - payload.iat > lifetimeSecondsMax) throw refuse('lifetime-too-long');
  if (payload.grants.length === 0 && !payload.app) throw refuse('nothing-asked');
  return payload;
}

/** Whether the desk takes services at the host of this address; asked before anything there is visited. */
export function checkAddress(rules: DeskRules, entityId: string): void {
  const { hostname } = new URL(entityId);
  if (!rules.hosts.some((name) => isHostWithin(hostname, name)))
    throw problem('applicant-address-refused', { host: hostname });
}

/**
 * What a service says of itself, as far as a state vouches for it: it names this state, is what it wants to be, and sends people
 * back to its own address only. Throws Problem 'join-request-invalid'.
 */
export function checkApplicant(claims: StatementClaims, stateId: string, entityTypes: readonly string[]): void {
  if (!claims.authority_hints?.includes(stateId)) throw refuse('superior-not-named');
  const { origin } = new URL(claims.sub);
  for (const type of entityTypes) {
    const uris = claims.metadata?.[type]?.['redirect_uris'];
    if (!Array.isArray(uris) || uris.length === 0) throw refuse('redirect-uris-missing');
    for (const uri of uris)
      if (typeof uri !== 'string' || !URL.canParse(uri) || new URL(uri).origin !== origin)
        throw refuse('redirect-uri-elsewhere');
  }
}

/**
 * Refuses over-asking before any person is asked: one offer has to cover each grant whole, for offers are not added up. Returns
 * whether a rule decides all of it. Throws Problem 'grant-not-offered'.
 */
export function judgeGrants(rules: DeskRules, grants: readonly DeskGrant[]): { isByRule: boolean } {
  let isByRule = true;
  for (const grant of grants) {
    const fields = findEvidenceType(grant.evidence_type)?.fields ?? {};
    const offers = rules.offers.filter(
      (offer) =>
        offer.purpose === grant.purpose &&
        offer.evidence_type === grant.evidence_type &&
        grant.fields.every((field) => Object.hasOwn(fields, field) && offer.fields.includes(field)),
    );
    if (offers.length === 0) throw problem('grant-not-offered', { where: `${grant.purpose}, ${grant.evidence_type}` });
    if (!offers.some(({ decidedBy }) => decidedBy === 'rule')) isByRule = false;
  }
  return { isByRule };
}

/** Who sends people to a provider, of what a member may be: an app that asks for no evidence itself signs nobody in at an eID. */
export function partyTypesOf(wish: { grants: readonly DeskGrant[]; app?: AppWish | undefined }): string[] {
  return [
    ...(wish.grants.length > 0 || !wish.app ? ['openid_relying_party'] : []),
    ...(wish.app ? ['oauth_client'] : []),
  ];
}

/** Refuses a kind of app or a scope that this state does not offer. Throws Problem 'app-not-offered'. */
export function judgeApp(rules: DeskRules, wish: AppWish): AppTier {
  const tier = rules.apps?.find(({ id }) => id === wish.tier);
  if (!tier) throw problem('app-not-offered', { where: wish.tier });
  const beyond = wish.scopes.find((scope) => !tier.scopes.includes(scope));
  if (beyond !== undefined) throw problem('app-not-offered', { where: `${wish.tier}, ${beyond}` });
  return tier;
}

/** What the trust mark of an app says; nothing once the state offers that kind of app no more. */
export function describeApp(rules: DeskRules, { names, app }: { names: Text; app?: AppWish | undefined }) {
  const tier = rules.apps?.find(({ id }) => id === app?.tier);
  const scopes = app?.scopes.filter((scope) => tier?.scopes.includes(scope)) ?? [];
  if (!tier || scopes.length === 0) return undefined;
  const { id, callsPerMinute, callsPerDay, daysMax } = tier;
  return { names, tier: id, scopes, callsPerMinute, callsPerDay, daysMax };
}

function refuse(reason: string) {
  return problem('join-request-invalid', { reason });
}

import { Compile } from 'typebox/compile';
import { findEvidenceType } from '#protocol/catalogue';
import { isHostWithin } from '../chains/rules.ts';
import { problem } from '../contract.ts';
import type { StatementClaims } from '../statements/rules.ts';
import { type DeskGrant, type DeskRules, JoinRequest } from './contract.ts';

const joinShape = Compile(JoinRequest);
const lifetimeSecondsMax = 300;

/** The claims of a join request in form, for this state. Throws Problem 'join-request-invalid'. */
export function readJoinRequest(payload: unknown, stateId: string): JoinRequest {
  if (!joinShape.Check(payload)) throw refuse('claims-malformed');
  if (payload.aud !== stateId) throw refuse('audience-mismatch');
  if (payload.exp - payload.iat > lifetimeSecondsMax) throw refuse('lifetime-too-long');
  return payload;
}

/** Whether the desk takes services at the host of this address; asked before anything there is visited. */
export function checkAddress(rules: DeskRules, entityId: string): void {
  const { hostname } = new URL(entityId);
  if (!rules.hosts.some((name) => isHostWithin(hostname, name)))
    throw problem('applicant-address-refused', { host: hostname });
}

/**
 * What a service says of itself, as far as a state vouches for it: it names this state, is a relying party, and sends people
 * back to its own address only. Throws Problem 'join-request-invalid'.
 */
export function checkApplicant(claims: StatementClaims, stateId: string): void {
  if (!claims.authority_hints?.includes(stateId)) throw refuse('superior-not-named');
  const party = claims.metadata?.['openid_relying_party'];
  const uris = party?.['redirect_uris'];
  if (!Array.isArray(uris) || uris.length === 0) throw refuse('redirect-uris-missing');
  const { origin } = new URL(claims.sub);
  for (const uri of uris)
    if (typeof uri !== 'string' || !URL.canParse(uri) || new URL(uri).origin !== origin)
      throw refuse('redirect-uri-elsewhere');
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

function refuse(reason: string) {
  return problem('join-request-invalid', { reason });
}

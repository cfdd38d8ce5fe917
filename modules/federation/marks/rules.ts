import type { JWK } from '#kernel/keys';
import type { Problem } from '#kernel/problem';
import { problem, type VerifiedTrustMark } from '../contract.ts';
import { checkTimes, readToken, type StatementClaims, verifyToken } from '../statements/rules.ts';

/** A mark that never expires is treated as good for as long as the chain around it. */
const farAway = 4_102_444_800;

/** Who says to have issued a trust mark; unverified, to find the keys. Throws Problem 'statement-invalid'. */
export function issuerOf(token: string): string {
  return String(readToken(token, 'trust-mark+jwt').payload['iss']);
}

/** Whether the anchor lets `issuer` issue marks of `type`. An unlisted type is nobody's; an empty list is everybody's (section 3.1.2). */
export function mayIssue(anchor: StatementClaims, type: string, issuer: string): boolean {
  const issuers = anchor.trust_mark_issuers ?? {};
  if (!Object.hasOwn(issuers, type)) return false;
  return issuers[type]!.length === 0 || issuers[type]!.includes(issuer);
}

/**
 * Verifies a trust mark of `subject` (OpenID Federation 1.0 section 7.3). `issuerKeys`: from the issuer's own chain.
 * Throws Problem 'trust-mark-invalid' or 'statement-invalid'.
 */
export function verifyTrustMark(
  mark: { trust_mark_type: string; trust_mark: string },
  subject: string,
  issuerKeys: JWK[],
  anchor: StatementClaims,
  now: Date,
): VerifiedTrustMark {
  const { payload: claims } = verifyToken(mark.trust_mark, issuerKeys, 'trust-mark+jwt');
  if (claims['sub'] !== subject) throw refuse('subject-mismatch');
  if (claims['trust_mark_type'] !== mark.trust_mark_type) throw refuse('type-mismatch');
  if (!mayIssue(anchor, mark.trust_mark_type, claims['iss'])) throw refuse('issuer-not-allowed');
  checkTimes(claims['iat'], claims['exp'] ?? farAway, now);
  checkDelegation(claims, anchor, now);
  return {
    type: mark.trust_mark_type,
    claims,
    issuer: claims['iss'],
    ...(claims['exp'] === undefined ? {} : { expiresAt: new Date(claims['exp'] * 1000) }),
    token: mark.trust_mark,
  };
}

/** A mark with an owner is issued by others only with the owner's signed word (section 7.2.2). */
function checkDelegation(claims: Record<string, unknown>, anchor: StatementClaims, now: Date): void {
  const type = claims['trust_mark_type'] as string;
  const owners = anchor.trust_mark_owners ?? {};
  const owner = Object.hasOwn(owners, type) ? owners[type] : undefined;
  if (!owner && claims['delegation'] === undefined) return;
  if (!owner || typeof claims['delegation'] !== 'string') throw refuse('delegation-missing');
  readToken(claims['delegation'], 'trust-mark-delegation+jwt');
  const { payload } = verifyToken(claims['delegation'], owner.jwks.keys, 'trust-mark-delegation+jwt');
  if (payload['iss'] !== owner.sub || payload['sub'] !== claims['iss'] || payload['trust_mark_type'] !== type) {
    throw refuse('delegation-mismatch');
  }
  checkTimes(payload['iat'], payload['exp'] ?? farAway, now);
}

function refuse(reason: string): Problem {
  return problem('trust-mark-invalid', { reason });
}

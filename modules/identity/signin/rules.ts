import { decodeJws } from '#kernel/jws';
import { Problem } from '#kernel/problem';
import { problem, type RefusalReason, refusalReasons } from '../contract.ts';

/** A page of this site: an absolute path that no browser reads as another host. */
export function isOwnPath(path: string): boolean {
  return /^\/(?![/\\])[^\\\s]{0,2000}$/.test(path);
}

/** What each reason of a refusal is to the person who comes back with it. */
export const problemOfReason = {
  user_cancelled: 'sign-in-cancelled',
  essential_claim_declined: 'consent-declined',
  loa_unmet: 'acr-not-met',
  timeout: 'sign-in-timed-out',
  number_mismatch: 'number-mismatched',
  not_matched: 'person-not-matched',
  suspended: 'person-suspended',
  mandate_ended: 'mandate-not-in-force',
} as const satisfies Record<RefusalReason, keyof typeof problem.catalogue>;

/** The reason behind a refusal of this module; undefined for one that has another cause. */
export function reasonOfProblem(code: string): RefusalReason | undefined {
  return refusalReasons.find((reason) => problemOfReason[reason] === code);
}

/** What an authorization error response (RFC 6749 section 4.1.2.1) means to the person who comes back with it. */
export function problemOfRefusal(error: string, description: string | undefined): Problem {
  const byReason: Record<string, keyof typeof problem.catalogue> = problemOfReason;
  if (description !== undefined && Object.hasOwn(byReason, description)) return problem(byReason[description]!);
  if (error === 'access_denied') return problem('sign-in-cancelled');
  if (error === 'unmet_authentication_requirements') return problem('acr-not-met');
  if (error === 'invalid_authorization_details') return problem('request-not-permitted');
  // A code of the standard, never the other side's sentence: that could hold anything.
  return problem('sign-in-refused', { reason: /^[a-z_]{1,60}$/.test(error) ? error : 'unknown_error' });
}

/** The members of provider metadata a sign-in depends on; undefined when one is missing or points elsewhere. */
export function readProviderMetadata(
  entityId: string,
  metadata: Record<string, unknown> | undefined,
): (Record<string, unknown> & { issuer: string; jwks: { keys: object[] } }) | undefined {
  if (metadata === undefined || metadata['issuer'] !== entityId) return undefined;
  const jwks = metadata['jwks'] as { keys?: unknown } | undefined;
  if (!Array.isArray(jwks?.keys) || jwks.keys.length === 0) return undefined;
  const endpoints = ['authorization_endpoint', 'token_endpoint', 'pushed_authorization_request_endpoint'];
  if (!endpoints.every((name) => URL.canParse(String(metadata[name])))) return undefined;
  // The federation's statement names the keys: a key set fetched from the provider itself must not replace them.
  const { jwks_uri: _ignored, ...rest } = metadata;
  return rest as ReturnType<typeof readProviderMetadata> & object;
}

/** So many sign-ins at a time can one browser have begun, each in a tab of its own. */
const flowsMax = 4;

/** As `randomToken` writes it: whatever else a browser sends is never written into a cookie again. */
const isHandle = /^[\w-]{43}$/;

/** The handles of the sign-ins that a browser has begun, the latest last. */
export function handlesIn(stateCookieValue: string): string[] {
  return stateCookieValue
    .split('.')
    .filter((handle) => isHandle.test(handle))
    .slice(-flowsMax);
}

/** What the cookie holds once another sign-in is begun. */
export function withHandle(stateCookieValue: string | undefined, handle: string): string {
  return handlesIn(stateCookieValue ? `${stateCookieValue}.${handle}` : handle).join('.');
}

/** The `state` of an answer, also of a signed one that nobody has verified yet: it chooses a sign-in, and proves nothing. */
export function stateOf(callbackUrl: string): string | undefined {
  const { searchParams } = new URL(callbackUrl, 'http://any.localhost');
  const signed = searchParams.get('response');
  if (signed === null) return searchParams.get('state') ?? undefined;
  try {
    const { state } = decodeJws(signed).payload;
    return typeof state === 'string' ? state : undefined;
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

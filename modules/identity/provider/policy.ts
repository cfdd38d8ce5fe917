import { interactionPolicy } from 'oidc-provider';
import { isAtLeast } from '#protocol/assurance';
import { readAskedMandate } from '../acting/rules.ts';
import type { Acting } from '../acting/service.ts';
import { readNeededLevel } from '../assurance/rules.ts';
import { isOlderClientId, olderLevel } from '../older-clients/rules.ts';
import { plainGrantId } from './plain-grants.ts';

// biome-ignore lint/suspicious/noExplicitAny: the library gives its contexts no types
type Context = any;

/** When a person is asked to sign in (again): the library's checks, with one for the level in place of its own for exact values. */
export function signInPolicy(acting: Acting) {
  const policy = interactionPolicy.base();
  policy.add(acting.prompt(), 1);
  const { checks } = policy.get('login')!;
  for (const reason of ['essential_acrs', 'essential_acr']) checks.remove(reason);
  checks.add(
    new interactionPolicy.Check(
      'level',
      'a stronger sign-in is needed',
      'unmet_authentication_requirements',
      (ctx: Context) => {
        const { oidc } = ctx;
        if (!oidc.session.accountId) return interactionPolicy.Check.NO_NEED_TO_PROMPT;
        const isOlder = isOlderClientId(oidc.client.clientId);
        const asked = readNeededLevel({ claims: oidc.claims, acr_values: oidc.params.acr_values });
        const needed = isOlder ? ({ level: olderLevel, isEssential: true } as const) : asked;
        if (needed === undefined || isAtLeast(oidc.acr, needed.level)) return interactionPolicy.Check.NO_NEED_TO_PROMPT;
        // A mere wish has been tried once a person has just signed in; a need is asked for until it is met.
        const isTried = oidc.result?.login !== undefined && !needed.isEssential;
        return isTried ? interactionPolicy.Check.NO_NEED_TO_PROMPT : interactionPolicy.Check.REQUEST_PROMPT;
      },
    ),
  );
  return policy;
}

/**
 * A plain sign-in needs no consent page: it gives away an identifier that means nothing elsewhere. A request for evidence
 * starts from nothing each time, so that an old consent never widens a new one.
 */
export async function loadGrant(ctx: Context, acting: Acting): Promise<unknown> {
  const { provider, client, session, params, result } = ctx.oidc;
  if (params.authorization_details !== undefined) {
    const grantId = result?.consent?.grantId;
    return grantId === undefined ? undefined : provider.Grant.find(grantId);
  }
  const { accountId } = session;
  // Only what is the same for all plain sign-ins of a person at a client needs no row of its own.
  const isPlain = readAskedMandate(params) === undefined;
  const grant = new provider.Grant({
    ...(isPlain ? { jti: plainGrantId(accountId, client.clientId) } : {}),
    accountId,
    clientId: client.clientId,
  });
  grant.addOIDCScope('openid');
  await acting.bind(ctx, grant);
  return grant;
}

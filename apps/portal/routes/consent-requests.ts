import { Problem } from '#kernel/problem';
import { exchangeProblem } from '#modules/exchange';
import type { GrantedEvidenceDetail } from '#protocol/evidence-detail';
import type { PortalNeeds } from '../needs.ts';
import type { PageRoute } from '../routing.ts';
import { exchangeAudience } from './evidence.ts';
import { flowCookieOf } from './flow-cookie.ts';

/**
 * The way of a person whom an office's system has sent: to the consent page of their own state, and back to the system with the
 * id of the consent. There is no page of this node in between, because what is asked is shown where the data is.
 */
export function consentRequestRoutes(needs: PortalNeeds): PageRoute[] {
  const { identity, federation, exchange } = needs;
  const flowCookie = flowCookieOf(needs.publicUrl);
  const back = (returnUrl: string, outcome: Record<string, string>) => {
    const url = new URL(returnUrl);
    for (const [name, value] of Object.entries(outcome)) url.searchParams.set(name, value);
    return { redirect: url.href };
  };

  return [
    {
      method: 'GET',
      path: '/consents/ask/:handle',
      access: 'anyone',
      handle: async (context) => {
        const { params, language } = context;
        const handle = params['handle']!;
        const asked = await exchange.findConsentRequest(handle);
        const started = await identity.signin.start({
          begunBefore: flowCookie.read(context.cookies),
          client: await needs.officeClient(asked.officeId),
          providerEntityId: await federation.findProvider(asked.homeState),
          redirectUri: `${needs.publicUrl}/consents/callback`,
          returnTo: `/consents/ask/${handle}`,
          authorizationDetails: asked.details,
          resource: await exchangeAudience(federation, asked.homeState),
          language,
        });
        return {
          redirect: started.redirectUrl,
          cookies: [flowCookie.set(started.stateCookieValue)],
        };
      },
    },
    {
      method: 'GET',
      path: '/consents/callback',
      access: 'anyone',
      handle: async (context) => {
        const flow = flowCookie.read(context.cookies) ?? '';
        const returnTo = (await identity.signin.findFlow(flow, context.facts.url))?.returnTo;
        // A browser whose flow was begun for something else did not come from such a consent.
        const handle = /^\/consents\/ask\/([A-Za-z0-9_-]+)$/.exec(returnTo ?? '')?.[1];
        if (handle === undefined) throw exchangeProblem('consent-request-ended');
        const asked = await exchange.findConsentRequest(handle);
        const caseId = asked.details[0]!.case_id;
        try {
          const signedIn = await identity.signin.complete({
            client: await needs.officeClient(asked.officeId),
            callbackUrl: context.facts.url,
            stateCookieValue: flow,
          });
          const details = (signedIn.authorizationDetails ?? []) as unknown as GrantedEvidenceDetail[];
          if (details.length === 0) throw exchangeProblem('evidence-not-consented');
          const consentId = await exchange.holdConsent({
            officeId: asked.officeId,
            providerState: asked.homeState,
            accessToken: signedIn.accessToken ?? '',
            details,
          });
          await exchange.endConsentRequest(handle);
          return back(asked.returnUrl, { consent: consentId, case: caseId });
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          // The system offers another way, or the same link again.
          return back(asked.returnUrl, { refusal: error.code, case: caseId });
        }
      },
    },
  ];
}

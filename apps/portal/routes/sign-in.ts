import { Problem } from '#kernel/problem';
import { deviceOf, problem as identityProblem } from '#modules/identity';
import { type AssuranceLevel, isAssuranceLevel, usualLevel } from '#protocol/assurance';
import type { Draw } from '../frame.ts';
import { listStateNames, ownStateName, type PortalNeeds } from '../needs.ts';
import { pages } from '../pages/index.ts';
import type { PageContext, PageRoute } from '../routing.ts';
import { flowCookieOf } from './flow-cookie.ts';

const homeStateCookie = 'jisr_home';

/** Home state chooser, the way to the home state's provider and back, and sign-out. */
export function signInRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { identity, federation } = needs;
  const flowCookie = flowCookieOf(needs.publicUrl);
  const secure = needs.publicUrl.startsWith('https:') ? '; Secure' : '';
  const cookie = (name: string, value: string, maxAgeSeconds: number) =>
    `${name}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${secure}`;

  const eidNames = async (state: string) => {
    try {
      const provider = await federation.resolve(await federation.findProvider(state), 'openid_provider');
      const own = provider.metadata['openid_provider'] ?? {};
      const en = String(own['organization_name'] ?? state);
      return { names: { en, ar: String(own['organization_name#ar'] ?? en) }, isReachable: true };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { names: { en: state, ar: state }, isReachable: false };
    }
  };

  /** `going`: what the person was about to do when they were refused; the page leads there again. */
  const showChooser = async (
    context: PageContext,
    problem?: Problem,
    going?: { returnTo: string; level: AssuranceLevel },
  ) => {
    const level = going && going.level !== usualLevel ? going.level : undefined;
    const remembered = context.cookies[homeStateCookie];
    const states = await Promise.all(
      (await listStateNames(needs)).map(async (state) => {
        const { names, isReachable } = await eidNames(state.code);
        return { state, eidName: names, isReachable };
      }),
    );
    return draw(
      pages.signIn,
      {
        states,
        returnTo: ownPath(going?.returnTo ?? context.query['returnTo'] ?? textOf(context.form['return'])),
        ...(remembered ? { rememberedCode: remembered } : {}),
        ...levelIn(level ?? context.query['level'] ?? textOf(context.form['level'])),
        ...(problem ? { problem: problem.messages } : {}),
      },
      context,
      problem ? { status: problem.status } : {},
    );
  };

  return [
    { method: 'GET', path: '/signin', access: 'anyone', handle: (context) => showChooser(context) },
    {
      method: 'POST',
      path: '/signin',
      access: 'anyone',
      handle: async (context) => {
        const chosen = textOf(context.form['state']).toUpperCase();
        try {
          const states = await listStateNames(needs);
          if (!states.some((state) => state.code === chosen))
            return await showChooser(context, identityProblem('home-state-unknown'));
          const { redirectUrl, stateCookieValue } = await identity.signin.start({
            begunBefore: flowCookie.read(context.cookies),
            client: needs.portal,
            providerEntityId: await federation.findProvider(chosen),
            redirectUri: `${needs.publicUrl}/signin/callback`,
            returnTo: ownPath(textOf(context.form['return'])),
            ...levelIn(textOf(context.form['level'])),
            language: context.language,
          });
          return {
            redirect: redirectUrl,
            cookies: [flowCookie.set(stateCookieValue), cookie(homeStateCookie, chosen, 31_536_000)],
          };
        } catch (error) {
          if (error instanceof Problem) return showChooser(context, error);
          throw error;
        }
      },
    },
    {
      method: 'GET',
      path: '/signin/callback',
      access: 'anyone',
      handle: async (context) => {
        const flow = flowCookie.read(context.cookies);
        // Whoever takes longer than the cookie lives comes back without it.
        if (!flow) return showChooser(context, identityProblem('sign-in-expired'));
        try {
          const signedIn = await identity.signin.complete({
            client: needs.portal,
            callbackUrl: context.facts.url,
            stateCookieValue: flow,
          });
          const session = await identity.sessions.start(
            signedIn,
            context.cookies,
            deviceOf(context.facts.headers['user-agent'], context.raw.req.socket.remoteAddress),
          );
          return { redirect: ownPath(signedIn.returnTo), cookies: [session.cookie] };
        } catch (error) {
          if (error instanceof Problem)
            return showChooser(context, error, await identity.signin.findFlow(flow, context.facts.url));
          throw error;
        }
      },
    },
    {
      method: 'POST',
      path: '/signout',
      access: 'anyone',
      handle: async (context) => {
        const ended = await identity.sessions.end(context.cookies, `${needs.publicUrl}/signedout`);
        return { redirect: ended.signOutUrl ?? '/signedout', cookies: [ended.cookie] };
      },
    },
    {
      method: 'GET',
      path: '/signedout',
      access: 'anyone',
      handle: (context) => draw(pages.signedOut, { homeState: ownStateName(needs.state).names }, context),
    },
  ];
}

export function textOf(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value.at(-1) : value) ?? '';
}

/** The level that a service asked for. Who changes it in the address changes what is asked at home, not what the service needs. */
const levelIn = (value: string) => (isAssuranceLevel(value) ? { level: value } : {});

/** Only a path of this site: `//other.example` and `https://…` lead elsewhere. */
export function ownPath(value: string | undefined): string {
  return value && /^\/(?![/\\])[^\s\\]*$/.test(value) && value.length < 1_000 ? value : '/';
}

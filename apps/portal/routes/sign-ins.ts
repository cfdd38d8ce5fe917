import { personOf } from '#kernel/contract';
import { kernelProblem } from '#kernel/problem';
import type { PersonCaller } from '#modules/identity';
import { isAssuranceLevel } from '#protocol/assurance';
import type { Draw } from '../frame.ts';
import { clientNameOf, type PortalNeeds, stateNameOf } from '../needs.ts';
import { pages } from '../pages/index.ts';
import type { PageContext, PageRoute } from '../routing.ts';

/** Where am I signed in, and ending it: one sign-in, or all of them in all states. */
export function signInsRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { sessions } = needs.identity;
  const me = (context: PageContext) => personOf(context.caller) as PersonCaller;
  const path = '/my-data/sign-ins';
  return [
    {
      method: 'GET',
      path,
      access: 'person',
      handle: async (context) => {
        const caller = me(context);
        const rows = await Promise.all(
          (await sessions.listSignIns(caller)).map(
            async ({ clients, kind: _kind, signedInAt, usedAt, level, ...row }) => ({
              ...row,
              ...(isAssuranceLevel(level) ? { level } : {}),
              signedInAt: signedInAt.toISOString(),
              usedAt: usedAt.toISOString(),
              services: await Promise.all(clients.map((clientId) => clientNameOf(needs, clientId))),
            }),
          ),
        );
        const isVisitor = caller.homeState !== needs.state.code;
        return draw(
          pages.signIns,
          {
            rows,
            ...(isVisitor ? { homeState: (await stateNameOf(needs, caller.homeState)).names } : {}),
            ...(context.query['ended'] === 'one' ? { notice: ended } : {}),
          },
          context,
        );
      },
    },
    {
      method: 'POST',
      path: `${path}/:signInId/end`,
      access: 'person',
      handle: async (context) => {
        const signInId = context.params['signInId']!;
        if (!(await sessions.endSignIn(me(context), signInId))) throw kernelProblem('not-found');
        // Whoever ended the sign-in of this very browser is led out by the list, which asks to sign in.
        return { redirect: signInId === 'all' ? '/signedout' : `${path}?ended=one` };
      },
    },
  ];
}

const ended = {
  ar: 'انتهى تسجيل الدخول، وأُبلغت الخدمات التي دُخلت به.',
  en: 'That sign-in has ended, and the services entered with it were told.',
};

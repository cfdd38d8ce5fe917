import { Problem } from '#kernel/problem';
import { type InteractionPage, problem as identityProblem, upstreamReturnPath } from '#modules/identity';
import type { PortalNeeds } from '../needs.ts';
import type { PageAnswer, PageContext, PageRoute } from '../routing.ts';

const place = '/eid-pages/interaction/:uid/upstream';

/** The way to an eID that the state has already, and back from it. */
export function upstreamRoutes(
  needs: PortalNeeds,
  pages: {
    load(context: PageContext): Promise<InteractionPage>;
    showLogin(context: PageContext, page: InteractionPage, refused?: Problem): Promise<PageAnswer>;
  },
): PageRoute[] {
  const { interaction } = needs.identity;

  /** What went wrong on the way stands on the sign-in page, where there are other ways. */
  const orLogin = async (context: PageContext, go: () => Promise<{ redirectUrl: string }>): Promise<PageAnswer> => {
    try {
      return { redirect: (await go()).redirectUrl };
    } catch (error) {
      if (!(error instanceof Problem) || error.code === 'interaction-expired') throw error;
      return pages.showLogin(context, await pages.load(context), error);
    }
  };

  return [
    {
      method: 'POST',
      path: `${place}/:id`,
      access: 'anyone',
      handle: (context) =>
        orLogin(context, () =>
          interaction.askUpstream(context.raw.req, context.raw.res, {
            id: context.params['id']!,
            language: context.language,
          }),
        ),
    },
    {
      // The same for everybody, so that it can be registered there; the cookie of the interaction goes with its own address only.
      method: 'GET',
      path: upstreamReturnPath,
      access: 'anyone',
      handle: async (context) => {
        const query = new URL(context.raw.req.url ?? '/', needs.publicUrl).searchParams;
        const found = await interaction.findUpstreamReturn(query);
        if (found === undefined) throw identityProblem('interaction-expired');
        return { redirect: found.redirectUrl };
      },
    },
    {
      method: 'GET',
      path: place,
      access: 'anyone',
      handle: (context) => orLogin(context, () => interaction.finishUpstream(context.raw.req, context.raw.res)),
    },
    {
      method: 'GET',
      path: `${place}/:id`,
      access: 'anyone',
      handle: async (context) => ({ redirect: `/eid-pages/interaction/${(await pages.load(context)).uid}` }),
    },
  ];
}

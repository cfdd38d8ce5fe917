import type { Language } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import { type InteractionPage, problem as identityProblem, upstreamReturnPath } from '#modules/identity';
import type { Draw } from '../frame.ts';
import { clientNameOf, type PortalNeeds } from '../needs.ts';
import { pages } from '../pages/index.ts';
import type { PageAnswer, PageContext, PageRoute } from '../routing.ts';
import { textOf } from './sign-in.ts';
import { json } from './ways.ts';

const base = '/eid-pages/interaction/:uid';
const place = `${base}/upstream`;

/** The way to an eID that the state has already, and back from it. */
export function upstreamRoutes(
  needs: PortalNeeds,
  draw: Draw,
  own: {
    load(context: PageContext): Promise<InteractionPage>;
    showLogin(context: PageContext, page: InteractionPage, refused?: Problem): Promise<PageAnswer>;
    languageOf(context: PageContext, page: InteractionPage): { language: Language };
  },
): { routes: PageRoute[]; showPush(context: PageContext, page: InteractionPage): Promise<PageAnswer> } {
  const { interaction } = needs.identity;
  const addressOf = (page: InteractionPage) => `/eid-pages/interaction/${page.uid}`;

  /** What the person does in the app of their eID, while this page waits. */
  const showPush = async (context: PageContext, page: InteractionPage, notYet = false): Promise<PageAnswer> => {
    if (page.pushed === undefined) return { redirect: addressOf(page) };
    const view = {
      action: addressOf(page),
      requester: await clientNameOf(needs, page.clientId),
      ...page.pushed,
      notYet,
    };
    return draw(pages.eidPush, view, context, own.languageOf(context, page));
  };

  /** What went wrong on the way stands on the sign-in page, where there are other ways. */
  const orLogin = async (
    context: PageContext,
    go: () => Promise<{ redirectUrl: string } | PageAnswer>,
  ): Promise<PageAnswer> => {
    try {
      const gone = await go();
      return 'redirectUrl' in gone ? { redirect: gone.redirectUrl } : gone;
    } catch (error) {
      if (!(error instanceof Problem) || error.code === 'interaction-expired') throw error;
      return own.showLogin(context, await own.load(context), error);
    }
  };

  const routes: PageRoute[] = [
    {
      method: 'POST',
      path: `${place}/:id`,
      access: 'anyone',
      handle: (context) =>
        orLogin(context, () =>
          interaction.askUpstream(context.raw.req, context.raw.res, {
            id: context.params['id']!,
            language: context.language,
            nationalId: textOf(context.form['upstreamNationalId']).trim(),
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
      handle: async (context) => ({ redirect: addressOf(await own.load(context)) }),
    },
    {
      method: 'GET',
      path: `${base}/pushed/state`,
      access: 'anyone',
      handle: async ({ raw }) => json({ state: await interaction.peekPush(raw.req, raw.res) }),
    },
    {
      method: 'POST',
      path: `${base}/pushed/finish`,
      access: 'anyone',
      handle: async (context) => {
        const { req, res } = context.raw;
        const page = await own.load(context);
        if (textOf(context.form['stop']) === 'yes') {
          await interaction.stopPush(req, res);
          return { redirect: addressOf(page) };
        }
        return orLogin(
          context,
          async () => (await interaction.finishByPush(req, res)) ?? showPush(context, page, true),
        );
      },
    },
    {
      method: 'GET',
      path: `${base}/pushed/finish`,
      access: 'anyone',
      handle: async (context) => ({ redirect: addressOf(await own.load(context)) }),
    },
  ];
  return { routes, showPush: (context, page) => showPush(context, page) };
}

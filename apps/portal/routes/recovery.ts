import { Problem } from '#kernel/problem';
import type { Draw } from '../frame.ts';
import type { PortalNeeds } from '../needs.ts';
import { pages, type RecoveryView } from '../pages/index.ts';
import type { PageContext, PageRoute } from '../routing.ts';
import { textOf } from './sign-in.ts';

/** The way back for whoever has lost password or app, with a code from the counter or from a page of their own. */
export function recoveryRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { recovery } = needs.identity;

  const show = (context: PageContext, view: Partial<RecoveryView>, refused?: Problem) =>
    draw(
      pages.recovery,
      {
        nationalIdLabel: needs.state.nationalIdNames,
        ...view,
        errors: refused ? { page: refused.messages } : {},
      },
      context,
      refused ? { status: refused.status } : {},
    );

  const formOf = ({ form, raw }: PageContext) => ({
    nationalId: textOf(form['nationalId']),
    code: textOf(form['code']),
    address: raw.req.socket.remoteAddress ?? 'unknown',
  });

  return [
    { method: 'GET', path: '/recovery', access: 'anyone', handle: (context) => show(context, {}) },
    {
      method: 'POST',
      path: '/recovery',
      access: 'anyone',
      handle: async (context) => {
        const form = formOf(context);
        const { nationalId, code } = form;
        try {
          const { totpSecret } = await recovery.begin({ ...form, password: textOf(context.form['password']) });
          return await show(context, { nationalId, code, totpSecret });
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          // Whoever chose too weak a password keeps what was right.
          const isVouchedFor = error.code === 'password-too-weak';
          return show(context, isVouchedFor ? { nationalId, code, isVouchedFor } : { nationalId }, error);
        }
      },
    },
    { method: 'GET', path: '/recovery/finish', access: 'anyone', handle: async () => ({ redirect: '/recovery' }) },
    {
      method: 'POST',
      path: '/recovery/finish',
      access: 'anyone',
      handle: async (context) => {
        const form = formOf(context);
        const { nationalId, code } = form;
        try {
          await recovery.finish({ ...form, totp: textOf(context.form['totp']) });
          return await draw(pages.recovered, {}, context);
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          if (error.code !== 'code-wrong') return show(context, { nationalId }, error);
          return show(context, { nationalId, code, totpSecret: textOf(context.form['secret']) }, error);
        }
      },
    },
  ];
}

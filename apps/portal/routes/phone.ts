import { Problem } from '#kernel/problem';
import { deviceCookie, type WaitingApproval } from '#modules/identity';
import { findPurpose } from '#protocol/catalogue';
import type { Draw } from '../frame.ts';
import { clientNameOf, type PortalNeeds } from '../needs.ts';
import { pages, type WaitingSignIn } from '../pages/index.ts';
import type { PageContext, PageRoute } from '../routing.ts';
import { waysTexts } from '../texts/ways.ts';
import { textOf } from './sign-in.ts';
import { json, openRecovery } from './ways.ts';

/**
 * The pages of a phone that approves sign-ins, known by a cookie of its own: it sees what waits, and refuses. Approving takes the
 * key of the device and its owner's lock.
 */
export function phoneRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { phone } = needs.identity;
  const handleOf = (context: PageContext) => context.cookies[deviceCookie];
  const place = '/phone/requests/:requestId';

  const describe = async (one: WaitingApproval): Promise<WaitingSignIn> => ({
    requestId: one.requestId,
    requester: await clientNameOf(needs, one.clientId),
    purposes: one.purposes.flatMap((id) => findPurpose(id)?.names ?? []),
    address: one.address,
    agent: one.agent,
    isKnownAddress: one.isKnownAddress,
    isByService: one.isByService,
    askedAt: one.askedAt.toISOString(),
  });

  const show = async (context: PageContext, after: { refused?: Problem; notice?: 'approved' | 'refused' } = {}) => {
    const { refused, notice } = after;
    const handle = handleOf(context);
    const waiting = handle === undefined || refused?.code === 'phone-unknown' ? undefined : await phone.list(handle);
    const recovery = waiting ? await phone.findRecovery(handle) : undefined;
    return draw(
      pages.phone,
      {
        ...(recovery ? { recovery: openRecovery(recovery) } : {}),
        ...(waiting ? { waiting: await Promise.all(waiting.map(describe)) } : {}),
        errors: refused ? { page: refused.messages } : {},
        ...(notice ? { notice: { ar: waysTexts.ar[notice], en: waysTexts.en[notice] } } : {}),
      },
      context,
      refused ? { status: refused.status } : {},
    );
  };

  const showRequest = async (context: PageContext, problem?: Problem) => {
    const asked = (await phone.list(handleOf(context))).find(
      ({ requestId, isNumbered }) => isNumbered && requestId === context.params['requestId'],
    );
    if (!asked) return { redirect: '/phone' };
    return draw(
      pages.phoneRequest,
      { asked: await describe(asked), ...(problem ? { problem: problem.messages } : {}) },
      context,
      problem ? { status: problem.status } : {},
    );
  };

  return [
    {
      method: 'GET',
      path: '/phone',
      access: 'anyone',
      handle: async (context) => {
        try {
          return await show(context);
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          return show(context, { refused: error });
        }
      },
    },
    {
      method: 'POST',
      path: '/phone/recovery',
      access: 'anyone',
      handle: async (context) => {
        await phone.cancelRecovery(handleOf(context));
        return { redirect: '/phone' };
      },
    },
    { method: 'GET', path: place, access: 'anyone', handle: (context) => showRequest(context) },
    {
      method: 'POST',
      path: place,
      access: 'anyone',
      handle: async (context) => {
        const requestId = context.params['requestId']!;
        try {
          if (textOf(context.form['refuse']) === 'yes') {
            await phone.refuse(handleOf(context), requestId);
            return await show(context, { notice: 'refused' });
          }
          const field = textOf(context.form['field']);
          await phone.enterNumber(handleOf(context), requestId, textOf(context.form[field]));
          return { redirect: `/phone/requests/${requestId}` };
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          return show(context, { refused: error });
        }
      },
    },
    {
      method: 'POST',
      path: `${place}/options`,
      access: 'anyone',
      handle: async (context) => json(await phone.askForKey(handleOf(context), context.params['requestId']!)),
    },
    {
      method: 'POST',
      path: `${place}/approve`,
      access: 'anyone',
      handle: async (context) => {
        try {
          await phone.approve(handleOf(context), context.params['requestId']!, {
            answer: textOf(context.form['answer']),
            address: context.raw.req.socket.remoteAddress ?? 'unknown',
          });
          return await show(context, { notice: 'approved' });
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          if (error.code === 'passkey-not-accepted') return showRequest(context, error);
          return show(context, { refused: error });
        }
      },
    },
    { method: 'GET', path: `${place}/approve`, access: 'anyone', handle: async () => ({ redirect: '/phone' }) },
  ];
}

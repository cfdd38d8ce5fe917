import { Problem } from '#kernel/problem';
import { applicantOf, ownerOf } from '../acting.ts';
import { callerOf, type Draw } from '../frame.ts';
import { officeNameOf, type PortalNeeds } from '../needs.ts';
import { pages } from '../pages/index.ts';
import type { OfferCardView } from '../pages/offers.tsx';
import type { PageContext, PageRoute } from '../routing.ts';
import { textOf } from './sign-in.ts';

const saved = { ar: 'حُفظت اختياراتك.', en: 'Your choices are saved.' };

/** What is offered to whoever opens the first page, which anyone may; nothing to whoever is not signed in. */
export async function offersOf(needs: PortalNeeds, context: PageContext): Promise<OfferCardView[]> {
  const caller = await callerOf(needs, context);
  return caller.kind === 'person' ? needs.offers.list(applicantOf(caller)) : [];
}

/** Services that are offered to a person, their answers, and what they want to be offered at all. */
export function offersRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { offers } = needs;
  const me = (context: PageContext) => applicantOf(context.caller);
  const idOf = (context: PageContext) => context.params['offerId']!;
  const stop = (path: string, next: (serviceId: string) => string): PageRoute => ({
    method: 'POST',
    path,
    access: 'person',
    handle: async (context) => {
      const { serviceId = '' } = context.params;
      await offers.dropOpening(ownerOf(context.caller).personId, serviceId);
      return { redirect: next(serviceId) };
    },
  });

  return [
    {
      method: 'GET',
      path: '/offers/wishes',
      access: 'person',
      handle: async (context) => {
        const owner = ownerOf(context.caller);
        const view = { wishes: await offers.listWishes(owner), isOwnPerson: owner.homeState === needs.state.code };
        return draw(
          pages.offerWishes,
          { ...view, ...(context.query['done'] === 'saved' ? { notice: saved } : {}) },
          context,
        );
      },
    },
    {
      method: 'POST',
      path: '/offers/wishes',
      access: 'person',
      handle: async (context) => {
        const owner = ownerOf(context.caller);
        for (const { eventType, isWanted } of await offers.listWishes(owner)) {
          const wants = [context.form[`wish-${eventType}`] ?? []].flat().includes('yes');
          if (wants !== isWanted) await offers.saveWish(owner, eventType, wants);
        }
        return { redirect: '/offers/wishes?done=saved' };
      },
    },
    {
      method: 'GET',
      path: '/offers/:offerId',
      access: 'person',
      handle: async (context) => {
        const offer = await offers.get(me(context), idOf(context));
        const by = await officeNameOf(needs, offer.publisher);
        const mustActFirst = offer.isForChild && me(context).representative === undefined;
        return draw(pages.offer, { offer, by, mustActFirst }, context);
      },
    },
    {
      method: 'POST',
      path: '/offers/:offerId/begin',
      access: 'person',
      handle: async (context) => {
        const { caseId } = await offers.begin(me(context), idOf(context));
        return { redirect: `/cases/${caseId}` };
      },
    },
    {
      method: 'POST',
      path: '/offers/:offerId/answer',
      access: 'person',
      handle: async (context) => {
        const answer = textOf(context.form['answer']) === 'never' ? 'never' : 'not-now';
        await offers.answer(me(context), idOf(context), answer);
        return { redirect: `/offers/${idOf(context)}` };
      },
    },
    {
      method: 'POST',
      path: '/services/:serviceId/opening',
      access: 'person',
      handle: async (context) => {
        const { serviceId = '' } = context.params;
        await offers.awaitOpening(ownerOf(context.caller).personId, serviceId).catch((error: unknown) => {
          // It opened while they read: its page has the button that begins.
          if (!(error instanceof Problem) || error.code !== 'service-open') throw error;
        });
        return { redirect: `/services/${encodeURIComponent(serviceId)}` };
      },
    },
    stop('/services/:serviceId/opening/stop', (serviceId) => `/services/${encodeURIComponent(serviceId)}`),
    stop('/my-data/openings/:serviceId/stop', () => '/my-data'),
  ];
}

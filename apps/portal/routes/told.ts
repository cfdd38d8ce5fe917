import { personOf } from '#kernel/contract';
import { problem as identityProblem } from '#modules/identity';
import { applicantOf } from '../acting.ts';
import type { PortalNeeds } from '../needs.ts';
import type { ToldShown } from '../pages/told.tsx';
import type { PageContext, PageRoute } from '../routing.ts';

/** Who is told of what happens with a case, and where, as far as whoever looks may know; undefined once the case is over. */
export async function toldOf(needs: PortalNeeds, context: PageContext, caseId: string): Promise<ToldShown | undefined> {
  const { notifications } = needs;
  const { personId, actingFor } = personOf(context.caller);
  const who = (actingFor?.kind ?? 'you') as ToldShown['who'];
  const isAgent = who === 'agent';
  const found = await notifications.findPlaces(caseId, personId);
  if (!found) return undefined;
  const { addresses, push, preferences } = await notifications.getSettings(personId, context.language);
  const { ways } = preferences.topics.cases;
  const confirmed = addresses.filter(({ way, state }) => state === 'confirmed' && ways.includes(way));
  const own = isAgent
    ? []
    : [
        ...confirmed.map(({ way, address }) => ({ way, address })),
        ...(push && push.devices.length > 0 && ways.includes('push') ? [{ way: 'push' as const }] : []),
      ];
  return {
    who,
    ...(actingFor ? { of: actingFor.names } : {}),
    own,
    // What is confirmed follows what was chosen for all applications. Whether an address is anybody's is told to themselves alone.
    ofForm: found.places.filter(({ isOwn }) => isAgent || !isOwn),
  };
}

/** Turns the use of what a form says on or off, for one case. */
export function toldRoutes(needs: PortalNeeds): PageRoute[] {
  return [
    {
      method: 'POST',
      path: '/cases/:caseId/told',
      access: 'person',
      handle: async (context) => {
        if (personOf(context.caller).actingFor?.kind === 'agent') throw identityProblem('acting-not-here');
        const { id } = await needs.cases.getMyCase(applicantOf(context.caller), context.params['caseId']!);
        await needs.notifications.choosePlaces(id, context.form['wanted'] === 'yes');
        return { redirect: `/cases/${id}` };
      },
    },
  ];
}

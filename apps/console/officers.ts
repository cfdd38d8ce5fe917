import type { PortalNeeds } from '#apps/portal';
import { type Caller, personOf } from '#kernel/contract';
import type { Officer } from '#modules/cases';

/** Whoever sits before the page, with the name that colleagues read. */
export async function officerIn(needs: PortalNeeds, caller: Caller): Promise<Officer> {
  const { personId, officer } = personOf(caller);
  const home = await needs.identity.persons.findPerson(personId);
  return {
    personId,
    officeId: officer!.officeId,
    roles: officer!.roles,
    ...(home ? { name: home.names.ar } : {}),
  };
}

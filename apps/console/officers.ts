import type { PortalNeeds } from '#apps/portal';
import { type Caller, personOf } from '#kernel/contract';
import type { Text } from '#kernel/languages';
import type { Cases, Officer } from '#modules/cases';

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

/** What whoever acts for the office now is called, by id; a case keeps one name of each step, so that it is still told of somebody who left. */
export async function namesOfColleagues(
  cases: Pick<Cases, 'listColleagues'>,
  officer: Officer,
): Promise<ReadonlyMap<string, Text>> {
  return new Map((await cases.listColleagues(officer)).map(({ personId, names }) => [personId, names]));
}

/** Whoever has a case in hand, in the reader's language where they still act for the office. */
export const nameOfHolder = (
  { officerId, officerName }: { officerId: string; officerName: string },
  colleagues: ReadonlyMap<string, Text>,
): Text => colleagues.get(officerId) ?? { ar: officerName, en: officerName };

/** Whoever took a step in a case; undefined where no officer did. */
export const nameOfDoer = (
  { officerId, who }: { officerId?: string | undefined; who?: string | undefined },
  colleagues: ReadonlyMap<string, Text>,
): Text | undefined => colleagues.get(officerId ?? '') ?? (who ? { ar: who, en: who } : undefined);

import { type Caller, officerOf } from '#kernel/contract';
import type { Text } from '#kernel/languages';
import type { Cases, Officer } from '#modules/cases';

/** Whoever sits before the page, with the name that colleagues read. */
export const officerIn = ({ cases }: { cases: Pick<Cases, 'nameOfficer'> }, caller: Caller): Promise<Officer> =>
  cases.nameOfficer(officerOf(caller));

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

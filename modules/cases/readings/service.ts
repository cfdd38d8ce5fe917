import type { Text } from '#kernel/languages';
import { findOffering } from '#modules/catalogue';
import type { CasesNeeds } from '../needs.ts';
import { listReadingsOf } from './store.ts';

/** That somebody of an office had a case before them: which office and when, and nobody's name. */
export type Reading = { caseId: string; reference: string; serviceTitle: Text; officeNames: Text; at: Date };

const listedMax = 100;

/** What the person of a case reads of who read it. */
export function createReadings({ database, catalogue, state }: CasesNeeds) {
  return {
    listReadings: async (personId: string): Promise<Reading[]> =>
      Promise.all(
        (await listReadingsOf(database.db, personId, listedMax)).map(
          async ({ caseId, reference, serviceId, serviceVersion, at }) => {
            const service = await catalogue.getService(serviceId, serviceVersion);
            const officeNames = findOffering(service, state)!.names;
            return { caseId, reference, serviceTitle: service.definition.title, officeNames, at };
          },
        ),
      ),
  };
}

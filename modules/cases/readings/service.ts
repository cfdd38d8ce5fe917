import type { Text } from '#kernel/languages';
import { findOffering } from '#modules/catalogue';
import type { CasesNeeds } from '../needs.ts';
import { listReadingsOf } from './store.ts';

/** That somebody of an office had a case before them: which office and when, and nobody's name; of a system, what it is called. */
export type Reading = {
  caseId: string;
  reference: string;
  serviceTitle: Text;
  officeNames: Text;
  at: Date;
  system?: string;
};

const listedMax = 100;

/** What the person of a case reads of who read it. */
export function createReadings({ database, catalogue, state }: CasesNeeds) {
  return {
    listReadings: async (personId: string): Promise<Reading[]> =>
      Promise.all(
        (await listReadingsOf(database.db, personId, listedMax)).map(
          async ({ caseId, reference, serviceId, serviceVersion, at, system }) => {
            const service = await catalogue.getService(serviceId, serviceVersion);
            const officeNames = findOffering(service, state)!.names;
            const by = system === null ? {} : { system };
            return { caseId, reference, serviceTitle: service.definition.title, officeNames, at, ...by };
          },
        ),
      ),
  };
}

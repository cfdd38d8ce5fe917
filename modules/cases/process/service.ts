import type { CasesNeeds } from '../needs.ts';
import { problem } from '../problems.ts';
import type { Process } from './contract.ts';
import { processOf } from './rules.ts';

/** The published process: what may happen to the cases of a service, for anybody to read before they apply. */
export function createProcess({ catalogue }: Pick<CasesNeeds, 'catalogue'>) {
  return {
    /** Of a version that was ever published here, or of the one in force. Throws `service-unknown`. */
    describeProcess: async (serviceId: string, version?: string): Promise<Process> => {
      const service = await catalogue.findService(serviceId, version);
      if (!service) throw problem('service-unknown');
      return processOf(service);
    },
  };
}

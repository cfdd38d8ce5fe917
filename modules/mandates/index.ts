import { type Handlers, personOf } from '#kernel/contract';
import type { ModuleMigrations } from '#kernel/database';
import { contract } from './contract.ts';
import * as mandateTables from './migrations/0001-mandates.ts';
import type { MandateNeeds } from './needs.ts';
import { createService, type Mandates as Service } from './service.ts';

export {
  Act,
  contract as mandatesContract,
  GiveMandate,
  Mandate,
  problem as mandateProblem,
} from './contract.ts';
export type { MandateNeeds, Party } from './needs.ts';
export type { HeldMandate } from './service.ts';

export const mandatesMigrations: ModuleMigrations = {
  module: 'mandates',
  migrations: { '0001-mandates': mandateTables },
};

export type Mandates = Service & { contract: typeof contract; handlers: Handlers<typeof contract> };

/** Who may act for whom, at the home state of the represented person. */
export function createMandates(needs: MandateNeeds): Mandates {
  const service = createService(needs);
  return {
    ...service,
    contract,
    handlers: {
      listMandates: ({ caller }) => service.list(personOf(caller).personId),
      giveMandate: ({ caller, body }) => service.give(personOf(caller).personId, body),
      acceptMandate: ({ caller, body }) => service.accept(personOf(caller).personId, body.code),
      withdrawMandate: ({ caller, params }) => service.withdraw(personOf(caller).personId, params.mandateId),
      listActs: ({ caller }) => service.listActs(personOf(caller).personId),
    },
  };
}

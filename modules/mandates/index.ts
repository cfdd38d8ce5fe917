import { type Handlers, personOf } from '#kernel/contract';
import type { ModuleMigrations } from '#kernel/database';
import { createLoop } from '#kernel/loop';
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

export type Mandates = Service & {
  contract: typeof contract;
  handlers: Handlers<typeof contract>;
  start(): void;
  stop(): Promise<void>;
};

const recheckEveryMs = 600_000;

/** Who may act for whom, at the home state of the represented person. */
export function createMandates(needs: MandateNeeds): Mandates {
  const service = createService(needs);
  const loop = createLoop({
    work: () => service.recheck().then(() => false),
    everyMs: recheckEveryMs,
    log: needs.log,
    failed: 'mandates could not be looked at again',
  });
  return {
    ...service,
    start: loop.start,
    stop: loop.stop,
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

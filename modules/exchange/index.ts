import { type Handlers, personOf } from '#kernel/contract';
import type { ModuleMigrations } from '#kernel/database';
import type { Text } from '#kernel/languages';
import { findEvidence, findEvidenceType } from '#protocol/catalogue';
import { answerQuestion } from './answering.ts';
import { createAnswerSaving, forgetOld } from './answers.ts';
import { type AskEvidence, askEvidence, createQuestionSaving } from './asking.ts';
import { contract, type Evidence, type EvidencePreview, type UseOfData } from './contract.ts';
import { up as exchanges } from './migrations/0001-exchanges.ts';
import { up as manyAtOnce } from './migrations/0002-many-at-once.ts';
import type { ExchangeNeeds } from './needs.ts';
import { createProviders } from './providers.ts';
import { createRegistries, type RegistryHealth } from './registries/lookup.ts';
import { openSecretFolder } from './registries/secrets.ts';
import { createStanding } from './standing.ts';
import { listRefusals, type RefusalRow } from './store.ts';
import { createTokens } from './tokens.ts';
import { listUses, previewEvidence } from './viewing.ts';

export type { AskEvidence } from './asking.ts';
export {
  contract as exchangeContract,
  Evidence,
  type EvidencePreview,
  problem as exchangeProblem,
  UseOfData,
} from './contract.ts';
export type { ExchangeFederation, ExchangeNeeds, OwnOffice } from './needs.ts';
export { RegistryFault } from './registries/adapter.ts';
export { checkRegistryConfig, RegistryConfig } from './registries/config.ts';
export { CsvWriting } from './registries/csv.ts';
export { exploreSource, type FoundCollection } from './registries/explore.ts';
export { importRegistry, RegistryTables } from './registries/import.ts';
export type { RegistryDrift, RegistryHealth } from './registries/lookup.ts';
export { type Proposal, proposeEvidence } from './registries/propose.ts';
export { openSecretFolder } from './registries/secrets.ts';
export { type Trial, tryRegistry } from './registries/try.ts';

export const exchangeMigrations: ModuleMigrations = {
  module: 'exchange',
  migrations: { '0001-exchanges': { up: exchanges }, '0002-many-at-once': { up: manyAtOnce } },
};

const forgetEveryMs = 600_000;

export type ExchangeDoor = {
  contract: typeof contract;
  handlers: Handlers<typeof contract>;
  ask(ask: AskEvidence): Promise<Evidence>;
  /** What would be given of a person's own evidence; throws like a question would. For the consent page only. */
  preview(personId: string, evidenceType: string, fields: readonly string[]): Promise<EvidencePreview>;
  listUses(personId: string): Promise<UseOfData[]>;
  /** The office of a state that gives an evidence type. Throws `evidence-provider-unknown`. */
  findProvider(state: string, evidenceType: string): Promise<{ entityId: string; names: Text }>;
  /** Which evidence of a state proves a requirement. */
  findEvidence(requirement: string, state: string): Array<{ type: string; fields: string[] }>;
  checkRegistries(): Promise<RegistryHealth[]>;
  /** The operator's audit, latest first. */
  listRefusals(limit: number): Promise<RefusalRow[]>;
  /** Drops what may no longer be kept: stored answers after an hour, the audit after 90 days. */
  forgetOld(): Promise<void>;
  /** Calls forgetOld every ten minutes until stopped. */
  start(): void;
  stop(): Promise<void>;
};

export function createExchange(needs: ExchangeNeeds & { registries: readonly unknown[] }): ExchangeDoor {
  const registries = createRegistries({
    ...needs,
    folder: needs.registriesFolder,
    secrets: openSecretFolder(needs.secretsFolder),
  });
  const equipped = {
    ...needs,
    registries,
    providers: createProviders(needs),
    tokens: createTokens(needs),
    standing: createStanding(needs),
    saveAnswer: createAnswerSaving(needs),
    saveQuestion: createQuestionSaving(needs),
  };
  for (const { officeId, provides } of needs.offices)
    for (const type of provides)
      if (!findEvidenceType(type) || !registries.has(officeId, type))
        throw new Error(`office ${officeId} says that it provides ${type}, but none of its registries does`);
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> = Promise.resolve();
  return {
    contract,
    handlers: {
      answerQuestion: (input) => answerQuestion(equipped, input),
      listUses: ({ caller }) => listUses(needs, personOf(caller).personId),
    },
    ask: (ask) => askEvidence(equipped, ask),
    preview: (personId, evidenceType, fields) => previewEvidence(equipped, personId, evidenceType, fields),
    listUses: (personId) => listUses(needs, personId),
    findProvider: async (providerState, evidenceType) => {
      const { provider } = await equipped.providers.getProvider({ providerState, evidenceType });
      return { entityId: provider.entityId, names: provider.office.names };
    },
    findEvidence,
    checkRegistries: registries.checkHealth,
    listRefusals: (limit) => listRefusals(needs.database.db, limit),
    forgetOld: () => forgetOld(equipped),
    start: () => {
      timer ??= setInterval(() => {
        round = round
          .then(() => forgetOld(equipped))
          .catch((error) => needs.log.error({ err: error }, 'old answers not dropped'));
      }, forgetEveryMs).unref();
    },
    stop: async () => {
      clearInterval(timer);
      timer = undefined;
      await round;
      await registries.stop();
    },
  };
}

import { type Handlers, personOf } from '#kernel/contract';
import type { ModuleMigrations } from '#kernel/database';
import type { Text } from '#kernel/languages';
import { findEvidence, findEvidenceType } from '#protocol/catalogue';
import { createAccess } from './access/service.ts';
import { answerQuestion } from './answering.ts';
import { forgetOld } from './answers.ts';
import { type AskEvidence, askEvidence } from './asking.ts';
import { contract, type Evidence, type EvidencePreview, type UseOfData } from './contract.ts';
import { liftSeal } from './disclosure/service.ts';
import { type AuditedQuestion, type ExplainedQuestion, explainAsked, listAudited } from './explanation/service.ts';
import { up as exchanges } from './migrations/0001-exchanges.ts';
import { up as access } from './migrations/0014-access.ts';
import { up as law } from './migrations/0015-law.ts';
import type { ExchangeNeeds } from './needs.ts';
import { createProviders } from './providers.ts';
import { createRegistries, type RegistryHealth } from './registries/lookup.ts';
import { listRefusals, type RefusalRow } from './store.ts';
import { listUses, previewEvidence } from './viewing.ts';

export { AccessRules } from './access/contract.ts';
export { compileAccess, readAccessRules } from './access/rules.ts';
export type { AskEvidence } from './asking.ts';
export {
  contract as exchangeContract,
  Evidence,
  type EvidencePreview,
  problem as exchangeProblem,
  UseOfData,
} from './contract.ts';
export type { Explanation, ExplanationStep } from './explanation/contract.ts';
export { type ExplainFacts, explainFacts } from './explanation/rules.ts';
export { type AuditedQuestion, type ExplainedQuestion, explainAsked } from './explanation/service.ts';
export type { ExchangeFederation, ExchangeNeeds, OwnOffice } from './needs.ts';
export { checkRegistryConfig, RegistryConfig } from './registries/config.ts';
export { importRegistry, RegistryTables } from './registries/import.ts';
export type { RegistryHealth } from './registries/lookup.ts';
export { type Asked, askedOf } from './rules.ts';

export const exchangeMigrations: ModuleMigrations = {
  module: 'exchange',
  migrations: {
    '0001-exchanges': { up: exchanges },
    '0014-access': { up: access },
    '0015-law': { up: law },
  },
};

const forgetEveryMs = 600_000;

export type ExchangeDoor = {
  contract: typeof contract;
  handlers: Handlers<typeof contract>;
  ask(ask: AskEvidence): Promise<Evidence>;
  /** What would be given of a person's own evidence; throws like a question would. For the consent page only. */
  preview(personId: string, evidenceType: string, fields: readonly string[]): Promise<EvidencePreview>;
  /** As far as the person may read them now. */
  listUses(personId: string): Promise<UseOfData[]>;
  /** Shows the person a sealed use that an office of this node answered, before its time. Throws `seal-unknown`. */
  liftSeal(officeId: string, questionId: string): Promise<void>;
  /** The office of a state that gives an evidence type. Throws `evidence-provider-unknown`. */
  findProvider(state: string, evidenceType: string): Promise<{ entityId: string; names: Text }>;
  /** Which evidence of a state proves a requirement. */
  findEvidence(requirement: string, state: string): Array<{ type: string; fields: string[] }>;
  /** Questions to an office of this node, for its auditors: sealed ones too, and nobody's name. */
  listAudited(officeId: string): Promise<AuditedQuestion[]>;
  /** Why a question to an office of this node was given or refused; undefined when that office knows of none. */
  explain(officeId: string, questionId: string): Promise<ExplainedQuestion | undefined>;
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
  const registries = createRegistries(needs);
  const equipped = { ...needs, registries, providers: createProviders(needs), access: createAccess(needs) };
  for (const { officeId, provides } of needs.offices)
    for (const type of provides)
      if (!findEvidenceType(type) || !registries.has(officeId, type))
        throw new Error(`office ${officeId} says that it provides ${type}, but none of its registries does`);
  const officeOf = (officeId: string) => {
    const office = needs.offices.find((one) => one.officeId === officeId);
    if (!office) throw new Error(`no office ${officeId} at this node`);
    return office;
  };
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
    liftSeal: (officeId, questionId) => liftSeal(needs, officeId, questionId),
    findProvider: async (providerState, evidenceType) => {
      const { provider } = await equipped.providers.getProvider({ providerState, evidenceType });
      return { entityId: provider.entityId, names: provider.office.names };
    },
    findEvidence,
    listAudited: (officeId) => listAudited(needs.database.db, officeOf(officeId), needs.clock.now()),
    explain: (officeId, questionId) =>
      explainAsked(needs.database.db, questionId, needs.clock.now(), officeOf(officeId)),
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
    },
  };
}

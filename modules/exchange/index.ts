import { type Handlers, officerOf, personOf } from '#kernel/contract';
import type { ModuleMigrations } from '#kernel/database';
import type { Text } from '#kernel/languages';
import { findEvidence, findEvidenceType } from '#protocol/catalogue';
import { createAccess } from './access/service.ts';
import { answerQuestion } from './answering.ts';
import { createAnswerSaving, forgetOld } from './answers.ts';
import { type AskEvidence, askEvidence, createQuestionSaving } from './asking.ts';
import { contract, type Evidence, type EvidencePreview, type UseOfData } from './contract.ts';
import { liftSeal } from './disclosure/service.ts';
import { type AuditedQuestion, type ExplainedQuestion, explainAsked, listAudited } from './explanation/service.ts';
import { up as exchanges } from './migrations/0001-exchanges.ts';
import { up as manyAtOnce } from './migrations/0002-many-at-once.ts';
import { up as proofs } from './migrations/0003-proofs.ts';
import { up as access } from './migrations/0014-access.ts';
import { up as law } from './migrations/0015-law.ts';
import type { ExchangeNeeds } from './needs.ts';
import { proofFileName } from './proofs/contract.ts';
import { createChainKeeper } from './proofs/keeping.ts';
import { type ProofForm, proveQuestion, proveUse } from './proofs/service.ts';
import { createProviders } from './providers.ts';
import { createRegistries, type RegistryHealth } from './registries/lookup.ts';
import { createMessageSigning, createSignatureChecking } from './signing.ts';
import { createStanding } from './standing.ts';
import { listRefusals, type RefusalRow } from './store.ts';
import { createTokens } from './tokens.ts';
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
export { proofFileName } from './proofs/contract.ts';
export type { ProofTrust, ProofVerdict } from './proofs/links.ts';
export { looksLikeProofFile } from './proofs/reading.ts';
export type { ProofForm } from './proofs/service.ts';
export { verifyProof } from './proofs/verifying.ts';
export { detailOfLink, linesOfFacts, nameOfLink, sentenceOfVerdict, verdictTitles } from './proofs/words.ts';
export { checkRegistryConfig, RegistryConfig } from './registries/config.ts';
export { importRegistry, RegistryTables } from './registries/import.ts';
export type { RegistryHealth } from './registries/lookup.ts';
export { type Asked, askedOf } from './rules.ts';

export const exchangeMigrations: ModuleMigrations = {
  module: 'exchange',
  migrations: {
    '0001-exchanges': { up: exchanges },
    '0002-many-at-once': { up: manyAtOnce },
    '0003-proofs': { up: proofs },
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
  /** A proof file (RFC 8785 text) for the office that asked. `values` are the received fields, where the caller keeps them. */
  proveQuestion(of: {
    officeId: string;
    questionId: string;
    form: ProofForm;
    values?: Record<string, unknown>;
  }): Promise<string>;
  /** A proof file for the person whose data was used, or for the office that answered. Throws `exchange-unknown`. */
  proveUse(
    of: { questionId: string; form: ProofForm } & ({ personId: string } | { officeId: string }),
  ): Promise<string>;
  /** Calls forgetOld every ten minutes until stopped. */
  start(): void;
  stop(): Promise<void>;
};

export function createExchange(wiring: ExchangeNeeds & { registries: readonly unknown[] }): ExchangeDoor {
  const keeper = createChainKeeper(wiring);
  const needs = { ...wiring, federation: keeper.federation };
  const registries = createRegistries(needs);
  const signMessage = createMessageSigning();
  const equipped = {
    ...needs,
    registries,
    signMessage,
    checkSignature: createSignatureChecking(),
    providers: createProviders(needs),
    access: createAccess(needs),
    tokens: createTokens(needs),
    standing: createStanding(needs),
    saveAnswer: createAnswerSaving({ ...needs, signMessage }),
    saveQuestion: createQuestionSaving(needs),
  };
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
  const door: ExchangeDoor = {
    contract,
    handlers: {
      answerQuestion: (input) => answerQuestion(equipped, input),
      listUses: ({ caller }) => listUses(needs, personOf(caller).personId),
      readProofOfUse: async ({ caller, params, query }) =>
        proofAnswer(await door.proveUse({ ...params, form: query.form, personId: personOf(caller).personId })),
      readProofOfAnswer: async ({ caller, params }) =>
        proofAnswer(await door.proveUse({ ...params, form: 'shareable', officeId: officerOf(caller).officeId })),
      readProofOfQuestion: async ({ caller, params }) =>
        proofAnswer(await door.proveQuestion({ ...params, form: 'shareable', officeId: officerOf(caller).officeId })),
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
      await keeper.settle();
    },
    proveQuestion: async (of) => {
      await keeper.settle();
      return proveQuestion(needs, of);
    },
    proveUse: async (of) => {
      await keeper.settle();
      return proveUse(needs, of);
    },
  };
  return door;
}

/** The name tells nothing of the person or the case. */
function proofAnswer(text: string) {
  // As bytes: a text would be sent with a charset, which this media type does not have.
  return { bytes: Buffer.from(text), headers: { 'content-disposition': `attachment; filename="${proofFileName}"` } };
}

import { createCollecting } from '#kernel/collecting';
import { type Handlers, officerOf, personOf, type RequestFacts } from '#kernel/contract';
import type { ModuleMigrations, Tx } from '#kernel/database';
import { chooseLanguage, type Text } from '#kernel/languages';
import { noTracing } from '#kernel/tracing';
import { findEvidence, findEvidenceType } from '#protocol/catalogue';
import { createAccess } from './access/service.ts';
import { answerQuestion } from './answering.ts';
import { createAnswerSaving, forgetOld } from './answers.ts';
import { type AskEvidence, askEvidence, createQuestionSaving } from './asking.ts';
import { type AssuranceStatus, createAssurance } from './assurance/service.ts';
import type { RequirementCoverage } from './broker/contract.ts';
import { listCoverage } from './broker/service.ts';
import { type AskAgain, askAgain } from './consents/again.ts';
import { type ConsentRequest, endConsentRequest, findConsentRequest, requestConsent } from './consents/requests.ts';
import { type HoldConsent, holdConsent } from './consents/service.ts';
import { dropExpired, forgetConsentsOf } from './consents/store.ts';
import { contract, type Evidence, type EvidencePreview, problem, type UseOfData } from './contract.ts';
import { liftSeal } from './disclosure/service.ts';
import { answerDocumentCall } from './documents/calls.ts';
import { createGiving } from './documents/giving.ts';
import { type FetchDocument, fetchDocument, type TakenDocument } from './documents/taking.ts';
import type { AuditedQuestion, ExplainedQuestion } from './explanation/contract.ts';
import { explainAsked, listAudited } from './explanation/service.ts';
import { type AskedInquiry, type Inquiry, inquire, listInquiries } from './law/inquiries.ts';
import type { LookUps } from './look-ups/service.ts';
import { up as exchanges } from './migrations/0001-exchanges.ts';
import { up as manyAtOnce } from './migrations/0002-many-at-once.ts';
import { up as monitoringTable } from './migrations/0002-monitoring.ts';
import { up as proofs } from './migrations/0003-proofs.ts';
import { up as accessVersions } from './migrations/0014-access.ts';
import { up as law } from './migrations/0015-law.ts';
import { up as systemTables } from './migrations/0017-systems.ts';
import { up as usesFoundById } from './migrations/0020-uses-found-by-id.ts';
import { up as callLimits } from './migrations/0023-call-limits.ts';
import { up as documents } from './migrations/0023-documents.ts';
import { up as operators } from './migrations/0023-operator.ts';
import { up as receivedOnce } from './migrations/0023-received-once.ts';
import { up as signatories } from './migrations/0024-signatories.ts';
import { attributesOf } from './monitoring/rules.ts';
import { createMonitoring, type Monitoring } from './monitoring/service.ts';
import type { ExchangeNeeds } from './needs.ts';
import { proofAnswer } from './proofs/contract.ts';
import { createChainKeeper } from './proofs/keeping.ts';
import { type ProofForm, proveQuestion, proveUse } from './proofs/service.ts';
import { createProviders } from './providers.ts';
import type { DriftOf, RegistryDrift } from './registries/drifts.ts';
import { createRegistries, type Registries, type RegistryHealth } from './registries/lookup.ts';
import type { OpenPopulation } from './registries/population.ts';
import { openSecretFolder } from './registries/secrets.ts';
import { createMessageSigning, createSignatureChecking } from './signing.ts';
import { createStanding } from './standing.ts';
import { listRefusals, type RefusalRow } from './store.ts';
import { createSystems } from './systems/service.ts';
import { createTokens } from './tokens.ts';
import { listUses, previewEvidence, readOwn } from './viewing.ts';
import { answerCall, isSystemCall } from './xroad/calls.ts';
import { listClients } from './xroad/metaservices.ts';

export { AccessRules, type AccessVersion, type PublishedAccessRules } from './access/contract.ts';
export { type AccessDifference, compareAccessRules } from './access/differences.ts';
export { type AccessFault, compileAccess, findAccessFaults, readAccessRules } from './access/rules.ts';
export type { AskEvidence } from './asking.ts';
export { AssuranceClasses } from './assurance/contract.ts';
export type { AssuranceStatus } from './assurance/service.ts';
export type { RequirementCoverage } from './broker/contract.ts';
export type { HoldConsent } from './consents/service.ts';
export {
  contract as exchangeContract,
  Evidence,
  type EvidencePreview,
  problem as exchangeProblem,
  UseOfData,
} from './contract.ts';
export { documentHeaders } from './documents/calls.ts';
export { documentProblems } from './documents/contract.ts';
export type { FetchDocument, TakenDocument } from './documents/taking.ts';
export type { AuditedQuestion, ExplainedQuestion, Explanation, ExplanationStep } from './explanation/contract.ts';
export { type ExplainFacts, explainFacts } from './explanation/rules.ts';
export { isInForce } from './law/rules.ts';
export { LookUpEntry, LookUpFound, type LookUpSearch, lookUpProblems, searchLengthMax } from './look-ups/contract.ts';
export type { LookUps } from './look-ups/service.ts';
export type { MonitoringSummary, OperationalRecord } from './monitoring/contract.ts';
export type { ExchangeFederation, ExchangeNeeds, OwnOffice } from './needs.ts';
export { readAuthorities, type TrustedAuthority } from './proofs/chains.ts';
export { proofAnswer, proofFileName } from './proofs/contract.ts';
export type { ProofTrust, ProofVerdict } from './proofs/links.ts';
export { looksLikeProofFile } from './proofs/reading.ts';
export type { ProofForm } from './proofs/service.ts';
export { verifyProof } from './proofs/verifying.ts';
export {
  detailOfLink,
  linesOfFacts,
  nameOfLink,
  sentenceOfVerdict,
  stateMarks,
  verdictTitles,
} from './proofs/words.ts';
export { RegistryFault } from './registries/adapter.ts';
export { checkRegistryConfig, RegistryConfig } from './registries/config.ts';
export { CsvWriting } from './registries/csv.ts';
export type { DriftOf, RegistryDrift } from './registries/drifts.ts';
export { exploreSource, type FoundCollection } from './registries/explore.ts';
export { importRegistry, RegistryTables } from './registries/import.ts';
export { driftKinds, type RegistryHealth } from './registries/lookup.ts';
export { type Proposal, proposeEvidence } from './registries/propose.ts';
export { openSecretFolder } from './registries/secrets.ts';
export { checkServer, openConnection, type Server } from './registries/server.ts';
export { type Trial, tryRegistry } from './registries/try.ts';
export { type Asked, askedOf } from './rules.ts';
export { type AddedSystem, callerProblems, type InformationSystem } from './systems/contract.ts';

export const exchangeMigrations: ModuleMigrations = {
  module: 'exchange',
  migrations: {
    '0001-exchanges': { up: exchanges },
    '0002-many-at-once': { up: manyAtOnce },
    '0002-monitoring': { up: monitoringTable },
    '0003-proofs': { up: proofs },
    '0014-access': { up: accessVersions },
    '0015-law': { up: law },
    '0017-systems': { up: systemTables },
    '0020-uses-found-by-id': { up: usesFoundById },
    '0023-call-limits': { up: callLimits },
    '0023-received-once': { up: receivedOnce },
    '0023-operator': { up: operators },
    '0023-documents': { up: documents },
    '0024-signatories': { up: signatories },
  },
};

/** `look`: so long may another process of this node decide by the rules before. Chains live for a day and are renewed at half their life. */
const everyMs = { look: 1_000, forget: 600_000, keepChains: 1_800_000 };

export type ExchangeDoor = {
  contract: typeof contract;
  handlers: Handlers<typeof contract>;
  ask(ask: AskEvidence): Promise<Evidence>;
  /** Asks once more, under a consent that the office holds for the case. Throws as `ask`, and `consent-not-held`. */
  askAgain(again: AskAgain): Promise<Evidence & { consentId: string }>;
  /** Drops the consents that an office holds for one of its cases, `caseId` as it asked by it. */
  forgetConsentsOf(tx: Tx, of: { officeId: string; caseId: string }): Promise<void>;
  /** A document that a received answer names, streamed from where it is. Read what `TakenDocument` says of its stream. */
  fetchDocument(of: FetchDocument): Promise<TakenDocument>;
  /** What would be given of a person's own evidence; throws like a question would. For the consent page only. */
  preview(
    personId: string,
    evidenceType: string,
    fields: readonly string[],
    representativeId?: string,
  ): Promise<EvidencePreview>;
  /** A record of a registry of this node, for the node itself; undefined when there is none. Throws as a question would. */
  readOwn(evidenceType: string, nationalId: string, signatoryId?: string): Promise<Record<string, unknown> | undefined>;
  /** The register in which residents are found by their birth day; undefined where no registry of this node describes one. */
  population: OpenPopulation | undefined;
  /** Public registers of this node that forms look things up in. */
  lookUps: LookUps;
  /** As far as the person may read them now. */
  listUses(personId: string): Promise<UseOfData[]>;
  /** Shows the person a sealed use that an office of this node answered, before its time. Throws `seal-unknown`. */
  liftSeal(officeId: string, questionId: string): Promise<void>;
  /** Asks under a law in the name of an officer, and keeps who asked and why. */
  inquire(inquiry: Inquiry): Promise<Evidence>;
  /** What officers of an office asked, latest first; of one of them where named. Nobody's name. */
  listInquiries(of: { officeId: string; officerId?: string }): Promise<AskedInquiry[]>;
  /** The office of a state that gives an evidence type. Throws `evidence-provider-unknown`. */
  findProvider(state: string, evidenceType: string): Promise<{ entityId: string; names: Text }>;
  /** Which evidence of a state proves a requirement. */
  findEvidence(requirement: string, state: string): Array<{ type: string; fields: string[] }>;
  /** Questions to an office of this node, for its auditors: sealed ones too, and nobody's name. */
  listAudited(officeId: string): Promise<AuditedQuestion[]>;
  /** Why a question to an office of this node was given or refused; undefined when that office knows of none. */
  explain(officeId: string, questionId: string): Promise<ExplainedQuestion | undefined>;
  /** Looks at most once in five seconds, unless `isNow` is wanted. */
  checkRegistries(options?: { isNow?: boolean }): Promise<RegistryHealth[]>;
  /** What registries no longer give as described, since when; from memory. */
  listDrifts(): Array<DriftOf & RegistryDrift>;
  /** The information system that calls, from the whole call. Throws `call-malformed`, `caller-not-recognised` or `calls-too-many`. */
  recogniseSystem(
    request: Pick<RequestFacts, 'method' | 'url' | 'headers' | 'rawBody'>,
  ): Promise<{ systemId: string; clientId: string; name: string; officeId: string }>;
  /** The client id of a system of an office; undefined when there is none, or it was removed. */
  findClientOf(systemId: string, officeId: string): Promise<string | undefined>;
  /** Keeps a consent that an office obtained, so that its own systems can ask on its ground. Returns its id. */
  holdConsent(hold: HoldConsent): Promise<string>;
  /** Which evidence proves which requirement in each state, who gives it, and where nobody does. */
  listCoverage(): Promise<RequirementCoverage[]>;
  /** What a link to decide is about. Throws `consent-request-ended`. */
  findConsentRequest(handle: string): Promise<ConsentRequest>;
  /** The person has decided: the link serves no more. */
  endConsentRequest(handle: string): Promise<void>;
  /** How the log stands against what each class of evidence asks of it; classes without a limit are left out. */
  assuranceStatus(): Promise<AssuranceStatus[]>;
  /** What the operator sees of exchanges: when, how large, how they ended, never whose. */
  monitoring: Pick<
    Monitoring,
    'list' | 'listSources' | 'hasAnswered' | 'hasAnswered' | 'summarise' | 'listen' | 'status'
  >;
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
  /** Keeps the trust chains of all states, which proofs of this time will stand on; `start` does it by itself, twice an hour. */
  keepChains(): Promise<void>;
  /** Until stopped: drops what is old, writes down what the monitoring has seen, and takes over new rules of access. */
  start(): void;
  stop(): Promise<void>;
};

export function createExchange(wiring: ExchangeNeeds & { registries: readonly unknown[] }): ExchangeDoor {
  const keeper = createChainKeeper(wiring);
  const { tracing = noTracing } = wiring;
  const monitoring = createMonitoring(wiring);
  monitoring.listen((seen) => tracing.describe(attributesOf(seen)));
  const needs = {
    ...wiring,
    federation: keeper.federation,
    http: monitoring.seeConnections(wiring.http),
  };
  const seen = monitoring.seeRegistries(
    createRegistries({
      ...needs,
      folder: needs.registriesFolder,
      secrets: openSecretFolder(needs.secretsFolder),
    }),
  );
  const registries: Registries = {
    ...seen,
    lookUp: (officeId, evidenceType, person) =>
      tracing.span('read a registry', {}, () => seen.lookUp(officeId, evidenceType, person)),
  };
  const signMessage = createMessageSigning();
  const access = createAccess(needs);
  const assurance = createAssurance(needs);
  const equipped = {
    ...needs,
    registries,
    signMessage,
    checkSignature: createSignatureChecking(),
    collect: createCollecting(),
    providers: createProviders(needs),
    access,
    assurance,
    tokens: createTokens(needs),
    standing: createStanding(needs),
    saveAnswer: createAnswerSaving({ ...needs, signMessage }),
    saveQuestion: createQuestionSaving(needs),
  };
  const systems = createSystems(needs);
  const ask = (asked: AskEvidence) =>
    tracing.span('ask for evidence', {}, () => monitoring.asking(asked, () => askEvidence(equipped, asked)));
  const giveDocument = createGiving(equipped);
  const fetch = (of: FetchDocument) => tracing.span('fetch a document', {}, () => fetchDocument(equipped, of));
  const forCalls = { ...equipped, systems, ask, fetchDocument: fetch };
  const forgetAll = async () => {
    await forgetOld(equipped);
    await systems.forgetOld();
    await dropExpired(needs.database.db, needs.clock.now());
  };
  for (const { officeId, provides } of needs.offices)
    for (const type of provides)
      if (!findEvidenceType(type) || !registries.has(officeId, type))
        throw new Error(`office ${officeId} says that it provides ${type}, but none of its registries does`);
  const today = () => ({ db: needs.database.db, state: needs.state, now: needs.clock.now() });
  const officeOf = (officeId: string) => {
    const office = needs.offices.find((one) => one.officeId === officeId);
    if (!office) throw new Error(`no office ${officeId} at this node`);
    return office;
  };
  let timers: NodeJS.Timeout[] = [];
  let rulesLook: Promise<void> | undefined;
  let round: Promise<void> = Promise.resolve();
  const door: ExchangeDoor = {
    contract,
    handlers: {
      // One address for both: X-Road's form leaves no room to tell them apart but the message itself.
      answerQuestion: (input) =>
        isSystemCall(input.request.headers)
          ? answerCall(forCalls, input)
          : monitoring.answering(input, () => answerQuestion(equipped, input)),
      fetchDocument: (input) =>
        isSystemCall(input.request.headers) ? answerDocumentCall(forCalls, input) : giveDocument(input),
      readService: ({ request }) => answerCall(forCalls, { request, body: request.rawBody }),
      callService: (input) => answerCall(forCalls, input),
      listClients: ({ query, request }) =>
        listClients(equipped, {
          instance: query.xRoadInstance,
          accept: request.headers['accept'] ?? '',
          language: chooseLanguage(undefined, request.headers['accept-language'] ?? 'en'),
        }),
      addSystem: ({ body }) => systems.add(body),
      listSystems: () => systems.list(),
      rotateSystem: ({ params, body }) => systems.rotate(params.systemId, body),
      removeSystem: ({ params }) => systems.remove(params.systemId),
      requestConsent: async ({ request, body }) =>
        requestConsent(needs, await systems.recognise(signedOf(request)), body),
      listCoverage: () => listCoverage(equipped),
      listUses: ({ caller }) => listUses(needs, personOf(caller).personId),
      readProofOfUse: async ({ caller, params, query }) =>
        proofAnswer(await door.proveUse({ ...params, form: query.form, personId: personOf(caller).personId })),
      readProofOfAnswer: async ({ caller, params }) =>
        proofAnswer(await door.proveUse({ ...params, form: 'shareable', officeId: officerOf(caller).officeId })),
      readProofOfQuestion: async ({ caller, params }) =>
        proofAnswer(await door.proveQuestion({ ...params, form: 'shareable', officeId: officerOf(caller).officeId })),
      ...monitoring.handlers,
      listAccessVersions: () => access.listVersions(),
      readAccessVersion: ({ params }) => access.readVersion(params.version),
      publishAccessRules: ({ body }) => access.publish(body),
      explainQuestion: async ({ params }) => {
        const explained = await explainAsked(today(), params.questionId);
        if (!explained) throw problem('exchange-unknown');
        return explained;
      },
    },
    ask,
    askAgain: (again) => askAgain(needs, ask, again),
    forgetConsentsOf,
    fetchDocument: fetch,
    recogniseSystem: async (request) => {
      const { system } = await systems.recognise(signedOf(request));
      const { system_id: systemId, client_id: clientId, name, office_id: officeId } = system;
      return { systemId, clientId, name, officeId };
    },
    findClientOf: systems.findClientOf,
    holdConsent: (hold) => holdConsent(needs, hold),
    listCoverage: () => listCoverage(equipped),
    findConsentRequest: (handle) => findConsentRequest(needs, handle),
    endConsentRequest: (handle) => endConsentRequest(needs, handle),
    preview: (...asked) => previewEvidence(equipped, ...asked),
    population: registries.population,
    lookUps: registries.lookUps,
    readOwn: (...asked) => readOwn(equipped, ...asked),
    listUses: (personId) => listUses(needs, personId),
    inquire: (inquiry) => inquire(needs, ask, inquiry),
    listInquiries: (of) => listInquiries(needs.database.db, of),
    liftSeal: (officeId, questionId) => liftSeal(needs, officeId, questionId),
    findProvider: async (providerState, evidenceType) => {
      const { provider } = await equipped.providers.getProvider({ providerState, evidenceType });
      return { entityId: provider.entityId, names: provider.office.names };
    },
    findEvidence,
    listAudited: (officeId) => listAudited(needs.database.db, officeOf(officeId), needs.clock.now()),
    explain: (officeId, questionId) => explainAsked(today(), questionId, officeOf(officeId)),
    checkRegistries: registries.checkHealth,
    listDrifts: registries.listDrifts,
    assuranceStatus: assurance.status,
    monitoring,
    listRefusals: (limit) => listRefusals(needs.database.db, limit),
    forgetOld: forgetAll,
    keepChains: keeper.keepAll,
    start: () => {
      monitoring.start();
      registries.start();
      const look = () => {
        rulesLook ??= access
          .refresh()
          .catch((error) => needs.log.warn({ err: error }, 'the rules of access could not be looked at; tried again'))
          .finally(() => {
            rulesLook = undefined;
          });
      };
      look();
      if (timers.length > 0) return;
      const next = (work: () => Promise<void>, words: string) => () => {
        round = round.then(work).catch((error) => needs.log.error({ err: error }, words));
      };
      timers = [
        setInterval(look, everyMs.look).unref(),
        setInterval(next(keeper.keepAll, 'trust chains not kept'), everyMs.keepChains).unref(),
        setInterval(next(forgetAll, 'old answers not dropped'), everyMs.forget).unref(),
      ];
    },
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      timers = [];
      await Promise.all([rulesLook, round]);
      await registries.stop();
      await monitoring.stop();
      await keeper.settle();
    },
    proveQuestion: (of) => keeper.settle().then(() => proveQuestion(equipped, of)),
    proveUse: (of) => keeper.settle().then(() => proveUse(equipped, of)),
  };
  return door;
}

function signedOf({ method, url, headers, rawBody }: Pick<RequestFacts, 'method' | 'url' | 'headers' | 'rawBody'>) {
  return { message: { method, url, headers }, body: rawBody };
}

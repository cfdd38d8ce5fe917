import { type Handlers, personOf, type RequestFacts } from '#kernel/contract';
import type { ModuleMigrations } from '#kernel/database';
import { chooseLanguage, type Text } from '#kernel/languages';
import { findEvidence, findEvidenceType } from '#protocol/catalogue';
import { answerQuestion } from './answering.ts';
import { forgetOld } from './answers.ts';
import { type AskEvidence, askEvidence } from './asking.ts';
import type { RequirementCoverage } from './broker/contract.ts';
import { listCoverage } from './broker/service.ts';
import { type ConsentRequest, endConsentRequest, findConsentRequest, requestConsent } from './consents/requests.ts';
import { type HoldConsent, holdConsent } from './consents/service.ts';
import { dropExpired } from './consents/store.ts';
import { contract, type Evidence, type EvidencePreview, type UseOfData } from './contract.ts';
import { up as exchanges } from './migrations/0001-exchanges.ts';
import { up as systemTables } from './migrations/0017-systems.ts';
import type { ExchangeNeeds } from './needs.ts';
import { createProviders } from './providers.ts';
import { createRegistries, type RegistryHealth } from './registries/lookup.ts';
import { listRefusals, type RefusalRow } from './store.ts';
import { createSystems } from './systems/service.ts';
import { listUses, previewEvidence } from './viewing.ts';
import { answerCall, isSystemCall } from './xroad/calls.ts';
import { listClients } from './xroad/metaservices.ts';

export type { AskEvidence } from './asking.ts';
export type { RequirementCoverage } from './broker/contract.ts';
export type { HoldConsent } from './consents/service.ts';
export {
  contract as exchangeContract,
  Evidence,
  type EvidencePreview,
  problem as exchangeProblem,
  UseOfData,
} from './contract.ts';
export type { ExchangeFederation, ExchangeNeeds, OwnOffice } from './needs.ts';
export { checkRegistryConfig, RegistryConfig } from './registries/config.ts';
export { importRegistry, RegistryTables } from './registries/import.ts';
export type { RegistryHealth } from './registries/lookup.ts';
export type { AddedSystem, InformationSystem } from './systems/contract.ts';

export const exchangeMigrations: ModuleMigrations = {
  module: 'exchange',
  migrations: { '0001-exchanges': { up: exchanges }, '0017-systems': { up: systemTables } },
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
  /** Keeps a consent that an office obtained, so that its own systems can ask on its ground. Returns its id. */
  holdConsent(hold: HoldConsent): Promise<string>;
  /** Which evidence proves which requirement in each state, who gives it, and where nobody does. */
  listCoverage(): Promise<RequirementCoverage[]>;
  /** What a link to decide is about. Throws `consent-request-ended`. */
  findConsentRequest(handle: string): Promise<ConsentRequest>;
  /** The person has decided: the link serves no more. */
  endConsentRequest(handle: string): Promise<void>;
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
  const equipped = { ...needs, registries, providers: createProviders(needs) };
  const systems = createSystems(needs);
  const forCalls = { ...equipped, systems, ask: (ask: AskEvidence) => askEvidence(equipped, ask) };
  const forgetAll = async () => {
    await forgetOld(equipped);
    await systems.forgetOld();
    await dropExpired(needs.database.db, needs.clock.now());
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
      // One address for both: X-Road's form leaves no room to tell them apart but the message itself.
      answerQuestion: (input) =>
        isSystemCall(input.request.headers) ? answerCall(forCalls, input) : answerQuestion(equipped, input),
      readService: ({ request }) => answerCall(forCalls, { request, body: request.rawBody }),
      callService: (input) => answerCall(forCalls, input),
      listClients: ({ query, request }) =>
        listClients(equipped, {
          instance: query.xRoadInstance,
          accept: request.headers['accept'] ?? '',
          language: chooseLanguage(undefined, request.headers['accept-language'] ?? 'en'),
        }),
      addSystem: ({ request, body }) => systems.add(signedOf(request), body),
      listSystems: ({ request }) => systems.list(signedOf(request)),
      rotateSystem: ({ request, params, body }) => systems.rotate(signedOf(request), params.systemId, body),
      removeSystem: ({ request, params }) => systems.remove(signedOf(request), params.systemId),
      requestConsent: async ({ request, body }) =>
        requestConsent(needs, await systems.recognise(signedOf(request)), body),
      listCoverage: () => listCoverage(equipped),
      listUses: ({ caller }) => listUses(needs, personOf(caller).personId),
    },
    ask: forCalls.ask,
    holdConsent: (hold) => holdConsent(needs, hold),
    listCoverage: () => listCoverage(equipped),
    findConsentRequest: (handle) => findConsentRequest(needs, handle),
    endConsentRequest: (handle) => endConsentRequest(needs, handle),
    preview: (personId, evidenceType, fields) => previewEvidence(equipped, personId, evidenceType, fields),
    listUses: (personId) => listUses(needs, personId),
    findProvider: async (providerState, evidenceType) => {
      const { provider } = await equipped.providers.getProvider({ providerState, evidenceType });
      return { entityId: provider.entityId, names: provider.office.names };
    },
    findEvidence,
    checkRegistries: registries.checkHealth,
    listRefusals: (limit) => listRefusals(needs.database.db, limit),
    forgetOld: forgetAll,
    start: () => {
      timer ??= setInterval(() => {
        round = round.then(forgetAll).catch((error) => needs.log.error({ err: error }, 'old answers not dropped'));
      }, forgetEveryMs).unref();
    },
    stop: async () => {
      clearInterval(timer);
      timer = undefined;
      await round;
    },
  };
}

function signedOf({ method, url, headers, rawBody }: RequestFacts) {
  return { message: { method, url, headers }, body: rawBody };
}

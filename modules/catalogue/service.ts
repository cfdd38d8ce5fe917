import type { Clock } from '#kernel/clock';
import type { Handlers } from '#kernel/contract';
import type { Database } from '#kernel/database';
import type { Language } from '#kernel/languages';
import type { Log } from '#kernel/log';
import { findEvidenceType, findPurpose, findRequirement } from '#protocol/catalogue';
import {
  type AskedEvidence,
  type CatalogueContract,
  catalogueContract,
  problem,
  type SearchHit,
  type ServiceDetails,
  type ServiceSummary,
} from './contract.ts';
import { loadServices } from './folders.ts';
import { createSearch, type Search } from './search.ts';
import { findOffering, openService, type Service } from './services.ts';
import { findVersionFiles, keepVersion } from './store.ts';

export type CatalogueNeeds = {
  database: Database;
  clock: Clock;
  /** ISO 3166-1 alpha-2 of the state whose catalogue this is. */
  state: string;
  servicesDir: string;
  log: Log;
};

export type Catalogue = {
  /**
   * Reads the services' folder and keeps every new version. Throws an Error that lists what is wrong, file by file, and
   * publishes nothing then: half a catalogue would send people away for services that exist.
   */
  start(): Promise<void>;
  /** The services of a state, by title. This node's own state unless told otherwise. */
  listServices(state?: string): ServiceSummary[];
  /** A service this state offers: the current version, or a version that was once published here. */
  findService(serviceId: string, version?: string): Promise<Service | undefined>;
  getService(serviceId: string, version?: string): Promise<Service>;
  describeService(serviceId: string, state?: string): ServiceDetails;
  /** Services that fit a question in either language, best first; `language` orders those that fit equally. */
  search(question: string, language?: Language, state?: string): SearchHit[];
  contract: CatalogueContract;
  handlers: Handlers<CatalogueContract>;
};

export function createCatalogue(needs: CatalogueNeeds): Catalogue {
  let current = new Map<string, Service>();
  const searches = new Map<string, Search>();
  /** Old versions that cases still stand on; a version never changes, so it is compiled once. */
  const opened = new Map<string, Service>();

  const offered = (state: string) => [...current.values()].filter((service) => findOffering(service, state));

  const start = async () => {
    const { services, findings } = await loadServices(needs.servicesDir);
    if (findings.length > 0)
      throw new Error(
        `the services cannot be published:\n${findings.map(({ file, problem: text }) => `  ${file}: ${text}`).join('\n')}`,
      );
    const publishedAt = needs.clock.now();
    await needs.database.transaction(async (tx) => {
      for (const { id, version, definition, files } of services) {
        const isNew = await keepVersion(tx, { serviceId: id, version, label: definition.version, files, publishedAt });
        if (isNew) needs.log.info({ serviceId: id, version, label: definition.version }, 'service version published');
      }
    });
    current = new Map(services.map((service) => [service.id, service]));
    searches.clear();
  };

  const findService = async (serviceId: string, version?: string): Promise<Service | undefined> => {
    const now = current.get(serviceId);
    if (!version || version === now?.version) return now && findOffering(now, needs.state) ? now : undefined;
    const key = `${serviceId}@${version}`;
    const known = opened.get(key);
    if (known) return known;
    const files = await findVersionFiles(needs.database.db, serviceId, version);
    if (!files) return undefined;
    const { service, findings } = await openService(files);
    if (!service) throw new Error(`the kept version ${key} no longer opens: ${JSON.stringify(findings)}`);
    opened.set(key, service);
    return service;
  };

  const search = (question: string, language: Language, state: string): SearchHit[] => {
    let index = searches.get(state);
    if (!index) {
      index = createSearch(offered(state), state);
      searches.set(state, index);
    }
    return index
      .find(question)
      .map(({ serviceId, score }) => ({ service: summarise(current.get(serviceId)!, state), score }))
      .sort((one, other) => other.score - one.score || byTitle(language)(one.service, other.service));
  };

  const describeService = (serviceId: string, state = needs.state): ServiceDetails => {
    const service = current.get(serviceId);
    if (!service || !findOffering(service, state)) throw problem('service-unknown');
    return describe(service, state);
  };

  const listServices = (state = needs.state) =>
    offered(state)
      .map((service) => summarise(service, state))
      .sort(byTitle('ar'));

  return {
    start,
    listServices,
    findService,
    getService: async (serviceId, version) => {
      const service = await findService(serviceId, version);
      if (!service) throw problem('service-unknown');
      return service;
    },
    describeService,
    search: (question, language = 'ar', state = needs.state) => search(question, language, state),
    contract: catalogueContract,
    handlers: {
      listServices: async () => ({ services: listServices() }),
      searchServices: async ({ query, request }) => ({ hits: search(query.q, request.language, needs.state) }),
      getService: async ({ params }) => describeService(params.serviceId),
    },
  };
}

function byTitle(language: Language) {
  return (one: ServiceSummary, other: ServiceSummary) =>
    one.title[language].localeCompare(other.title[language], language);
}

function summarise(service: Service, state: string): ServiceSummary {
  const { definition, id, version } = service;
  const office = findOffering(service, state)!;
  return {
    id,
    version,
    title: definition.title,
    summary: definition.summary,
    state,
    office: { id: office.office, names: office.names },
    lifeEvents: definition.lifeEvents,
    isFree: definition.cost.amountMinor === 0,
    workingDays: definition.serviceLevel.workingDays,
  };
}

function describe(service: Service, state: string): ServiceDetails {
  const { definition, form, texts } = service;
  const purpose = findPurpose(definition.purpose)!;
  return {
    ...summarise(service, state),
    versionLabel: definition.version,
    outcome: definition.outcome,
    whoMayApply: definition.whoMayApply,
    beforeYouStart: texts.beforeYouStart,
    purpose: { id: purpose.id, names: purpose.names, explanation: purpose.explanation },
    asked: describeAsked(service),
    pages: form.definition.pages.map(({ id, title }) => ({ id, title })),
    retention: definition.retention,
    legalBasis: definition.legalBasis,
    outputs: definition.outputs,
    channels: definition.channels,
    cost: definition.cost,
    serviceLevel: definition.serviceLevel,
    howDecided: definition.decision.howDecided,
  };
}

/** What a service asks for, with the agreed names of every field. */
export function describeAsked(service: Service): AskedEvidence[] {
  return service.definition.requirements.map(({ id, why, evidence }) => {
    const type = findEvidenceType(evidence.type)!;
    return {
      requirementId: id,
      names: findRequirement(id)!.names,
      why,
      evidenceType: evidence.type,
      evidenceNames: type.names,
      providedBy: evidence.providedBy,
      fields: evidence.fields.map((field) => ({ ...field, names: type.fields[field.name]!.names })),
    };
  });
}

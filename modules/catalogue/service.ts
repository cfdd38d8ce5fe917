import type { Clock } from '#kernel/clock';
import type { Handlers } from '#kernel/contract';
import type { Database, Tx } from '#kernel/database';
import type { Keys } from '#kernel/keys';
import type { Language, Text } from '#kernel/languages';
import type { Log } from '#kernel/log';
import {
  type CatalogueContract,
  catalogueContract,
  problem,
  type SearchHit,
  type ServiceDetails,
  type ServiceSummary,
} from './contract.ts';
import { describe, describeDraft, summarise } from './describing.ts';
import type { Audience, Concepts, LifeEvent, Vocabulary } from './descriptions/contract.ts';
import { answerEligibility, describeEligibility } from './eligibility/answers.ts';
import { findFee } from './fees/rules.ts';
import { inspectFiles, loadServices, openFolder, type Published } from './folders.ts';
import { findUnheld } from './forms/registers.ts';
import { createInForce, type KnownVersion } from './in-force.ts';
import { catalogueOf } from './linked-data/cpsv-ap.ts';
import { findOffer, type Listing } from './listings.ts';
import { createMisses } from './misses.ts';
import { createPauses, type Pause, type PauseShown } from './pauses.ts';
import { createSearch, type Search } from './search.ts';
import { findOffering, type Opened, type Service, type ServiceFiles } from './services.ts';
import { findVersionFiles, keepVersion, type Miss } from './store.ts';

export type CatalogueNeeds = {
  database: Database;
  clock: Clock;
  /** Whose catalogue this is (ISO 3166-1 alpha-2), and its currency (ISO 4217). */
  state: { code: string; names: Text; currency: { code: string; decimals: number } };
  /** The address under which its services are found. */
  publicUrl: string;
  servicesDir: string;
  log: Log;
  /** The public registers of this state that forms may look things up in; any where it is absent. */
  registers?: readonly string[];
  /** Where the key is under which questions that found nothing are counted. */
  keys: Keys;
};

/** What somebody looks for; a member that is absent fits everything. */
export type Wanted = {
  lifeEvent?: string;
  theme?: string;
  audience?: Audience;
  /** Whole years. */
  age?: number;
};

type InForce = ReturnType<typeof createInForce>;

export type Catalogue = {
  /**
   * Reads the services' folder and keeps every new version. Throws an Error that lists what is wrong, file by file, and
   * publishes nothing then: half a catalogue would send people away for services that exist.
   */
  start(): Promise<void>;
  /** The services of this state that fit, by title. */
  listServices(wanted?: Wanted): ServiceSummary[];
  /** Those that fit and that only other states give, as the first of them does. */
  listElsewhere(wanted?: Wanted): ServiceSummary[];
  /** The services that are given on this platform, ready for use. */
  listDelivered(): Service[];
  listLifeEvents(): LifeEvent[];
  listThemes(): Vocabulary['themes'];
  /** A service given here: the current version, or a version that was once published here. */
  findService(serviceId: string, version?: string): Promise<Service | undefined>;
  getService(serviceId: string, version?: string): Promise<Service>;
  describeService(serviceId: string): ServiceDetails;
  /** Whether any state gives or describes a service of this name now. */
  isKnown(serviceId: string): boolean;
  /** A service whose check can be asked; refuses with `eligibility-absent` where it has none. */
  getChecked(serviceId: string): Promise<Service>;
  /** What people looked for and this state does not give, most often first; only what many asked for. */
  listMisses(): Promise<Miss[]>;
  /** Waits for what is counted in the background. */
  settle(): Promise<void>;
  /**
   * Services of all states that fit a question in either language, best first; `language` orders those that fit equally. One that
   * only other states give stands in its place: who looks for it is not sent to the next best thing that there is here.
   */
  search(question: string, language?: Language): SearchHit[];
  /** Every version of a service that was ever published here, the newest first, and the files of one. */
  listVersions(serviceId: string): Promise<KnownVersion[]>;
  readVersion(serviceId: string, version: string): Promise<ServiceFiles | undefined>;
  /** What is wrong with files that are to become this service, and the service as far as it can be read. */
  inspect(serviceId: string, files: ServiceFiles): Promise<Opened>;
  /** What the service of such files would be said to be. */
  describeDraft(service: Service): ServiceDetails;
  /** Keeps a version and puts it in force from a moment on. It counts with the next `refresh`; answers its hash. */
  publish: InForce['publish'];
  /** Why a service takes no new applications now; undefined when it does. Asked anew each time. */
  findPause(serviceId: string): Promise<PauseShown | undefined>;
  /** Those that are on or to come, the earliest first; read from the table. */
  listPauses(serviceId: string): Promise<Pause[]>;
  /** Pauses a service or ends that, in the caller's transaction; lists say so after the next `refresh`. */
  pause(tx: Tx, pause: Omit<Pause, 'pausedAt'>): Promise<void>;
  /** False where there is no such pause. */
  endPause(tx: Tx, serviceId: string, startsAt: Date): Promise<boolean>;
  /** Looks which versions count now: after a publication here, and again and again for those of other processes and those to come. */
  refresh(): Promise<void>;
  contract: CatalogueContract;
  handlers: Handlers<CatalogueContract>;
};

export function createCatalogue(needs: CatalogueNeeds): Catalogue {
  let current = new Map<string, Published>();
  let concepts: Concepts = { vocabulary: { lifeEvents: [], themes: [] }, synonyms: [] };
  const inForce = createInForce(needs);
  const misses = createMisses(needs);
  const pauses = createPauses(needs);
  let index: Search | undefined;
  /** Old versions that cases still stand on; a version never changes, so it is compiled once. */
  const opened = new Map<string, Service>();

  const listings = () => [...current.values()].map(({ listing }) => listing);
  const offered = () => listings().filter((listing) => findOffer(listing, needs.state.code));

  const held = needs.registers && new Set(needs.registers);
  /** Registers that the service looks up here and that this state does not offer. */
  const unheldIn = (service: Service) =>
    held && findOffering(service, needs.state.code) ? findUnheld(service.form.definition, needs.state.code, held) : [];

  const start = async () => {
    const { published, concepts: read, findings } = await loadServices(needs.servicesDir, needs.state.code);
    const { code, currency } = needs.state;
    for (const { listing, service } of published) {
      const asked = findFee(service?.fee, code);
      if (asked && asked.currency !== currency.code)
        findings.push({
          file: `${listing.id}/fee.json`,
          problem: `in ${code} it asks for ${asked.currency}, but the currency there is ${currency.code}`,
        });
    }
    for (const { listing, service } of published)
      for (const finding of service ? unheldIn(service) : [])
        findings.push({ file: `${listing.id}/form.json`, problem: finding });
    if (findings.length > 0)
      throw new Error(
        `the services cannot be published:\n${findings.map(({ file, problem: text }) => `  ${file}: ${text}`).join('\n')}`,
      );
    const publishedAt = needs.clock.now();
    await needs.database.transaction(async (tx) => {
      for (const { listing, files } of published) {
        const { id, version, versionLabel } = listing;
        const isNew = await keepVersion(tx, { serviceId: id, version, label: versionLabel, files, publishedAt });
        if (isNew) needs.log.info({ serviceId: id, version, label: versionLabel }, 'service version published');
      }
    });
    inForce.setFolder(published);
    concepts = read;
    current = await inForce.read();
    await pauses.read();
    index = undefined;
  };

  const refresh = async () => {
    await pauses.read();
    const next = await inForce.read();
    const isSame = [...next].every(([id, one]) => current.get(id)?.listing.version === one.listing.version);
    if (isSame && next.size === current.size) return;
    current = next;
    index = undefined;
    needs.log.info('another version of a service is in force');
  };

  const findService = async (serviceId: string, version?: string): Promise<Service | undefined> => {
    const now = current.get(serviceId)?.service;
    if (!version || version === now?.version) return now && findOffering(now, needs.state.code) ? now : undefined;
    const key = `${serviceId}@${version}`;
    const known = opened.get(key);
    if (known) return known;
    const files = await findVersionFiles(needs.database.db, serviceId, version);
    if (!files) return undefined;
    const { published, findings } = await openFolder(files, needs.state.code);
    if (!published) throw new Error(`the kept version ${key} no longer opens: ${JSON.stringify(findings)}`);
    if (published.service) opened.set(key, published.service);
    return published.service;
  };

  const isHere = (listing: Listing) => findOffer(listing, needs.state.code) !== undefined;
  const summariseHere = (listing: Listing) =>
    withPause(summarise(listing, concepts.vocabulary, isHere(listing) ? needs.state.code : listing.offers[0]!.state));
  const withPause = <Summary extends ServiceSummary>(summary: Summary): Summary => {
    if (summary.state !== needs.state.code) return summary;
    const { on, next } = pauses.of(summary.id);
    const end = ({ endsAt }: PauseShown) => (endsAt ? { endsAt: endsAt.toISOString() } : {});
    return {
      ...summary,
      ...(on ? { pause: { reason: on.reason, ...end(on) } } : {}),
      ...(next ? { nextPause: { reason: next.reason, startsAt: next.startsAt.toISOString(), ...end(next) } } : {}),
    };
  };

  const search = (question: string, language: Language): SearchHit[] => {
    index ??= createSearch(listings(), concepts);
    const found = index
      .find(question)
      .map(({ serviceId, score }) => ({ service: summariseHere(current.get(serviceId)!.listing), score }))
      .sort((one, other) => other.score - one.score || byTitle(language)(one.service, other.service));
    if (!found[0]?.service.givenIn.includes(needs.state.code)) misses.note(question);
    return found;
  };

  const describeService = (serviceId: string): ServiceDetails => {
    const published = current.get(serviceId);
    if (!published || !isHere(published.listing)) throw problem('service-unknown');
    return withPause(describe(published, concepts.vocabulary, needs.state.code));
  };

  const getChecked = async (serviceId: string): Promise<Service> => {
    const service = await findService(serviceId);
    if (service?.eligibility) return service;
    describeService(serviceId);
    throw problem('eligibility-absent');
  };

  const listFitting = (wanted: Wanted, isWanted: (listing: Listing) => boolean) =>
    listings()
      .filter((listing) => isWanted(listing) && fits(listing, wanted))
      .map(summariseHere)
      .sort(byTitle('ar'));
  const listServices = (wanted: Wanted = {}) => listFitting(wanted, isHere);

  return {
    start,
    listServices,
    listElsewhere: (wanted = {}) => listFitting(wanted, (listing) => !isHere(listing)),
    listDelivered: () =>
      [...current.values()].flatMap(({ service }) =>
        service && findOffering(service, needs.state.code) ? [service] : [],
      ),
    listLifeEvents: () => concepts.vocabulary.lifeEvents,
    listThemes: () => concepts.vocabulary.themes,
    findService,
    getService: async (serviceId, version) => {
      const service = await findService(serviceId, version);
      if (!service) throw problem('service-unknown');
      return service;
    },
    describeService,
    isKnown: (serviceId) => current.has(serviceId),
    getChecked,
    listVersions: inForce.listVersions,
    readVersion: (serviceId, version) => findVersionFiles(needs.database.db, serviceId, version),
    inspect: async (id, files) => {
      const opened = await inspectFiles(files, { id, vocabulary: concepts.vocabulary, state: needs.state.code });
      const unheld = opened.service ? unheldIn(opened.service) : [];
      return {
        ...opened,
        findings: [...opened.findings, ...unheld.map((text) => ({ file: 'form.json', problem: text }))],
      };
    },
    describeDraft: (service) => describeDraft(service, concepts.vocabulary, needs.state.code),
    publish: inForce.publish,
    findPause: pauses.findNow,
    listPauses: pauses.list,
    pause: pauses.set,
    endPause: pauses.end,
    refresh,
    search: (question, language = 'ar') => search(question, language),
    listMisses: misses.list,
    settle: misses.settle,
    contract: catalogueContract,
    handlers: {
      readVersion: async ({ params, query }) => {
        const version = query.version ?? current.get(params.serviceId)?.listing.version;
        const files = version && (await findVersionFiles(needs.database.db, params.serviceId, version));
        if (!files) throw problem('service-unknown');
        return { version, files };
      },
      listServices: async ({ query }) => ({ services: listServices(query) }),
      searchServices: async ({ query, request }) => ({ hits: search(query.q, request.language) }),
      getService: async ({ params }) => describeService(params.serviceId),
      getEligibility: async ({ params }) => describeEligibility(await getChecked(params.serviceId)),
      checkEligibility: async ({ params, body }) =>
        answerEligibility(await getChecked(params.serviceId), needs.state.code, body.answers),
      listMisses: async () => ({
        misses: (await misses.list()).map((miss) => ({ ...miss, lastAt: miss.lastAt.toISOString() })),
      }),
      exportCatalogue: async () => ({
        bytes: JSON.stringify(catalogueOf(offered(), concepts.vocabulary, needs), undefined, 1),
      }),
    },
  };
}

function byTitle(language: Language) {
  return (one: ServiceSummary, other: ServiceSummary) =>
    one.title[language].localeCompare(other.title[language], language);
}

function fits(listing: Listing, { lifeEvent, theme, audience, age }: Wanted): boolean {
  const { from = 0, to = Number.POSITIVE_INFINITY } = listing.ages ?? {};
  return (
    (lifeEvent === undefined || listing.lifeEvents.includes(lifeEvent)) &&
    (theme === undefined || listing.theme === theme) &&
    (audience === undefined || listing.audience.includes(audience)) &&
    (age === undefined || (age >= from && age <= to))
  );
}

import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import type { Text } from '#kernel/languages';
import type { Log } from '#kernel/log';
import { evidenceSchema, findEvidenceType } from '#protocol/catalogue';
import type { DocumentReference } from '#protocol/document';
import { problem } from '../contract.ts';
import { openLookUp } from '../look-ups/reading.ts';
import { createLookUps, type LookUps } from '../look-ups/service.ts';
import {
  type AdapterNeeds,
  type DriftKind,
  type FieldDrift,
  lookUpTimeoutMs,
  type PersonKey,
  probing,
  RegistryFault,
  type Source,
} from './adapter.ts';
import { checkRegistryConfig, findAdapter, type RegistryConfig } from './config.ts';
import { type OpenDocument, type OpenDocumentStore, openDocumentStore } from './document-store.ts';
import { createDriftBook, type DriftBook, type DriftOf, type RegistryDrift } from './drifts.ts';
import { type Mapped, prepareMap } from './mapping.ts';
import { type OpenPopulation, openPopulation } from './population.ts';

const addFormats = addFormatsModule as unknown as (ajv: Ajv2020) => void;

export type RegistryHealth = {
  registryId: string;
  /** The id of an evidence type; of a look-up `look-up:` and its name. */
  evidenceType: string;
  isHealthy: boolean;
  /** One plain sentence for the operator: what is broken and how to mend it. */
  reason?: Text;
  drift?: RegistryDrift[];
};

export type Registries = {
  has(officeId: string, evidenceType: string): boolean;
  /** The registry of this node that holds an evidence type, whichever office it belongs to. */
  findHolder(evidenceType: string): RegistryConfig | undefined;
  /**
   * The full record of one person in the published form. Throws `evidence-not-found`, `registry-unavailable` or
   * `registry-answer-invalid`: a record that does not fit the evidence type's JSON Schema never leaves.
   */
  lookUp(officeId: string, evidenceType: string, person: PersonKey): Promise<Record<string, unknown>>;
  /**
   * Looks the person's record up anew and opens one document that it names. Throws as `lookUp` does, `evidence-not-found` when
   * the record names no such document.
   */
  findDocument(
    officeId: string,
    evidenceType: string,
    person: { nationalId: string },
    field: string,
  ): Promise<FoundDocument>;
  /**
   * Really looks: plans the query, fetches the document, opens the file. Asked often, it looks once in five seconds, unless
   * `isNow` is wanted.
   */
  checkHealth(options?: { isNow?: boolean }): Promise<RegistryHealth[]>;
  /** What has drifted and is not right again, in this process and the others of the node; it does not look. */
  listDrifts(): Array<DriftOf & RegistryDrift>;
  /** The register of a registry in which people are found by their birth day; undefined when none has one. */
  population: OpenPopulation | undefined;
  /** Public registers that forms look things up in. */
  lookUps: LookUps;
  /** Shares what has drifted with the other processes of the node, until stopped. */
  start(): void;
  stop(): Promise<void>;
};

/** A document of a record as the registry describes it now. `open` throws `document-unavailable`. */
export type FoundDocument = { reference: DocumentReference; open(): Promise<OpenDocument> };

export type RegistriesNeeds = AdapterNeeds & { log: Log; registries: readonly unknown[] };

/** One kind of evidence of one registry, with everything a lookup needs made ready. */
type Entry = {
  config: RegistryConfig;
  evidenceType: string;
  source: Source;
  documents: OpenDocumentStore | undefined;
  map(record: unknown): Mapped;
  isValid: ValidateFunction;
  about: DriftOf;
  /** What the last look found broken, so that the log says it once and not at every look. */
  fault: Text | undefined;
};

const healthHeldMs = 5_000;
const deadlineMs = lookUpTimeoutMs + 250;
/** What a drift says of the value that is mapped to a field. */
export const driftKinds: Record<DriftKind, Text> = {
  'field-gone': { en: 'is gone', ar: 'لم يعد موجودًا' },
  'type-changed': { en: 'has another type', ar: 'نوعه مختلف' },
  'value-unknown': { en: 'has a value that its table does not name', ar: 'فيه قيمة لا يذكرها جدوله' },
  'form-changed': { en: 'is written in another form', ar: 'مكتوب بصيغة أخرى' },
  'other-person': { en: 'is of another person than the one asked about', ar: 'يخص شخصًا غير المسؤول عنه' },
  'document-incomplete': {
    en: 'names a document without its size, its SHA-256 or its media type',
    ar: 'يذكر وثيقة دون حجمها أو بصمتها SHA-256 أو نوعها',
  },
  'letters-lost': {
    en: 'has letters that were lost, because it is written in another encoding',
    ar: 'ضاعت منه حروف لأنه مكتوب بترميز آخر',
  },
  'digits-lost': {
    en: 'is a number with more digits than can be kept exactly, and has to be given as text',
    ar: 'عدد أرقامه أكثر مما يُحفظ بدقة، فيجب أن يُعطى نصًا',
  },
  'other-calendar': { en: 'is a day of another calendar', ar: 'تاريخ بتقويم آخر' },
};

export function createRegistries(needs: RegistriesNeeds): Registries {
  const ajv = new Ajv2020({ strict: false, allErrors: false, validateSchema: false });
  addFormats(ajv);
  const validators = new Map<string, ValidateFunction>();
  const validatorOf = (typeId: string) => {
    const known = validators.get(typeId) ?? ajv.compile(evidenceSchema(findEvidenceType(typeId)!));
    validators.set(typeId, known);
    return known;
  };
  const opened = needs.registries.map(checkRegistryConfig).map((config) => {
    const { addressing, open } = findAdapter(config.adapter)!;
    const registry = open(needs, config);
    const documents = config.documents && openDocumentStore(needs, config.documents);
    const entries = config.evidence.map((evidence): Entry => {
      const type = findEvidenceType(evidence.type)!;
      return {
        config,
        evidenceType: type.id,
        source: registry.prepare(evidence),
        documents,
        map: prepareMap(evidence.map, type, addressing),
        isValid: validatorOf(type.id),
        about: { registryId: config.id, evidenceType: type.id },
        fault: undefined,
      };
    });
    return { config, registry, documents, entries };
  });
  const entries = opened.flatMap((one) => one.entries);
  const byOffice = new Map<string, Entry>();
  for (const entry of entries) {
    const key = `${entry.config.officeId} ${entry.evidenceType}`;
    if (!byOffice.has(key)) byOffice.set(key, entry);
  }
  const lookUps = createLookUps(
    needs,
    opened.flatMap(({ config, registry }) =>
      (config.lookUps ?? []).map((query) => ({
        registryId: config.id,
        officeId: config.officeId,
        query,
        source: openLookUp(registry, config as Parameters<typeof openLookUp>[1], query),
      })),
    ),
  );
  let health: { at: number; results: Promise<RegistryHealth[]> } | undefined;
  const drifts = createDriftBook(needs);

  const find = (officeId: string, evidenceType: string, { nationalId }: { nationalId: string }) => {
    const entry = byOffice.get(`${officeId} ${evidenceType}`);
    if (!entry) throw problem('service-unknown');
    // No registry keeps a record under such a number, and not every way to one could carry it unchanged.
    if (nationalId === '' || !nationalId.isWellFormed() || /[\x00-\x1f\x7f]/.test(nationalId))
      throw problem('evidence-not-found');
    return entry;
  };

  return {
    has: (officeId, evidenceType) => byOffice.has(`${officeId} ${evidenceType}`),
    findHolder: (evidenceType) => entries.find((entry) => entry.evidenceType === evidenceType)?.config,
    lookUp: async (officeId, evidenceType, person) =>
      (await lookUp(needs, drifts, find(officeId, evidenceType, person), person)).record,
    findDocument: async (officeId, evidenceType, person, field) => {
      const entry = find(officeId, evidenceType, person);
      const { record, locations } = await lookUp(needs, drifts, entry, person);
      const location = locations[field];
      if (location === undefined) throw problem('evidence-not-found');
      return {
        reference: record[field] as DocumentReference,
        open: () => openDocument(needs, entry, location),
      };
    },
    checkHealth: ({ isNow = false } = {}) => {
      const at = needs.clock.now().getTime();
      if (!health || isNow || at - health.at >= healthHeldMs || at < health.at)
        health = { at, results: look(needs, drifts, entries, lookUps) };
      return health.results;
    },
    listDrifts: () => entries.flatMap(({ about }) => drifts.list(about).map((drift) => ({ ...about, ...drift }))),
    population: opened
      .map(({ config, registry }) => openPopulation(needs, config, registry))
      .find((one) => one !== undefined),
    lookUps,
    start: () => {
      drifts.start();
      lookUps.start();
    },
    stop: async () => {
      await lookUps.stop();
      await drifts.stop();
      await Promise.all(opened.flatMap(({ registry, documents }) => [registry.stop(), documents?.stop()]));
    },
  };
}

type Reporting = Pick<RegistriesNeeds, 'log'>;

async function openDocument(needs: Reporting, { config, evidenceType, documents }: Entry, location: string) {
  try {
    return await documents!.open(location);
  } catch (error) {
    // The location may name the person: only the code is kept.
    const code = String((error as { code?: unknown }).code);
    needs.log.error({ registry: config.id, evidenceType, code }, 'document not opened');
    throw problem('document-unavailable');
  }
}

async function lookUp(needs: Reporting, drifts: DriftBook, entry: Entry, person: PersonKey): Promise<Mapped> {
  const about = { registry: entry.config.id, evidenceType: entry.evidenceType };
  let found: unknown[];
  try {
    found = await beforeDeadline(entry.source.read(person));
  } catch (error) {
    // A database's or a service's own message may quote the record: only the code is kept.
    const code = String((error as { code?: unknown }).code);
    needs.log.error({ ...about, code }, 'registry lookup failed');
    if (!(error instanceof RegistryFault) || error.drift.length === 0) throw problem('registry-unavailable');
    drifts.note(entry.about, 'answer', error.drift, false);
    throw problem('registry-answer-invalid');
  }
  if (found.length === 0) throw problem('evidence-not-found');
  if (found.length > 1) {
    needs.log.error({ ...about, where: 'more than one record' }, 'registry record does not fit');
    throw problem('registry-answer-invalid');
  }
  const mapped = entry.map(found[0]);
  const { record, drift } = mapped;
  const fits = entry.isValid(record);
  const seen = fits || drift.length > 0 ? drift : [driftOf(entry.isValid)];
  // A value that could not be converted is not passed over: the person would seem to have none.
  const isGiven = fits && drift.every(({ kind }) => kind === 'field-gone');
  drifts.note(entry.about, 'answer', seen, isGiven);
  if (!isGiven) {
    const where = fits ? seen[0]!.field : (entry.isValid.errors?.[0]?.schemaPath ?? '');
    needs.log.error({ ...about, where }, 'registry record does not fit');
    throw problem('registry-answer-invalid');
  }
  return mapped;
}

/** Adapters keep the time of each step; this one is for all of them together, such as a document fetched before the first lookup. */
function beforeDeadline<Result>(work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new RegistryFault('deadline', { en: 'The registry is too slow.', ar: 'السجل بطيء أكثر مما يجوز.' })),
      deadlineMs,
    );
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** What the first error of a validation says about the registry; the schema path names the field, never the value. */
function driftOf({ errors }: ValidateFunction): FieldDrift {
  const [error] = errors ?? [];
  if (error?.keyword === 'required') return { field: String(error.params['missingProperty']), kind: 'field-gone' };
  const kind =
    error?.keyword === 'type' ? 'type-changed' : error?.keyword === 'enum' ? 'value-unknown' : 'form-changed';
  return { field: error?.instancePath.split('/')[1] ?? '*', kind };
}

/** All registries at once; then what has drifted, as the other processes of the node have seen it too. */
async function look(
  needs: Reporting,
  drifts: DriftBook,
  entries: readonly Entry[],
  lookUps: LookUps,
): Promise<RegistryHealth[]> {
  const found = await Promise.all(entries.map((entry) => probe(needs, drifts, entry)));
  const looked = await lookUps.checkHealth();
  await drifts.sync();
  return [
    ...found.map((one) => {
      const drift = drifts.list(one);
      return { ...one, ...(drift.length > 0 ? { drift } : {}) };
    }),
    ...looked.map(({ registryId, name, reason }) => ({
      registryId,
      evidenceType: `look-up:${name}`,
      isHealthy: reason === undefined,
      ...(reason === undefined ? {} : { reason }),
    })),
  ];
}

async function probe(needs: Reporting, drifts: DriftBook, entry: Entry): Promise<RegistryHealth> {
  const { fault = await findStoreFault(entry), drift } = await entry.source.probe();
  drifts.note(entry.about, 'look', drift, fault === undefined);
  const base = entry.about;
  const [first] = drift;
  const reason = fault ?? (first && sentenceOf(first));
  if (reason && reason.en !== entry.fault?.en)
    needs.log.warn(
      { registry: base.registryId, evidenceType: base.evidenceType, reason: reason.en },
      'registry is not healthy',
    );
  entry.fault = reason;
  return {
    ...base,
    isHealthy: reason === undefined,
    ...(reason === undefined ? {} : { reason }),
  };
}

async function findStoreFault({ documents }: Entry): Promise<Text | undefined> {
  if (!documents) return undefined;
  return (await probing(() => documents.probe().then(() => []))).fault;
}

export function sentenceOf({ field, kind, at, perhaps }: FieldDrift): Text {
  const { en, ar } = driftKinds[kind];
  const place = at === undefined ? '' : ` (${at})`;
  const what =
    field === '*'
      ? { en: 'The record', ar: 'القيد' }
      : { en: `What is mapped to the field ${field}${place}`, ar: `ما يقابل الحقل ${field}${place}` };
  const now: Text =
    perhaps === undefined
      ? { en: '', ar: '' }
      : { en: ` Perhaps it is now ${perhaps}.`, ar: ` ربما صار اسمه ${perhaps}.` };
  return {
    en: `${what.en} ${en}.${now.en} Correct the registry, or its description in the map.`,
    ar: `${what.ar} ${ar}.${now.ar} صحّح السجل أو وصفه في map.`,
  };
}

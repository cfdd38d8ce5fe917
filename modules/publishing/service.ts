import type { Clock } from '#kernel/clock';
import type { Database, Tx } from '#kernel/database';
import { newId } from '#kernel/ids';
import type { Text } from '#kernel/languages';
import type { Log } from '#kernel/log';
import { Problem } from '#kernel/problem';
import {
  type Catalogue,
  findOffering,
  type Opened,
  runEligibilityTests,
  runTests,
  type Service,
  type ServiceFiles,
  type TestedCase,
  type TestResult,
  versionOf,
} from '#modules/catalogue';
import type { Ledger } from '#modules/ledger';
import {
  type DraftState,
  editorRole,
  type Official,
  problem,
  publisherRole,
  type Step,
  type StepBody,
} from './contract.ts';
import type { Difference } from './differences/values.ts';
import { compareFiles } from './differences.ts';
import { createTemplates, findUnset, type SetDocument } from './documents/service.ts';
import { refuse } from './edits/refusals.ts';
import { checkGrants, type EvidenceGrant } from './edits/requirements.ts';
import { templateFile } from './edits/template.ts';
import { createListing, needRole, summaryOf } from './listing.ts';
import { printJson, readJson } from './places.ts';
import {
  appendStep,
  type DraftRow,
  findDraft,
  findRevision,
  holdDraft,
  insertDraft,
  insertRevision,
  listAtWork,
  listSteps,
  saveDraft,
} from './store.ts';

export type PublishingNeeds = {
  database: Database;
  clock: Clock;
  log: Log;
  ledger: Pick<Ledger, 'append'>;
  catalogue: Catalogue;
  /** ISO 3166-1 alpha-2. */
  state: string;
  /** ISO 4217. */
  currency: string;
  /** An office of this state: its name with that of the state, as services carry it, and what its trust mark lets it ask for. */
  findOffice(officeId: string): { fullNames: Text; grants: readonly EvidenceGrant[] } | undefined;
  /** Sets the document that a test case of a service brings about. Without it no look of a document is tried, and none is changed. */
  setDocument?: SetDocument;
};

export type DraftSummary = { draftId: string; state: DraftState; revision: number; changedAt: string };
/** `version`: of a service that has been published; without it nobody can apply for it yet. */
export type EditableService = {
  serviceId: string;
  title: Text;
  version?: string;
  label: string;
  draft?: DraftSummary;
};
export type Draft = DraftSummary & {
  serviceId: string;
  /** Undefined: the service was begun here. */
  baseVersion?: string;
  files: ServiceFiles;
  /** The service as far as it can be read, and what is wrong with it, tests included. */
  opened: Opened;
  tests: TestResult[];
  /** Of the check before one applies. */
  eligibilityTests: TestedCase[];
  steps: Step[];
  may: { edit: boolean; submit: boolean; publish: boolean };
};

const inspectedMax = 6;
const aheadMsMax = 366 * 86_400_000;
const wordsMax = 2000;

/** Drafts of services: officials of the office that offers one change it, and another of them publishes it. */
export function createDrafts(needs: PublishingNeeds) {
  const { database, clock, catalogue, ledger, log, state } = needs;

  /** What was found lately: files never change under their hash, and a page is often asked for again. */
  const inspected = new Map<string, Promise<Pick<Draft, 'opened' | 'tests' | 'eligibilityTests'>>>();
  const inspect = (serviceId: string, files: ServiceFiles) => {
    const key = `${serviceId}@${versionOf(files)}`;
    const known = inspected.get(key) ?? look(serviceId, files);
    inspected.delete(key);
    inspected.set(key, known);
    if (inspected.size > inspectedMax) inspected.delete(inspected.keys().next().value!);
    return known;
  };
  const look = async (serviceId: string, files: ServiceFiles) => {
    const opened = await catalogue.inspect(serviceId, files);
    const offering = opened.service && findOffering(opened.service, state);
    const office = offering && needs.findOffice(offering.office);
    const ungranted = office ? checkGrants(opened.service!.definition, { id: offering.office, ...office }) : [];
    opened.findings.push(...ungranted.map((problem) => ({ file: 'service.json', problem })));
    const problem = await findUnset(needs.setDocument, opened);
    if (problem) opened.findings.push({ file: templateFile, problem });
    const run = <Tested>(tests: (service: Service) => Tested[]) => (opened.service ? tests(opened.service) : []);
    return { opened, tests: run(runTests), eligibilityTests: run(runEligibilityTests) };
  };

  const listing = createListing(needs);
  const mine = (official: Official, row: DraftRow | undefined): DraftRow => {
    needRole(official, editorRole, publisherRole);
    if (!row || row.office_id !== official.officeId) throw problem('draft-unknown');
    return row;
  };
  const filesOf = async (db: Tx, row: DraftRow) => (await findRevision(db, row.draft_id, row.revision))!;
  const editorsIn = (steps: readonly Step[]) =>
    new Set(steps.filter(({ kind }) => ['begun', 'opened', 'edited'].includes(kind)).map(({ by }) => by));
  /** Undefined of a service that nobody can apply for yet. */
  const inForce = async (serviceId: string) => (await catalogue.findService(serviceId))?.version;
  /** What a draft is compared with: the version in force, or the service as it was begun. */
  const baseOf = async (serviceId: string, draftId: string): Promise<ServiceFiles> => {
    const version = await inForce(serviceId);
    return (version ? await catalogue.readVersion(serviceId, version) : await findRevision(database.db, draftId, 1))!;
  };

  /** One step of a draft that is held: the state it needs, and the revision that was looked at. */
  const step = async <Answer>(
    official: Official,
    draftId: string,
    of: { role: string; from: DraftState[]; revision: number },
    work: (tx: Tx, row: DraftRow, add: (kind: Step['kind'], body?: StepBody) => Promise<void>) => Promise<Answer>,
  ): Promise<Answer> => {
    needRole(official, of.role);
    return database.transaction(async (tx) => {
      const row = mine(official, await holdDraft(tx, draftId));
      if (!of.from.includes(row.state)) throw problem('draft-closed');
      if (row.revision !== of.revision) throw problem('draft-changed-since');
      const add = (kind: Step['kind'], body: StepBody = {}) =>
        appendStep(tx, draftId, { kind, by: official.personId, at: clock.now(), revision: row.revision, body });
      return work(tx, row, add);
    });
  };

  const findDraftRow = async (official: Official, draftId: string) =>
    mine(official, await findDraft(database.db, draftId));

  const getDraft = async (official: Official, draftId: string): Promise<Draft> => {
    const row = await findDraftRow(official, draftId);
    const files = await filesOf(database.db, row);
    const looked = await inspect(row.service_id, files);
    const steps = await listSteps(database.db, draftId);
    const isSound = looked.opened.findings.length === 0;
    return {
      ...summaryOf(row),
      serviceId: row.service_id,
      ...(row.base_version === null ? {} : { baseVersion: row.base_version }),
      files,
      ...looked,
      steps,
      may: {
        edit: row.state === 'open' && official.roles.includes(editorRole),
        submit: row.state === 'open' && isSound && official.roles.includes(editorRole),
        publish:
          row.state === 'submitted' &&
          official.roles.includes(publisherRole) &&
          !editorsIn(steps).has(official.personId),
      },
    };
  };

  const readFiles = async (official: Official, draftId: string) => {
    const row = await findDraftRow(official, draftId);
    return { serviceId: row.service_id, files: await filesOf(database.db, row) };
  };

  /** What somebody looked at, unless it has changed since. */
  const readLooked = async (official: Official, draftId: string, revision: number) => {
    const row = await findDraftRow(official, draftId);
    if (row.revision !== revision) throw problem('draft-changed-since');
    return { serviceId: row.service_id, files: await filesOf(database.db, row) };
  };

  /**
   * Saves what an edit makes of the draft that was looked at. Refuses with `draft-changed-since` when another was saved meanwhile, and
   * `edit-impossible` for what makes no files at all; files with problems are saved, for a draft is mended step by step.
   */
  const editDraft = (
    official: Official,
    draftId: string,
    given: { revision: number; file: string; edit: (files: ServiceFiles) => ServiceFiles | Promise<ServiceFiles> },
  ): Promise<number> =>
    step(official, draftId, { role: editorRole, from: ['open'], revision: given.revision }, async (tx, row, add) => {
      const before = await filesOf(tx, row);
      const after = await tryEdit(given.edit, before);
      if (JSON.stringify(before) === JSON.stringify(after)) return row.revision;
      row.revision += 1;
      await insertRevision(tx, draftId, row.revision, after);
      await saveDraft(tx, { ...row, changed_at: clock.now() });
      await add('edited', { file: given.file });
      return row.revision;
    });

  /** Refuses what may not be published: with problems or test cases that do not pass. */
  const refuseUnsound = async (serviceId: string, files: ServiceFiles) => {
    const { findings } = (await inspect(serviceId, files)).opened;
    if (findings.length > 0) throw problem('draft-unsound', { count: findings.length });
  };

  return {
    mayTakePart: ({ roles }: Pick<Official, 'roles'>) => roles.includes(editorRole) || roles.includes(publisherRole),
    listServices: listing.listServices,
    getService: listing.getService,
    listVersions: listing.listVersions,
    /** The draft at work, or a new one from the version in force or another; its label is the next. */
    openDraft: async (official: Official, serviceId: string, from?: string): Promise<string> => {
      needRole(official, editorRole);
      const service = await listing.serviceOf(official, serviceId);
      const [known] = await listAtWork(database.db, [serviceId]);
      if (known) return known.draft_id;
      const version = from ?? service.version;
      const files = version && (await catalogue.readVersion(serviceId, version));
      if (!files) throw problem('draft-unknown');
      const draftId = newId();
      const at = clock.now();
      const row: DraftRow = {
        draft_id: draftId,
        service_id: serviceId,
        office_id: official.officeId,
        base_version: version,
        state: 'open',
        revision: 1,
        changed_at: at,
        version: null,
      };
      const isOpened = await database.transaction(async (tx) => {
        if (!(await insertDraft(tx, row))) return false;
        await insertRevision(tx, draftId, 1, withNextLabel(files, service.label));
        await appendStep(tx, draftId, { kind: 'opened', by: official.personId, at, revision: 1, body: { version } });
        return true;
      });
      return isOpened ? draftId : (await listAtWork(database.db, [serviceId]))[0]!.draft_id;
    },
    getDraft,
    /** The files as somebody looked at them. */
    readRevision: async (official: Official, draftId: string, revision: number): Promise<ServiceFiles | undefined> => {
      await findDraftRow(official, draftId);
      return findRevision(database.db, draftId, revision);
    },
    editDraft,
    ...createTemplates(needs.setDocument, { inspect, findLooked: readLooked, findFiles: readFiles, editDraft }),
    discardDraft: (official: Official, draftId: string, revision: number): Promise<void> =>
      step(official, draftId, { role: editorRole, from: ['open'], revision }, async (tx, row, add) => {
        await saveDraft(tx, { ...row, state: 'discarded', changed_at: clock.now() });
        await add('discarded');
      }),
    submitDraft: async (official: Official, draftId: string, revision: number): Promise<void> => {
      const { serviceId, files } = await readLooked(official, draftId, revision);
      await refuseUnsound(serviceId, files);
      const isNew = (await inForce(serviceId)) === undefined;
      const differences = await compareFiles(await baseOf(serviceId, draftId), files);
      if (!isNew && differences.every(({ place }) => place === 'version')) throw problem('draft-unchanged');
      await step(official, draftId, { role: editorRole, from: ['open'], revision }, async (tx, row, add) => {
        await saveDraft(tx, { ...row, state: 'submitted', changed_at: clock.now() });
        await add('submitted');
      });
    },
    returnDraft: async (official: Official, draftId: string, revision: number, words: string): Promise<void> => {
      const said = words.trim();
      if (said === '' || said.length > wordsMax) throw problem('words-missing');
      await step(official, draftId, { role: publisherRole, from: ['submitted'], revision }, async (tx, row, add) => {
        await saveDraft(tx, { ...row, state: 'open', changed_at: clock.now() });
        await add('returned', { words: said });
      });
    },
    /**
     * Makes the next version of the draft, in force from a moment on: version, moment, entry in the ledger and step are one transaction.
     * Refuses whoever changed any part of it, and `against` another version than the one in force, which is empty where there is none.
     */
    publishDraft: async (
      official: Official,
      draftId: string,
      given: { revision: number; against: string; inForceFrom?: Date },
    ): Promise<string> => {
      const of = { role: publisherRole, from: ['submitted' as const], revision: given.revision };
      // Judged before the draft is held: a saved revision never changes.
      const looked = await readLooked(official, draftId, given.revision);
      await refuseUnsound(looked.serviceId, looked.files);
      const version = await step(official, draftId, of, async (tx, row, add) => {
        if (editorsIn(await listSteps(tx, draftId)).has(official.personId)) throw problem('own-draft');
        const current = await inForce(row.service_id);
        if ((current ?? '') !== given.against) throw problem('version-changed-since');
        // A folder may have brought a service of that name meanwhile.
        if (!current && catalogue.isKnown(row.service_id)) throw refuse('service-name-taken', { id: row.service_id });
        const now = clock.now();
        const inForceFrom = given.inForceFrom ?? now;
        const ahead = inForceFrom.getTime() - now.getTime();
        if (Number.isNaN(ahead) || (given.inForceFrom && ahead < 0) || ahead > aheadMsMax) throw problem('moment-past');
        const { files } = looked;
        const label = readJson<{ version: string }>(files, 'service.json')!.version;
        const made = await catalogue.publish(tx, { serviceId: row.service_id, label, files, inForceFrom });
        const record = {
          serviceId: row.service_id,
          officeId: row.office_id,
          version: made,
          label,
          inForceFrom: inForceFrom.toISOString(),
        };
        const { leafHash } = await ledger.append(tx, { kind: 'service-published', record });
        await saveDraft(tx, { ...row, state: 'published', version: made, changed_at: now });
        await add('published', { version: made, inForceFrom: record.inForceFrom, leafHash });
        return made;
      });
      await catalogue.refresh();
      log.info({ draftId, version }, 'a service was published by two officials');
      return version;
    },
    /** What changes between two versions of a service of the own office. */
    compareVersions: async (
      official: Official,
      serviceId: string,
      before: string,
      after: string,
    ): Promise<Difference[]> => {
      await listing.serviceOf(official, serviceId);
      const [old, now] = [before, after].map((version) => catalogue.readVersion(serviceId, version));
      const [one, other] = [await old, await now];
      if (!one || !other) throw problem('draft-unknown');
      return compareFiles(one, other);
    },
    /** What the draft changes in the version in force, and which that is; of a service that is begun, what changed since it was. */
    compareDraft: async ({ serviceId, draftId, files }: Pick<Draft, 'serviceId' | 'draftId' | 'files'>) => ({
      against: (await inForce(serviceId)) ?? '',
      differences: await compareFiles(await baseOf(serviceId, draftId), files),
    }),
  };
}

/** What cannot be made of the files is said in the author's words. */
async function tryEdit(
  edit: (files: ServiceFiles) => ServiceFiles | Promise<ServiceFiles>,
  files: ServiceFiles,
): Promise<ServiceFiles> {
  try {
    return await edit(files);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw problem('edit-impossible', { why: (error as Error).message });
  }
}

/** The same files under the next label: 1.2.0 becomes 1.3.0. */
function withNextLabel(files: ServiceFiles, current: string): ServiceFiles {
  const [major = '1', minor = '0'] = current.split('.');
  const definition = readJson<Record<string, unknown>>(files, 'service.json')!;
  return {
    ...files,
    'service.json': printJson({ ...definition, version: `${major}.${Number(minor) + 1}.0` }),
  };
}

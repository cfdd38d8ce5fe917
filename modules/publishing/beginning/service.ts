import { newId } from '#kernel/ids';
import type { Text } from '#kernel/languages';
import type { Audience, Service, ServiceFiles } from '#modules/catalogue';
import { editorRole, type Official, problem } from '../contract.ts';
import { type Facts, factsOf, putFacts, serviceLevelOf } from '../edits/facts.ts';
import { refuse } from '../edits/refusals.ts';
import { askableFor, purposesOf } from '../edits/requirements.ts';
import { putTerms } from '../edits/terms.ts';
import { printJson, readJson } from '../places.ts';
import type { PublishingNeeds } from '../service.ts';
import { appendStep, insertDraft, insertRevision, listAtWork } from '../store.ts';
import { blankFiles } from './blank.ts';
import { copyFiles } from './copy.ts';

/** What somebody says of a service that there is not yet. `from`: the service that it is a copy of; `purpose`: of a blank one. */
export type NewService = {
  id: string;
  title: Text;
  from?: string;
  purpose?: string;
  theme: string;
  lifeEvents: readonly string[];
  audience: readonly Audience[];
  channels: Facts['channels'];
  assurance: Facts['assurance'];
  workingDays: number;
  /** Whole minor units of the state's currency; 0 is free. */
  amountMinor: number;
};
export type Beginning = {
  /** Services that are given in this state: what a copy can be made of. */
  services: Array<{ serviceId: string; title: Text }>;
  purposes: string[];
  office: Text;
  /** What the service that was chosen says. */
  chosen?: { facts: Facts; workingDays: number; amountMinor: number };
};

/** Services that begin in the console: the first draft of one that no folder has. */
export function createBeginning(needs: PublishingNeeds) {
  const { database, clock, catalogue, state, currency } = needs;

  const officeOf = ({ roles, officeId }: Official) => {
    if (!roles.includes(editorRole)) throw problem('role-missing');
    const office = needs.findOffice(officeId);
    if (!office) throw problem('draft-unknown');
    return office;
  };
  const sourceOf = (serviceId: string): Service => {
    const found = catalogue.listDelivered().find(({ id }) => id === serviceId);
    if (!found) throw problem('draft-unknown');
    return found;
  };
  const vocabulary = () => ({
    themes: catalogue.listThemes().map(({ id }) => id),
    lifeEvents: catalogue.listLifeEvents().map(({ id }) => id),
  });

  const filesOf = (official: Official, given: NewService): ServiceFiles => {
    const office = officeOf(official);
    const offering = { state, office: official.officeId, names: office.fullNames };
    const { id, title } = given;
    const files = given.from ? copyFiles(sourceOf(given.from).files, { id, title, offering }) : blank();
    const held = factsOf(files);
    const { theme, lifeEvents, audience, channels, assurance, workingDays, amountMinor } = given;
    const known = vocabulary();
    const stated = putFacts(files, { ...held, theme, lifeEvents, audience, channels, assurance }, known);
    const definition = readJson<Service['definition']>(stated, 'service.json')!;
    const timed =
      definition.serviceLevel.workingDays === workingDays
        ? stated
        : {
            ...stated,
            'service.json': printJson({
              ...definition,
              serviceLevel: serviceLevelOf(workingDays),
            }),
          };
    const fee = readJson<NonNullable<Service['fee']>>(files, 'fee.json');
    const own = fee?.amounts.find((amount) => amount.state === state);
    const due = own?.due ?? fee?.due ?? 'before-sending';
    const refundAloneMinorMax = Math.min(own?.refundAloneMinorMax ?? amountMinor, amountMinor);
    return putTerms(
      timed,
      { code: state, currency },
      { workingDays, ...(amountMinor > 0 ? { fee: { amountMinor, refundAloneMinorMax, due } } : {}) },
    );

    function blank() {
      const purpose = given.purpose ?? '';
      if (!purposesOf(office.grants).includes(purpose)) throw refuse('purpose-not-granted');
      const [proof] = askableFor(office.grants, purpose, state);
      if (!proof) throw refuse('evidence-missing');
      return blankFiles({ id, title, offering, purpose, proof });
    }
  };

  return {
    /** What a new service can be made of. Refuses whoever is no editor. */
    describeBeginning: (official: Official, from?: string): Beginning => {
      const office = officeOf(official);
      const source = from ? sourceOf(from) : undefined;
      return {
        services: catalogue.listDelivered().map(({ id, definition }) => ({ serviceId: id, title: definition.title })),
        purposes: purposesOf(office.grants).filter((one) => askableFor(office.grants, one, state).length > 0),
        office: office.fullNames,
        ...(source
          ? {
              chosen: {
                facts: factsOf(source.files),
                workingDays: source.definition.serviceLevel.workingDays,
                amountMinor: source.fee?.amounts.find((amount) => amount.state === state)?.amountMinor ?? 0,
              },
            }
          : {}),
      };
    },
    /**
     * Opens the first draft of a new service, in one transaction with its first revision. Refuses a name that any service has, here or elsewhere, or that a
     * draft is at work for, and what no service can be.
     */
    beginService: async (official: Official, given: NewService): Promise<string> => {
      const { id, title } = given;
      officeOf(official);
      if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id) || id.length > 64)
        throw refuse('service-name-wrong', { id: id.slice(0, 64) });
      const isTaken = async () =>
        catalogue.isKnown(id) ||
        (await catalogue.listVersions(id)).length > 0 ||
        (await listAtWork(database.db, [id])).length > 0;
      if (await isTaken()) throw refuse('service-name-taken', { id });
      if (title.ar === '' || title.en === '') throw refuse('title-missing');
      if (!Number.isInteger(given.workingDays) || given.workingDays < 1 || given.workingDays > 365)
        throw refuse('days-wrong');
      const files = filesOf(official, given);
      const draftId = newId();
      const at = clock.now();
      const row = {
        ...{ draft_id: draftId, service_id: id, office_id: official.officeId, state: 'open' as const },
        ...{ base_version: null, revision: 1, changed_at: at, version: null },
      };
      await database.transaction(async (tx) => {
        if (!(await insertDraft(tx, row))) throw refuse('service-name-taken', { id });
        await insertRevision(tx, draftId, 1, files);
        const body = given.from ? { from: given.from } : {};
        await appendStep(tx, draftId, { kind: 'begun', by: official.personId, at, revision: 1, body });
      });
      return draftId;
    },
    /** Concepts by which services are grouped, as officials choose among them. */
    vocabulary,
    /** What the office of an official may ask for with consent. */
    grantsOf: ({ officeId }: Official) => needs.findOffice(officeId)?.grants ?? [],
  };
}

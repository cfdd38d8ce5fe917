import { join } from 'node:path';
import { fixedClock } from '#kernel/clock';
import type { Caller } from '#kernel/contract';
import type { Database, Tx } from '#kernel/database';
import { createHttpServer, type HttpServer, mountContract } from '#kernel/http';
import { newId } from '#kernel/ids';
import { memoryKeys } from '#kernel/keys';
import { silentLog } from '#kernel/log';
import {
  type CaseRole,
  type CasesNeeds,
  casesMigrations,
  createCases,
  type Officer,
  type Person,
  type ReceivedEvidence,
} from '#modules/cases';
import { catalogueMigrations, createCatalogue } from '#modules/catalogue';
import { openTestDatabase } from '#tests/support/database';

export const servicesDir = join(import.meta.dirname, '..', '..', '..', 'services');
// Sunday to Thursday is worked in Saudi Arabia; Founding Day falls on a Sunday in 2026.
export const saudiCalendar = { weekend: [5, 6], holidays: ['2026-02-22'], timeZone: 'Asia/Riyadh' };

const saudiArabia = {
  state: { code: 'SA', names: { ar: 'السعودية', en: 'Saudi Arabia' }, currency: { code: 'SAR', decimals: 2 } },
  publicUrl: 'http://sa.localhost:4005',
};

type Entry = { kind: string; record: Record<string, unknown>; personId?: string };

/**
 * The Saudi cases on a real database. The ledger and the job queue stand at the edge of this module: here they only write
 * down, in the caller's transaction order, what they were told.
 */
export async function openSaudiCases(
  at = '2026-11-22T05:39:00Z',
  {
    folder = servicesDir,
    virusScanner,
    officers,
    roles = () => sampleRoles,
    actsFor,
    askAgain,
    ...edges
  }: { folder?: string; virusScanner?: string; officers?: Officer[] } & Partial<
    Pick<
      CasesNeeds,
      | 'roles'
      | 'actsFor'
      | 'askAgain'
      | 'findAddresses'
      | 'registers'
      | 'sources'
      | 'recogniseSystem'
      | 'isSuspended'
      | 'proveEvidence'
    >
  > = {},
) {
  const database: Database = await openTestDatabase(catalogueMigrations, casesMigrations);
  const clock = fixedClock(at);
  const catalogue = createCatalogue({
    database,
    clock,
    ...saudiArabia,
    servicesDir: folder,
    log: silentLog,
    keys: memoryKeys(),
  });
  await catalogue.start();
  const entries: Entry[] = [];
  const facts: Array<{ name: string; data: object }> = [];
  const ended: Array<{ decisionId: string; as: string }> = [];
  /** Cases with something outside of this module that is not over, and those that others were told to erase. */
  const unsettled = new Set<string>();
  const erased: object[] = [];
  const ledger = { append: async (_tx: Tx, entry: Entry): Promise<unknown> => void entries.push(entry) };
  const cases = createCases({
    database,
    clock,
    catalogue,
    state: 'SA',
    calendar: saudiCalendar,
    log: silentLog,
    virusScanner,
    roles,
    ...(actsFor ? { actsFor } : {}),
    ...(askAgain ? { askAgain } : {}),
    ...edges,
    ledger,
    ...(officers
      ? {
          rolesIn: async (personId, officeId) =>
            officers.find((one) => one.personId === personId && one.officeId === officeId)?.roles ?? [],
          nameOf: async (personId) => {
            const { name = '' } = officers.find((one) => one.personId === personId) ?? {};
            return { ar: name, en: name };
          },
          colleagues: async (officeId) =>
            officers
              .filter((one) => one.officeId === officeId)
              .map(({ personId, name = '', roles = [] }) => ({ personId, names: { ar: name, en: name }, roles })),
        }
      : {}),
    jobs: { queue: () => undefined, send: async (_tx, name, data) => void facts.push({ name, data }) },
    keepsOpen: async (_tx, caseId) => unsettled.has(caseId),
    onErased: async (_tx, one) => void erased.push(one),
    onDecisionEnded: async (_tx, { decisionId, as }) => void ended.push({ decisionId, as }),
  });
  return { database, clock, catalogue, cases, ledger, entries, facts, ended, unsettled, erased };
}

export type SaudiCases = Awaited<ReturnType<typeof openSaudiCases>>;

/** The endpoints of these cases over HTTP. Whoever calls stands in the header `x-caller`, as JSON; without it, anyone. */
export function serveCases({ cases, clock }: SaudiCases): HttpServer {
  const server = createHttpServer({
    publicUrl: 'http://sa.test',
    log: silentLog,
    clock,
    identify: async ({ headers }) =>
      headers['x-caller'] ? (JSON.parse(headers['x-caller']) as Caller) : { kind: 'anyone' },
  });
  mountContract(server, cases.contract, cases.handlers);
  return server;
}

export const somebody = (homeState = 'BH'): Person => ({ personId: newId(), homeState, level: 'substantial' });
export const officerAt = (officeId = 'moe', name = 'Noura', roles = ['reviewer']): Officer => ({
  personId: newId(),
  officeId,
  name,
  roles,
});

const role = (id: string, may: CaseRole['may'], limits: Pick<CaseRole, 'services' | 'states'> = {}): CaseRole => ({
  id,
  names: { ar: `دور ${id}`, en: `Role ${id}` },
  may,
  ...limits,
});
/** As the sample states have them. */
export const sampleRoles: CaseRole[] = [
  role('reviewer', ['read', 'work', 'decide', 'confirm', 'refund', 'answer']),
  role('supervisor', ['read', 'supervise', 'audit']),
  role('auditor', ['audit']),
];

export const identity: ReceivedEvidence = {
  evidenceType: 'person-identity',
  providerState: 'BH',
  values: {
    full_name_ar: 'فاطمة أحمد علي الحداد',
    full_name_latin: 'Fatima Ahmed Ali Alhaddad',
    birth_date: '1997-03-14',
    nationality: 'BH',
  },
};

/** What the home state gives of a child born on that day, for its enrolment. */
export const childBorn = (birthDate: string): ReceivedEvidence[] => [
  { ...identity, values: { ...identity.values, birth_date: birthDate } },
  { evidenceType: 'birth-record', providerState: 'BH', values: { certificate_number: 'B-2010-00000001' } },
];

export const degree = (changes: Record<string, unknown> = {}): ReceivedEvidence => ({
  evidenceType: 'degree-record',
  providerState: 'BH',
  providerOffice: 'moe',
  consentId: 'c-1',
  receipts: { own: { leafHash: '00' } },
  values: {
    degree_level: 'bachelor',
    field_of_study: 'Computer engineering',
    field_code: '0613',
    university_ar: 'جامعة البحرين',
    university_en: 'University of Bahrain',
    university_id: 'uob.edu.bh',
    graduation_year: 2019,
    study_mode: 'full-time',
    gpa: 3.61,
    gpa_scale: 4,
    ...changes,
  },
});

export const pages: Record<string, Record<string, string>> = {
  purpose: { purpose: 'work' },
  profession: { profession: 'مهندسة حاسوب', sector: 'private' },
  contact: { email: 'fatima@example.com', mobile: '+٩٧٣ ٣٦٠٠ ٠٠٠٠', language: 'ar' },
  declaration: { declaration: 'yes' },
};

export async function fillCase(
  cases: SaudiCases['cases'],
  person: Person,
  evidence = [identity, degree()],
): Promise<string> {
  const { id } = await cases.startCase(person, 'degree-recognition');
  await cases.recordEvidence(person, id, evidence);
  for (const [page, posted] of Object.entries(pages)) await cases.saveAnswers(person, id, page, posted);
  return id;
}

/** The officer marks every open point of the checklist as done. */
export async function checkAll(
  cases: Pick<SaudiCases['cases'], 'getCaseForOfficer' | 'markPoint'>,
  officer: Officer,
  caseId: string,
): Promise<void> {
  for (const { id, mark, sequence } of (await cases.getCaseForOfficer(officer, caseId)).checklist)
    if (mark === 'open') await cases.markPoint(officer, caseId, id, { mark: 'done', seen: sequence });
}

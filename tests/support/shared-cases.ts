import { expect } from 'vitest';
import { sql } from '#kernel/database';
import { createHttpClient } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import type { Officer, Person } from '#modules/cases';
import type { JourneyNeeds } from '../../apps/federation/journey.ts';
import { createVisitor, type Page } from '../../apps/federation/visitor.ts';
import type { TestFederation } from './federation.ts';

export const sharedServiceId = 'social-insurance-extension';
export const polled = { interval: 100 };
export const words = (page: Page) => page.html.querySelector('main')?.text.replace(/\s+/g, ' ') ?? '';

export const answers = {
  employer: { employer: 'E-2001' },
  work: {
    sector: 'private',
    'started-day': '1',
    'started-month': '9',
    'started-year': '2026',
    wage: '14500',
  },
  sharing: { share: 'yes' },
  declaration: { declaration: 'yes' },
};

/** Cases of the shared service between Saudi Arabia, which decides, and Bahrain, as people and offices have them. */
export function sharedCasesOf(federation: () => TestFederation) {
  const http = createHttpClient({ timeoutMs: 30_000 });
  const doorsOf = (state: string) => federation().running.get(state)!.doors;
  const databaseOf = (state: string) => federation().running.get(state)!.operatorNeeds.database;

  /** Somebody of a state, at the site of a state. */
  function journeyOf(key: string, language: 'ar' | 'en', at: string, home = 'bh'): JourneyNeeds {
    return {
      visitor: createVisitor(http, language),
      person: federation().person(key),
      homeUrl: federation().url(home),
      serviceUrl: federation().url(at),
      homeState: home.toUpperCase(),
      serviceId: sharedServiceId,
    };
  }

  /** An officer, as the pages would name them. */
  async function officerOf(state: string, key: string, officeId = 'insurance'): Promise<Officer> {
    const { nationalId } = federation().person(key);
    const { personId } = (await doorsOf(state).identity.persons.findByNationalId(nationalId))!;
    return { personId, officeId, name: key, roles: ['reviewer'] };
  }

  /** A person of Bahrain as Saudi Arabia knows them after a sign-in, without the sign-in. */
  async function visitorOf(key: string): Promise<Person> {
    const bh = doorsOf('bh');
    const { personId: atHome } = (await bh.identity.persons.findByNationalId(federation().person(key).nationalId))!;
    const subject = await bh.identity.subjectFor(atHome, `${federation().url('sa')}/offices/insurance`);
    const issuer = `${federation().url('bh')}/eid`;
    const { rows } = await sql<{ person_id: string }>`
      insert into identity.known_persons (person_id, issuer, subject, home_state, first_seen_at)
      values (${newId()}, ${issuer}, ${subject}, 'BH', now())
      on conflict (issuer, subject) do update set home_state = 'BH' returning person_id`.execute(databaseOf('sa').db);
    return { personId: rows[0]!.person_id, homeState: 'BH', level: 'high' };
  }

  /** A case of that person that was sent, as the pages would send it. */
  async function send(person: Person, withContract = false, consentId?: string, name = 'Yousif'): Promise<string> {
    const { cases } = doorsOf('sa');
    const { id } = await cases.startCase(person, sharedServiceId);
    const providerState = 'BH';
    await cases.recordEvidence(person, id, [
      {
        evidenceType: 'person-identity',
        providerState,
        values: { full_name_ar: 'يوسف', full_name_latin: name, birth_date: '1994-11-03', nationality: 'BH' },
      },
      {
        evidenceType: 'pension-record',
        providerState,
        ...(consentId === undefined ? {} : { consentId }),
        values: { membership: 'active', checked_on: '2026-11-29' },
      },
    ]);
    if (withContract) {
      const bytes = Buffer.from(
        'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
        'base64',
      );
      await cases.attachFile(person, id, 'contract', { name: 'contract.png', bytes });
    }
    for (const [page, posted] of Object.entries({ contract: {}, ...answers }))
      expect((await cases.saveAnswers(person, id, page, posted)).errors).toEqual([]);
    await cases.submitCase(person, id);
    return id;
  }

  const seenBy = async (officer: Officer, caseId: string) =>
    (await doorsOf('bh').sharing.listForOfficer(officer)).find((one) => one.caseId === caseId);
  const arrived = async (officer: Officer, caseId: string) => {
    await expect.poll(() => seenBy(officer, caseId), polled).toBeDefined();
    return (await seenBy(officer, caseId))!.shareId;
  };
  const shareIn = async (caseId: string) =>
    (await doorsOf('sa').sharing.listSharesForOfficer(await officerOf('sa', 'abeer'), caseId))[0]!;

  return {
    doorsOf,
    databaseOf,
    journeyOf,
    officerOf,
    visitorOf,
    send,
    seenBy,
    arrived,
    shareIn,
    close: () => http.close(),
  };
}

import type { Caller } from '#kernel/contract';
import { newId } from '#kernel/ids';
import type { Text } from '#kernel/languages';
import { problem, type Visit } from '../contract.ts';
import type { AppsNeeds } from '../needs.ts';
import { findApp } from '../standing.ts';
import * as store from './store.ts';

const visitMs = 3_600_000;

/** What the page of a visit shows, and where it leads back to. */
export type PersonVisit = {
  visitId: string;
  appId: string;
  names: Text;
  caseId: string;
  returnUrl: string;
  purpose: store.VisitRow['purpose'];
};
type Wanted = { caseId: string; returnUri: string; state?: string };

/**
 * The way of a person from an app to a page of the state and back, to consent to evidence or to pay a fee. The app gets nothing by it: both
 * are done as they are without an app, and what came of it is asked for.
 */
export function createVisits(needs: AppsNeeds) {
  const { database, clock } = needs;

  const begin = async (
    person: Extract<Caller, { kind: 'person' }>,
    wanted: Wanted,
    purpose: store.VisitRow['purpose'],
  ): Promise<Visit> => {
    const app = person.app && (await findApp(needs, person.app.appId));
    if (!app) throw problem('app-unknown');
    if (!app.redirectUris.includes(wanted.returnUri)) throw problem('return-address-refused');
    if (!(await needs.hasCase(person, wanted.caseId))) throw problem('case-not-found');
    if (purpose === 'payment' && !(await needs.hasFeeDue(person, wanted.caseId))) throw problem('no-fee-due');
    const visitId = newId();
    const expiresAt = new Date(clock.now().getTime() + visitMs);
    await store.insertVisit(database.db, {
      visit_id: visitId,
      app_id: app.appId,
      person_id: person.personId,
      case_id: wanted.caseId,
      return_uri: wanted.returnUri,
      return_state: wanted.state ?? null,
      expires_at: expiresAt,
      purpose,
      paying_since: null,
    });
    return { visitId, personUrl: `${needs.publicUrl}/app-visits/${visitId}`, expiresAt: expiresAt.toISOString() };
  };

  /** Undefined once the app is certified no more, or has given the address up. */
  const describe = async (row: store.VisitRow | undefined): Promise<PersonVisit | undefined> => {
    const app = row && (await findApp(needs, row.app_id));
    if (!row || !app?.redirectUris.includes(row.return_uri)) return undefined;
    const back = new URL(row.return_uri);
    back.searchParams.set('visit', row.visit_id);
    if (row.return_state !== null) back.searchParams.set('state', row.return_state);
    const { visit_id: visitId, case_id: caseId, purpose } = row;
    return { visitId, appId: app.appId, names: app.names, caseId, returnUrl: back.href, purpose };
  };

  /** Of whoever is signed in; throws `visit-unknown` for everybody else's. */
  const get = async (personId: string, visitId: string): Promise<PersonVisit> => {
    const visit = await describe(await store.findVisit(database.db, personId, visitId, clock.now()));
    if (!visit) throw problem('visit-unknown');
    return visit;
  };

  return {
    begin,
    get,
    /** The person goes from the page of the visit to the payment provider. */
    goPaying: (visitId: string): Promise<void> => store.setPaying(database.db, { visitId }, clock.now()),
    /** The visit on which somebody went to pay for an application; undefined for whoever pays without an app. */
    findPaying: async (personId: string, caseId: string): Promise<PersonVisit | undefined> =>
      describe(await store.findPaying(database.db, personId, caseId, clock.now())),
    /** They are back. */
    endPaying: (personId: string, caseId: string): Promise<void> =>
      store.setPaying(database.db, { personId, caseId }, null),
    purge: () => store.dropOldVisits(database.db, clock.now()),
  };
}
export type Visits = ReturnType<typeof createVisits>;

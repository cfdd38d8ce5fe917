import type { Caller } from '#kernel/contract';
import { newId } from '#kernel/ids';
import type { Text } from '#kernel/languages';
import { problem, type Visit } from '../contract.ts';
import type { AppsNeeds } from '../needs.ts';
import { findApp } from '../standing.ts';
import * as store from './store.ts';

const visitMs = 3_600_000;

/** What the page of a visit shows, and where it leads back to. */
export type PersonVisit = { visitId: string; appId: string; names: Text; caseId: string; returnUrl: string };

/**
 * The way of a person from an app to a page of the state and back. The app gets nothing by it: consent is asked and given as it is
 * without an app, and what arrives stands in the application.
 */
export function createVisits(needs: AppsNeeds) {
  const { database, clock } = needs;
  return {
    begin: async (
      person: Extract<Caller, { kind: 'person' }>,
      wanted: { caseId: string; returnUri: string; state?: string },
    ): Promise<Visit> => {
      const app = person.app && (await findApp(needs, person.app.appId));
      if (!app) throw problem('app-unknown');
      if (!app.redirectUris.includes(wanted.returnUri)) throw problem('return-address-refused');
      if (!(await needs.hasCase(person, wanted.caseId))) throw problem('case-not-found');
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
      });
      return {
        visitId,
        personUrl: `${needs.publicUrl}/app-visits/${visitId}`,
        expiresAt: expiresAt.toISOString(),
      };
    },

    /** Of whoever is signed in; throws `visit-unknown` for everybody else's, and once the app is certified no more. */
    get: async (personId: string, visitId: string): Promise<PersonVisit> => {
      const row = await store.findVisit(database.db, personId, visitId, clock.now());
      const app = row && (await findApp(needs, row.app_id));
      if (!app?.redirectUris.includes(row!.return_uri)) throw problem('visit-unknown');
      const back = new URL(row!.return_uri);
      back.searchParams.set('visit', row!.visit_id);
      if (row!.return_state !== null) back.searchParams.set('state', row!.return_state);
      return { visitId, appId: app.appId, names: app.names, caseId: row!.case_id, returnUrl: back.href };
    },
    purge: () => store.dropOldVisits(database.db, clock.now()),
  };
}
export type Visits = ReturnType<typeof createVisits>;

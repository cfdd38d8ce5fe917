import type { Tx } from '#kernel/database';
import { newId } from '#kernel/ids';
import { dropPayloadsOfGrants } from '../authorising/store.ts';
import { type Authorisation, problem } from '../contract.ts';
import type { AppsNeeds } from '../needs.ts';
import type { App } from '../standing.ts';
import * as store from './store.ts';

export type AllowingPerson = { personId: string; homeState: string; level?: string };

const dayMs = 86_400_000;

/** What people have allowed apps: made on the page of the state, enforced on every call, ended by the person at any time. */
export function createAllowed(
  needs: AppsNeeds,
  /** Tells the app, in the same transaction. */
  onEnded: (tx: Tx, ended: store.AuthorisationRow, at: Date) => Promise<void>,
) {
  const { database, clock, ledger } = needs;

  const end = async (tx: Tx, which: Parameters<typeof store.endAuthorisations>[1], by: store.EndedBy) => {
    const at = clock.now();
    const ended = await store.endAuthorisations(tx, which, by, at);
    await dropPayloadsOfGrants(
      tx,
      ended.map(({ grant_id: grantId }) => grantId),
    );
    for (const one of ended) {
      await ledger.append(tx, {
        kind: 'app-authorisation-ended',
        personId: one.person_id,
        record: { authorisationId: one.authorisation_id, app: one.app_id, by },
      });
      await onEnded(tx, one, at);
    }
    return ended;
  };

  return {
    /** Takes the place of what the person allowed the same app before. */
    allow: (person: AllowingPerson, app: App, choice: { grantId: string; scopes: string[]; days: number }) =>
      database.transaction(async (tx) => {
        const at = clock.now();
        const row: store.AuthorisationRow = {
          authorisation_id: newId(),
          app_id: app.appId,
          names: app.names,
          person_id: person.personId,
          home_state: person.homeState,
          level: person.level ?? null,
          grant_id: choice.grantId,
          scopes: choice.scopes,
          allowed_at: at,
          until: new Date(at.getTime() + choice.days * dayMs),
          last_used_on: null,
          ended_at: null,
          ended_by: null,
        };
        // A button that is pressed twice makes two at once: the one that waited takes the place of the other.
        let isHeld = false;
        while (!isHeld) {
          await end(tx, { personId: person.personId, appId: app.appId }, 'replaced');
          isHeld = await store.insertAuthorisation(tx, row);
        }
        await ledger.append(tx, {
          kind: 'app-allowed',
          personId: person.personId,
          record: {
            authorisationId: row.authorisation_id,
            app: app.appId,
            scopes: choice.scopes,
            until: row.until.toISOString(),
          },
        });
        return row;
      }),
    findLive: (grantId: string) => store.findLive(database.db, grantId, clock.now()),
    listLive: (tx: Tx, personId: string) => store.listLiveOfPerson(tx, personId, clock.now()),
    list: async (personId: string) => (await store.listOfPerson(database.db, personId)).map(describe),
    withdraw: async (personId: string, authorisationId: string): Promise<Authorisation> => {
      const [ended] = await database.transaction((tx) => end(tx, { personId, authorisationId }, 'person'));
      if (!ended) throw problem('authorisation-unknown');
      return describe(ended);
    },
    /** The app gave its token back, or somebody showed a refresh token twice. */
    endGrant: (grantId: string) => database.transaction((tx) => end(tx, { grantId }, 'app')),
    /** Whoever is suspended is represented by no app either. */
    endAllOf: (tx: Tx, personId: string) => end(tx, { personId }, 'suspended'),
    noteUse: async (row: store.AuthorisationRow) => {
      const day = clock.now().toISOString().slice(0, 10);
      if (row.last_used_on !== day) await store.noteUse(database.db, row.authorisation_id, day);
    },
  };
}
export type Allowed = ReturnType<typeof createAllowed>;

function describe(row: store.AuthorisationRow): Authorisation {
  return {
    authorisationId: row.authorisation_id,
    appId: row.app_id,
    names: row.names,
    scopes: row.scopes,
    allowedAt: row.allowed_at.toISOString(),
    until: row.until.toISOString(),
    ...(row.last_used_on ? { lastUsedOn: row.last_used_on } : {}),
    ...(row.ended_at ? { endedAt: row.ended_at.toISOString() } : {}),
  };
}

import { type Tx, tablesOf } from '#kernel/database';
import type { Text } from '#kernel/languages';

export type EndedBy = 'person' | 'app' | 'replaced' | 'suspended';

export type AuthorisationRow = {
  authorisation_id: string;
  app_id: string;
  names: Text;
  person_id: string;
  home_state: string;
  level: string | null;
  grant_id: string;
  scopes: string[];
  allowed_at: Date;
  until: Date;
  last_used_on: string | null;
  ended_at: Date | null;
  ended_by: EndedBy | null;
};

const on = (db: Tx) => tablesOf<{ authorisations: AuthorisationRow }>(db, 'apps');
const listedMax = 200;

/** False when another of the same app and person holds. */
export async function insertAuthorisation(tx: Tx, row: AuthorisationRow): Promise<boolean> {
  const done = await on(tx)
    .insertInto('authorisations')
    .values({ ...row, names: JSON.stringify(row.names) as never, scopes: JSON.stringify(row.scopes) as never })
    .onConflict((conflict) => conflict.columns(['app_id', 'person_id']).where('ended_at', 'is', null).doNothing())
    .executeTakeFirst();
  return (done.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** The one that holds now. */
export function findLive(db: Tx, grantId: string, now: Date): Promise<AuthorisationRow | undefined> {
  return on(db)
    .selectFrom('authorisations')
    .selectAll()
    .where('grant_id', '=', grantId)
    .where('ended_at', 'is', null)
    .where('until', '>', now)
    .executeTakeFirst();
}

export function listLiveOfPerson(db: Tx, personId: string, now: Date): Promise<AuthorisationRow[]> {
  return on(db)
    .selectFrom('authorisations')
    .selectAll()
    .where('person_id', '=', personId)
    .where('ended_at', 'is', null)
    .where('until', '>', now)
    .execute();
}

export function listOfPerson(db: Tx, personId: string): Promise<AuthorisationRow[]> {
  return on(db)
    .selectFrom('authorisations')
    .selectAll()
    .where('person_id', '=', personId)
    .orderBy('allowed_at', 'desc')
    .limit(listedMax)
    .execute();
}

/** Ends those that have not ended, and answers them: of two who end the same at once, one has. */
export async function endAuthorisations(
  tx: Tx,
  which: { personId?: string; appId?: string; authorisationId?: string; grantId?: string },
  by: EndedBy,
  at: Date,
): Promise<AuthorisationRow[]> {
  if (Object.keys(which).length === 0) throw new Error('ending all authorisations of everybody is nobody’s to ask');
  let query = on(tx).updateTable('authorisations').set({ ended_at: at, ended_by: by }).where('ended_at', 'is', null);
  if (which.personId !== undefined) query = query.where('person_id', '=', which.personId);
  if (which.appId !== undefined) query = query.where('app_id', '=', which.appId);
  if (which.authorisationId !== undefined) query = query.where('authorisation_id', '=', which.authorisationId);
  if (which.grantId !== undefined) query = query.where('grant_id', '=', which.grantId);
  return query.returningAll().execute();
}

/** Only the day: enough for the person to see whether an app still comes, and one write a day. */
export async function noteUse(db: Tx, authorisationId: string, day: string): Promise<void> {
  await on(db)
    .updateTable('authorisations')
    .set({ last_used_on: day })
    .where('authorisation_id', '=', authorisationId)
    .execute();
}

import { type Tx, tablesOf } from '#kernel/database';

export type VisitRow = {
  visit_id: string;
  app_id: string;
  person_id: string;
  case_id: string;
  return_uri: string;
  return_state: string | null;
  expires_at: Date;
};
const on = (db: Tx) => tablesOf<{ visits: VisitRow }>(db, 'apps');

export async function insertVisit(db: Tx, row: VisitRow): Promise<void> {
  await on(db).insertInto('visits').values(row).execute();
}

export function findVisit(db: Tx, personId: string, visitId: string, now: Date): Promise<VisitRow | undefined> {
  return on(db)
    .selectFrom('visits')
    .selectAll()
    .where('visit_id', '=', visitId)
    .where('person_id', '=', personId)
    .where('expires_at', '>', now)
    .executeTakeFirst();
}

export async function dropOldVisits(db: Tx, now: Date): Promise<void> {
  await on(db).deleteFrom('visits').where('expires_at', '<=', now).execute();
}

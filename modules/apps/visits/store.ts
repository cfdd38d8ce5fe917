import { type Tx, tablesOf } from '#kernel/database';

export type VisitRow = {
  visit_id: string;
  app_id: string;
  person_id: string;
  case_id: string;
  return_uri: string;
  return_state: string | null;
  expires_at: Date;
  purpose: 'evidence' | 'payment';
  /** The person has gone from the page of the visit to pay, and not come back. */
  paying_since: Date | null;
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

/** The last one on which the person went to pay for an application. */
export function findPaying(db: Tx, personId: string, caseId: string, now: Date): Promise<VisitRow | undefined> {
  return on(db)
    .selectFrom('visits')
    .selectAll()
    .where('person_id', '=', personId)
    .where('case_id', '=', caseId)
    .where('paying_since', 'is not', null)
    .where('expires_at', '>', now)
    .orderBy('paying_since', 'desc')
    .limit(1)
    .executeTakeFirst();
}

export async function setPaying(
  db: Tx,
  of: { visitId: string } | { personId: string; caseId: string },
  since: Date | null,
): Promise<void> {
  const all = on(db).updateTable('visits').set({ paying_since: since }).where('purpose', '=', 'payment');
  const meant =
    'visitId' in of
      ? all.where('visit_id', '=', of.visitId)
      : all.where('person_id', '=', of.personId).where('case_id', '=', of.caseId);
  await meant.execute();
}

export async function dropOldVisits(db: Tx, now: Date): Promise<void> {
  await on(db).deleteFrom('visits').where('expires_at', '<=', now).execute();
}

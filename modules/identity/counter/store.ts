import { type Tx, tablesOf } from '#kernel/database';
import type { AssuranceLevel } from '#protocol/assurance';

export type VisitRow = {
  visit_id: string;
  office_id: string;
  officer_id: string;
  home_state: string;
  provider: string;
  client: string;
  /** What the provider calls the request; gone once it has ended. */
  auth_req_id: string | null;
  number: string;
  needed_level: AssuranceLevel;
  every_seconds: number;
  looked_at: Date;
  created_at: Date;
  expires_at: Date;
  state: 'waiting' | 'present' | 'refused';
  /** Of a refusal of this module. */
  code: string | null;
  person_id: string | null;
  level: AssuranceLevel | null;
  ended_at: Date | null;
  /** The entry of the ledger that says so. */
  leaf_hash: string | null;
};

const on = (db: Tx) => tablesOf<{ counter_visits: VisitRow }>(db, 'identity');

export async function insertVisit(db: Tx, visit: VisitRow): Promise<void> {
  await on(db).insertInto('counter_visits').values(visit).execute();
}

/** Of the officer who began it; anybody else's is none. */
export async function findVisit(db: Tx, visitId: string, officerId: string): Promise<VisitRow | undefined> {
  return on(db)
    .selectFrom('counter_visits')
    .selectAll()
    .where('visit_id', '=', visitId)
    .where('officer_id', '=', officerId)
    .executeTakeFirst();
}

/** For one of several who look at once, and not before the provider wants to be asked again. */
export async function takeTurn(db: Tx, { visit_id, looked_at }: VisitRow, now: Date): Promise<boolean> {
  const taken = await on(db)
    .updateTable('counter_visits')
    .set({ looked_at: now })
    .where('visit_id', '=', visit_id)
    .where('state', '=', 'waiting')
    .where('looked_at', '=', looked_at)
    .executeTakeFirst();
  return taken.numUpdatedRows > 0n;
}

export async function slowDown(db: Tx, visitId: string, everySeconds: number): Promise<void> {
  await on(db)
    .updateTable('counter_visits')
    .set({ every_seconds: everySeconds })
    .where('visit_id', '=', visitId)
    .execute();
}

/** Ends what still waits, once. */
export async function endVisit(
  tx: Tx,
  visitId: string,
  ended: Pick<VisitRow, 'state' | 'code' | 'person_id' | 'level' | 'ended_at'>,
): Promise<boolean> {
  const updated = await on(tx)
    .updateTable('counter_visits')
    .set({ ...ended, auth_req_id: null })
    .where('visit_id', '=', visitId)
    .where('state', '=', 'waiting')
    .executeTakeFirst();
  return updated.numUpdatedRows > 0n;
}

export async function keepEntry(tx: Tx, visitId: string, leafHash: string): Promise<void> {
  await on(tx).updateTable('counter_visits').set({ leaf_hash: leafHash }).where('visit_id', '=', visitId).execute();
}

export async function listPresent(db: Tx, personId: string, limit: number): Promise<VisitRow[]> {
  return on(db)
    .selectFrom('counter_visits')
    .selectAll()
    .where('person_id', '=', personId)
    .where('state', '=', 'present')
    .orderBy('ended_at', 'desc')
    .limit(limit)
    .execute();
}

/** What came to nothing goes after a day, and who was there after 400 days. */
export async function purgeVisits(db: Tx, before: { refused: Date; present: Date }): Promise<void> {
  await on(db)
    .deleteFrom('counter_visits')
    .where(({ eb, or, and }) =>
      or([
        and([eb('state', '!=', 'present'), eb('created_at', '<', before.refused)]),
        eb('created_at', '<', before.present),
      ]),
    )
    .execute();
}

import { sql, type Tx } from '#kernel/database';
import type { DecisionOutcome } from '../decisions/contract.ts';

/** Decided cases of one service that were sent on one day and decided on another (or the same), in the state's own calendar. */
export type DecidedRow = {
  service_id: string;
  submitted_on: string;
  decided_on: string;
  /** Whether the person's home is another state. */
  cross_border: boolean;
  at_once: boolean;
  decided_as: DecisionOutcome;
  count: number;
};
export type RatedRow = { service_id: string; stars: number; count: number };

/** At once is what rules decided: sent and decided in one step. */
export async function countDecided(
  db: Tx,
  { since, timeZone, state }: { since: Date; timeZone: string; state: string },
): Promise<DecidedRow[]> {
  const { rows } = await sql<DecidedRow>`select service_id,
      to_char(submitted_at at time zone ${timeZone}, 'YYYY-MM-DD') as submitted_on,
      to_char(decided_at at time zone ${timeZone}, 'YYYY-MM-DD') as decided_on,
      decided_at = submitted_at as at_once, home_state <> ${state} as cross_border, decided_as, count(*)::int as count
    from cases.cases where decided_at >= ${since} and submitted_at is not null
    group by 1, 2, 3, 4, 5, 6`.execute(db);
  return rows;
}

export async function countRatings(db: Tx, since: Date): Promise<RatedRow[]> {
  const { rows } = await sql<RatedRow>`select one.service_id, rating.stars, count(*)::int as count
    from cases.ratings rating join cases.cases one on one.id = rating.case_id
    where rating.rated_at >= ${since} group by 1, 2`.execute(db);
  return rows;
}

export async function findStars(db: Tx, caseId: string): Promise<number | undefined> {
  const { rows } = await sql<{ stars: number }>`select stars from cases.ratings where case_id = ${caseId}`.execute(db);
  return rows[0]?.stars;
}

/** The last word of the person stands. */
export async function saveStars(tx: Tx, rating: { caseId: string; stars: number; at: Date }): Promise<void> {
  await sql`insert into cases.ratings (case_id, stars, rated_at) values (${rating.caseId}, ${rating.stars}, ${rating.at})
    on conflict (case_id) do update set stars = excluded.stars, rated_at = excluded.rated_at`.execute(tx);
}

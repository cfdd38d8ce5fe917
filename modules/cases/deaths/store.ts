import { sql, type Tx } from '#kernel/database';
import { openStates } from '../chart.ts';

const undecided = ['draft', ...openStates];

/** The cases of a person that may have to stop, the oldest first. */
export async function listCasesToStop(tx: Tx, personId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from cases.cases
    where person_id = ${personId} and state = any(${undecided}::text[]) order by started_at, id`.execute(tx);
  return rows.map(({ id }) => id);
}

/** The cases that somebody began for another, not decided yet. */
export async function listCasesBegunBy(tx: Tx, personId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from cases.cases
    where representative_id = ${personId} and state = any(${undecided}::text[]) order by started_at, id`.execute(tx);
  return rows.map(({ id }) => id);
}

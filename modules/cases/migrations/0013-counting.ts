import { sql, type Tx } from '#kernel/database';

/** What is open is counted from its index alone; what was stopped is found without reading every case of the office. */
export async function up(db: Tx): Promise<void> {
  await sql`drop index cases.cases_open`.execute(db);
  await sql`create index cases_open on cases.cases (office_id, due_on, submitted_at, id) include (working_days_left)
    where state in ('submitted', 'in-review', 'to-confirm', 'under-appeal', 'waiting-for-person')`.execute(db);
  await sql`create index cases_stopped on cases.cases (office_id, due_on, submitted_at, id) where state = 'stopped'`.execute(
    db,
  );
}

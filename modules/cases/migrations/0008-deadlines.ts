import { sql, type Tx } from '#kernel/database';

/** How far a late case was escalated: not at all, before its due day, on it. */
export async function up(db: Tx): Promise<void> {
  await sql`alter table cases.cases add column escalation smallint not null default 0`.execute(db);
  await sql`create index cases_due on cases.cases (due_on)
    where working_days_left is null and state in ('submitted', 'in-review', 'to-confirm', 'under-appeal')`.execute(db);
}

import { sql, type Tx } from '#kernel/database';

/** What an office's pages read, in the order in which they show it. */
export async function up(db: Tx): Promise<void> {
  const open = sql`state in ('submitted', 'in-review', 'to-confirm', 'under-appeal', 'waiting-for-person')`;
  const statements = [
    sql`create index cases_open on cases.cases (office_id, due_on, submitted_at, id) where ${open}`,
    sql`create index cases_open_by_officer on cases.cases (officer_id, due_on, submitted_at, id) where ${open}`,
    sql`create index cases_escalated on cases.cases (office_id, due_on, submitted_at, id) where ${open} and escalation > 0`,
    sql`create index cases_decided on cases.cases (office_id, decided_at desc, id)
      where state in ('approved', 'refused', 'cancelled')`,
    sql`drop index cases.cases_by_office`,
  ];
  for (const statement of statements) await statement.execute(db);
}

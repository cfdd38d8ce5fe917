import { sql, type Tx } from '#kernel/database';

/** What the decision that counts came to, as an approval may be one in part. */
export async function up(db: Tx): Promise<void> {
  await sql`alter table cases.cases add column decided_as text`.execute(db);
  await sql`update cases.cases one set decided_as = (
      select case kind when 'case-approved' then 'approved' else 'refused' end from cases.events
      where case_id = one.id and kind in ('case-approved', 'case-refused') order by sequence desc limit 1)
    where decided_at is not null`.execute(db);
}

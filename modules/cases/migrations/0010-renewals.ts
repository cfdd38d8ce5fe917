import { sql, type Tx } from '#kernel/database';

/** Until when what was approved holds, and what renews it. */
export async function up(db: Tx): Promise<void> {
  await sql`create table cases.validities (
    case_id uuid primary key references cases.cases (id) on delete cascade,
    valid_until date not null,
    renewable_from date not null,
    offered_at timestamptz,
    renewed_by uuid references cases.cases (id) on delete set null
  )`.execute(db);
  await sql`create index validities_to_offer on cases.validities (renewable_from) where offered_at is null`.execute(db);
}

import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  await sql`create table cases.ratings (
    case_id uuid primary key references cases.cases (id),
    stars smallint not null check (stars between 1 and 5),
    rated_at timestamptz not null
  )`.execute(db);
  await sql`create index cases_by_decision on cases.cases (decided_at) where decided_at is not null`.execute(db);
}

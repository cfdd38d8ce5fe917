import { sql, type Tx } from '#kernel/database';

/** Who is to be told when a service takes applications again. A row goes with the telling. */
export async function up(db: Tx): Promise<void> {
  await sql`create table offers.openings (
    service_id text not null,
    person_id uuid not null,
    asked_at timestamptz not null,
    primary key (service_id, person_id)
  )`.execute(db);
  await sql`create index openings_of on offers.openings (person_id)`.execute(db);
}

import { sql, type Tx } from '#kernel/database';

/** What other states have still to be told of an identity of this state. A row is gone once it was acknowledged. */
export async function up(db: Tx): Promise<void> {
  await sql`create table identity.signals (
    signal_id uuid primary key,
    sector text not null,
    subject text not null,
    event text not null,
    details jsonb not null,
    happened_at timestamptz not null,
    attempts integer not null default 0,
    next_at timestamptz not null
  )`.execute(db);
  await sql`create index signals_due on identity.signals (next_at)`.execute(db);
  await sql`create index subjects_by_person on identity.subjects (person_id)`.execute(db);
}

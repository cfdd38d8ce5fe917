import { sql, type Tx } from '#kernel/database';

/** People at a counter whose phone was asked. Whose number was typed is not kept: who is there is known once the phone has answered. */
export async function up(db: Tx): Promise<void> {
  await sql`create table identity.counter_visits (
    visit_id uuid primary key,
    office_id text not null,
    officer_id uuid not null,
    home_state text not null,
    provider text not null,
    client text not null,
    auth_req_id text,
    number text not null,
    needed_level text not null,
    every_seconds integer not null,
    looked_at timestamptz not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    state text not null check (state in ('waiting', 'present', 'refused')),
    code text,
    person_id uuid,
    level text,
    ended_at timestamptz,
    leaf_hash text,
    check ((state = 'present') = (person_id is not null and level is not null)),
    check ((state = 'waiting') = (ended_at is null))
  )`.execute(db);
  await sql`create index counter_visits_by_person on identity.counter_visits (person_id, ended_at) where state = 'present'`.execute(
    db,
  );
}

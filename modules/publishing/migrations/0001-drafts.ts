import { sql, type Tx } from '#kernel/database';

/** Services that officials are changing: every state of a draft that was ever saved, and who did what. */
export async function up(db: Tx): Promise<void> {
  await sql`create table publishing.drafts (
    draft_id uuid primary key,
    service_id text not null,
    office_id text not null,
    base_version text not null,
    state text not null check (state in ('open', 'submitted', 'published', 'discarded')),
    revision integer not null,
    changed_at timestamptz not null,
    version text
  )`.execute(db);
  // One draft of a service at a time: two would take from each other what they changed.
  await sql`create unique index drafts_at_work on publishing.drafts (service_id)
    where state in ('open', 'submitted')`.execute(db);
  await sql`create table publishing.revisions (
    draft_id uuid not null references publishing.drafts,
    revision integer not null,
    files jsonb not null,
    primary key (draft_id, revision)
  )`.execute(db);
  await sql`create table publishing.steps (
    draft_id uuid not null references publishing.drafts,
    number integer not null,
    kind text not null,
    person_id uuid not null,
    done_at timestamptz not null,
    revision integer not null,
    body jsonb not null,
    primary key (draft_id, number)
  )`.execute(db);
  await sql`create function publishing.refuse_change() returns trigger language plpgsql as
    $$ begin raise exception 'what was saved and done in a draft stays'; end $$`.execute(db);
  await sql`create trigger revisions_stay before update or delete on publishing.revisions
    for each row execute function publishing.refuse_change()`.execute(db);
  await sql`create trigger steps_stay before update or delete on publishing.steps
    for each row execute function publishing.refuse_change()`.execute(db);
}

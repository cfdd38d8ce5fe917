import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  // Each version of the state's own rules of access, as they were when they came into force.
  await sql`create table exchange.access_versions (
    version integer primary key,
    digest text not null,
    rules jsonb not null,
    changed_by text not null,
    changed_at timestamptz not null,
    leaf_hash text not null
  )`.execute(db);
  await sql`alter table exchange.uses
    add column access_rule text,
    add column access_version integer`.execute(db);
  // What a refused question asked for, so that it can be explained: names of the catalogue, and no person.
  await sql`alter table exchange.refusals add column asked jsonb`.execute(db);
  await sql`create index refusals_of_question on exchange.refusals (claimed_question_id)`.execute(db);
}

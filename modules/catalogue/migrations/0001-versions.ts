import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  await sql`create table catalogue.versions (
    service_id text not null,
    version text not null,
    label text not null,
    files jsonb not null,
    published_at timestamptz not null,
    primary key (service_id, version)
  )`.execute(db);
  // A case is decided by the rules it began under, so a published version never changes and never goes.
  await sql`create function catalogue.refuse_change() returns trigger language plpgsql as
    $$ begin raise exception 'a published version never changes'; end $$`.execute(db);
  await sql`create trigger versions_stay before update or delete on catalogue.versions
    for each row execute function catalogue.refuse_change()`.execute(db);
}

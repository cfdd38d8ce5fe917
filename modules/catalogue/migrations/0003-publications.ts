import { sql, type Tx } from '#kernel/database';

/** Which version two officials have put in force, and from when. It stands before what a folder says. */
export async function up(db: Tx): Promise<void> {
  await sql`create table catalogue.publications (
    publication_id uuid primary key,
    service_id text not null,
    version text not null,
    in_force_from timestamptz not null,
    decided_at timestamptz not null,
    foreign key (service_id, version) references catalogue.versions (service_id, version)
  )`.execute(db);
  await sql`create trigger publications_stay before update or delete on catalogue.publications
    for each row execute function catalogue.refuse_change()`.execute(db);
}

import { sql, type Tx } from '#kernel/database';

/** What an office's own work hangs on: absences with who covers them, views that an officer keeps, and what officers did in order of time. */
export async function up(db: Tx): Promise<void> {
  const statements = [
    sql`create table cases.absences (
      id uuid primary key,
      office_id text not null,
      officer_id uuid not null,
      from_on date not null,
      until_on date not null check (until_on >= from_on),
      cover_id uuid check (cover_id <> officer_id),
      set_by uuid not null,
      set_at timestamptz not null,
      ended_at timestamptz
    )`,
    sql`create index absences_open on cases.absences (office_id, officer_id) where ended_at is null`,
    sql`create table cases.saved_views (
      id uuid primary key,
      office_id text not null,
      officer_id uuid not null,
      name text not null,
      filters jsonb not null,
      saved_at timestamptz not null,
      unique (officer_id, office_id, name)
    )`,
    sql`create index events_of_officers on cases.events (happened_at desc, case_id desc, sequence desc) where actor = 'officer'`,
  ];
  for (const statement of statements) await statement.execute(db);
}

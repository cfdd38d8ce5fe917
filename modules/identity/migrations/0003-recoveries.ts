import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  const statements = [
    sql`create table identity.recoveries (
      recovery_id uuid primary key,
      code bytea not null unique,
      person_id uuid not null,
      opened_by text not null,
      officer_id uuid,
      office_id text,
      document text,
      password_hash text,
      totp_secret bytea,
      state text not null,
      created_at timestamptz not null,
      usable_from timestamptz not null,
      expires_at timestamptz not null
    )`,
    sql`create index recoveries_person on identity.recoveries (person_id)`,
  ];
  for (const statement of statements) await statement.execute(db);
}

import { sql, type Tx } from '#kernel/database';

/** For whom somebody acts: in what the provider grants, and in a session here. */
export async function up(db: Tx): Promise<void> {
  const statements = [
    sql`create table identity.mandate_handles (
      handle text primary key,
      mandate_id uuid not null
    )`,
    sql`create table identity.acting_grants (
      grant_id text primary key,
      mandate_id uuid not null,
      representative_id uuid not null,
      represented_id uuid not null,
      expires_at timestamptz not null
    )`,
    sql`alter table identity.sessions add column acting_for uuid, add column acting jsonb`,
  ];
  for (const statement of statements) await statement.execute(db);
}

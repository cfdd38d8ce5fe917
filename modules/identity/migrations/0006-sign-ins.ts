import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  const statements = [
    sql`create table identity.devices (
      provider_session text primary key,
      person_id uuid not null,
      browser text,
      system text,
      network text,
      signed_in_at timestamptz not null
    )`,
    sql`create index devices_signed_in on identity.devices (signed_in_at)`,
    sql`create index oidc_payloads_session_account on identity.oidc_payloads ((payload ->> 'accountId')) where model = 'Session'`,
    sql`alter table identity.sessions add column browser text, add column system text, add column network text`,
    sql`create index sessions_person on identity.sessions (person_id) where ended_at is null`,
  ];
  for (const statement of statements) await statement.execute(db);
}

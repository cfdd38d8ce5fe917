import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  const statements = [
    // A browser that a person allowed to show notices. Its address and keys are sealed; the hash finds it again.
    sql`create table notifications.devices (
      device_id uuid primary key,
      person_id uuid not null,
      endpoint_hash bytea not null unique,
      sealed bytea not null,
      added_at timestamptz not null
    )`,
    sql`create index devices_of_person on notifications.devices (person_id)`,
    // One message to one device; the nil UUID where a way has one address alone.
    sql`alter table notifications.sendings
      add column device_id uuid not null default '00000000-0000-0000-0000-000000000000'`,
    sql`alter table notifications.sendings drop constraint sendings_pkey`,
    sql`alter table notifications.sendings add primary key (message_id, way, device_id)`,
  ];
  for (const statement of statements) await statement.execute(db);
}

import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  const statements = [
    // Nothing is sent any more where the form of a case says: to no address (no hash), or to the one with that hash.
    sql`create table notifications.contact_stops (
      case_id uuid not null,
      way text not null,
      address_hash bytea,
      reason text not null,
      stopped_at timestamptz not null,
      primary key (case_id, way)
    )`,
    sql`create index contact_stops_old on notifications.contact_stops (stopped_at)`,
  ];
  for (const statement of statements) await statement.execute(db);
}

import { sql, type Tx } from '#kernel/database';

/**
 * What one officer began at the counter, another one confirms: until then a recovery has begun, and no code works. What was open by
 * one officer alone goes back to that. The table itself knows no other way than by two different people, neither of them the person.
 */
export async function up(db: Tx): Promise<void> {
  const statements = [
    sql`alter table identity.persons add column is_dead boolean not null default false`,
    sql`alter table identity.recoveries
      add column document_number bytea, add column settled_by uuid, add column settled_at timestamptz, add column refused_because text`,
    sql`alter table identity.recoveries alter column usable_from drop not null`,
    sql`update identity.recoveries set state = 'begun', usable_from = null, password_hash = null, totp_secret = null
      where opened_by = 'counter' and state = 'open'`,
    sql`alter table identity.recoveries
      add constraint recoveries_by_two check (settled_by is null or (settled_by <> officer_id and settled_by <> person_id)),
      add constraint recoveries_confirmed check (opened_by <> 'counter' or state <> 'open' or (settled_by is not null and usable_from is not null)),
      add constraint recoveries_begun check (state <> 'begun' or (opened_by = 'counter' and settled_by is null and usable_from is null))`,
  ];
  for (const statement of statements) await statement.execute(db);
}

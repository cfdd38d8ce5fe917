import { sql, type Tx } from '#kernel/database';

/** A delivery can be dropped: the person took back what they had allowed before it was told. */
export async function up(db: Tx): Promise<void> {
  for (const statement of [
    sql`alter table apps.deliveries drop constraint deliveries_state_check`,
    sql`alter table apps.deliveries add constraint deliveries_state_check
      check (state in ('waiting', 'delivered', 'dead', 'dropped'))`,
  ])
    await statement.execute(db);
}

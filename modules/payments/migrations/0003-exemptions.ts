import { sql, type Tx } from '#kernel/database';

/** What an order would have been without its exemption, and which one that was. */
export async function up(db: Tx): Promise<void> {
  await sql`alter table payments.orders
    add column full_minor integer,
    add column exemption_id text,
    add constraint orders_reduced_within check (full_minor is null or full_minor >= amount_minor)`.execute(db);
}

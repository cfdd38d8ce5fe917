import { sql, type Tx } from '#kernel/database';

/** A company's record speaks of whoever signs for it: they find such a use in their own list. */
export async function up(db: Tx): Promise<void> {
  await sql`alter table exchange.uses add column signatory_id uuid`.execute(db);
  await sql`create index uses_by_signatory on exchange.uses (signatory_id, used_at desc)
    where signatory_id is not null`.execute(db);
}

import { sql, type Tx } from '#kernel/database';

/** A consent that somebody gave for another: by which mandate, and who. */
export async function up(db: Tx): Promise<void> {
  await sql`alter table consent.grants
    add column mandate_id uuid, add column mandate_kind text, add column representative_id uuid`.execute(db);
  await sql`create index grants_by_mandate on consent.grants (mandate_id) where mandate_id is not null`.execute(db);
}

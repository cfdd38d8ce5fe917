import { sql, type Tx } from '#kernel/database';

/** Whoever applied for the person: this node's id of them and the kind of their mandate. */
export async function up(db: Tx): Promise<void> {
  await sql`alter table cases.cases
    add column representative_id uuid, add column representative_kind text`.execute(db);
}

import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  // The word that tells two uses apart comes first: most questions come from few offices, whose long names would be compared
  // at every step down the index before anything differs.
  await sql`alter table exchange.uses drop constraint uses_pkey, add primary key (question_id, requester)`.execute(db);
  await sql`alter table exchange.uses drop constraint uses_requester_nonce_key, add unique (nonce, requester)`.execute(
    db,
  );
}

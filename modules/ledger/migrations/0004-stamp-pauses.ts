import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  // Authorities that failed last: whichever process is asked can tell, and whichever takes over heeds it.
  await sql`create table ledger.stamp_pauses (
    authority text primary key,
    failures integer not null,
    retry_at timestamptz not null
  )`.execute(db);
}

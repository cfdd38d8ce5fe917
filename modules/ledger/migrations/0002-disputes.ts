import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  await sql`alter table ledger.breaches
    add column state text not null default 'suspected',
    add column proof json`.execute(db);
  // Two roots of one size, both signed, have always been proof.
  await sql`update ledger.breaches set state = 'proven' where kind = 'fork'`.execute(db);
  await sql`create table ledger.disputes (
    witness_key text primary key,
    witness_name text not null,
    size bigint not null,
    since timestamptz not null
  )`.execute(db);
}

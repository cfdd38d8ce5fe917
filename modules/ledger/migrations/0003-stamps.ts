import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  await sql`create table ledger.stamps (
    size bigint not null references ledger.checkpoints (size),
    authority text not null,
    token bytea not null,
    stamped_at timestamptz not null,
    saved_at timestamptz not null,
    primary key (size, authority)
  )`.execute(db);
}

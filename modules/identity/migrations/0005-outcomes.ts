import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  await sql`create table identity.sign_in_counts (
    day date not null,
    side text not null,
    outcome text not null,
    level text not null,
    count bigint not null,
    primary key (day, side, outcome, level)
  )`.execute(db);
}

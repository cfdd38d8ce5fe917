import { sql, type Tx } from '#kernel/database';

/** What the node observed of itself and of its sources: a row a day, a bit for each of its 288 five-minute intervals, in UTC. */
export async function up(db: Tx): Promise<void> {
  const statements = [
    // When it began; stays when the days before a year ago are dropped.
    sql`create table insights.observing (
      is_only boolean primary key default true check (is_only),
      since timestamptz not null
    )`,
    sql`create table insights.up_days (
      day date primary key,
      up bit(288) not null
    )`,
    sql`create table insights.asked_days (
      day date not null,
      office_id text not null,
      evidence_type text not null,
      asked bit(288) not null,
      silent bit(288) not null,
      primary key (day, office_id, evidence_type)
    )`,
  ];
  for (const statement of statements) await statement.execute(db);
}

import { sql, type Tx } from '#kernel/database';

/**
 * Information systems of offices that work on cases. `feed`: one row a case that was sent; without a place, it has changed since whoever follows
 * was told. Places are given while `feed_heads` is held, to what is committed by then: whoever has read up to a place misses nothing before it.
 */
export async function up(db: Tx): Promise<void> {
  const statements = [
    sql`create table cases.feed_heads (office_id text primary key, last bigint not null)`,
    sql`create table cases.feed (
      case_id uuid primary key references cases.cases (id),
      office_id text not null,
      place bigint,
      unique (office_id, place)
    )`,
    sql`create index feed_to_place on cases.feed (office_id) where place is null`,
    sql`insert into cases.feed (case_id, office_id) select id, office_id from cases.cases where submitted_at is not null`,
    sql`create table cases.system_calls (
      system_id uuid not null,
      call_id text not null,
      digest text not null,
      case_id uuid not null references cases.cases (id),
      state text not null,
      version integer not null,
      called_at timestamptz not null,
      primary key (system_id, call_id)
    )`,
    sql`create index system_calls_of_case on cases.system_calls (case_id)`,
    sql`create index system_calls_in_order on cases.system_calls (called_at)`,
    // What the system is called that read the case; of an officer's own reading, nothing.
    sql`alter table cases.readings add column system_name text`,
  ];
  for (const statement of statements) await statement.execute(db);
}

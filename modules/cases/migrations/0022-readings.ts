import { sql, type Tx } from '#kernel/database';

/** When which officer had a case before them: one row for as long as they went on looking. */
export async function up(db: Tx): Promise<void> {
  const statements = [
    sql`create table cases.readings (
      case_id uuid not null references cases.cases (id) on delete cascade,
      officer_id uuid not null,
      began_at timestamptz not null,
      last_at timestamptz not null,
      primary key (case_id, officer_id, began_at)
    )`,
    sql`create index readings_in_order on cases.readings (began_at desc, case_id desc)`,
  ];
  for (const statement of statements) await statement.execute(db);
}

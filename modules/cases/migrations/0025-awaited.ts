import { sql, type Tx } from '#kernel/database';

/**
 * Sources that did not answer when the person of a case needed them; `evidence_type` is empty where the whole state was out of reach. A row
 * goes with its case's draft, or when its person has been told that the source answers.
 */
export async function up(db: Tx): Promise<void> {
  const statements = [
    sql`create table cases.awaited_sources (
      case_id uuid not null references cases.cases (id) on delete cascade,
      provider_state text not null,
      evidence_type text not null,
      since timestamptz not null,
      looks integer not null,
      look_at timestamptz not null,
      primary key (case_id, provider_state, evidence_type)
    )`,
    sql`create index awaited_by_source on cases.awaited_sources (provider_state, evidence_type)`,
  ];
  for (const statement of statements) await statement.execute(db);
}

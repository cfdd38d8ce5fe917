import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  const statements = [
    // Its consent was withdrawn: nobody of the office sees it, and nothing is decided upon it.
    sql`alter table cases.evidence add column withdrawn_at timestamptz`,
    sql`create index evidence_of_consent on cases.evidence (consent_id) where consent_id is not null`,
    // The last day to consent again; while it is set, the case stands still.
    sql`alter table cases.cases add column consent_by date`,
    // What the home state calls the mandate under which the case was begun, towards this state.
    sql`alter table cases.cases add column representative_mandate text`,
    sql`create index cases_of_mandate on cases.cases (representative_mandate) where representative_mandate is not null`,
    sql`create index cases_without_consent on cases.cases (consent_by) where consent_by is not null`,
    // What was typed when the session had lapsed, until its person has signed in again. The key is in their browser alone.
    sql`create table cases.kept_forms (
      handle bytea primary key,
      person_id uuid not null,
      case_id uuid not null references cases.cases (id) on delete cascade,
      page_id text not null,
      sealed bytea not null,
      kept_until timestamptz not null
    )`,
    sql`create index kept_forms_of_person on cases.kept_forms (person_id)`,
  ];
  for (const statement of statements) await statement.execute(db);
}

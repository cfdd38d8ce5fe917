import { sql, type Tx } from '#kernel/database';

/** Files that a person sends, or takes away, with the answer to a request: of the case once the answer is given. */
export async function up(db: Tx): Promise<void> {
  const statements = [
    sql`alter table cases.requests add column files jsonb not null default '[]'`,
    sql`alter table cases.files
      add column added_in uuid references cases.requests (id), add column removed_in uuid references cases.requests (id)`,
    sql`alter table cases.files drop constraint files_case_id_question_id_sha256_key`,
    // The same bytes are one file of a question; what was taken away may be sent again.
    sql`create unique index files_once on cases.files
      (case_id, question_id, sha256, coalesce(added_in, '00000000-0000-0000-0000-000000000000')) where removed_in is null`,
    sql`create index files_of_case on cases.files (case_id)`,
  ];
  for (const statement of statements) await statement.execute(db);
}

import { sql, type Tx } from '#kernel/database';

/** What a draft that was begun from an offer can be filled with, until the person has said so page by page. */
export async function up(db: Tx): Promise<void> {
  await sql`create table cases.prefills (
    case_id uuid not null references cases.cases (id),
    question_id text not null,
    value text not null,
    source jsonb not null,
    primary key (case_id, question_id)
  )`.execute(db);
}

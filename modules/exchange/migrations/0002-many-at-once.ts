import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  // A digest of what is asked, by whom, on what consent: while such a question is open, the same one is not opened again.
  await sql`alter table exchange.questions add column ask_digest text`.execute(db);
  await sql`drop index exchange.questions_open`.execute(db);
  await sql`create unique index questions_open on exchange.questions (ask_digest) where state = 'asked'`.execute(db);
  // Nobody searches inside these texts. As `json` they are kept as they came, without being taken apart first.
  await sql`alter table exchange.questions
    alter column question_headers type json using question_headers::json,
    alter column answer_headers type json using answer_headers::json,
    alter column own_receipt type json using own_receipt::json,
    alter column their_receipt type json using their_receipt::json`.execute(db);
  await sql`alter table exchange.uses
    alter column requester_names type json using requester_names::json,
    alter column question_headers type json using question_headers::json,
    alter column fields type json using fields::json,
    alter column answer_headers type json using answer_headers::json`.execute(db);
  // Rows of two to four kilobytes stay in one piece: moving their parts elsewhere costs more than all the rest of the write.
  await sql`alter table exchange.questions set (toast_tuple_target = 8160)`.execute(db);
  await sql`alter table exchange.uses set (toast_tuple_target = 8160)`.execute(db);
  await sql`alter table exchange.uses alter column answer_sealed set storage external`.execute(db);
}

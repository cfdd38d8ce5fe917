import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  // An answer that was received stays as it is, and so does the one ledger entry about it: of two processes that end the same
  // question, the second is refused with all it writes. (A refused question may still be answered.)
  await sql`create function exchange.refuse_second_receipt() returns trigger language plpgsql as $$
    begin
      raise exception 'this question has its answer' using errcode = 'unique_violation',
        constraint = 'questions_received_once', schema = 'exchange', table = 'questions';
    end $$`.execute(db);
  await sql`create trigger questions_received_once before update of state on exchange.questions
    for each row when (old.state = 'received') execute function exchange.refuse_second_receipt()`.execute(db);
}

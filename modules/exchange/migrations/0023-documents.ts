import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  // Each time a document of an answer left this node, or began to. Nothing here says which document it was.
  await sql`create table exchange.deliveries (
    delivery_id uuid primary key,
    requester text not null,
    question_id uuid not null,
    field text not null,
    nonce text not null,
    begun_at timestamptz not null,
    ended_at timestamptz,
    is_whole boolean,
    bytes bigint,
    unique (requester, nonce)
  )`.execute(db);
  await sql`create index deliveries_of_question on exchange.deliveries (question_id)`.execute(db);
}

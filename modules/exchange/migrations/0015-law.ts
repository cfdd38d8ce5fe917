import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  await sql`alter table exchange.questions
    alter column consent_id drop not null,
    add column law text`.execute(db);
  // The one place where a question under a law names its person, and only while it is open.
  await sql`create table exchange.asked_persons (
    question_id uuid primary key references exchange.questions,
    national_id text not null,
    salt text not null
  )`.execute(db);
  await sql`alter table exchange.uses
    alter column consent_id drop not null,
    add column law text,
    add column disclosure text not null default 'open'
      check (disclosure in ('open', 'delayed', 'sealed', 'about-others')),
    add column is_about_others boolean not null default false,
    add column hidden_until timestamptz`.execute(db);
  // Uses whose time of hiding runs: found when it is over, and few.
  await sql`create index uses_hidden on exchange.uses (hidden_until) where hidden_until is not null`.execute(db);
}

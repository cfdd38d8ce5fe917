import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  const statements = [
    sql`create table insights.rounds (
      round_id uuid primary key,
      survey_year integer not null,
      number integer not null,
      state text not null,
      settled_by text,
      first_assessor uuid not null,
      second_assessor uuid not null,
      reviewer uuid not null,
      senior_reviewer uuid not null,
      opened_at timestamptz not null,
      first_handed_in_at timestamptz,
      second_handed_in_at timestamptz,
      approved_at timestamptz,
      unique (survey_year, number),
      -- Nobody holds two roles in one round, whatever a program above this table does.
      check (first_assessor not in (second_assessor, reviewer, senior_reviewer)
        and second_assessor not in (reviewer, senior_reviewer) and reviewer <> senior_reviewer)
    )`,
    sql`create table insights.answers (
      round_id uuid not null references insights.rounds (round_id),
      side text not null,
      code text not null,
      answer text not null,
      link text,
      note text,
      fact jsonb,
      picture_hash text,
      saved_at timestamptz not null,
      primary key (round_id, side, code)
    )`,
    sql`create table insights.pictures (
      round_id uuid not null,
      side text not null,
      code text not null,
      media_type text not null,
      bytes bytea not null,
      primary key (round_id, side, code),
      foreign key (round_id, side, code) references insights.answers (round_id, side, code)
    )`,
    sql`create table insights.settlements (
      round_id uuid not null references insights.rounds (round_id),
      code text not null,
      state text not null,
      answer text,
      why text,
      person_id uuid,
      sent_back_why text,
      changed_at timestamptz not null,
      primary key (round_id, code)
    )`,
    sql`create table insights.history (
      entry_id bigint generated always as identity primary key,
      round_id uuid not null references insights.rounds (round_id),
      at timestamptz not null,
      person_id uuid not null,
      role text not null,
      kind text not null,
      code text,
      before jsonb,
      after jsonb,
      why text,
      leaf_hash text
    )`,
    sql`create index history_by_round on insights.history (round_id, entry_id)`,
    sql`create function insights.refuse_change() returns trigger language plpgsql as
      $$ begin raise exception 'the history of a round is only appended to'; end $$`,
    sql`create trigger history_stays before update or delete or truncate on insights.history
      for each statement execute function insights.refuse_change()`,
  ];
  for (const statement of statements) await statement.execute(db);
}

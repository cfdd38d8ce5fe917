import { sql, type Tx } from '#kernel/database';

/** Who was in a round and was replaced: they never come back to it, in no role, whatever a program above these tables does. */
export async function up(db: Tx): Promise<void> {
  const statements = [
    sql`create table insights.former_people (
      round_id uuid not null references insights.rounds (round_id),
      person_id uuid not null,
      role text not null,
      replaced_at timestamptz not null,
      primary key (round_id, person_id)
    )`,
    sql`create function insights.refuse_former() returns trigger language plpgsql as
      $$ begin
        if exists (select from insights.former_people former where former.round_id = new.round_id and former.person_id
          in (new.first_assessor, new.second_assessor, new.reviewer, new.senior_reviewer))
        then raise exception 'whoever was replaced in a round does not come back to it'; end if;
        return new;
      end $$`,
    sql`create trigger former_stay_away before update on insights.rounds
      for each row execute function insights.refuse_former()`,
  ];
  for (const statement of statements) await statement.execute(db);
}

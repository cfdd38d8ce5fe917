import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  const statements = [
    // Null: as the state's framework says of people of whom nothing else is on record.
    sql`alter table identity.persons add column proofing text, add column proofed_at timestamptz`,
    sql`create table identity.ended_interactions (
      interaction_id text primary key,
      reason text not null,
      needed text,
      reached text,
      proofing text,
      expires_at timestamptz not null
    )`,
    sql`alter table identity.sign_in_flows add column needed_level text not null default 'substantial', add column max_age integer`,
  ];
  for (const statement of statements) await statement.execute(db);
}

import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  const statements = [
    sql`create table mandates.mandates (
      mandate_id uuid primary key,
      kind text not null,
      source text not null,
      represented_id uuid not null,
      representative_id uuid,
      purposes jsonb,
      evidence_types jsonb,
      given_at timestamptz not null,
      until timestamptz,
      ended_at timestamptz,
      ended_by text,
      code_digest bytea unique,
      code_until timestamptz
    )`,
    sql`create index mandates_by_represented on mandates.mandates (represented_id)`,
    sql`create index mandates_by_representative on mandates.mandates (representative_id)`,
    // A register says a thing once, however many ask it at the same time.
    sql`create unique index mandates_of_registers on mandates.mandates (kind, represented_id, representative_id)
      where source = 'register' and ended_at is null`,
    sql`create table mandates.acts (
      act_id uuid primary key,
      mandate_id uuid not null references mandates.mandates (mandate_id),
      represented_id uuid not null,
      did text not null,
      towards text not null,
      consent_id uuid,
      done_at timestamptz not null,
      leaf_hash text not null
    )`,
    sql`create index acts_by_represented on mandates.acts (represented_id, done_at desc)`,
    sql`create table mandates.code_attempts (
      person_id uuid primary key,
      failures integer not null,
      last_failed_at timestamptz not null
    )`,
  ];
  for (const statement of statements) await statement.execute(db);
}

import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  // `asked` is what a service last asked for; `granted` what the state vouches for, and stays so while a new wish waits.
  await sql`create table federation.members (
    entity_id text primary key,
    asked jsonb not null,
    asked_iat integer not null,
    granted jsonb,
    decision text not null check (decision in ('waiting', 'admitted', 'refused')),
    reason text,
    decided_by text check (decided_by in ('rule', 'operator')),
    applied_at timestamptz not null,
    decided_at timestamptz
  )`.execute(db);
  // Two offices with one member code would be one to whoever gives by member code.
  await sql`create unique index on federation.members ((granted ->> 'xRoadClient'))`.execute(db);
  await sql`create table federation.suspensions (
    entity_id text primary key,
    reason text not null,
    suspended_at timestamptz not null
  )`.execute(db);
}

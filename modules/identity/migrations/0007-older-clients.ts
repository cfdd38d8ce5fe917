import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  await sql`create table identity.older_clients (
    client_id text primary key,
    name_ar text not null,
    name_en text not null,
    secret bytea not null,
    redirect_uris jsonb not null,
    reason text not null,
    allowed_at timestamptz not null,
    ended_at timestamptz
  )`.execute(db);
}

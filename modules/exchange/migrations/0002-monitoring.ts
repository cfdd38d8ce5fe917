import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  // What an operator needs to see of an exchange: when, how large, which offices, how it ended. Nothing says whom it is about.
  await sql`create table exchange.monitoring (
    recorded_at timestamptz not null,
    side text not null check (side in ('asking', 'answering')),
    question_id uuid,
    office_id text,
    client text,
    provider text,
    evidence_type text,
    peer text,
    request_in_at timestamptz not null,
    request_out_at timestamptz,
    response_in_at timestamptz,
    response_out_at timestamptz not null,
    request_bytes integer,
    response_bytes integer,
    is_given boolean not null,
    status integer not null,
    code text,
    origin text,
    total_ms real not null
  )`.execute(db);
  await sql`create index monitoring_by_time on exchange.monitoring (request_in_at)`.execute(db);
}

import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  // One case and one party of another state that sees it, as each side keeps it.
  await sql`create table sharing.shares (
    share_id uuid primary key,
    side text not null check (side in ('holder', 'viewer')),
    role text not null,
    holder_of text,
    office_id text not null,
    peer text,
    peer_state text not null,
    case_id uuid not null,
    person_id uuid not null,
    subject text not null,
    state text not null check (state in ('active', 'ended')),
    ended_because text,
    number integer not null,
    status jsonb,
    fields jsonb not null,
    began_at timestamptz not null,
    changed_at timestamptz not null,
    leaf_hash text not null,
    answer_by text,
    answer jsonb,
    silent_at timestamptz,
    opened_at timestamptz,
    opened_number integer not null,
    peer_calendar jsonb,
    sent integer not null,
    received integer not null,
    heard_at timestamptz,
    waiting_since timestamptz,
    due_at timestamptz not null,
    failures integer not null,
    code text
  )`.execute(db);
  await sql`create unique index shares_of_case on sharing.shares (case_id, role) where side = 'holder'`.execute(db);
  await sql`create index shares_by_case on sharing.shares (case_id)`.execute(db);
  await sql`create index shares_of_person on sharing.shares (person_id)`.execute(db);
  await sql`create index shares_of_office on sharing.shares (office_id, answer_by) where side = 'viewer'`.execute(db);
  // What was written to the other side, and what came from it. Bodies of what is acknowledged are not kept.
  await sql`create table sharing.letters (
    share_id uuid not null references sharing.shares,
    direction text not null check (direction in ('out', 'in')),
    sequence integer not null,
    letter_id uuid not null,
    kind text not null,
    body text,
    body_digest text not null,
    state text not null check (state in ('waiting', 'acknowledged', 'dropped', 'refused', 'received')),
    due_at timestamptz not null,
    attempts integer not null,
    code text,
    written_at timestamptz not null,
    ended_at timestamptz,
    receipt jsonb,
    proof jsonb,
    primary key (share_id, direction, sequence)
  )`.execute(db);
  await sql`create index letters_due on sharing.letters (due_at) where state = 'waiting'`.execute(db);
  await sql`create table sharing.notes (
    note_id uuid primary key,
    share_id uuid not null references sharing.shares,
    is_ours boolean not null,
    writer_name text not null,
    text text not null,
    written_at timestamptz not null
  )`.execute(db);
  await sql`create index notes_of_share on sharing.notes (share_id, written_at)`.execute(db);
  await sql`create table sharing.nonces (
    sender text not null,
    nonce text not null,
    expires_at timestamptz not null,
    primary key (sender, nonce)
  )`.execute(db);
}

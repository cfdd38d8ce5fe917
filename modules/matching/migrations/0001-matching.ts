import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  const statements = [
    sql`create table matching.attempts (
      attempt_id uuid primary key,
      reference text not null unique,
      person_id uuid not null,
      home_state text not null,
      state text not null,
      desk_reason text,
      comparisons jsonb not null default '[]',
      sealed bytea,
      proofs_given integer not null default 0,
      begun_at timestamptz not null,
      decided_at timestamptz,
      decided_by text,
      officer_id uuid,
      objection_to uuid references matching.attempts (attempt_id),
      waits_until timestamptz not null,
      leaf_hash text
    )`,
    sql`create index attempts_by_person on matching.attempts (person_id, begun_at desc)`,
    sql`create index attempts_that_wait on matching.attempts (waits_until) where sealed is not null`,
    // One that waits is enough for one person, also of two that are begun at the same moment.
    sql`create unique index attempts_waiting_once on matching.attempts (person_id)
      where state in ('waiting', 'proof-asked')`,
    sql`create table matching.links (
      link_id uuid primary key,
      attempt_id uuid not null references matching.attempts (attempt_id),
      reference text not null,
      person_id uuid not null,
      home_state text not null,
      number_hash bytea not null,
      sealed_number bytea,
      made_at timestamptz not null,
      made_by text not null,
      officer_id uuid,
      checked_at timestamptz not null,
      moved_at timestamptz,
      ended_at timestamptz,
      ended_for text,
      undo_by uuid,
      undo_reason text,
      undo_at timestamptz,
      undone_by uuid,
      leaf_hash text not null
    )`,
    // Never two records for one person, nor two people for one record.
    sql`create unique index links_of_person on matching.links (person_id) where ended_at is null`,
    sql`create unique index links_of_record on matching.links (number_hash) where ended_at is null`,
    sql`create index links_ever on matching.links (person_id, number_hash)`,
    sql`create index links_to_check on matching.links (checked_at) where ended_at is null`,
    // Pairs that were found not to be one person: never linked by machine.
    sql`create table matching.separations (
      person_id uuid not null,
      number_hash bytea not null,
      separated_at timestamptz not null,
      primary key (person_id, number_hash)
    )`,
    sql`create table matching.views (
      view_id uuid primary key,
      attempt_id uuid not null references matching.attempts (attempt_id),
      officer_id uuid not null,
      viewed_at timestamptz not null
    )`,
    sql`create table matching.reads (
      read_id uuid primary key,
      link_id uuid not null references matching.links (link_id),
      person_id uuid not null,
      office text not null,
      evidence_type text not null,
      fields jsonb not null,
      purpose text not null,
      case_id text not null,
      read_at timestamptz not null,
      leaf_hash text not null
    )`,
    sql`create index reads_by_person on matching.reads (person_id, read_at desc)`,
  ];
  for (const statement of statements) await statement.execute(db);
}

import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  const statements = [
    sql`create table offers.offers (
      offer_id uuid primary key,
      recipient_id uuid not null,
      about_id uuid not null,
      service_id text not null,
      event_type text not null,
      happened_on text not null,
      publisher text not null,
      fills jsonb not null,
      state text not null check (state in ('open', 'later', 'begun', 'ended')),
      ended_for text,
      made_at timestamptz not null,
      until text not null,
      again_on text,
      case_id uuid
    )`,
    // An event that is told twice is one; only one that was taken back can be told anew.
    sql`create unique index offers_once on offers.offers (recipient_id, about_id, service_id, event_type, happened_on)
      where ended_for is distinct from 'withdrawn'`,
    sql`create index offers_about on offers.offers (about_id) where state in ('open', 'later')`,
    sql`create index offers_running on offers.offers (until) where state in ('open', 'later')`,
    sql`create table offers.wishes (
      person_id uuid not null,
      event_type text not null,
      is_wanted boolean not null,
      changed_at timestamptz not null,
      primary key (person_id, event_type)
    )`,
  ];
  for (const statement of statements) await statement.execute(db);
}

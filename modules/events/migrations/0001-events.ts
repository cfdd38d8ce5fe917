import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  // What offices of other states may be told of by offices of this node.
  await sql`create table events.subscriptions (
    subscription_id uuid primary key,
    office_id text not null,
    publisher text not null,
    subscriber text not null,
    subscriber_names jsonb not null,
    event_type text not null,
    purpose text not null,
    fields jsonb not null,
    until timestamptz not null,
    state text not null check (state in ('active', 'ended')),
    ended_by text check (ended_by in ('publisher', 'subscriber')),
    sequence integer not null,
    accepted_at timestamptz not null,
    leaf_hash text not null,
    due_at timestamptz not null,
    failures integer not null
  )`.execute(db);
  await sql`create unique index subscriptions_active on events.subscriptions
    (subscriber, office_id, event_type, purpose) where state = 'active'`.execute(db);
  // About whom, by the subject that the subscriber knows.
  await sql`create table events.watches (
    subscription_id uuid not null references events.subscriptions,
    subject text not null,
    person_id uuid not null,
    sequence integer not null,
    added_at timestamptz not null,
    removed_at timestamptz,
    primary key (subscription_id, subject)
  )`.execute(db);
  await sql`create index watches_of_person on events.watches (person_id)`.execute(db);
  // What was announced. Its details are not kept: each delivery has what its subscriber may have.
  await sql`create table events.events (
    event_id uuid primary key,
    office_id text not null,
    event_type text not null,
    version text not null,
    person_id uuid not null,
    occurred_at timestamptz not null,
    published_at timestamptz not null,
    subscribers integer not null,
    leaf_hash text not null
  )`.execute(db);
  await sql`create table events.deliveries (
    delivery_id uuid primary key,
    event_id uuid not null references events.events,
    subscription_id uuid not null references events.subscriptions,
    subject text not null,
    person_id uuid not null,
    sequence integer not null,
    subject_sequence integer not null,
    body text,
    body_digest text not null,
    state text not null check (state in ('waiting', 'acknowledged', 'dead', 'dropped')),
    due_at timestamptz not null,
    attempts integer not null,
    code text,
    published_at timestamptz not null,
    give_up_at timestamptz not null,
    ended_at timestamptz,
    leaf_hash text not null,
    receipt jsonb,
    proof jsonb,
    unique (subscription_id, sequence)
  )`.execute(db);
  await sql`create index deliveries_due on events.deliveries (due_at) where state = 'waiting'`.execute(db);
  await sql`create index deliveries_open on events.deliveries (subscription_id, subject, sequence)
    where state in ('waiting', 'dead')`.execute(db);
  await sql`create index deliveries_of_person on events.deliveries (person_id, published_at desc)`.execute(db);
  await sql`create index deliveries_kept on events.deliveries (ended_at)
    where state = 'acknowledged' and body is not null`.execute(db);
  await sql`create table events.nonces (
    sender text not null,
    nonce text not null,
    expires_at timestamptz not null,
    primary key (sender, nonce)
  )`.execute(db);
  await sql`create index nonces_by_end on events.nonces (expires_at)`.execute(db);
  // Subscriptions that offices of this node hold with others.
  await sql`create table events.follows (
    subscription_id uuid primary key,
    office_id text not null,
    publisher text not null,
    event_type text not null,
    purpose text not null,
    fields jsonb not null,
    until timestamptz not null,
    state text not null check (state in ('asked', 'active', 'ended')),
    ended_by text check (ended_by in ('publisher', 'subscriber')),
    sequence integer not null,
    asked_at timestamptz not null
  )`.execute(db);
  // The last event of each person within a subscription: the next one has the next number.
  await sql`create table events.streams (
    subscription_id uuid not null references events.follows,
    subject text not null,
    sequence integer not null,
    primary key (subscription_id, subject)
  )`.execute(db);
  await sql`create table events.inbox (
    event_id uuid not null,
    publisher text not null,
    subscription_id uuid not null references events.follows,
    office_id text not null,
    event_type text not null,
    subject text not null,
    sequence integer not null,
    occurred_at timestamptz not null,
    received_at timestamptz not null,
    body text,
    body_digest text not null,
    state text not null check (state in ('received', 'heard', 'unheard', 'skipped')),
    due_at timestamptz not null,
    attempts integer not null,
    leaf_hash text not null,
    receipt jsonb,
    proof jsonb,
    primary key (publisher, event_id),
    unique (subscription_id, sequence)
  )`.execute(db);
  await sql`create index inbox_due on events.inbox (due_at) where state = 'received'`.execute(db);
  await sql`create index inbox_open on events.inbox (subscription_id, subject, sequence)
    where state in ('received', 'unheard')`.execute(db);
  await sql`create index inbox_of_office on events.inbox (office_id, received_at desc)`.execute(db);
  await sql`create index inbox_kept on events.inbox (received_at) where body is not null`.execute(db);
}

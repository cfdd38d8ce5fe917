import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  const statements = [
    sql`create table notifications.messages (
      message_id uuid primary key,
      person_id uuid not null,
      kind text not null,
      source text not null,
      service_id text,
      case_id uuid,
      link text,
      subject jsonb,
      body jsonb,
      short jsonb,
      salt bytea,
      sent_at timestamptz not null,
      sent_leaf text not null,
      opened_at timestamptz,
      opened_leaf text,
      deleted_at timestamptz,
      kept_until timestamptz not null
    )`,
    // A fact that is heard twice makes one message.
    sql`create unique index messages_once on notifications.messages (source, person_id)`,
    sql`create index messages_of_person on notifications.messages (person_id, message_id desc) where deleted_at is null`,
    sql`create index messages_unread on notifications.messages (person_id)
      where opened_at is null and deleted_at is null`,
    sql`create index messages_of_case on notifications.messages (case_id) where case_id is not null`,
    sql`create index messages_to_erase on notifications.messages (kept_until)`,
    // One message on one way out of the node.
    sql`create table notifications.sendings (
      message_id uuid not null references notifications.messages (message_id) on delete cascade,
      way text not null,
      person_id uuid not null,
      topic text not null,
      state text not null,
      code text,
      attempts integer not null default 0,
      is_digest boolean not null default false,
      due_at timestamptz not null,
      claimed_until timestamptz,
      done_at timestamptz,
      primary key (message_id, way)
    )`,
    sql`create index sendings_due on notifications.sendings (due_at) where state = 'waiting'`,
    sql`create index sendings_of_person on notifications.sendings (person_id, way, done_at)`,
    sql`create index sendings_done on notifications.sendings (done_at)`,
    sql`create table notifications.addresses (
      address_id uuid primary key,
      person_id uuid not null,
      way text not null,
      sealed bytea not null,
      code_hash bytea,
      code_until timestamptz,
      code_tries integer not null default 0,
      confirmed_at timestamptz,
      broken_at timestamptz
    )`,
    sql`create unique index addresses_confirmed on notifications.addresses (person_id, way)
      where confirmed_at is not null`,
    sql`create unique index addresses_waiting on notifications.addresses (person_id, way) where confirmed_at is null`,
    // Counted so that nobody can have strangers written to.
    sql`create table notifications.codes (
      code_id uuid primary key,
      person_id uuid not null,
      address_hash bytea not null,
      sent_at timestamptz not null
    )`,
    sql`create index codes_sent on notifications.codes (sent_at)`,
    sql`create table notifications.preferences (
      person_id uuid primary key,
      language text not null,
      is_digest boolean not null,
      quiet_from text,
      quiet_until text,
      topics jsonb not null
    )`,
  ];
  for (const statement of statements) await statement.execute(db);
}

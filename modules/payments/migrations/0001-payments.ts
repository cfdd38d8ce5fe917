import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  const statements = [
    // One fee of one case: whoever asks first makes it, whatever the device.
    sql`create table payments.orders (
      id uuid primary key,
      case_id uuid not null unique,
      person_id uuid not null,
      service_id text not null,
      service_version text not null,
      office_id text not null,
      amount_minor integer not null check (amount_minor > 0),
      currency text not null,
      state text not null,
      number text unique,
      created_at timestamptz not null,
      paid_at timestamptz,
      watched boolean not null,
      looked_at timestamptz not null,
      leaf_hash text
    )`,
    sql`create index orders_by_person on payments.orders (person_id, created_at desc)`,
    sql`create index orders_watched on payments.orders (looked_at) where watched`,
    sql`create table payments.attempts (
      id uuid primary key,
      order_id uuid not null references payments.orders (id),
      provider text not null,
      amount_minor integer not null check (amount_minor > 0),
      currency text not null,
      state text not null,
      session_ref text,
      pay_url text,
      payment_ref text,
      failure text,
      started_at timestamptz not null,
      ends_at timestamptz not null,
      paid_at timestamptz
    )`,
    sql`create index attempts_by_order on payments.attempts (order_id, started_at)`,
    sql`create unique index attempts_by_session on payments.attempts (provider, session_ref)`,
    // At most one page of a provider is open for a fee.
    sql`create unique index attempts_one_open on payments.attempts (order_id) where state = 'started'`,
    sql`create index attempts_open on payments.attempts (ends_at) where state = 'started'`,
    sql`create index attempts_by_day on payments.attempts (provider, paid_at)`,
    sql`create table payments.refunds (
      id uuid primary key,
      order_id uuid not null references payments.orders (id),
      attempt_id uuid not null references payments.attempts (id),
      amount_minor integer not null check (amount_minor > 0),
      reason text not null,
      state text not null,
      requested_by uuid,
      approved_by uuid,
      refund_ref text,
      failure text,
      requested_at timestamptz not null,
      settled_at timestamptz,
      leaf_hash text
    )`,
    sql`create index refunds_by_order on payments.refunds (order_id, requested_at)`,
    // What was paid is given back once, whoever asks for it at the same time.
    sql`create unique index refunds_one_of_attempt on payments.refunds (attempt_id)
      where state in ('awaiting-approval', 'requested', 'refunded')`,
    sql`create index refunds_open on payments.refunds (requested_at) where state = 'requested'`,
    sql`create table payments.numbers (year integer primary key, last integer not null)`,
  ];
  for (const statement of statements) await statement.execute(db);
}

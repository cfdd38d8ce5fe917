import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  const statements = [
    sql`alter table payments.refunds add column reason_id text, add column reason_text jsonb, add column own_words jsonb`,
    sql`alter table payments.attempts add column claimed_minor integer not null default 0`,
    sql`update payments.attempts set claimed_minor = coalesce((
      select sum(amount_minor) from payments.refunds
      where attempt_id = attempts.id and state in ('awaiting-approval', 'requested', 'refunded')), 0)`,
    // Whatever the code does: parts of a payment that went back or are on their way never add up to more than was paid. The update
    // holds the row of the payment, so that two parts at the same moment are counted one after the other.
    sql`alter table payments.attempts add constraint attempts_claimed_within
      check (claimed_minor >= 0 and claimed_minor <= amount_minor and (claimed_minor = 0 or state = 'paid'))`,
    sql`create function payments.claim_of(refund payments.refunds) returns integer language sql immutable as
      $$ select case when refund.state in ('awaiting-approval', 'requested', 'refunded') then refund.amount_minor else 0 end $$`,
    sql`create function payments.count_claims() returns trigger language plpgsql as $$
      begin
        if tg_op <> 'INSERT' and payments.claim_of(old) <> 0 then
          update payments.attempts set claimed_minor = claimed_minor - payments.claim_of(old) where id = old.attempt_id;
        end if;
        if tg_op <> 'DELETE' and payments.claim_of(new) <> 0 then
          update payments.attempts set claimed_minor = claimed_minor + payments.claim_of(new) where id = new.attempt_id;
        end if;
        return null;
      end $$`,
    sql`create trigger refunds_are_counted after insert or delete or update of state, amount_minor, attempt_id
      on payments.refunds for each row execute function payments.count_claims()`,
    sql`drop index payments.refunds_one_of_attempt`,
    sql`create index refunds_by_attempt on payments.refunds (attempt_id)`,
  ];
  for (const statement of statements) await statement.execute(db);
}

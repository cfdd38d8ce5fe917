import { sql, type Tx } from '#kernel/database';

/**
 * When a case ended and when what it held was erased, and what keeps it from that. The story of a case is still only continued; its one
 * change is that a body loses members and says so.
 */
export async function up(db: Tx): Promise<void> {
  const statements = [
    sql`alter table cases.cases add column ended_at timestamptz, add column erased_at timestamptz`,
    sql`update cases.cases set ended_at = coalesce(
        (select max(happened_at) from cases.events where case_id = cases.id and kind in ('case-approved', 'case-refused',
          'appeal-upheld', 'case-cancelled', 'case-withdrawn', 'case-lapsed', 'case-stopped', 'case-expired')), updated_at)
      where state in ('approved', 'refused', 'cancelled', 'withdrawn', 'expired', 'stopped')`,
    sql`create index cases_to_erase on cases.cases (service_id, service_version, ended_at)
      where ended_at is not null and submitted_at is not null and (erased_at is null or erased_at < ended_at)`,
    sql`create table cases.legal_holds (
      case_id uuid primary key references cases.cases (id),
      reason text not null,
      until_on date not null,
      set_by uuid not null,
      set_by_name text not null,
      set_at timestamptz not null
    )`,
    sql`create or replace function cases.refuse_change() returns trigger language plpgsql as $$
      begin
        if tg_op = 'UPDATE' and (new).body -> 'erased' = 'true'::jsonb and (new).body - 'erased' <@ (old).body
          and ((new).case_id, (new).sequence, (new).kind, (new).actor, (new).happened_at)
            = ((old).case_id, (old).sequence, (old).kind, (old).actor, (old).happened_at)
          and (new).actor_id is not distinct from (old).actor_id
        then return new; end if;
        raise exception 'the events of a case are only added to';
      end $$`,
  ];
  for (const statement of statements) await statement.execute(db);
}

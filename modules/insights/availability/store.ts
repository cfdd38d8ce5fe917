import { sql, type Tx } from '#kernel/database';
import type { Text } from '#kernel/languages';
import { type Interval, intervalOf, intervalsPerDay, type Period } from './rules.ts';

/** Sources of one evidence type that an office asked in one interval; silent when one of them was asked and never answered. */
export type AskedSource = { at: Date; officeId: string; evidenceType: string; isSilent: boolean };
/** A service that can be applied for here, with the evidence that its office asks for. */
export type WatchedService = {
  serviceId: string;
  version: string;
  title: Text;
  officeId: string;
  evidenceTypes: readonly string[];
};

const none = sql.raw(`'0'::bit(${intervalsPerDay})`);

/** The node is at this interval; said again, nothing changes. */
export async function markUp(db: Tx, now: Date): Promise<void> {
  const { day, at } = intervalOf(now);
  await sql`insert into insights.observing (since) values (${now}) on conflict do nothing`.execute(db);
  await sql`insert into insights.up_days (day, up) values (${day}, set_bit(${none}, ${at}::int, 1))
    on conflict (day) do update set up = set_bit(up_days.up, ${at}::int, 1)`.execute(db);
}

/** Counted again, an interval says the same. */
export async function markAsked(db: Tx, sources: readonly AskedSource[]): Promise<void> {
  for (const { at: moment, officeId, evidenceType, isSilent } of sources) {
    const { day, at } = intervalOf(moment);
    const silent = isSilent ? 1 : 0;
    await sql`insert into insights.asked_days (day, office_id, evidence_type, asked, silent)
      values (${day}, ${officeId}, ${evidenceType}, set_bit(${none}, ${at}::int, 1), set_bit(${none}, ${at}::int, ${silent}::int))
      on conflict (day, office_id, evidence_type) do update set
        asked = set_bit(asked_days.asked, ${at}::int, 1), silent = set_bit(asked_days.silent, ${at}::int, ${silent}::int)`.execute(
      db,
    );
  }
}

export async function dropBefore(db: Tx, day: string): Promise<void> {
  await sql`delete from insights.up_days where day < ${day}`.execute(db);
  await sql`delete from insights.asked_days where day < ${day}`.execute(db);
}

export async function findObservedSince(db: Tx): Promise<Date | undefined> {
  const { rows } = await sql<{ since: Date }>`select since from insights.observing`.execute(db);
  return rows[0]?.since;
}

/** `up`: of the node. By service id: in how many of these intervals a source was asked for it, and in how many one was silent. */
export async function countIntervals(
  db: Tx,
  { from, until }: Period,
  services: readonly WatchedService[],
): Promise<{ up: number; asked: ReadonlyMap<string, number>; lost: ReadonlyMap<string, number> }> {
  const [first, last] = [intervalOf(from), intervalOf(until)];
  const up = sql`up_days.up & ${maskOf(last)}::bit(288)`;
  const upInPeriod = sql`select day, case when day = ${last.day} then ${up} else up_days.up end as up
    from insights.up_days where day between ${first.day} and ${last.day}`;
  const total = await sql<{
    up: number;
  }>`select coalesce(sum(bit_count(up)), 0)::int as up from (${upInPeriod}) days`.execute(db);
  const needed = services.flatMap(({ serviceId, officeId, evidenceTypes }) =>
    [...new Set(evidenceTypes)].map((evidenceType) => ({ serviceId, officeId, evidenceType })),
  );
  const { rows } = await sql<{ service_id: string; asked: number; lost: number }>`
    with needed as (select * from jsonb_to_recordset(${JSON.stringify(needed)}::jsonb)
        as one("serviceId" text, "officeId" text, "evidenceType" text)),
      up_in_period as (${upInPeriod}),
      by_day as (select needed."serviceId" as service_id, day, bit_or(asked) as asked, bit_or(silent) as silent
        from needed join insights.asked_days on office_id = needed."officeId" and evidence_type = needed."evidenceType"
        where day between ${first.day} and ${last.day} group by 1, 2)
    select service_id, sum(bit_count(by_day.asked & up))::int as asked, sum(bit_count(by_day.silent & up))::int as lost
    from by_day join up_in_period using (day) group by 1`.execute(db);
  return {
    up: total.rows[0]!.up,
    asked: new Map(rows.map((row) => [row.service_id, row.asked])),
    lost: new Map(rows.map((row) => [row.service_id, row.lost])),
  };
}

/** The last day of a period, up to where it ends. */
function maskOf({ at }: Interval): string {
  return '1'.repeat(at).padEnd(intervalsPerDay, '0');
}

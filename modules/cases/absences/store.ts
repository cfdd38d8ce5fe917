import { sql, type Tx } from '#kernel/database';
import type { Absence } from './contract.ts';

type Row = {
  id: string;
  office_id: string;
  officer_id: string;
  from_on: string;
  until_on: string;
  cover_id: string | null;
  set_at: Date;
};

const toAbsence = (row: Row): Absence => ({
  id: row.id,
  officeId: row.office_id,
  officerId: row.officer_id,
  fromOn: row.from_on,
  untilOn: row.until_on,
  ...(row.cover_id ? { coverId: row.cover_id } : {}),
  setAt: row.set_at,
});

/** What is not over on `today` and was not ended early, the earliest first; of all offices where none is named. */
export async function listAbsences(db: Tx, today: string, officeId?: string): Promise<Absence[]> {
  const { rows } = await sql<Row>`select id, office_id, officer_id, from_on::text, until_on::text, cover_id, set_at
    from cases.absences where ended_at is null and until_on >= ${today}::date
      and (${officeId ?? null}::text is null or office_id = ${officeId ?? null})
    order by from_on, id limit 500`.execute(db);
  return rows.map(toAbsence);
}

export async function insertAbsence(tx: Tx, absence: Absence & { setBy: string }): Promise<void> {
  await sql`insert into cases.absences (id, office_id, officer_id, from_on, until_on, cover_id, set_by, set_at)
    values (${absence.id}, ${absence.officeId}, ${absence.officerId}, ${absence.fromOn}::date, ${absence.untilOn}::date,
      ${absence.coverId ?? null}, ${absence.setBy}, ${absence.setAt})`.execute(tx);
}

/** One at a time for the absences of an officer. */
export async function holdAbsences(tx: Tx, officeId: string, officerId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`cases.absences ${officeId} ${officerId}`}, 0))`.execute(
    tx,
  );
}

export async function endAbsence(tx: Tx, id: string, at: Date): Promise<void> {
  await sql`update cases.absences set ended_at = ${at} where id = ${id} and ended_at is null`.execute(tx);
}

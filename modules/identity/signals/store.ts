import { sql, type Tx, tablesOf } from '#kernel/database';

export type SignalRow = {
  signal_id: string;
  /** Whom to tell, by the sector of its subjects: the host of a state. */
  sector: string;
  subject: string;
  event: string;
  details: Record<string, string>;
  happened_at: Date;
  attempts: number;
  next_at: Date;
};
type Tables = {
  signals: SignalRow;
  subjects: { subject: string; sector: string; person_id: string };
  known_persons: { person_id: string; issuer: string; subject: string };
  sessions: {
    issuer: string;
    subject: string;
    provider_session: string | null;
    created_at: Date;
    ended_at: Date | null;
    acting_for: string | null;
    acting: unknown;
  };
};

const on = (db: Tx) => tablesOf<Tables>(db, 'identity');

/** Everybody who was ever given a subject of this person. */
export function listSubjectsOf(db: Tx, personId: string): Promise<Array<{ subject: string; sector: string }>> {
  return on(db).selectFrom('subjects').select(['subject', 'sector']).where('person_id', '=', personId).execute();
}

/** This state's own id for somebody of another state. */
export async function findVisitorId(db: Tx, issuer: string, subject: string): Promise<string | undefined> {
  const row = await on(db)
    .selectFrom('known_persons')
    .select('person_id')
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .executeTakeFirst();
  return row?.person_id;
}

export async function insertSignals(tx: Tx, rows: readonly SignalRow[]): Promise<void> {
  if (rows.length === 0) return;
  await on(tx)
    .insertInto('signals')
    .values(rows.map((row) => ({ ...row, details: JSON.stringify(row.details) as never })))
    .execute();
}

/** Takes what is due, for as long as `leasedUntil`: a process that dies meanwhile loses nothing. */
export async function takeDue(tx: Tx, now: Date, leasedUntil: Date, limit: number): Promise<SignalRow[]> {
  const due = await on(tx)
    .selectFrom('signals')
    .selectAll()
    .where('next_at', '<=', now)
    .orderBy('next_at')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  if (due.length > 0)
    await on(tx)
      .updateTable('signals')
      .set({ next_at: leasedUntil })
      .where(
        'signal_id',
        'in',
        due.map((row) => row.signal_id),
      )
      .execute();
  return due;
}

export async function dropSignal(db: Tx, signalId: string): Promise<void> {
  await on(db).deleteFrom('signals').where('signal_id', '=', signalId).execute();
}

export async function postponeSignal(db: Tx, signalId: string, nextAt: Date): Promise<void> {
  await on(db)
    .updateTable('signals')
    .set({ attempts: sql<number>`attempts + 1`, next_at: nextAt })
    .where('signal_id', '=', signalId)
    .execute();
}

/** Whether anybody ever came from that provider: sessions are forgotten within days, and what they allowed here is not. */
export async function hasSubjectFrom(db: Tx, issuer: string): Promise<boolean> {
  const row = await on(db).selectFrom('known_persons').select('issuer').where('issuer', '=', issuer).limit(1).execute();
  return row.length > 0;
}

/** Ends the sessions of a person that began until a moment, or the one with that name at its provider; answers how many. */
export async function endSessionsUntil(
  db: Tx,
  person: { issuer: string; subject: string; session?: string | undefined },
  until: Date,
  now: Date,
): Promise<number> {
  const open = on(db)
    .updateTable('sessions')
    .set({ ended_at: now })
    .where('issuer', '=', person.issuer)
    .where('subject', '=', person.subject)
    .where('created_at', '<=', until)
    .where('ended_at', 'is', null);
  const meant = person.session === undefined ? open : open.where('provider_session', '=', person.session);
  const done = await meant.executeTakeFirst();
  return Number(done.numUpdatedRows);
}

/** Sessions that act for a person, or under a mandate, act no more; answers how many. */
export async function stopActingIn(
  db: Tx,
  issuer: string,
  of: { subject: string } | { mandate: string },
): Promise<number> {
  const [member, value] = 'subject' in of ? ['sub', of.subject] : ['mandate', of.mandate];
  const done = await on(db)
    .updateTable('sessions')
    .set({ acting_for: null, acting: null })
    .where('issuer', '=', issuer)
    .where(sql<boolean>`acting ->> ${member} = ${value}`)
    .executeTakeFirst();
  return Number(done.numUpdatedRows);
}

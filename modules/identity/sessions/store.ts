import { type Tx, tablesOf } from '#kernel/database';
import { newId } from '#kernel/ids';
import type { Representation } from '#protocol/representation';

export type SessionRow = {
  session_id: string;
  handle: Buffer;
  person_id: string;
  home_state: string;
  issuer: string;
  subject: string;
  client: string;
  provider_session: string | null;
  acr: string;
  created_at: Date;
  seen_at: Date;
  ended_at: Date | null;
  browser: string | null;
  system: string | null;
  network: string | null;
  /** This state's own id of whoever the person acts for, and what their home state says of it. */
  acting_for: string | null;
  acting: Representation | null;
};

type Tables = {
  sessions: SessionRow;
  known_persons: { person_id: string; issuer: string; subject: string; home_state: string; first_seen_at: Date };
};

const on = (db: Tx) => tablesOf<Tables>(db, 'identity');

/** This state's own id for somebody's pairwise subject, made at the first sign-in and kept for good. */
export async function rememberPerson(
  tx: Tx,
  person: { issuer: string; subject: string; homeState: string; now: Date },
): Promise<string> {
  await on(tx)
    .insertInto('known_persons')
    .values({
      person_id: newId(),
      issuer: person.issuer,
      subject: person.subject,
      home_state: person.homeState,
      first_seen_at: person.now,
    })
    .onConflict((conflict) => conflict.columns(['issuer', 'subject']).doNothing())
    .execute();
  const row = await on(tx)
    .selectFrom('known_persons')
    .select('person_id')
    .where('issuer', '=', person.issuer)
    .where('subject', '=', person.subject)
    .executeTakeFirstOrThrow();
  return row.person_id;
}

export async function findKnownPerson(
  db: Tx,
  personId: string,
): Promise<{ issuer: string; subject: string; homeState: string } | undefined> {
  const row = await on(db).selectFrom('known_persons').selectAll().where('person_id', '=', personId).executeTakeFirst();
  return row && { issuer: row.issuer, subject: row.subject, homeState: row.home_state };
}

/** Whoever has come with a pairwise subject, and from which provider. */
export async function listKnownBySubject(
  tx: Tx,
  subject: string,
): Promise<Array<{ personId: string; issuer: string }>> {
  const rows = await on(tx)
    .selectFrom('known_persons')
    .select(['person_id', 'issuer'])
    .where('subject', '=', subject)
    .execute();
  return rows.map((row) => ({ personId: row.person_id, issuer: row.issuer }));
}

export async function saveSession(tx: Tx, session: SessionRow): Promise<void> {
  const acting = session.acting === null ? null : (JSON.stringify(session.acting) as never);
  await on(tx)
    .insertInto('sessions')
    .values({ ...session, acting })
    .execute();
}

export async function findSession(db: Tx, handle: Buffer): Promise<SessionRow | undefined> {
  return on(db).selectFrom('sessions').selectAll().where('handle', '=', handle).executeTakeFirst();
}

export async function markSeen(db: Tx, sessionId: string, now: Date): Promise<void> {
  await on(db).updateTable('sessions').set({ seen_at: now }).where('session_id', '=', sessionId).execute();
}

export async function stopActing(db: Tx, handle: Buffer): Promise<void> {
  await on(db).updateTable('sessions').set({ acting_for: null, acting: null }).where('handle', '=', handle).execute();
}

export async function endSession(db: Tx, handle: Buffer, now: Date): Promise<SessionRow | undefined> {
  return on(db)
    .updateTable('sessions')
    .set({ ended_at: now })
    .where('handle', '=', handle)
    .where('ended_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
}

/** The sessions of a person here that have not ended and were used since, the latest first. */
export async function listSessionsOfPerson(db: Tx, personId: string, seenSince: Date): Promise<SessionRow[]> {
  return on(db)
    .selectFrom('sessions')
    .selectAll()
    .where('person_id', '=', personId)
    .where('ended_at', 'is', null)
    .where('seen_at', '>', seenSince)
    .orderBy('seen_at', 'desc')
    .execute();
}

/** Ends one session of a person; false when there is none. */
export async function endSessionOfPerson(db: Tx, personId: string, sessionId: string, now: Date): Promise<boolean> {
  const done = await on(db)
    .updateTable('sessions')
    .set({ ended_at: now })
    .where('person_id', '=', personId)
    .where('session_id', '=', sessionId)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

export async function endSessionsOfPerson(db: Tx, personId: string, now: Date, exceptId?: string): Promise<void> {
  let ending = on(db)
    .updateTable('sessions')
    .set({ ended_at: now })
    .where('person_id', '=', personId)
    .where('ended_at', 'is', null);
  if (exceptId !== undefined) ending = ending.where('session_id', '!=', exceptId);
  await ending.execute();
}

export async function hasSessionFrom(db: Tx, issuer: string): Promise<boolean> {
  const row = await on(db)
    .selectFrom('sessions')
    .select('session_id')
    .where('issuer', '=', issuer)
    .where('ended_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export async function endSessionsOfProvider(
  db: Tx,
  named: { issuer: string; clients: string[]; subject?: string; providerSession?: string },
  now: Date,
): Promise<number> {
  let update = on(db)
    .updateTable('sessions')
    .set({ ended_at: now })
    .where('issuer', '=', named.issuer)
    .where('client', 'in', named.clients)
    .where('ended_at', 'is', null);
  if (named.providerSession !== undefined) update = update.where('provider_session', '=', named.providerSession);
  if (named.subject !== undefined) update = update.where('subject', '=', named.subject);
  return Number((await update.executeTakeFirst()).numUpdatedRows);
}

export async function purgeSessions(db: Tx, createdBefore: Date): Promise<void> {
  await on(db).deleteFrom('sessions').where('created_at', '<', createdBefore).execute();
}

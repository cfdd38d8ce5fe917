import { type Tx, tablesOf } from '#kernel/database';
import { newId } from '#kernel/ids';
import type { MethodId } from './table.ts';

type Tables = {
  confirmations: { session_id: string; person_id: string; method: string; expires_at: Date };
  method_events: { event_id: string; person_id: string; kind: string; subject: string | null; at: Date };
};

const on = (db: Tx) => tablesOf<Tables>(db, 'identity');

export type Confirmation = { sessionId: string; personId: string; method: MethodId; until: Date };

export async function saveConfirmation(db: Tx, given: Confirmation): Promise<void> {
  const row = { person_id: given.personId, method: given.method, expires_at: given.until };
  await on(db)
    .insertInto('confirmations')
    .values({ session_id: given.sessionId, ...row })
    .onConflict((conflict) => conflict.column('session_id').doUpdateSet(row))
    .execute();
}

export async function findConfirmation(
  db: Tx,
  asked: { sessionId: string; personId: string; now: Date },
): Promise<Confirmation | undefined> {
  const row = await on(db)
    .selectFrom('confirmations')
    .selectAll()
    .where('session_id', '=', asked.sessionId)
    .where('person_id', '=', asked.personId)
    .where('expires_at', '>', asked.now)
    .executeTakeFirst();
  return (
    row && {
      sessionId: row.session_id,
      personId: row.person_id,
      method: row.method as MethodId,
      until: row.expires_at,
    }
  );
}

export async function endConfirmations(db: Tx, personId: string): Promise<void> {
  await on(db).deleteFrom('confirmations').where('person_id', '=', personId).execute();
}

/** What happens to a person's ways of signing in; `subject` names the passkey or the asking service. */
export const methodEventKinds = [
  'passkey-added',
  'passkey-removed',
  'passkey-used',
  'passkey-copied',
  'phone-added',
  'phone-removed',
  'approval-unanswered',
  'approval-given',
  'approval-refused',
  'approval-number-wrong',
  'recovery-opened',
  'recovery-confirmed',
  'recovery-refused',
  'recovery-cancelled',
  'recovery-done',
  'password-changed',
  'code-app-changed',
] as const;
export type MethodEventKind = (typeof methodEventKinds)[number];
export type MethodEvent = { kind: MethodEventKind; subject?: string; at: Date };

export async function writeEvent(
  db: Tx,
  event: { personId: string; kind: MethodEventKind; subject?: string | undefined; at: Date },
): Promise<void> {
  await on(db)
    .insertInto('method_events')
    .values({
      event_id: newId(),
      person_id: event.personId,
      kind: event.kind,
      subject: event.subject ?? null,
      at: event.at,
    })
    .execute();
}

/** The latest first. */
export async function listEvents(db: Tx, personId: string, most: number): Promise<MethodEvent[]> {
  const rows = await on(db)
    .selectFrom('method_events')
    .selectAll()
    .where('person_id', '=', personId)
    .orderBy('at', 'desc')
    .orderBy('event_id', 'desc')
    .limit(most)
    .execute();
  return rows.map(({ kind, subject, at }) => ({
    kind: kind as MethodEventKind,
    ...(subject === null ? {} : { subject }),
    at,
  }));
}

export async function purgeMethodTraces(db: Tx, now: Date, eventsBefore: Date): Promise<void> {
  await on(db).deleteFrom('confirmations').where('expires_at', '<', now).execute();
  await on(db).deleteFrom('method_events').where('at', '<', eventsBefore).execute();
}

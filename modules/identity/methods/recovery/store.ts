import { type Tx, tablesOf } from '#kernel/database';

export type RecoveryRow = {
  recovery_id: string;
  code: Buffer;
  person_id: string;
  /** `counter`, or the method of the person that vouched for it. */
  opened_by: string;
  officer_id: string | null;
  office_id: string | null;
  document: string | null;
  /** A keyed hash, for the second officer to be held against; gone when it is settled. */
  document_number: Buffer | null;
  /** The second officer, whether they confirmed or refused. */
  settled_by: string | null;
  settled_at: Date | null;
  refused_because: string | null;
  password_hash: string | null;
  totp_secret: Buffer | null;
  /** `begun` by one officer, `open` when its code works or will; the others are ends. */
  state: string;
  created_at: Date;
  /** Not before a second officer has confirmed. */
  usable_from: Date | null;
  expires_at: Date;
};

const on = (db: Tx) => tablesOf<{ recoveries: RecoveryRow; persons: { person_id: string } }>(db, 'identity');
const standing = ['begun', 'open'];
/** What ends it leaves nothing behind that would open anything. */
const emptied = { password_hash: null, totp_secret: null, document_number: null };

/** A new one takes the place of those before it: the answer names those from the counter. */
export async function openRecovery(tx: Tx, row: RecoveryRow): Promise<RecoveryRow[]> {
  // One person's are opened one after another.
  await on(tx).selectFrom('persons').select('person_id').where('person_id', '=', row.person_id).forUpdate().execute();
  const replaced = await on(tx)
    .updateTable('recoveries')
    .set({ state: 'replaced', ...emptied })
    .where('person_id', '=', row.person_id)
    .where('state', 'in', standing)
    .returningAll()
    .execute();
  await on(tx).insertInto('recoveries').values(row).execute();
  return replaced.filter(({ opened_by: by }) => by === 'counter');
}

export async function findByCode(db: Tx, code: Buffer, now: Date): Promise<RecoveryRow | undefined> {
  return on(db)
    .selectFrom('recoveries')
    .selectAll()
    .where('code', '=', code)
    .where('state', 'in', standing)
    .where('expires_at', '>', now)
    .executeTakeFirst();
}

export async function findStandingOf(db: Tx, personId: string, now: Date): Promise<RecoveryRow | undefined> {
  return on(db)
    .selectFrom('recoveries')
    .selectAll()
    .where('person_id', '=', personId)
    .where('opened_by', '=', 'counter')
    .where('state', 'in', standing)
    .where('expires_at', '>', now)
    .executeTakeFirst();
}

export async function findInOffice(db: Tx, recoveryId: string, officeId: string): Promise<RecoveryRow | undefined> {
  return on(db)
    .selectFrom('recoveries')
    .selectAll()
    .where('recovery_id', '=', recoveryId)
    .where('office_id', '=', officeId)
    .executeTakeFirst();
}

type Settling = { recoveryId: string; by: string; at: Date };

/** The row for the one who settled it, undefined for whoever came too late. Who may is asked once more here, by the row itself. */
export async function settleRecovery(
  tx: Tx,
  { recoveryId, by, at }: Settling,
  to: { usableFrom: Date; expiresAt: Date } | { refusedBecause: string },
): Promise<RecoveryRow | undefined> {
  return on(tx)
    .updateTable('recoveries')
    .set({
      settled_by: by,
      settled_at: at,
      ...('refusedBecause' in to
        ? { ...emptied, state: 'refused', refused_because: to.refusedBecause }
        : { state: 'open', usable_from: to.usableFrom, expires_at: to.expiresAt, document_number: null }),
    })
    .where('recovery_id', '=', recoveryId)
    .where('state', '=', 'begun')
    .where('expires_at', '>', at)
    .where('officer_id', '<>', by)
    .where('person_id', '<>', by)
    .returningAll()
    .executeTakeFirst();
}

/** Those that nobody confirmed in time; each is answered once. */
export async function expireUnconfirmed(tx: Tx, now: Date): Promise<RecoveryRow[]> {
  return on(tx)
    .updateTable('recoveries')
    .set({ state: 'unconfirmed', ...emptied })
    .where('state', '=', 'begun')
    .where('expires_at', '<=', now)
    .returningAll()
    .execute();
}

export async function keepSecrets(
  db: Tx,
  recoveryId: string,
  secrets: { passwordHash: string; totpSecret: Buffer },
): Promise<void> {
  await on(db)
    .updateTable('recoveries')
    .set({ password_hash: secrets.passwordHash, totp_secret: secrets.totpSecret })
    .where('recovery_id', '=', recoveryId)
    .where('state', '=', 'open')
    .execute();
}

/** The row for the one who ended it; whatever secrets it held are gone. */
export async function endRecovery(
  tx: Tx,
  recoveryId: string,
  to: 'done' | 'cancelled',
): Promise<RecoveryRow | undefined> {
  return on(tx)
    .updateTable('recoveries')
    .set({ state: to, ...emptied })
    .where('recovery_id', '=', recoveryId)
    .where('state', 'in', to === 'done' ? ['open'] : standing)
    .returningAll()
    .executeTakeFirst();
}

/** Those an office opened lately, the latest first. */
export async function listOfOffice(db: Tx, officeId: string, since: Date): Promise<RecoveryRow[]> {
  return on(db)
    .selectFrom('recoveries')
    .selectAll()
    .where('office_id', '=', officeId)
    .where('created_at', '>', since)
    .orderBy('created_at', 'desc')
    .limit(100)
    .execute();
}

export async function purgeRecoveries(db: Tx, now: Date, endedBefore: Date): Promise<void> {
  await on(db)
    .updateTable('recoveries')
    .set({ password_hash: null, totp_secret: null })
    .where('expires_at', '<', now)
    .where('password_hash', 'is not', null)
    .execute();
  await on(db).deleteFrom('recoveries').where('expires_at', '<', endedBefore).execute();
}

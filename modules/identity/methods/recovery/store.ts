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
  password_hash: string | null;
  totp_secret: Buffer | null;
  state: string;
  created_at: Date;
  usable_from: Date;
  expires_at: Date;
};

const on = (db: Tx) => tablesOf<{ recoveries: RecoveryRow }>(db, 'identity');

/** A new one takes the place of those before it. */
export async function openRecovery(tx: Tx, row: RecoveryRow): Promise<void> {
  await on(tx)
    .updateTable('recoveries')
    .set({ state: 'replaced' })
    .where('person_id', '=', row.person_id)
    .where('state', '=', 'open')
    .execute();
  await on(tx).insertInto('recoveries').values(row).execute();
}

export async function findOpenByCode(db: Tx, code: Buffer, now: Date): Promise<RecoveryRow | undefined> {
  return on(db)
    .selectFrom('recoveries')
    .selectAll()
    .where('code', '=', code)
    .where('state', '=', 'open')
    .where('expires_at', '>', now)
    .executeTakeFirst();
}

export async function findOpenOf(db: Tx, personId: string, now: Date): Promise<RecoveryRow | undefined> {
  return on(db)
    .selectFrom('recoveries')
    .selectAll()
    .where('person_id', '=', personId)
    .where('opened_by', '=', 'counter')
    .where('state', '=', 'open')
    .where('expires_at', '>', now)
    .executeTakeFirst();
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
    .execute();
}

/** True for the one who ended it; whatever secrets it held are gone. */
export async function endRecovery(tx: Tx, recoveryId: string, to: 'done' | 'cancelled'): Promise<boolean> {
  const done = await on(tx)
    .updateTable('recoveries')
    .set({ state: to, password_hash: null, totp_secret: null })
    .where('recovery_id', '=', recoveryId)
    .where('state', '=', 'open')
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
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

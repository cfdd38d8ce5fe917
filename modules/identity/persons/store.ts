import { type Database, sql, type Tx, tablesOf } from '#kernel/database';
import { readingByKey } from '#kernel/statements';
import type { AttemptCount } from './rules.ts';

export type PersonRow = {
  person_id: string;
  scheme: string;
  national_id: string;
  national_id_index: Buffer;
  name_ar: string;
  name_en: string;
  password_hash: string;
  totp_secret: Buffer;
  totp_step_used: number | string;
  is_suspended: boolean;
  is_dead: boolean;
  created_at: Date;
  proofing: string | null;
  proofed_at: Date | null;
};

type Tables = {
  persons: PersonRow;
  attempts: { counter: Buffer; failures: number; last_failed_at: Date };
  known_addresses: { account: Buffer; address: Buffer; seen_at: Date };
  password_steps: {
    interaction_id: string;
    person_id: string;
    wrong_codes: number;
    expires_at: Date;
    message_code: Buffer | null;
    message_until: Date | null;
  };
};

const on = (db: Tx) => tablesOf<Tables>(db, 'identity');

/** Adds persons and renews those already there; a used one-time code stays used. */
export async function savePersons(tx: Tx, rows: Array<Omit<PersonRow, 'totp_step_used' | 'is_dead'>>): Promise<void> {
  for (let from = 0; from < rows.length; from += 500)
    await on(tx)
      .insertInto('persons')
      .values(rows.slice(from, from + 500).map((row) => ({ ...row, totp_step_used: 0, is_dead: false })))
      .onConflict((conflict) =>
        conflict.column('person_id').doUpdateSet((eb) => ({
          scheme: eb.ref('excluded.scheme'),
          national_id: eb.ref('excluded.national_id'),
          national_id_index: eb.ref('excluded.national_id_index'),
          name_ar: eb.ref('excluded.name_ar'),
          name_en: eb.ref('excluded.name_en'),
          password_hash: eb.ref('excluded.password_hash'),
          totp_secret: eb.ref('excluded.totp_secret'),
          is_suspended: eb.ref('excluded.is_suspended'),
          proofing: eb.ref('excluded.proofing'),
          proofed_at: eb.ref('excluded.proofed_at'),
        })),
      )
      .execute();
}

/** Nothing happens when the number is known already. */
export async function savePersonOnce(db: Tx, row: Omit<PersonRow, 'totp_step_used' | 'is_dead'>): Promise<void> {
  await on(db)
    .insertInto('persons')
    .values({ ...row, totp_step_used: 0, is_dead: false })
    .onConflict((conflict) => conflict.column('national_id_index').doNothing())
    .execute();
}

export const readingPersons = (ids: readonly string[]) =>
  readingByKey<PersonRow>('identity.persons', 'person_id', 'uuid', ids);

export async function findPersonByIndex(db: Tx, index: Buffer): Promise<PersonRow | undefined> {
  return on(db).selectFrom('persons').selectAll().where('national_id_index', '=', index).executeTakeFirst();
}

/** The person, when this call changed it. */
export function setSuspended(tx: Tx, personId: string, isSuspended: boolean): Promise<PersonRow | undefined> {
  return on(tx)
    .updateTable('persons')
    .set({ is_suspended: isSuspended })
    .where('person_id', '=', personId)
    .where('is_suspended', '<>', isSuspended)
    .returningAll()
    .executeTakeFirst();
}

/** The person, when this call changed it. */
export function setDead(tx: Tx, personId: string, isDead: boolean): Promise<PersonRow | undefined> {
  return on(tx)
    .updateTable('persons')
    .set({ is_dead: isDead })
    .where('person_id', '=', personId)
    .where('is_dead', '<>', isDead)
    .returningAll()
    .executeTakeFirst();
}

export async function renewSecrets(
  tx: Tx,
  personId: string,
  secrets: { passwordHash: string; totpSecret: Buffer; step: number },
): Promise<void> {
  await on(tx)
    .updateTable('persons')
    .set({ password_hash: secrets.passwordHash, totp_secret: secrets.totpSecret, totp_step_used: secrets.step })
    .where('person_id', '=', personId)
    .execute();
}

/** True for the first to use this step or a later one; of two at the same time one loses. */
export async function spendTotpStep(db: Tx, personId: string, step: number): Promise<boolean> {
  const done = await on(db)
    .updateTable('persons')
    .set({ totp_step_used: step })
    .where('person_id', '=', personId)
    .where('totp_step_used', '<', step)
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/**
 * The counts, locked until the transaction ends. Rows are made where there are none and locked in one order, so that attempts
 * at the same time wait for each other and never for ever.
 */
export async function lockAttempts(tx: Tx, counters: Buffer[], now: Date): Promise<AttemptCount[]> {
  const ordered = [...counters].sort(Buffer.compare);
  // The update changes nothing and locks: a row that another transaction removes meanwhile is then made anew, and never missing.
  const rows = await on(tx)
    .insertInto('attempts')
    .values(ordered.map((counter) => ({ counter, failures: 0, last_failed_at: now })))
    .onConflict((conflict) => conflict.column('counter').doUpdateSet((eb) => ({ counter: eb.ref('excluded.counter') })))
    .returningAll()
    .execute();
  return counters.map((counter) => {
    const row = rows.find((candidate) => Buffer.from(candidate.counter).equals(counter))!;
    return { failures: row.failures, lastFailedAt: row.last_failed_at };
  });
}

/** Counts one more failure on counters that `lockAttempts` holds. */
export async function countAttempts(tx: Tx, counters: Buffer[], now: Date, forgottenBefore: Date): Promise<void> {
  await on(tx)
    .updateTable('attempts')
    .set({
      failures: sql<number>`case when last_failed_at < ${forgottenBefore} then 1 else failures + 1 end`,
      last_failed_at: now,
    })
    .where('counter', 'in', counters)
    .execute();
}

export async function forgetAttempts(tx: Tx, counters: Buffer[]): Promise<void> {
  if (counters.length > 0) await on(tx).deleteFrom('attempts').where('counter', 'in', counters).execute();
}

export async function takeBackAttempt(tx: Tx, counter: Buffer): Promise<void> {
  await on(tx)
    .updateTable('attempts')
    .set({ failures: sql<number>`greatest(failures - 1, 0)` })
    .where('counter', '=', counter)
    .execute();
}

export async function isAddressKnown(tx: Tx, account: Buffer, address: Buffer, since: Date): Promise<boolean> {
  const row = await on(tx)
    .selectFrom('known_addresses')
    .select('seen_at')
    .where('account', '=', account)
    .where('address', '=', address)
    .where('seen_at', '>', since)
    .executeTakeFirst();
  return row !== undefined;
}

export async function rememberAddress(tx: Tx, account: Buffer, address: Buffer, now: Date): Promise<void> {
  await on(tx)
    .insertInto('known_addresses')
    .values({ account, address, seen_at: now })
    .onConflict((conflict) => conflict.columns(['account', 'address']).doUpdateSet({ seen_at: now }))
    .execute();
}

export async function savePasswordStep(
  db: Tx,
  step: { interactionId: string; personId: string; expiresAt: Date },
): Promise<void> {
  const row = {
    person_id: step.personId,
    wrong_codes: 0,
    expires_at: step.expiresAt,
    message_code: null,
    message_until: null,
  };
  await on(db)
    .insertInto('password_steps')
    .values({ interaction_id: step.interactionId, ...row })
    .onConflict((conflict) => conflict.column('interaction_id').doUpdateSet(row))
    .execute();
}

export async function findPasswordStep(
  db: Tx,
  interactionId: string,
  now: Date,
): Promise<{ personId: string } | undefined> {
  const row = await on(db)
    .selectFrom('password_steps')
    .select('person_id')
    .where('interaction_id', '=', interactionId)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row && { personId: row.person_id };
}

export async function noteMessageCode(
  db: Tx,
  interactionId: string,
  code: { message_code: Buffer; message_until: Date },
): Promise<void> {
  await on(db).updateTable('password_steps').set(code).where('interaction_id', '=', interactionId).execute();
}

/** The hash of the code that counts now. */
export async function findMessageCode(db: Tx, interactionId: string, now: Date): Promise<Buffer | undefined> {
  const row = await on(db)
    .selectFrom('password_steps')
    .select('message_code')
    .where('interaction_id', '=', interactionId)
    .where('expires_at', '>', now)
    .where('message_until', '>', now)
    .executeTakeFirst();
  return row?.message_code ? Buffer.from(row.message_code) : undefined;
}

/** Uses a code up; false when another try was faster. */
export async function takeMessageCode(db: Tx, interactionId: string, code: Buffer): Promise<boolean> {
  const { numUpdatedRows } = await on(db)
    .updateTable('password_steps')
    .set({ message_code: null, message_until: null })
    .where('interaction_id', '=', interactionId)
    .where('message_code', '=', code)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Ends the step; false when it had ended already. */
export async function endPasswordStep(db: Tx, interactionId: string): Promise<boolean> {
  const done = await on(db).deleteFrom('password_steps').where('interaction_id', '=', interactionId).executeTakeFirst();
  return done.numDeletedRows > 0n;
}

/** Counts a wrong code; ends the step at the fifth, so that the password is asked again. */
export async function countWrongCode(db: Tx, interactionId: string, wrongCodesMax: number): Promise<void> {
  await on(db)
    .updateTable('password_steps')
    .set({ wrong_codes: sql<number>`wrong_codes + 1` })
    .where('interaction_id', '=', interactionId)
    .execute();
  await on(db)
    .deleteFrom('password_steps')
    .where('interaction_id', '=', interactionId)
    .where('wrong_codes', '>=', wrongCodesMax)
    .execute();
}

export async function purgePersonTraces(database: Database, now: Date, attemptsBefore: Date, addressesBefore: Date) {
  await on(database.db).deleteFrom('password_steps').where('expires_at', '<', now).execute();
  await on(database.db).deleteFrom('attempts').where('last_failed_at', '<', attemptsBefore).execute();
  await on(database.db).deleteFrom('known_addresses').where('seen_at', '<', addressesBefore).execute();
}

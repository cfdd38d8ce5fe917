import { type Tx, tablesOf } from '#kernel/database';

export type PasskeyRow = {
  credential_id: string;
  person_id: string;
  public_key: Buffer;
  counter: number | string;
  transports: string;
  is_backed_up: boolean;
  name: string;
  enrolled_by: string;
  created_at: Date;
  last_used_at: Date | null;
  blocked_at: Date | null;
};

type Tables = {
  persons: { person_id: string };
  passkeys: PasskeyRow;
  passkey_challenges: { challenge: Buffer; purpose: string; bound_to: string; expires_at: Date };
};

const on = (db: Tx) => tablesOf<Tables>(db, 'identity');

/** Lets one change of a person's ways of signing in happen at a time, until the transaction ends. */
export async function lockPerson(tx: Tx, personId: string): Promise<void> {
  await on(tx).selectFrom('persons').select('person_id').where('person_id', '=', personId).forUpdate().execute();
}

/** False when the credential is known already, to whomever. */
export async function addPasskey(tx: Tx, row: PasskeyRow): Promise<boolean> {
  const done = await on(tx)
    .insertInto('passkeys')
    .values(row)
    .onConflict((conflict) => conflict.column('credential_id').doNothing())
    .executeTakeFirst();
  return (done.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export async function listPasskeys(db: Tx, personId: string): Promise<PasskeyRow[]> {
  return on(db)
    .selectFrom('passkeys')
    .selectAll()
    .where('person_id', '=', personId)
    .orderBy('created_at')
    .orderBy('credential_id')
    .execute();
}

export async function findPasskey(db: Tx, credentialId: string): Promise<PasskeyRow | undefined> {
  return on(db).selectFrom('passkeys').selectAll().where('credential_id', '=', credentialId).executeTakeFirst();
}

/** Of two uses at the same time that read the same counter, one comes through; a blocked passkey is not used. */
export async function markUsed(
  db: Tx,
  used: { credentialId: string; counterBefore: number; counter: number; isBackedUp: boolean; now: Date },
): Promise<boolean> {
  const done = await on(db)
    .updateTable('passkeys')
    .set({ counter: used.counter, is_backed_up: used.isBackedUp, last_used_at: used.now })
    .where('credential_id', '=', used.credentialId)
    .where('counter', '=', used.counterBefore)
    .where('blocked_at', 'is', null)
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

export async function blockPasskey(db: Tx, credentialId: string, now: Date): Promise<void> {
  await on(db).updateTable('passkeys').set({ blocked_at: now }).where('credential_id', '=', credentialId).execute();
}

export async function removePasskey(tx: Tx, personId: string, credentialId: string): Promise<string | undefined> {
  const row = await on(tx)
    .deleteFrom('passkeys')
    .where('credential_id', '=', credentialId)
    .where('person_id', '=', personId)
    .returning('name')
    .executeTakeFirst();
  return row?.name;
}

export type ChallengeUse = { purpose: string; boundTo: string };

export async function saveChallenge(db: Tx, given: ChallengeUse & { challenge: Buffer; until: Date }): Promise<void> {
  await on(db)
    .insertInto('passkey_challenges')
    .values({
      challenge: given.challenge,
      purpose: given.purpose,
      bound_to: given.boundTo,
      expires_at: given.until,
    })
    .execute();
}

/** True for the first who answers a challenge, for what it was made for; it is gone afterwards in any case. */
export async function spendChallenge(db: Tx, spent: ChallengeUse & { challenge: Buffer; now: Date }): Promise<boolean> {
  const row = await on(db)
    .deleteFrom('passkey_challenges')
    .where('challenge', '=', spent.challenge)
    .returningAll()
    .executeTakeFirst();
  return (
    row !== undefined && row.purpose === spent.purpose && row.bound_to === spent.boundTo && row.expires_at > spent.now
  );
}

export async function purgeChallenges(db: Tx, now: Date): Promise<void> {
  await on(db).deleteFrom('passkey_challenges').where('expires_at', '<', now).execute();
}

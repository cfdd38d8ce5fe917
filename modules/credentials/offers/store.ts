import { type Tx, tablesOf } from '#kernel/database';

type Tables = {
  offers: { offer_hash: Uint8Array; credential_id: string; expires_at: Date; redeemed_at: Date | null };
  access_tokens: {
    token_hash: Uint8Array;
    credential_id: string;
    expires_at: Date;
    holder_thumbprint: string | null;
  };
};

const tables = (db: Tx) => tablesOf<Tables>(db, 'credentials');

export async function insertOffer(
  tx: Tx,
  offer: { offerHash: Buffer; credentialId: string; expiresAt: Date },
): Promise<void> {
  await tables(tx)
    .insertInto('offers')
    .values({
      offer_hash: offer.offerHash,
      credential_id: offer.credentialId,
      expires_at: offer.expiresAt,
      redeemed_at: null,
    })
    .execute();
}

/** The credential behind an offer that can still be used. */
export async function findOpenOffer(db: Tx, offerHash: Buffer, at: Date): Promise<string | undefined> {
  const row = await tables(db)
    .selectFrom('offers')
    .select('credential_id')
    .where('offer_hash', '=', offerHash)
    .where('redeemed_at', 'is', null)
    .where('expires_at', '>', at)
    .executeTakeFirst();
  return row?.credential_id;
}

/** Uses the offer up. One statement decides, so of two that come at once only one gets it. */
export async function redeemOffer(tx: Tx, offerHash: Buffer, at: Date): Promise<string | undefined> {
  const row = await tables(tx)
    .updateTable('offers')
    .set({ redeemed_at: at })
    .where('offer_hash', '=', offerHash)
    .where('redeemed_at', 'is', null)
    .where('expires_at', '>', at)
    .returning('credential_id')
    .executeTakeFirst();
  return row?.credential_id;
}

export async function insertAccessToken(
  tx: Tx,
  token: { tokenHash: Buffer; credentialId: string; expiresAt: Date },
): Promise<void> {
  await tables(tx)
    .insertInto('access_tokens')
    .values({
      token_hash: token.tokenHash,
      credential_id: token.credentialId,
      expires_at: token.expiresAt,
      holder_thumbprint: null,
    })
    .execute();
}

export async function findAccessToken(
  db: Tx,
  tokenHash: Buffer,
  at: Date,
): Promise<{ credentialId: string } | undefined> {
  const row = await tables(db)
    .selectFrom('access_tokens')
    .select('credential_id')
    .where('token_hash', '=', tokenHash)
    .where('expires_at', '>', at)
    .executeTakeFirst();
  return row && { credentialId: row.credential_id };
}

/**
 * Binds the token to the first holder key that asks. The same key may ask again, for an answer can get lost; another key
 * may not. `first` tells whether this call bound it.
 */
export async function bindAccessToken(
  tx: Tx,
  tokenHash: Buffer,
  thumbprint: string,
): Promise<'first' | 'again' | 'other'> {
  const bound = await tables(tx)
    .updateTable('access_tokens')
    .set({ holder_thumbprint: thumbprint })
    .where('token_hash', '=', tokenHash)
    .where('holder_thumbprint', 'is', null)
    .executeTakeFirst();
  if (bound.numUpdatedRows > 0n) return 'first';
  const row = await tables(tx)
    .selectFrom('access_tokens')
    .select('holder_thumbprint')
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst();
  return row?.holder_thumbprint === thumbprint ? 'again' : 'other';
}

/** Nobody takes a credential to a wallet any more. */
export async function removeOffersOf(tx: Tx, credentialId: string): Promise<void> {
  await tables(tx).deleteFrom('offers').where('credential_id', '=', credentialId).execute();
  await tables(tx).deleteFrom('access_tokens').where('credential_id', '=', credentialId).execute();
}

/** Ended offers and tokens serve nobody. */
export async function removeEnded(tx: Tx, before: Date): Promise<void> {
  await tables(tx).deleteFrom('offers').where('expires_at', '<', before).execute();
  await tables(tx).deleteFrom('access_tokens').where('expires_at', '<', before).execute();
}

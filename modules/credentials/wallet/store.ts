import { type Tx, tablesOf } from '#kernel/database';

type Tables = {
  wallet: {
    wallet_credential_id: string;
    person_id: string;
    sealed: Uint8Array;
    valid_until: Date | null;
    added_at: Date;
  };
};

export type WalletRow = {
  walletCredentialId: string;
  personId: string;
  sealed: Buffer;
  validUntil?: Date;
  addedAt: Date;
};

const tables = (db: Tx) => tablesOf<Tables>(db, 'credentials');

export async function insertWalletCredential(tx: Tx, row: WalletRow): Promise<void> {
  await tables(tx)
    .insertInto('wallet')
    .values({
      wallet_credential_id: row.walletCredentialId,
      person_id: row.personId,
      sealed: row.sealed,
      valid_until: row.validUntil ?? null,
      added_at: row.addedAt,
    })
    .execute();
}

export async function listWalletCredentials(db: Tx, personId: string): Promise<WalletRow[]> {
  const rows = await tables(db)
    .selectFrom('wallet')
    .selectAll()
    .where('person_id', '=', personId)
    .orderBy('added_at', 'desc')
    .orderBy('wallet_credential_id', 'desc')
    .limit(500)
    .execute();
  return rows.map(fromRow);
}

export async function findWalletCredential(
  db: Tx,
  personId: string,
  walletCredentialId: string,
): Promise<WalletRow | undefined> {
  const row = await tables(db)
    .selectFrom('wallet')
    .selectAll()
    .where('person_id', '=', personId)
    .where('wallet_credential_id', '=', walletCredentialId)
    .executeTakeFirst();
  return row && fromRow(row);
}

export async function deleteWalletCredential(tx: Tx, personId: string, walletCredentialId: string): Promise<boolean> {
  const result = await tables(tx)
    .deleteFrom('wallet')
    .where('person_id', '=', personId)
    .where('wallet_credential_id', '=', walletCredentialId)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

function fromRow(row: Tables['wallet']): WalletRow {
  return {
    walletCredentialId: row.wallet_credential_id,
    personId: row.person_id,
    sealed: Buffer.from(row.sealed),
    ...(row.valid_until === null ? {} : { validUntil: row.valid_until }),
    addedAt: row.added_at,
  };
}

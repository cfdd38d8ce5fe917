import { type Tx, tablesOf } from '#kernel/database';

type Tables = {
  certificates: {
    serial: string;
    subject: string;
    key_id: string;
    certificate: Uint8Array;
    valid_from: Date;
    valid_until: Date;
  };
};

export type CertificateRow = Tables['certificates'];

const tables = (db: Tx) => tablesOf<Tables>(db, 'signatures');

export async function insertCertificate(db: Tx, row: CertificateRow): Promise<void> {
  await tables(db).insertInto('certificates').values(row).execute();
}

/** The first certificate made for this key that is in force: two processes that make one at once settle on the same. */
export async function findCertificate(db: Tx, subject: string, keyId: string, at: Date): Promise<Buffer | undefined> {
  const row = await tables(db)
    .selectFrom('certificates')
    .select('certificate')
    .where('subject', '=', subject)
    .where('key_id', '=', keyId)
    .where('valid_from', '<=', at)
    .where('valid_until', '>', at)
    .orderBy('valid_from')
    .orderBy('serial')
    .executeTakeFirst();
  return row && Buffer.from(row.certificate);
}

/** Every certificate ever made for the subject, newest first. */
export async function listCertificates(db: Tx, subject: string): Promise<Buffer[]> {
  const rows = await tables(db)
    .selectFrom('certificates')
    .select('certificate')
    .where('subject', '=', subject)
    .orderBy('valid_from', 'desc')
    .orderBy('serial')
    .execute();
  return rows.map((row) => Buffer.from(row.certificate));
}

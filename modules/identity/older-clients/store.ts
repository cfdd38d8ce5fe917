import { type Tx, tablesOf } from '#kernel/database';

export type OlderClientRow = {
  client_id: string;
  name_ar: string;
  name_en: string;
  secret: Buffer;
  redirect_uris: string[] | string;
  reason: string;
  allowed_at: Date;
  ended_at: Date | null;
};

const on = (db: Tx) => tablesOf<{ older_clients: OlderClientRow }>(db, 'identity');

export async function saveOlderClient(db: Tx, row: OlderClientRow): Promise<void> {
  await on(db).insertInto('older_clients').values(row).execute();
}

export async function findOlderClient(db: Tx, clientId: string): Promise<OlderClientRow | undefined> {
  return on(db)
    .selectFrom('older_clients')
    .selectAll()
    .where('client_id', '=', clientId)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
}

export async function listOlderClients(db: Tx): Promise<OlderClientRow[]> {
  return on(db).selectFrom('older_clients').selectAll().orderBy('allowed_at').execute();
}

/** False when there is none, or it had ended. */
export async function endOlderClient(db: Tx, clientId: string, now: Date): Promise<boolean> {
  const done = await on(db)
    .updateTable('older_clients')
    .set({ ended_at: now })
    .where('client_id', '=', clientId)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

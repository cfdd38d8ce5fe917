import { sql, type Tx, tablesOf } from '#kernel/database';

export type DeviceRow = {
  device_id: string;
  person_id: string;
  /** Keyed; tells a browser that is known already without opening the others. */
  endpoint_hash: Uint8Array;
  sealed: Uint8Array;
  added_at: Date;
};

const on = (db: Tx) => tablesOf<{ devices: DeviceRow }>(db, 'notifications');

/** The devices of one person are counted one after another. */
export async function holdDevices(tx: Tx, personId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`notifications.devices ${personId}`}, 0))`.execute(tx);
}

export function listDevicesOf(db: Tx, personId: string): Promise<DeviceRow[]> {
  return on(db)
    .selectFrom('devices')
    .selectAll()
    .where('person_id', '=', personId)
    .orderBy('added_at')
    .orderBy('device_id')
    .execute();
}

export function findDevice(db: Tx, deviceId: string): Promise<DeviceRow | undefined> {
  return on(db).selectFrom('devices').selectAll().where('device_id', '=', deviceId).executeTakeFirst();
}

/** In the place of what is known of the same browser, whoever used it before. */
export async function putDevice(tx: Tx, row: DeviceRow): Promise<void> {
  const { endpoint_hash, ...changes } = row;
  await on(tx)
    .insertInto('devices')
    .values(row)
    .onConflict((conflict) => conflict.column('endpoint_hash').doUpdateSet(changes))
    .execute();
}

export async function deleteDevice(tx: Tx, personId: string, deviceId: string): Promise<boolean> {
  const rows = await on(tx)
    .deleteFrom('devices')
    .where('person_id', '=', personId)
    .where('device_id', '=', deviceId)
    .returning('device_id')
    .execute();
  return rows.length > 0;
}

export async function deleteDevicesOf(db: Tx, personId: string): Promise<void> {
  await on(db).deleteFrom('devices').where('person_id', '=', personId).execute();
}

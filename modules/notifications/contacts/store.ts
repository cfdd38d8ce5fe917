import { type Tx, tablesOf } from '#kernel/database';
import type { AddressWay } from '../ways/contract.ts';

export type ContactStop = {
  case_id: string;
  way: AddressWay;
  /** Of the address that is not written to any more; null for whichever the form says. */
  address_hash: Uint8Array | null;
  reason: 'unwanted' | 'undeliverable';
  stopped_at: Date;
};

const on = (db: Tx) => tablesOf<{ contact_stops: ContactStop }>(db, 'notifications');

export function listStops(db: Tx, caseId: string): Promise<ContactStop[]> {
  return on(db).selectFrom('contact_stops').selectAll().where('case_id', '=', caseId).execute();
}

export async function putStop(tx: Tx, stop: ContactStop): Promise<void> {
  const { case_id: _, way: __, ...changes } = stop;
  await on(tx)
    .insertInto('contact_stops')
    .values(stop)
    .onConflict((conflict) => conflict.columns(['case_id', 'way']).doUpdateSet(changes))
    .execute();
}

export async function deleteStops(tx: Tx, caseId: string): Promise<void> {
  await on(tx).deleteFrom('contact_stops').where('case_id', '=', caseId).execute();
}

export async function forgetStops(db: Tx, before: Date): Promise<void> {
  await on(db).deleteFrom('contact_stops').where('stopped_at', '<', before).execute();
}

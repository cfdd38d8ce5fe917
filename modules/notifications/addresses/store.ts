import { sql, type Tx, tablesOf } from '#kernel/database';
import type { AddressWay } from '../ways/contract.ts';

export type AddressRow = {
  address_id: string;
  person_id: string;
  way: AddressWay;
  sealed: Uint8Array;
  code_hash: Uint8Array | null;
  code_until: Date | null;
  code_tries: number;
  confirmed_at: Date | null;
  /** The other side said that nothing will ever arrive there. */
  broken_at: Date | null;
};
type Tables = {
  addresses: AddressRow;
  codes: { code_id: string; person_id: string; address_hash: Uint8Array; sent_at: Date };
};

const on = (db: Tx) => tablesOf<Tables>(db, 'notifications');

/** Codes are counted one after another: each count looks at all the others. */
export async function holdCodes(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('notifications.codes', 0))`.execute(tx);
}

export async function countCodes(
  tx: Tx,
  of: { personId: string } | { addressHash: Uint8Array },
  since: Date,
): Promise<number> {
  const row = await on(tx)
    .selectFrom('codes')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('sent_at', '>', since)
    .$if('personId' in of, (query) => query.where('person_id', '=', (of as { personId: string }).personId))
    .$if('addressHash' in of, (query) =>
      query.where('address_hash', '=', (of as { addressHash: Uint8Array }).addressHash),
    )
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export async function insertCode(tx: Tx, row: Tables['codes']): Promise<void> {
  await on(tx).insertInto('codes').values(row).execute();
}

export async function forgetCodes(db: Tx, before: Date): Promise<void> {
  await on(db).deleteFrom('codes').where('sent_at', '<', before).execute();
}

/** The one that waits to be confirmed takes the place of an earlier one that waits. */
export async function replaceWaiting(tx: Tx, row: AddressRow): Promise<void> {
  await on(tx)
    .deleteFrom('addresses')
    .where('person_id', '=', row.person_id)
    .where('way', '=', row.way)
    .where('confirmed_at', 'is', null)
    .execute();
  await on(tx).insertInto('addresses').values(row).execute();
}

export function holdWaiting(tx: Tx, personId: string, way: AddressWay): Promise<AddressRow | undefined> {
  return on(tx)
    .selectFrom('addresses')
    .selectAll()
    .where('person_id', '=', personId)
    .where('way', '=', way)
    .where('confirmed_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
}

export function listAddressesOf(db: Tx, personId: string): Promise<AddressRow[]> {
  return on(db).selectFrom('addresses').selectAll().where('person_id', '=', personId).orderBy('way').execute();
}

export function findConfirmed(db: Tx, personId: string, way: AddressWay): Promise<AddressRow | undefined> {
  return on(db)
    .selectFrom('addresses')
    .selectAll()
    .where('person_id', '=', personId)
    .where('way', '=', way)
    .where('confirmed_at', 'is not', null)
    .executeTakeFirst();
}

export async function updateAddress(tx: Tx, addressId: string, changes: Partial<AddressRow>): Promise<void> {
  await on(tx).updateTable('addresses').set(changes).where('address_id', '=', addressId).execute();
}

export async function deleteConfirmed(tx: Tx, personId: string, way: AddressWay): Promise<void> {
  await on(tx)
    .deleteFrom('addresses')
    .where('person_id', '=', personId)
    .where('way', '=', way)
    .where('confirmed_at', 'is not', null)
    .execute();
}

export async function deleteAddresses(tx: Tx, personId: string, way: AddressWay): Promise<boolean> {
  const rows = await on(tx)
    .deleteFrom('addresses')
    .where('person_id', '=', personId)
    .where('way', '=', way)
    .returning('address_id')
    .execute();
  return rows.length > 0;
}

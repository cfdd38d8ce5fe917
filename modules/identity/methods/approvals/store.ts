import { type Tx, tablesOf } from '#kernel/database';
import { type ApprovalState, waitingStates } from './rules.ts';

export type DeviceRow = {
  device_id: string;
  handle: Buffer;
  person_id: string;
  credential_id: string;
  created_at: Date;
  seen_at: Date;
};

export type RequestRow = {
  request_id: string;
  /** The typed number, as a keyed hash: also of a number that nobody has. */
  account: Buffer;
  source: Buffer;
  /** Whose phone is asked; nobody's when there is no such person, or none with a phone. */
  person_id: string | null;
  bound_to: string;
  client_id: string;
  number: string;
  purposes: string;
  address: string;
  agent: string;
  is_known_address: boolean;
  state: string;
  created_at: Date;
  expires_at: Date;
};

type Tables = { approval_devices: DeviceRow; approval_requests: RequestRow };

const on = (db: Tx) => tablesOf<Tables>(db, 'identity');

/** A device is its passkey: set up anew, it gets a new handle and the old one is worth nothing. */
export async function saveDevice(tx: Tx, row: DeviceRow): Promise<void> {
  await on(tx)
    .insertInto('approval_devices')
    .values(row)
    .onConflict((conflict) =>
      conflict.column('credential_id').doUpdateSet({ handle: row.handle, seen_at: row.seen_at }),
    )
    .execute();
}

export async function listDevices(db: Tx, personId: string, seenAfter: Date): Promise<DeviceRow[]> {
  return on(db)
    .selectFrom('approval_devices')
    .selectAll()
    .where('person_id', '=', personId)
    .where('seen_at', '>', seenAfter)
    .orderBy('created_at')
    .execute();
}

export async function findDevice(db: Tx, handle: Buffer, seenAfter: Date): Promise<DeviceRow | undefined> {
  return on(db)
    .selectFrom('approval_devices')
    .selectAll()
    .where('handle', '=', handle)
    .where('seen_at', '>', seenAfter)
    .executeTakeFirst();
}

export async function markDeviceSeen(db: Tx, deviceId: string, now: Date): Promise<void> {
  await on(db).updateTable('approval_devices').set({ seen_at: now }).where('device_id', '=', deviceId).execute();
}

export async function removeDevices(tx: Tx, personId: string, credentialId: string): Promise<boolean> {
  const done = await on(tx)
    .deleteFrom('approval_devices')
    .where('person_id', '=', personId)
    .where('credential_id', '=', credentialId)
    .executeTakeFirst();
  return done.numDeletedRows > 0n;
}

export async function saveRequest(tx: Tx, row: RequestRow): Promise<void> {
  await on(tx)
    .insertInto('approval_requests')
    .values(row)
    .onConflict((conflict) => conflict.column('bound_to').doUpdateSet({ ...row }))
    .execute();
}

/** When the last of the waiting requests for an account ends, among those from one source or from unknown addresses. */
export async function findWaitingUntil(
  tx: Tx,
  asked: { account: Buffer; source?: Buffer; exceptBoundTo: string; now: Date },
): Promise<Date | undefined> {
  let query = on(tx)
    .selectFrom('approval_requests')
    .select('expires_at')
    .where('account', '=', asked.account)
    .where('bound_to', '<>', asked.exceptBoundTo)
    .where('state', 'in', waitingStates)
    .where('expires_at', '>', asked.now);
  query = asked.source ? query.where('source', '=', asked.source) : query.where('is_known_address', '=', false);
  return (await query.orderBy('expires_at', 'desc').limit(1).executeTakeFirst())?.expires_at;
}

export async function findRequestOf(db: Tx, boundTo: string): Promise<RequestRow | undefined> {
  return on(db).selectFrom('approval_requests').selectAll().where('bound_to', '=', boundTo).executeTakeFirst();
}

export async function listWaiting(db: Tx, personId: string, now: Date): Promise<RequestRow[]> {
  return on(db)
    .selectFrom('approval_requests')
    .selectAll()
    .where('person_id', '=', personId)
    .where('state', 'in', waitingStates)
    .where('expires_at', '>', now)
    .orderBy('created_at')
    .execute();
}

/** Moves a request on from a state; of two at the same time one does. `now` refuses what is too old. */
export async function moveRequest(
  tx: Tx,
  moved: { requestId: string; from: ApprovalState[]; to: ApprovalState; now: Date },
): Promise<RequestRow | undefined> {
  return on(tx)
    .updateTable('approval_requests')
    .set({ state: moved.to })
    .where('request_id', '=', moved.requestId)
    .where('state', 'in', moved.from)
    .where('expires_at', '>', moved.now)
    .returningAll()
    .executeTakeFirst();
}

/** Takes away what is over, and answers whose phone asked in vain. */
export async function takeEndedRequests(tx: Tx, before: Date): Promise<Array<{ personId: string; at: Date }>> {
  const rows = await on(tx).deleteFrom('approval_requests').where('expires_at', '<', before).returningAll().execute();
  return rows
    .filter(({ person_id, state }) => person_id !== null && waitingStates.includes(state as ApprovalState))
    .map(({ person_id, expires_at }) => ({ personId: person_id!, at: expires_at }));
}

export async function purgeDevices(db: Tx, seenBefore: Date): Promise<void> {
  await on(db).deleteFrom('approval_devices').where('seen_at', '<', seenBefore).execute();
}

import { type Tx, tablesOf } from '#kernel/database';

/** `waiting` until the app has answered; time ends what nobody answers. */
export type PushState = 'waiting' | 'approved' | 'rejected' | 'expired';

export type UpstreamPush = {
  interaction_id: string;
  upstream_id: string;
  /** Keyed hash of the number: for one request at a time. */
  account: Buffer;
  /** Sealed: the eID wants it again with each look. */
  national_id: Buffer;
  /** The eID's own; null where there is nobody to ask, which the page does not show. */
  request_id: string | null;
  number: string | null;
  state: PushState;
  proof: string | null;
  /** When the eID was last asked how it stands. */
  looked_at: Date;
  created_at: Date;
  expires_at: Date;
};

const on = (db: Tx) => tablesOf<{ upstream_pushes: UpstreamPush }>(db, 'identity');

/** One for an interaction: whoever asks again has the newer request. */
export async function savePush(db: Tx, push: UpstreamPush): Promise<void> {
  const { interaction_id: _same, ...rest } = push;
  await on(db)
    .insertInto('upstream_pushes')
    .values(push)
    .onConflict((conflict) => conflict.column('interaction_id').doUpdateSet(rest))
    .execute();
}

/** What the eID answered to the request, unless the page has gone another way meanwhile. */
export async function notePush(
  db: Tx,
  interactionId: string,
  asked: Pick<UpstreamPush, 'request_id' | 'number'>,
): Promise<void> {
  await on(db).updateTable('upstream_pushes').set(asked).where('interaction_id', '=', interactionId).execute();
}

export async function findPush(db: Tx, interactionId: string): Promise<UpstreamPush | undefined> {
  return on(db)
    .selectFrom('upstream_pushes')
    .selectAll()
    .where('interaction_id', '=', interactionId)
    .executeTakeFirst();
}

export async function findPushOf(db: Tx, upstreamId: string, requestId: string): Promise<UpstreamPush | undefined> {
  return on(db)
    .selectFrom('upstream_pushes')
    .selectAll()
    .where('upstream_id', '=', upstreamId)
    .where('request_id', '=', requestId)
    .executeTakeFirst();
}

/** Until when a request for this account waits that another page began. */
export async function findWaitingUntil(
  db: Tx,
  { account, interactionId, now }: { account: Buffer; interactionId: string; now: Date },
): Promise<Date | undefined> {
  const row = await on(db)
    .selectFrom('upstream_pushes')
    .select('expires_at')
    .where('account', '=', account)
    .where('interaction_id', '!=', interactionId)
    .where('state', '=', 'waiting')
    .where('expires_at', '>', now)
    .orderBy('expires_at', 'desc')
    .executeTakeFirst();
  return row?.expires_at;
}

/** True for the one caller that is to ask the eID now, in so many milliseconds. */
export async function claimLook(db: Tx, interactionId: string, now: Date, everyMs: number): Promise<boolean> {
  const { numUpdatedRows } = await on(db)
    .updateTable('upstream_pushes')
    .set({ looked_at: now })
    .where('interaction_id', '=', interactionId)
    .where('looked_at', '<=', new Date(now.getTime() - everyMs))
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** What became of a request that waits; of one that does not, nothing changes. */
export async function endPush(
  db: Tx,
  push: Pick<UpstreamPush, 'interaction_id' | 'request_id'>,
  ended: { state: PushState; proof?: string },
): Promise<void> {
  await on(db)
    .updateTable('upstream_pushes')
    .set(ended)
    .where('interaction_id', '=', push.interaction_id)
    .where('request_id', '=', push.request_id)
    .where('state', '=', 'waiting')
    .execute();
}

/** The request as it stands, for the first who takes it; undefined ever after. */
export async function takePush(db: Tx, interactionId: string): Promise<UpstreamPush | undefined> {
  return on(db)
    .deleteFrom('upstream_pushes')
    .where('interaction_id', '=', interactionId)
    .returningAll()
    .executeTakeFirst();
}

export async function purgePushes(db: Tx, before: Date): Promise<void> {
  await on(db).deleteFrom('upstream_pushes').where('expires_at', '<', before).execute();
}

import { type Tx, tablesOf } from '#kernel/database';

export type Payload = Record<string, unknown> & { grantId?: string };
type PayloadRow = {
  model: string;
  id: string;
  payload: Payload;
  grant_id: string | null;
  expires_at: Date | null;
  consumed_at: Date | null;
};

const on = (db: Tx) => tablesOf<{ payloads: PayloadRow }>(db, 'apps');

export async function savePayload(
  db: Tx,
  { model, id, payload, expiresAt }: { model: string; id: string; payload: Payload; expiresAt: Date | null },
): Promise<void> {
  const row = { payload: JSON.stringify(payload) as never, grant_id: payload.grantId ?? null, expires_at: expiresAt };
  await on(db)
    .insertInto('payloads')
    .values({ model, id, ...row })
    .onConflict((conflict) => conflict.columns(['model', 'id']).doUpdateSet(row))
    .execute();
}

export async function findPayload(db: Tx, model: string, id: string, now: Date): Promise<Payload | undefined> {
  const row = await on(db)
    .selectFrom('payloads')
    .select(['payload', 'consumed_at'])
    .where('model', '=', model)
    .where('id', '=', id)
    .where((is) => is.or([is('expires_at', 'is', null), is('expires_at', '>', now)]))
    .executeTakeFirst();
  if (!row) return undefined;
  const consumed = row.consumed_at && Math.floor(row.consumed_at.getTime() / 1_000);
  return consumed === null ? row.payload : { ...row.payload, consumed };
}

/** False when it was spent before, also by another process at the same moment. */
export async function spendPayload(db: Tx, model: string, id: string, now: Date): Promise<boolean> {
  const row = await on(db)
    .updateTable('payloads')
    .set({ consumed_at: now })
    .where('model', '=', model)
    .where('id', '=', id)
    .where('consumed_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** True for the first who shows this before `expiresAt`. */
export async function noteFirstUse(db: Tx, id: string, expiresAt: Date, now: Date): Promise<boolean> {
  const row = await on(db)
    .insertInto('payloads')
    .values({
      model: 'ReplayDetection',
      id,
      payload: '{}' as never,
      grant_id: null,
      expires_at: expiresAt,
      consumed_at: null,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['model', 'id'])
        .doUpdateSet({ expires_at: expiresAt })
        .where('payloads.expires_at' as never, '<=', now as never),
    )
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

export async function dropPayload(db: Tx, model: string, id: string): Promise<void> {
  await on(db).deleteFrom('payloads').where('model', '=', model).where('id', '=', id).execute();
}

/** Without a model: all that hangs on the grant, and the grant itself. */
export async function dropPayloadsOfGrants(db: Tx, grantIds: readonly string[], model?: string): Promise<void> {
  if (grantIds.length === 0) return;
  let query = on(db).deleteFrom('payloads').where('grant_id', 'in', grantIds);
  if (model !== undefined) query = query.where('model', '=', model);
  await query.execute();
  if (model === undefined)
    await on(db).deleteFrom('payloads').where('model', '=', 'Grant').where('id', 'in', grantIds).execute();
}

export async function dropExpiredPayloads(db: Tx, now: Date): Promise<void> {
  await on(db).deleteFrom('payloads').where('expires_at', '<=', now).execute();
}

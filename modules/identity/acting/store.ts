import { type Tx, tablesOf } from '#kernel/database';
import { readingByKey } from '#kernel/statements';

export type ActingGrant = {
  grant_id: string;
  mandate_id: string;
  representative_id: string;
  represented_id: string;
  expires_at: Date;
};
type Tables = { mandate_handles: { handle: string; mandate_id: string }; acting_grants: ActingGrant };

const on = (db: Tx) => tablesOf<Tables>(db, 'identity');

export async function saveHandle(db: Tx, handle: string, mandateId: string): Promise<void> {
  await on(db)
    .insertInto('mandate_handles')
    .values({ handle, mandate_id: mandateId })
    .onConflict((conflict) => conflict.column('handle').doNothing())
    .execute();
}

export async function findMandateOfHandle(db: Tx, handle: string): Promise<string | undefined> {
  const row = await on(db)
    .selectFrom('mandate_handles')
    .select('mandate_id')
    .where('handle', '=', handle)
    .executeTakeFirst();
  return row?.mandate_id;
}

export async function saveActingGrant(db: Tx, grant: ActingGrant): Promise<void> {
  await on(db)
    .insertInto('acting_grants')
    .values(grant)
    .onConflict((conflict) => conflict.column('grant_id').doNothing())
    .execute();
}

export const readingActingGrants = (ids: readonly string[]) =>
  readingByKey<ActingGrant>('identity.acting_grants', 'grant_id', 'text', ids);

export async function purgeActingGrants(db: Tx, now: Date): Promise<void> {
  await on(db).deleteFrom('acting_grants').where('expires_at', '<', now).execute();
}

import { type Tx, tablesOf } from '#kernel/database';
import type { AssuranceLevel } from '#protocol/assurance';

export type SignInFlow = {
  handle: Buffer;
  provider: string;
  client: string;
  state: string;
  nonce: string;
  code_verifier: string;
  redirect_uri: string;
  return_to: string;
  resource: string | null;
  needed_level: AssuranceLevel;
  max_age: number | null;
  /** Asked in a signed request object, to be answered in a signed response. */
  is_signed: boolean;
  expires_at: Date;
  used_at: Date | null;
};

const on = (db: Tx) => tablesOf<{ sign_in_flows: SignInFlow }>(db, 'identity');

export async function saveFlow(db: Tx, flow: Omit<SignInFlow, 'used_at'>): Promise<void> {
  await on(db)
    .insertInto('sign_in_flows')
    .values({ ...flow, used_at: null })
    .execute();
}

/** The flow behind a cookie, for the first who asks and for that client; undefined ever after. */
export async function spendFlow(db: Tx, handle: Buffer, client: string, now: Date): Promise<SignInFlow | undefined> {
  return on(db)
    .updateTable('sign_in_flows')
    .set({ used_at: now })
    .where('handle', '=', handle)
    .where('client', '=', client)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returningAll()
    .executeTakeFirst();
}

/** The flows behind the handles of a browser, spent ones too. */
export function listFlows(
  db: Tx,
  handles: readonly Buffer[],
): Promise<Array<Pick<SignInFlow, 'handle' | 'state' | 'return_to' | 'needed_level'>>> {
  if (handles.length === 0) return Promise.resolve([]);
  return on(db)
    .selectFrom('sign_in_flows')
    .select(['handle', 'state', 'return_to', 'needed_level'])
    .where('handle', 'in', [...handles])
    .execute();
}

export async function purgeFlows(db: Tx, now: Date): Promise<void> {
  await on(db).deleteFrom('sign_in_flows').where('expires_at', '<', now).execute();
}

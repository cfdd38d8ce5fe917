import { type Tx, tablesOf } from '#kernel/database';

/** A person on the way to another eID and back. */
export type UpstreamFlow = {
  state: Buffer;
  interaction_id: string;
  upstream_id: string;
  nonce: string;
  code_verifier: string;
  /** Whom the eID was asked to confirm; nobody else may come back. */
  expected_id: string | null;
  created_at: Date;
  expires_at: Date;
};

const on = (db: Tx) => tablesOf<{ upstream_flows: UpstreamFlow }>(db, 'identity');

/** One at a time for an interaction: whoever goes again takes the newer way. */
export async function saveFlow(db: Tx, flow: UpstreamFlow): Promise<void> {
  const { interaction_id: _same, ...rest } = flow;
  await on(db)
    .insertInto('upstream_flows')
    .values(flow)
    .onConflict((conflict) => conflict.column('interaction_id').doUpdateSet(rest))
    .execute();
}

export async function findFlow(db: Tx, state: Buffer, now: Date): Promise<UpstreamFlow | undefined> {
  return on(db)
    .selectFrom('upstream_flows')
    .selectAll()
    .where('state', '=', state)
    .where('expires_at', '>', now)
    .executeTakeFirst();
}

/** The flow, for the first who comes back with it and for that interaction; undefined ever after. */
export async function takeFlow(
  db: Tx,
  asked: { state: Buffer; interactionId: string; now: Date },
): Promise<UpstreamFlow | undefined> {
  return on(db)
    .deleteFrom('upstream_flows')
    .where('state', '=', asked.state)
    .where('interaction_id', '=', asked.interactionId)
    .where('expires_at', '>', asked.now)
    .returningAll()
    .executeTakeFirst();
}

export async function purgeFlows(db: Tx, now: Date): Promise<void> {
  await on(db).deleteFrom('upstream_flows').where('expires_at', '<', now).execute();
}

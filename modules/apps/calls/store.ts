import { sql, type Tx, tablesOf } from '#kernel/database';

type Tables = {
  calls: { app_id: string; window_seconds: number; began_at: string; calls: number };
  proofs: { proof_id: string; seen_until: Date };
};
const on = (db: Tx) => tablesOf<Tables>(db, 'apps');

/** How many calls were made in each window, by its length in seconds. */
export type Made = Map<number, number>;

/**
 * Spends a proof and counts the call in each window, in one statement for all processes of the node. Undefined when the proof was
 * shown before: then nothing is counted. A window of a clock that is behind another counts in the later one.
 */
export async function takeCall(
  db: Tx,
  call: { appId: string; proofId: string; seenUntil: Date; now: Date },
  windows: ReadonlyArray<{ seconds: number; beganAt: number }>,
): Promise<Made | undefined> {
  const { rows } = await sql<{ window_seconds: number; calls: number }>`
    with fresh as (
      insert into apps.proofs as held (proof_id, seen_until) values (${call.proofId}, ${call.seenUntil})
      on conflict (proof_id) do update set seen_until = excluded.seen_until where held.seen_until < ${call.now}
      returning 1)
    insert into apps.calls as held (app_id, window_seconds, began_at, calls)
    select ${call.appId}::text, seconds, began_at, 1
    from unnest(${windows.map(({ seconds }) => seconds)}::int[], ${windows.map(({ beganAt }) => beganAt)}::bigint[])
      as windows (seconds, began_at)
    where exists (select from fresh)
    order by seconds
    on conflict (app_id, window_seconds) do update set
      calls = case when held.began_at >= excluded.began_at then held.calls + 1 else 1 end,
      began_at = greatest(held.began_at, excluded.began_at)
    returning window_seconds, calls`.execute(db);
  return rows.length === 0 ? undefined : new Map(rows.map((row) => [row.window_seconds, row.calls]));
}

export async function readMade(
  db: Tx,
  appId: string,
  windows: ReadonlyArray<{ seconds: number; beganAt: number }>,
): Promise<Made> {
  const rows = await on(db).selectFrom('calls').selectAll().where('app_id', '=', appId).execute();
  return new Map(
    rows
      .filter((row) => windows.some((one) => one.seconds === row.window_seconds && one.beganAt <= Number(row.began_at)))
      .map((row) => [row.window_seconds, row.calls]),
  );
}

export async function dropOldProofs(db: Tx, now: Date): Promise<void> {
  await on(db).deleteFrom('proofs').where('seen_until', '<', now).execute();
}

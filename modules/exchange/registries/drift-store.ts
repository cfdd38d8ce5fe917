import { sql, type Tx, tablesOf } from '#kernel/database';
import type { DriftKind } from './adapter.ts';

export type DriftRow = {
  registry_id: string;
  evidence_type: string;
  /** `*` for the whole record. */
  field: string;
  kind: DriftKind;
  seen_by: 'answer' | 'look';
  since: Date;
  last_seen_at: Date;
  count: number;
};

const drifts = (db: Tx) => tablesOf<{ registry_drifts: DriftRow }>(db, 'exchange');

/** Opens drifts, or counts those that are open on. */
export async function saveDrifts(tx: Tx, rows: readonly DriftRow[]): Promise<void> {
  if (rows.length === 0) return;
  await drifts(tx)
    .insertInto('registry_drifts')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['registry_id', 'evidence_type', 'field', 'kind', 'seen_by']).doUpdateSet({
        last_seen_at: sql<Date>`greatest(registry_drifts.last_seen_at, excluded.last_seen_at)`,
        count: sql<number>`registry_drifts.count + excluded.count`,
      }),
    )
    .execute();
}

/** Ends a drift that nobody has seen after the moment at which it was right again. */
export async function endDrift(tx: Tx, row: DriftRow): Promise<void> {
  await drifts(tx)
    .deleteFrom('registry_drifts')
    .where('registry_id', '=', row.registry_id)
    .where('evidence_type', '=', row.evidence_type)
    .where('field', '=', row.field)
    .where('kind', '=', row.kind)
    .where('seen_by', '=', row.seen_by)
    .where('last_seen_at', '<=', row.last_seen_at)
    .execute();
}

export function listDrifts(db: Tx): Promise<DriftRow[]> {
  return drifts(db).selectFrom('registry_drifts').selectAll().execute();
}

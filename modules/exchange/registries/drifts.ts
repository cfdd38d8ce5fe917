import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import type { Log } from '#kernel/log';
import type { FieldDrift } from './adapter.ts';
import * as store from './drift-store.ts';

/** A field that a registry no longer gives as its description says: since when, when it was last seen, how often. Never the value. */
export type RegistryDrift = FieldDrift & { count: number; since: string; lastSeenAt: string };
export type DriftOf = { registryId: string; evidenceType: string };

/** `answer`: records that were read for a question. `look`: a look at the registry without a person. */
export type DriftWay = store.DriftRow['seen_by'];

export type DriftBook = {
  /**
   * Keeps what was seen. Where all else was right (`isRight`), what was seen in the same way before and is not any more has ended:
   * at once when a look saw it, and ten minutes after it was last seen when an answer did.
   */
  note(of: DriftOf, way: DriftWay, seen: readonly FieldDrift[], isRight: boolean): void;
  list(of: DriftOf): RegistryDrift[];
  /** Writes what is new, and reads what other processes of the node have seen. */
  sync(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
};

const syncEveryMs = 5_000;
/** One right record says little about the others; no odd one for so long does. */
const quietMs = 600_000;

/**
 * What has drifted in the registries of a node. A lookup only touches memory: changes are written together every five seconds, so
 * that a registry with many odd records costs no statement per question. Without a database it is memory alone.
 */
export function createDriftBook(needs: { database?: Database; clock: Clock; log: Log }): DriftBook {
  const { clock, database, log } = needs;
  let open = new Map<string, store.DriftRow>();
  /** Not written yet: how often a drift was seen since, or when it ended. */
  let changes = new Map<string, { row: store.DriftRow; isOpen: boolean }>();
  let syncing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  const see = ({ registryId, evidenceType }: DriftOf, way: DriftWay, { field, kind }: FieldDrift) => {
    const now = clock.now();
    const key = keyOf({ registry_id: registryId, evidence_type: evidenceType, field, kind, seen_by: way });
    const known = open.get(key);
    if (!known) log.warn({ registry: registryId, evidenceType, field, drift: kind }, 'registry has drifted');
    const { since = now, count = 0 } = known ?? {};
    const row: store.DriftRow = {
      registry_id: registryId,
      evidence_type: evidenceType,
      field,
      kind,
      seen_by: way,
      since,
      last_seen_at: now,
      count: count + 1,
    };
    open.set(key, row);
    const unwritten = changes.get(key);
    changes.set(key, { row: { ...row, count: (unwritten?.isOpen ? unwritten.row.count : 0) + 1 }, isOpen: true });
    return key;
  };

  const work = async () => {
    if (!database) return;
    const written = changes;
    changes = new Map();
    try {
      const rows = await database.transaction(async (tx) => {
        const all = [...written.values()];
        await store.saveDrifts(
          tx,
          all.flatMap(({ row, isOpen }) => (isOpen ? [row] : [])),
        );
        for (const { row, isOpen } of all) if (!isOpen) await store.endDrift(tx, row);
        return store.listDrifts(tx);
      });
      open = new Map(rows.map((row) => [keyOf(row), row]));
      // What was seen while this was written is not forgotten.
      for (const [key, { row, isOpen }] of changes) {
        const known = open.get(key);
        if (isOpen) open.set(key, { ...row, since: known?.since ?? row.since, count: (known?.count ?? 0) + row.count });
        else open.delete(key);
      }
    } catch (error) {
      for (const [key, { row, isOpen }] of written) {
        const later = changes.get(key);
        if (!later) changes.set(key, { row, isOpen });
        else if (later.isOpen && isOpen) later.row.count += row.count;
      }
      throw error;
    }
  };
  const sync = () => {
    syncing = syncing.then(work, work);
    return syncing;
  };
  const syncQuietly = () =>
    sync().catch((error) => log.warn({ err: error }, 'the drift of registries was not written; tried again'));

  return {
    note: (of, way, seen, isRight) => {
      const keys = new Set(seen.map((drift) => see(of, way, drift)));
      if (!isRight || open.size === 0) return;
      for (const [key, row] of open) {
        if (keys.has(key) || row.seen_by !== way) continue;
        if (way === 'answer' && clock.now().getTime() - row.last_seen_at.getTime() < quietMs) continue;
        if (row.registry_id !== of.registryId || row.evidence_type !== of.evidenceType) continue;
        open.delete(key);
        changes.set(key, { row: { ...row, last_seen_at: clock.now() }, isOpen: false });
        const { registryId: registry, evidenceType } = of;
        log.info({ registry, evidenceType, field: row.field, drift: row.kind }, 'registry is right again');
      }
    },
    list: ({ registryId, evidenceType }) => {
      const found = new Map<string, RegistryDrift>();
      for (const row of open.values()) {
        if (row.registry_id !== registryId || row.evidence_type !== evidenceType) continue;
        const { field, kind, count } = row;
        const [since, lastSeenAt] = [row.since.toISOString(), row.last_seen_at.toISOString()];
        const same = found.get(`${field} ${kind}`);
        found.set(
          `${field} ${kind}`,
          same
            ? {
                field,
                kind,
                count: same.count + count,
                since: [since, same.since].sort()[0]!,
                lastSeenAt: [lastSeenAt, same.lastSeenAt].sort()[1]!,
              }
            : { field, kind, count, since, lastSeenAt },
        );
      }
      return [...found.values()].sort((one, other) => (one.field < other.field ? -1 : 1));
    },
    sync: syncQuietly,
    start: () => {
      void syncQuietly();
      timer ??= setInterval(() => void syncQuietly(), syncEveryMs).unref();
    },
    stop: async () => {
      clearInterval(timer);
      timer = undefined;
      await syncQuietly();
    },
  };
}

function keyOf(row: Pick<store.DriftRow, 'registry_id' | 'evidence_type' | 'field' | 'kind' | 'seen_by'>): string {
  return [row.registry_id, row.evidence_type, row.field, row.kind, row.seen_by].join(' ');
}

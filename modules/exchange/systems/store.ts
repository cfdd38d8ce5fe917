import { sql, type Tx, tablesOf } from '#kernel/database';
import type { SystemKey } from './contract.ts';

export type SystemRow = {
  system_id: string;
  office_id: string;
  name: string;
  client_id: string;
  calls_per_minute: number;
  return_url: string | null;
  added_at: Date;
  removed_at: Date | null;
};

export type CredentialRow = {
  system_id: string;
  kind: 'secret' | 'key';
  /** Digest of a secret in hex, thumbprint of a key. */
  credential_id: string;
  jwk: SystemKey | null;
  added_at: Date;
  expires_at: Date | null;
  last_used_on: string | null;
};

export type CallRow = {
  question_id: string;
  system_id: string;
  x_road_id: string;
  user_id: string | null;
  represented_party: string | null;
  called_at: Date;
};

type Tables = {
  systems: SystemRow;
  system_credentials: CredentialRow;
  system_calls: CallRow;
};
const tables = (db: Tx) => tablesOf<Tables>(db, 'exchange');

export async function insertSystem(tx: Tx, row: SystemRow): Promise<void> {
  await tables(tx).insertInto('systems').values(row).execute();
}

export function findSystem(db: Tx, systemId: string): Promise<SystemRow | undefined> {
  return tables(db)
    .selectFrom('systems')
    .selectAll()
    .where('system_id', '=', systemId)
    .where('removed_at', 'is', null)
    .executeTakeFirst();
}

export function findSystemOfClient(db: Tx, clientId: string): Promise<SystemRow | undefined> {
  return tables(db)
    .selectFrom('systems')
    .selectAll()
    .where('client_id', '=', clientId)
    .where('removed_at', 'is', null)
    .executeTakeFirst();
}

export function listSystems(db: Tx): Promise<SystemRow[]> {
  return tables(db).selectFrom('systems').selectAll().where('removed_at', 'is', null).orderBy('client_id').execute();
}

export async function endSystem(tx: Tx, systemId: string, at: Date): Promise<boolean> {
  const row = await tables(tx)
    .updateTable('systems')
    .set({ removed_at: at })
    .where('system_id', '=', systemId)
    .where('removed_at', 'is', null)
    .returning('system_id')
    .executeTakeFirst();
  if (row) await tables(tx).deleteFrom('system_credentials').where('system_id', '=', systemId).execute();
  return row !== undefined;
}

export async function insertCredential(tx: Tx, row: CredentialRow): Promise<void> {
  await tables(tx)
    .insertInto('system_credentials')
    .values({ ...row, jwk: row.jwk && (JSON.stringify(row.jwk) as never) })
    // A key registered again is the same key, with a new end.
    .onConflict((conflict) =>
      conflict.columns(['system_id', 'credential_id']).doUpdateSet({ expires_at: row.expires_at }),
    )
    .execute();
}

/** What is valid now ends at `at` at the latest, except the one just added. */
export async function endCredentials(tx: Tx, systemId: string, keptId: string, at: Date): Promise<void> {
  await tables(tx)
    .updateTable('system_credentials')
    .set({ expires_at: sql`least(coalesce(expires_at, ${at}), ${at})` as never })
    .where('system_id', '=', systemId)
    .where('credential_id', '<>', keptId)
    .execute();
}

export function listCredentials(db: Tx, systemIds: readonly string[]): Promise<CredentialRow[]> {
  if (systemIds.length === 0) return Promise.resolve([]);
  return tables(db)
    .selectFrom('system_credentials')
    .selectAll()
    .where('system_id', 'in', systemIds)
    .orderBy('added_at')
    .execute();
}

export type CallerRow = SystemRow & Pick<CredentialRow, 'credential_id' | 'jwk' | 'last_used_on'>;

/** The system of a client id together with one credential of it that is valid at `at`: one read for each call. */
export function findCaller(
  db: Tx,
  of: { clientId: string; kind: 'secret' | 'key'; credentialId: string; at: Date },
): Promise<CallerRow | undefined> {
  return tables(db)
    .selectFrom('systems')
    .innerJoin('system_credentials', 'system_credentials.system_id', 'systems.system_id')
    .selectAll('systems')
    .select(['system_credentials.credential_id', 'system_credentials.jwk', 'system_credentials.last_used_on'])
    .where('systems.client_id', '=', of.clientId)
    .where('systems.removed_at', 'is', null)
    .where('system_credentials.kind', '=', of.kind)
    .where('system_credentials.credential_id', '=', of.credentialId)
    .where((is) =>
      is.or([is('system_credentials.expires_at', 'is', null), is('system_credentials.expires_at', '>', of.at)]),
    )
    .executeTakeFirst();
}

/** Only the day: enough to see that an old secret is still in use, and one write a day. */
export async function noteUse(db: Tx, systemId: string, credentialId: string, day: string): Promise<void> {
  await tables(db)
    .updateTable('system_credentials')
    .set({ last_used_on: day })
    .where('system_id', '=', systemId)
    .where('credential_id', '=', credentialId)
    .execute();
}

export async function insertCall(db: Tx, row: CallRow): Promise<void> {
  await tables(db)
    .insertInto('system_calls')
    .values(row)
    .onConflict((conflict) => conflict.column('question_id').doNothing())
    .execute();
}

export function findCall(db: Tx, questionId: string): Promise<CallRow | undefined> {
  return tables(db).selectFrom('system_calls').selectAll().where('question_id', '=', questionId).executeTakeFirst();
}

export async function dropCalls(db: Tx, before: Date): Promise<void> {
  await tables(db).deleteFrom('system_calls').where('called_at', '<', before).execute();
}

/**
 * Takes calls out of each system's minute: a bucket of `perMinute` that fills evenly, one for all processes of the node. Returns
 * how many of those wanted each system may make. A clock that is behind another fills nothing.
 */
export async function takeCalls(
  db: Tx,
  asked: ReadonlyArray<{ systemId: string; perMinute: number; wanted: number }>,
  now: Date,
): Promise<Map<string, number>> {
  const left = sql`least(excluded.per_minute, held.calls_left + excluded.per_minute / 60.0
    * greatest(0, date_part('epoch', excluded.filled_at - held.filled_at)))`;
  // In one order, so that two processes wait for each other and never for ever.
  const { rows } = await sql<{ system_id: string; granted: number }>`
    insert into exchange.call_limits as held (system_id, per_minute, wanted, granted, calls_left, filled_at)
    select system_id, per_minute, wanted, least(wanted, per_minute), per_minute - least(wanted, per_minute), ${now}::timestamptz
    from unnest(${asked.map(({ systemId }) => systemId)}::uuid[], ${asked.map(({ perMinute }) => perMinute)}::int[],
      ${asked.map(({ wanted }) => wanted)}::int[]) as asked (system_id, per_minute, wanted)
    order by system_id
    on conflict (system_id) do update set
      per_minute = excluded.per_minute, wanted = excluded.wanted,
      granted = least(excluded.wanted, floor(${left})),
      calls_left = ${left} - least(excluded.wanted, floor(${left})),
      filled_at = greatest(held.filled_at, excluded.filled_at)
    returning system_id, granted`.execute(db);
  return new Map(rows.map((row) => [row.system_id, row.granted]));
}

import type { Tx } from '#kernel/database';
import type { JWK } from '#kernel/keys';
import type { HistoricalKey } from '../statements/fetching.ts';
import { tables } from '../store.ts';

export async function findLatestStatement(
  db: Tx,
  entityId: string,
): Promise<{ version: number; statementHash: string } | undefined> {
  const row = await tables(db)
    .selectFrom('statements')
    .select(['version', 'statement_hash'])
    .where('entity_id', '=', entityId)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && { version: row.version, statementHash: row.statement_hash };
}

/** False when another process of this node stored that version first. */
export async function insertStatement(
  tx: Tx,
  statement: { entityId: string; version: number; statementHash: string; claims: object; publishedAt: Date },
): Promise<boolean> {
  const rows = await tables(tx)
    .insertInto('statements')
    .values({
      entity_id: statement.entityId,
      version: statement.version,
      statement_hash: statement.statementHash,
      claims: JSON.stringify(statement.claims),
      published_at: statement.publishedAt,
    })
    .onConflict((conflict) => conflict.columns(['entity_id', 'version']).doNothing())
    .returning('version')
    .execute();
  return rows.length === 1;
}

/** Notes the key in use; every other key of the entity is retired from now on. */
export async function saveCurrentKey(tx: Tx, entityId: string, key: JWK, now: Date): Promise<void> {
  const kid = key.kid!;
  await tables(tx)
    .insertInto('keys')
    .values({ entity_id: entityId, kid, jwk: JSON.stringify(key), published_at: now, retired_at: null })
    .onConflict((conflict) => conflict.columns(['entity_id', 'kid']).doUpdateSet({ retired_at: null }))
    .execute();
  await tables(tx)
    .updateTable('keys')
    .set({ retired_at: now })
    .where('entity_id', '=', entityId)
    .where('kid', '!=', kid)
    .where('retired_at', 'is', null)
    .execute();
}

/** A former key that this database never saw in use (it came by configuration). */
export async function saveFormerKey(tx: Tx, entityId: string, key: HistoricalKey, now: Date): Promise<void> {
  const retiredAt = key.exp === undefined ? now : new Date(key.exp * 1000);
  const publishedAt = key.iat === undefined ? retiredAt : new Date(key.iat * 1000);
  await tables(tx)
    .insertInto('keys')
    .values({
      entity_id: entityId,
      kid: key.kid!,
      jwk: JSON.stringify(key),
      published_at: publishedAt,
      retired_at: retiredAt,
    })
    .onConflict((conflict) => {
      const known = conflict.columns(['entity_id', 'kid']);
      // That it was lost may be known later than that it was changed.
      return key.revoked === undefined ? known.doNothing() : known.doUpdateSet({ jwk: JSON.stringify(key) });
    })
    .execute();
}

export async function listFormerKeys(db: Tx, entityId: string): Promise<HistoricalKey[]> {
  const rows = await tables(db)
    .selectFrom('keys')
    .selectAll()
    .where('entity_id', '=', entityId)
    .where('retired_at', 'is not', null)
    .orderBy('retired_at', 'desc')
    .limit(20)
    .execute();
  return rows.map((row) => ({
    ...(row.jwk as HistoricalKey),
    iat: Math.floor(row.published_at.getTime() / 1000),
    exp: Math.floor(row.retired_at!.getTime() / 1000),
  }));
}

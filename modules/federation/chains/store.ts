import type { JWK } from 'jose';
import type { Tx } from '#kernel/database';
import type { HistoricalKey } from '../statements/fetching.ts';
import { tables } from '../store.ts';

export type SavedChain = { entityId: string; anchorId: string; tokens: string[]; resolvedAt: Date };

export async function saveChain(db: Tx, chain: SavedChain & { expiresAt: Date }): Promise<void> {
  const row = {
    anchor_id: chain.anchorId,
    tokens: JSON.stringify(chain.tokens),
    resolved_at: chain.resolvedAt,
    expires_at: chain.expiresAt,
  };
  await tables(db)
    .insertInto('chains')
    .values({ entity_id: chain.entityId, ...row })
    .onConflict((conflict) => conflict.column('entity_id').doUpdateSet(row))
    .execute();
}

export async function listUnexpiredChains(db: Tx, now: Date, limit: number): Promise<SavedChain[]> {
  const rows = await tables(db)
    .selectFrom('chains')
    .selectAll()
    .where('expires_at', '>', now)
    .orderBy('resolved_at', 'desc')
    .limit(limit)
    .execute();
  return rows.map(savedChainOf);
}

export async function findUnexpiredChain(db: Tx, entityId: string, now: Date): Promise<SavedChain | undefined> {
  const row = await tables(db)
    .selectFrom('chains')
    .selectAll()
    .where('entity_id', '=', entityId)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row && savedChainOf(row);
}

export async function forgetChain(db: Tx, entityId: string): Promise<void> {
  await tables(db).deleteFrom('chains').where('entity_id', '=', entityId).execute();
}

export async function forgetExpiredChains(db: Tx, now: Date): Promise<void> {
  await tables(db).deleteFrom('chains').where('expires_at', '<=', now).execute();
}

/** A key that an anchor announced, and since when without a gap. */
export type LearnedKey = { jwk: JWK; seenSince: Date };

export async function listAnchorKeys(db: Tx, anchorId: string): Promise<LearnedKey[]> {
  const rows = await tables(db).selectFrom('anchor_keys').selectAll().where('anchor_id', '=', anchorId).execute();
  return rows.map(({ jwk, seen_since: seenSince }) => ({ jwk: jwk as JWK, seenSince }));
}

export async function saveAnchorKey(db: Tx, anchorId: string, { jwk, seenSince }: LearnedKey): Promise<void> {
  await tables(db)
    .insertInto('anchor_keys')
    .values({ anchor_id: anchorId, kid: jwk.kid!, jwk: JSON.stringify(jwk), seen_since: seenSince })
    .onConflict((conflict) => conflict.columns(['anchor_id', 'kid']).doNothing())
    .execute();
}

export async function dropAnchorKeys(db: Tx, anchorId: string, kids: readonly string[]): Promise<void> {
  if (kids.length === 0) return;
  await tables(db).deleteFrom('anchor_keys').where('anchor_id', '=', anchorId).where('kid', 'in', kids).execute();
}

/** What an anchor last told of its former keys, and when; undefined where it was never asked. */
export async function findFormerKeys(
  db: Tx,
  anchorId: string,
): Promise<{ keys: HistoricalKey[]; toldAt: Date } | undefined> {
  const row = await tables(db)
    .selectFrom('former_anchor_keys')
    .selectAll()
    .where('anchor_id', '=', anchorId)
    .executeTakeFirst();
  return row && { keys: row.keys as HistoricalKey[], toldAt: row.told_at };
}

export async function saveFormerKeys(
  db: Tx,
  anchorId: string,
  former: { keys: HistoricalKey[]; toldAt: Date },
): Promise<void> {
  const row = { keys: JSON.stringify(former.keys), told_at: former.toldAt };
  await tables(db)
    .insertInto('former_anchor_keys')
    .values({ anchor_id: anchorId, ...row })
    .onConflict((conflict) => conflict.column('anchor_id').doUpdateSet(row))
    .execute();
}

function savedChainOf(row: {
  entity_id: string;
  anchor_id: string;
  tokens: string[] | string;
  resolved_at: Date;
}): SavedChain {
  return {
    entityId: row.entity_id,
    anchorId: row.anchor_id,
    tokens: row.tokens as string[],
    resolvedAt: row.resolved_at,
  };
}

import { sql, type Tx, tablesOf } from '#kernel/database';
import type { GrantedEvidenceDetail } from '#protocol/evidence-detail';

export type GrantRow = {
  consent_id: string;
  person_id: string;
  subject: string;
  requester: string;
  given_at: Date;
  until: Date;
  withdrawn_at: Date | null;
  details: GrantedEvidenceDetail[];
  receipt: string;
  /** The receipt that says that the consent was withdrawn, once somebody has asked for it. */
  withdrawal_receipt: string | null;
  leaf_hash: string;
  /** The provider's interaction in which it was given; null when it was given otherwise. */
  request_id: string | null;
};
export type UseRow = { consent_id: string; evidence_type: string; question_id: string; used_at: Date };
type Tables = { grants: GrantRow; uses: UseRow };

const tables = (db: Tx) => tablesOf<Tables>(db, 'consent');

export async function insertGrant(tx: Tx, row: GrantRow): Promise<void> {
  await tables(tx)
    .insertInto('grants')
    .values({ ...row, details: JSON.stringify(row.details) as never })
    .execute();
}

export function findGrant(db: Tx, consentId: string): Promise<GrantRow | undefined> {
  return tables(db).selectFrom('grants').selectAll().where('consent_id', '=', consentId).executeTakeFirst();
}

export function findGrantOfRequest(db: Tx, requestId: string): Promise<GrantRow | undefined> {
  return tables(db).selectFrom('grants').selectAll().where('request_id', '=', requestId).executeTakeFirst();
}

export function findGrants(db: Tx, consentIds: readonly string[]): Promise<GrantRow[]> {
  return tables(db).selectFrom('grants').selectAll().where(isAnyOf(consentIds)).execute();
}

/**
 * Holds the rows to the end of the transaction: a withdrawal and a question, or two questions, cannot pass each other. Always
 * in the order of their ids, so that two transactions never wait for each other.
 */
export function findGrantsForUpdate(tx: Tx, consentIds: readonly string[]): Promise<GrantRow[]> {
  return tables(tx)
    .selectFrom('grants')
    .selectAll()
    .where(isAnyOf(consentIds))
    .orderBy('consent_id')
    .forUpdate()
    .execute();
}

const isAnyOf = (consentIds: readonly string[]) => sql<boolean>`consent_id = any(${sql.val([...consentIds])}::uuid[])`;

export function listGrantsOf(db: Tx, personId: string, limit: number): Promise<GrantRow[]> {
  return tables(db)
    .selectFrom('grants')
    .selectAll()
    .where('person_id', '=', personId)
    .orderBy('given_at', 'desc')
    .orderBy('consent_id', 'desc')
    .limit(limit)
    .execute();
}

export async function markWithdrawn(tx: Tx, consentId: string, at: Date): Promise<void> {
  await tables(tx).updateTable('grants').set({ withdrawn_at: at }).where('consent_id', '=', consentId).execute();
}

/** Returns what is kept: of two made at once, the first. */
export async function keepWithdrawalReceipt(tx: Tx, consentId: string, receipt: string): Promise<string> {
  const row = await tables(tx)
    .updateTable('grants')
    .set({ withdrawal_receipt: sql<string>`coalesce(withdrawal_receipt, ${receipt})` })
    .where('consent_id', '=', consentId)
    .returning('withdrawal_receipt')
    .executeTakeFirstOrThrow();
  return row.withdrawal_receipt!;
}

export function listUses(db: Tx, consentIds: readonly string[]): Promise<UseRow[]> {
  if (consentIds.length === 0) return Promise.resolve([]);
  return tables(db).selectFrom('uses').selectAll().where(isAnyOf(consentIds)).execute();
}

export type UseCount = { consent_id: string; evidence_type: string; count: number };

export async function countUses(db: Tx, consentIds: readonly string[]): Promise<UseCount[]> {
  if (consentIds.length === 0) return [];
  const rows = await tables(db)
    .selectFrom('uses')
    .select(({ fn }) => ['consent_id', 'evidence_type', fn.countAll<string>().as('count')])
    .where(isAnyOf(consentIds))
    .groupBy(['consent_id', 'evidence_type'])
    .execute();
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}

export async function insertUses(tx: Tx, rows: readonly UseRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`insert into consent.uses (consent_id, evidence_type, question_id, used_at)
    select * from unnest(
      ${rows.map((row) => row.consent_id)}::uuid[], ${rows.map((row) => row.evidence_type)}::text[],
      ${rows.map((row) => row.question_id)}::uuid[], ${rows.map((row) => row.used_at.toISOString())}::timestamptz[]
    ) on conflict do nothing`.execute(tx);
}

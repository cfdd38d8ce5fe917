import { sql, type Tx, tablesOf } from '#kernel/database';
import { inPowers, reading, type Statement, valuesText } from '#kernel/statements';
import type { GrantedEvidenceDetail } from '#protocol/evidence-detail';
import type { MandateKind } from '#protocol/representation';

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
  /** Whether some detail may be used a number of times only: then its uses have to be counted to judge the next. */
  is_limited: boolean;
  /** Set together, when somebody gave it for the person. */
  mandate_id: string | null;
  mandate_kind: MandateKind | null;
  representative_id: string | null;
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

/** What a question is judged by. */
export type JudgedGrant = Pick<
  GrantRow,
  'consent_id' | 'subject' | 'requester' | 'given_at' | 'withdrawn_at' | 'details'
>;
export type Judged = { grants: JudgedGrant[]; uses: Array<Omit<UseRow, 'used_at'>> };

/**
 * Consents, and the uses of those that have a limit. Held, they stay as they are to the end of the transaction: a withdrawal
 * and a question, or two questions, cannot pass each other. They are taken in the order of their ids, so that two
 * transactions never wait for each other.
 */
export function readingGrants(consentIds: readonly string[], { areHeld }: { areHeld: boolean }) {
  const grants = reading(
    `select consent_id, subject, requester, given_at, withdrawn_at, details from consent.grants
      where consent_id = any($1::uuid[])${areHeld ? ' order by consent_id for update' : ''}`,
    [consentIds],
    (rows): JudgedGrant[] => rows,
  );
  const uses = reading(
    `select consent_id, evidence_type, question_id from consent.grants join consent.uses using (consent_id)
      where consent_id = any($1::uuid[]) and is_limited`,
    [consentIds],
    (rows): Judged['uses'] => rows,
  );
  return { grants, uses };
}

export function findGrantForUpdate(tx: Tx, consentId: string): Promise<GrantRow | undefined> {
  return tables(tx).selectFrom('grants').selectAll().where('consent_id', '=', consentId).forUpdate().executeTakeFirst();
}

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

/** In the order of their ids, as questions hold them. */
export function holdGrantsUnder(tx: Tx, mandateId: string): Promise<GrantRow[]> {
  return tables(tx)
    .selectFrom('grants')
    .selectAll()
    .where('mandate_id', '=', mandateId)
    .where('withdrawn_at', 'is', null)
    .orderBy('consent_id')
    .forUpdate()
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

export type UseCount = { consent_id: string; evidence_type: string; count: number };

export async function countUses(db: Tx, consentIds: readonly string[]): Promise<UseCount[]> {
  if (consentIds.length === 0) return [];
  const rows = await tables(db)
    .selectFrom('uses')
    .select(({ fn }) => ['consent_id', 'evidence_type', fn.countAll<string>().as('count')])
    .where(sql<boolean>`consent_id = any(${sql.val([...consentIds])}::uuid[])`)
    .groupBy(['consent_id', 'evidence_type'])
    .execute();
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}

/** A question that is counted already is not counted again. */
export function insertingUses(rows: readonly UseRow[]): Statement[] {
  return inPowers(rows.map((row) => [row.consent_id, row.evidence_type, row.question_id, row.used_at] as const)).map(
    (some) => ({
      text: `insert into consent.uses (consent_id, evidence_type, question_id, used_at)
      select use.* from (${valuesText(some, 1, ['uuid', 'text', 'uuid', 'timestamptz'])})
        as use (consent_id, evidence_type, question_id, used_at)
        join consent.grants using (consent_id)
      on conflict do nothing`,
      values: some.flat(),
    }),
  );
}

import type { Tx } from '#kernel/database';
import type { JWK } from '#kernel/keys';
import type { Text } from '#kernel/languages';
import { tables } from '../store.ts';
import type { AppWish, DeskGrant } from './contract.ts';

/** What a service wants to be: its keys, names, grants and member code. */
export type Wish = { names: Text; jwks: JWK[]; grants: DeskGrant[]; app?: AppWish; xRoadClient?: string };

export type MemberRow = {
  entityId: string;
  asked: Wish;
  askedIat: number;
  granted: Wish | null;
  decision: 'waiting' | 'admitted' | 'refused';
  reason: string | null;
  decidedBy: 'rule' | 'operator' | null;
  appliedAt: Date;
  decidedAt: Date | null;
};
export type Suspension = { entityId: string; reason: string; suspendedAt: Date };

type Row = Awaited<ReturnType<ReturnType<typeof selectMembers>['execute']>>[number];

/** Holds everybody else who decides about this member until the transaction ends. */
export async function findMemberForChange(tx: Tx, entityId: string): Promise<MemberRow | undefined> {
  const row = await selectMembers(tx).where('entity_id', '=', entityId).forUpdate().executeTakeFirst();
  return row && memberOf(row);
}

export async function listMembers(db: Tx): Promise<MemberRow[]> {
  return (await selectMembers(db).orderBy('applied_at').execute()).map(memberOf);
}

export async function findMember(db: Tx, entityId: string): Promise<MemberRow | undefined> {
  const row = await selectMembers(db).where('entity_id', '=', entityId).executeTakeFirst();
  return row && memberOf(row);
}

export async function countWaiting(db: Tx): Promise<number> {
  const row = await tables(db)
    .selectFrom('members')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .where('decision', '=', 'waiting')
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export async function saveMember(tx: Tx, member: MemberRow): Promise<void> {
  const row = {
    asked: JSON.stringify(member.asked),
    asked_iat: member.askedIat,
    granted: member.granted && JSON.stringify(member.granted),
    decision: member.decision,
    reason: member.reason,
    decided_by: member.decidedBy,
    applied_at: member.appliedAt,
    decided_at: member.decidedAt,
  };
  await tables(tx)
    .insertInto('members')
    .values({ entity_id: member.entityId, ...row })
    .onConflict((conflict) => conflict.column('entity_id').doUpdateSet(row))
    .execute();
}

export async function listSuspensions(db: Tx): Promise<Suspension[]> {
  const rows = await tables(db).selectFrom('suspensions').selectAll().execute();
  return rows.map((row) => ({ entityId: row.entity_id, reason: row.reason, suspendedAt: row.suspended_at }));
}

/** False when it was suspended already. */
export async function insertSuspension(tx: Tx, { entityId, reason, suspendedAt }: Suspension): Promise<boolean> {
  const rows = await tables(tx)
    .insertInto('suspensions')
    .values({ entity_id: entityId, reason, suspended_at: suspendedAt })
    .onConflict((conflict) => conflict.column('entity_id').doNothing())
    .returning('entity_id')
    .execute();
  return rows.length === 1;
}

/** False when it was not suspended. */
export async function deleteSuspension(tx: Tx, entityId: string): Promise<boolean> {
  const rows = await tables(tx)
    .deleteFrom('suspensions')
    .where('entity_id', '=', entityId)
    .returning('entity_id')
    .execute();
  return rows.length === 1;
}

function selectMembers(db: Tx) {
  return tables(db).selectFrom('members').selectAll();
}

function memberOf(row: Row): MemberRow {
  return {
    entityId: row.entity_id,
    asked: row.asked as Wish,
    askedIat: row.asked_iat,
    granted: row.granted as Wish | null,
    decision: row.decision,
    reason: row.reason,
    decidedBy: row.decided_by,
    appliedAt: row.applied_at,
    decidedAt: row.decided_at,
  };
}

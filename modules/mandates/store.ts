import { sql, type Tx, tablesOf } from '#kernel/database';
import type { MandateKind } from '#protocol/representation';
import type { Act, Mandate } from './contract.ts';

export type MandateRow = {
  mandate_id: string;
  kind: MandateKind;
  source: Mandate['source'];
  represented_id: string;
  /** Null while nobody has taken the mandate up. */
  representative_id: string | null;
  purposes: string[] | null;
  evidence_types: string[] | null;
  given_at: Date;
  until: Date | null;
  ended_at: Date | null;
  ended_by: NonNullable<Mandate['endedBy']> | null;
  /** SHA-256 of the code by which it is taken up; gone once it was. */
  code_digest: Buffer | null;
  code_until: Date | null;
};
export type ActRow = {
  act_id: string;
  mandate_id: string;
  represented_id: string;
  did: Act['did'];
  towards: string;
  consent_id: string | null;
  done_at: Date;
  leaf_hash: string;
};
type Tables = {
  mandates: MandateRow;
  acts: ActRow;
  code_attempts: { person_id: string; failures: number; last_failed_at: Date };
};

const on = (db: Tx) => tablesOf<Tables>(db, 'mandates');
const json = (value: string[] | null) => (value === null ? null : (JSON.stringify(value) as never));

/** False when the register's word stands already. */
export async function insertMandate(tx: Tx, row: MandateRow): Promise<boolean> {
  const done = await on(tx)
    .insertInto('mandates')
    .values({ ...row, purposes: json(row.purposes), evidence_types: json(row.evidence_types) })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (done.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export function findMandate(db: Tx, mandateId: string): Promise<MandateRow | undefined> {
  return on(db).selectFrom('mandates').selectAll().where('mandate_id', '=', mandateId).executeTakeFirst();
}

/** Mandates of a register, not ended, under which something was done since then: whoever acts elsewhere does so by them. */
export async function listActedSince(db: Tx, since: Date, after: string, limit: number): Promise<MandateRow[]> {
  return on(db)
    .selectFrom('mandates')
    .selectAll()
    .where('source', '=', 'register')
    .where('ended_at', 'is', null)
    .where('representative_id', 'is not', null)
    .where('mandate_id', '>', after)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('acts')
          .select('act_id')
          .whereRef('acts.mandate_id', '=', 'mandates.mandate_id')
          .where('done_at', '>', since),
      ),
    )
    .orderBy('mandate_id')
    .limit(limit)
    .execute();
}

export function holdMandate(tx: Tx, mandateId: string): Promise<MandateRow | undefined> {
  return on(tx).selectFrom('mandates').selectAll().where('mandate_id', '=', mandateId).forUpdate().executeTakeFirst();
}

/** Both sides, latest first. */
export function listMandatesOf(db: Tx, personId: string, limit: number): Promise<MandateRow[]> {
  return on(db)
    .selectFrom('mandates')
    .selectAll()
    .where((eb) => eb.or([eb('represented_id', '=', personId), eb('representative_id', '=', personId)]))
    .orderBy('given_at', 'desc')
    .orderBy('mandate_id')
    .limit(limit)
    .execute();
}

/** Whether one of two ever had a mandate to act for the other here, in force or ended. */
export async function wasRepresentative(db: Tx, representativeId: string, representedId: string): Promise<boolean> {
  const row = await on(db)
    .selectFrom('mandates')
    .select('mandate_id')
    .where('representative_id', '=', representativeId)
    .where('represented_id', '=', representedId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export function listOfRegister(db: Tx, kind: MandateKind, representativeId: string): Promise<MandateRow[]> {
  return on(db)
    .selectFrom('mandates')
    .selectAll()
    .where('kind', '=', kind)
    .where('source', '=', 'register')
    .where('representative_id', '=', representativeId)
    .where('ended_at', 'is', null)
    .execute();
}

/** Whom registers name as guardians of somebody, as far as they have acted. */
export async function listGuardiansOf(db: Tx, representedId: string): Promise<string[]> {
  const rows = await on(db)
    .selectFrom('mandates')
    .select('representative_id')
    .where('represented_id', '=', representedId)
    .where('kind', '=', 'guardian')
    .where('source', '=', 'register')
    .where('ended_at', 'is', null)
    .orderBy('given_at')
    .execute();
  return rows.flatMap(({ representative_id: id }) => (id === null ? [] : [id]));
}

export async function countOpenOf(tx: Tx, representedId: string, now: Date): Promise<number> {
  const row = await on(tx)
    .selectFrom('mandates')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('represented_id', '=', representedId)
    .where('source', '=', 'person')
    .where('ended_at', 'is', null)
    .where('until', '>', now)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export function holdByCode(tx: Tx, digest: Buffer, now: Date): Promise<MandateRow | undefined> {
  return on(tx)
    .selectFrom('mandates')
    .selectAll()
    .where('code_digest', '=', digest)
    .where('code_until', '>', now)
    .where('ended_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
}

export async function takeUp(tx: Tx, mandateId: string, representativeId: string): Promise<void> {
  await on(tx)
    .updateTable('mandates')
    .set({ representative_id: representativeId, code_digest: null, code_until: null })
    .where('mandate_id', '=', mandateId)
    .execute();
}

/** False when it had ended before. */
export async function endMandate(
  tx: Tx,
  mandateId: string,
  end: { at: Date; by: NonNullable<Mandate['endedBy']> },
): Promise<boolean> {
  const done = await on(tx)
    .updateTable('mandates')
    .set({ ended_at: end.at, ended_by: end.by, code_digest: null, code_until: null })
    .where('mandate_id', '=', mandateId)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

export async function insertAct(tx: Tx, row: ActRow): Promise<void> {
  await on(tx).insertInto('acts').values(row).execute();
}

export function listActsFor(db: Tx, representedId: string, limit: number): Promise<ActRow[]> {
  return on(db)
    .selectFrom('acts')
    .selectAll()
    .where('represented_id', '=', representedId)
    .orderBy('done_at', 'desc')
    .orderBy('act_id')
    .limit(limit)
    .execute();
}

export function findMandates(db: Tx, mandateIds: readonly string[]): Promise<MandateRow[]> {
  if (mandateIds.length === 0) return Promise.resolve([]);
  return on(db).selectFrom('mandates').selectAll().where('mandate_id', 'in', mandateIds).execute();
}

/** The wrong codes of a person, this attempt counted; a pause long enough begins anew. */
export async function countAttempt(tx: Tx, personId: string, now: Date, forgottenBefore: Date): Promise<number> {
  const row = await on(tx)
    .insertInto('code_attempts')
    .values({ person_id: personId, failures: 1, last_failed_at: now })
    .onConflict((conflict) =>
      conflict.column('person_id').doUpdateSet({
        failures: sql<number>`case when code_attempts.last_failed_at < ${forgottenBefore} then 1 else code_attempts.failures + 1 end`,
        last_failed_at: now,
      }),
    )
    .returning('failures')
    .executeTakeFirstOrThrow();
  return row.failures;
}

export async function forgetAttempts(tx: Tx, personId: string): Promise<void> {
  await on(tx).deleteFrom('code_attempts').where('person_id', '=', personId).execute();
}

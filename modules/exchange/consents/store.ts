import { type Tx, tablesOf } from '#kernel/database';
import type { GrantedEvidenceDetail } from '#protocol/evidence-detail';

/** A consent that an office of this node obtained from a person of another state, with the token that goes with it. */
export type HeldConsentRow = {
  consent_id: string;
  office_id: string;
  provider_state: string;
  case_id: string;
  details: GrantedEvidenceDetail[];
  token_sealed: Uint8Array;
  person_id: string | null;
  obtained_at: Date;
  expires_at: Date;
};

const tables = (db: Tx) => tablesOf<{ held_consents: HeldConsentRow }>(db, 'exchange');

export async function saveConsent(tx: Tx, row: HeldConsentRow): Promise<void> {
  await tables(tx)
    .insertInto('held_consents')
    .values({ ...row, details: JSON.stringify(row.details) as never })
    .onConflict((conflict) => conflict.column('consent_id').doUpdateSet({ token_sealed: row.token_sealed }))
    .execute();
}

export function findConsent(
  db: Tx,
  of: { officeId: string; consentId: string; at: Date },
): Promise<HeldConsentRow | undefined> {
  return tables(db)
    .selectFrom('held_consents')
    .selectAll()
    .where('consent_id', '=', of.consentId)
    .where('office_id', '=', of.officeId)
    .where('expires_at', '>', of.at)
    .executeTakeFirst();
}

/** The consents an office holds for one of its cases in one state, latest first. */
export function listConsentsOfCase(
  db: Tx,
  of: { officeId: string; caseId: string; providerState: string; at: Date },
): Promise<HeldConsentRow[]> {
  return tables(db)
    .selectFrom('held_consents')
    .selectAll()
    .where('office_id', '=', of.officeId)
    .where('case_id', '=', of.caseId)
    .where('provider_state', '=', of.providerState)
    .where('expires_at', '>', of.at)
    .orderBy('obtained_at', 'desc')
    .limit(16)
    .execute();
}

export async function deleteConsent(tx: Tx, consentId: string): Promise<void> {
  await tables(tx).deleteFrom('held_consents').where('consent_id', '=', consentId).execute();
}

export async function dropExpiredConsents(db: Tx, now: Date): Promise<void> {
  await tables(db).deleteFrom('held_consents').where('expires_at', '<', now).execute();
}

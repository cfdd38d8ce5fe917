import { type Tx, tablesOf } from '#kernel/database';
import type { EvidenceDetail, GrantedEvidenceDetail } from '#protocol/evidence-detail';

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

/** A link under which a person may decide; only the digest of its handle is kept. */
export type RequestRow = {
  handle_digest: string;
  system_id: string;
  office_id: string;
  home_state: string;
  details: EvidenceDetail[];
  return_url: string;
  expires_at: Date;
};

type Tables = { held_consents: HeldConsentRow; consent_requests: RequestRow };
const tables = (db: Tx) => tablesOf<Tables>(db, 'exchange');

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

/** Nothing more is asked under the consents of a case that is erased. */
export async function forgetConsentsOf(tx: Tx, of: { officeId: string; caseId: string }): Promise<void> {
  await tables(tx)
    .deleteFrom('held_consents')
    .where('office_id', '=', of.officeId)
    .where('case_id', '=', of.caseId)
    .execute();
}

/** Held consents, and links to decide, whose time is over. */
export async function dropExpired(db: Tx, now: Date): Promise<void> {
  await tables(db).deleteFrom('held_consents').where('expires_at', '<', now).execute();
  await tables(db).deleteFrom('consent_requests').where('expires_at', '<', now).execute();
}

export async function insertRequest(tx: Tx, row: RequestRow): Promise<void> {
  await tables(tx)
    .insertInto('consent_requests')
    .values({ ...row, details: JSON.stringify(row.details) as never })
    .execute();
}

export function findRequest(db: Tx, handleDigest: string, at: Date): Promise<RequestRow | undefined> {
  return tables(db)
    .selectFrom('consent_requests')
    .selectAll()
    .where('handle_digest', '=', handleDigest)
    .where('expires_at', '>', at)
    .executeTakeFirst();
}

export async function deleteRequest(tx: Tx, handleDigest: string): Promise<void> {
  await tables(tx).deleteFrom('consent_requests').where('handle_digest', '=', handleDigest).execute();
}

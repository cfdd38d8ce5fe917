import { type Tx, tablesOf } from '#kernel/database';
import { newId } from '#kernel/ids';
import { keepNames } from '../names/store.ts';
import { namingEvidence } from '../names/words.ts';
import type { ReceivedEvidence } from './contract.ts';

export type EvidenceRow = ReceivedEvidence & { id: string; receivedAt: Date };
/** Evidence whose consent was withdrawn: what it was, and nothing of what it said. */
export type WithdrawnEvidence = Pick<EvidenceRow, 'evidenceType' | 'providerState'> & { withdrawnAt: Date };

type Tables = {
  evidence: {
    id: string;
    case_id: string;
    evidence_type: string;
    provider_state: string;
    provider_office: string | null;
    consent_id: string | null;
    question_id: string | null;
    field_values: unknown;
    receipts: unknown;
    received_at: Date;
    withdrawn_at: Date | null;
  };
};

const tables = (db: Tx) => tablesOf<Tables>(db, 'cases');

export async function insertEvidence(
  tx: Tx,
  caseId: string,
  evidence: ReceivedEvidence,
  receivedAt: Date,
): Promise<void> {
  await tables(tx)
    .insertInto('evidence')
    .values({
      id: newId(),
      case_id: caseId,
      evidence_type: evidence.evidenceType,
      provider_state: evidence.providerState,
      provider_office: evidence.providerOffice ?? null,
      consent_id: evidence.consentId ?? null,
      question_id: evidence.questionId ?? null,
      field_values: JSON.stringify(evidence.values),
      receipts: evidence.receipts ? JSON.stringify(evidence.receipts) : null,
      received_at: receivedAt,
    })
    .execute();
  if (namingEvidence.includes(evidence.evidenceType)) await keepNames(tx, caseId, evidence.values);
}

/** The newest evidence of each type, of what counts: not what the person has withdrawn the consent for. */
export async function listEvidence(db: Tx, caseId: string): Promise<EvidenceRow[]> {
  const rows = await tables(db)
    .selectFrom('evidence')
    .selectAll()
    .where('case_id', '=', caseId)
    .where('withdrawn_at', 'is', null)
    .orderBy('received_at')
    .orderBy('id')
    .execute();
  const newest = new Map(rows.map((row) => [row.evidence_type, row]));
  return [...newest.values()].map((row) => ({
    id: row.id,
    evidenceType: row.evidence_type,
    providerState: row.provider_state,
    ...(row.provider_office ? { providerOffice: row.provider_office } : {}),
    ...(row.consent_id ? { consentId: row.consent_id } : {}),
    ...(row.question_id ? { questionId: row.question_id } : {}),
    ...(row.receipts ? { receipts: row.receipts as Record<string, unknown> } : {}),
    values: row.field_values as Record<string, unknown>,
    receivedAt: row.received_at,
  }));
}

/** What does not count any more and nothing newer has taken the place of; `evidence`: what counts. */
export async function listWithdrawn(db: Tx, caseId: string, evidence: EvidenceRow[]): Promise<WithdrawnEvidence[]> {
  const rows = await tables(db)
    .selectFrom('evidence')
    .select(['evidence_type', 'provider_state', 'withdrawn_at'])
    .where('case_id', '=', caseId)
    .where('withdrawn_at', 'is not', null)
    .orderBy('withdrawn_at')
    .execute();
  const newest = new Map(rows.map((row) => [row.evidence_type, row]));
  for (const { evidenceType } of evidence) newest.delete(evidenceType);
  return [...newest.values()].map((row) => ({
    evidenceType: row.evidence_type,
    providerState: row.provider_state,
    withdrawnAt: row.withdrawn_at!,
  }));
}

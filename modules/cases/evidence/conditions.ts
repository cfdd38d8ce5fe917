import type { Tx } from '#kernel/database';
import { type CaseForm, type EvidenceValues, evidenceIn, type Form, formFor } from '#modules/catalogue';
import type { ReceivedEvidence } from './contract.ts';
import { listEvidence } from './store.ts';

/** What evidence says, by type: as rules and conditions of forms read it. */
export const valuesByType = (evidence: readonly ReceivedEvidence[]): EvidenceValues =>
  Object.fromEntries(evidence.map(({ evidenceType, values }) => [evidenceType, values]));

/** The form of a service as a case with this evidence meets it. */
export const formWith = (form: Form, evidence: readonly ReceivedEvidence[]): CaseForm =>
  formFor(form, valuesByType(evidence));

/** The form as a case meets it now. Most forms ask whatever was sent, and nothing is read for them. */
export async function formOfCase(db: Tx, caseId: string, form: Form): Promise<CaseForm> {
  const isRead = Object.values(form.definition.questions).some(({ when }) => evidenceIn(when).length > 0);
  return formWith(form, isRead ? await listEvidence(db, caseId) : []);
}

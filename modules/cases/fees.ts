import type { Tx } from '#kernel/database';
import type { Answers } from '#modules/catalogue';
import type { CaseState } from './contract.ts';
import type { CasesNeeds } from './needs.ts';
import { mayReadAsPerson, type Person } from './rules.ts';
import { type CaseRow, type EvidenceRow, findCase, listAnswers, listEvents, listEvidence } from './store.ts';

/** What decides whether a case has to be paid for. `evidence`: by type, the newest of each. */
export type FeeFacts = {
  caseId: string;
  serviceId: string;
  serviceVersion: string;
  evidence: Record<string, Record<string, unknown>>;
  answers: Answers;
  /** Once it was sent: the day by which its exemptions count. */
  sentAt?: Date;
};

/** A case as whoever takes its fee has to know it. */
export type FeeCase = FeeFacts & {
  reference: string;
  personId: string;
  officeId: string;
  state: CaseState;
  /** An officer has had it in hand. */
  wasTaken: boolean;
  wasSent: boolean;
};

export const feeFactsOf = (
  row: CaseRow,
  evidence: ReadonlyArray<Pick<EvidenceRow, 'evidenceType' | 'values'>>,
  answers: Answers,
): FeeFacts => ({
  caseId: row.id,
  serviceId: row.serviceId,
  serviceVersion: row.serviceVersion,
  evidence: Object.fromEntries(evidence.map(({ evidenceType, values }) => [evidenceType, values])),
  answers,
  ...(row.submittedAt ? { sentAt: row.submittedAt } : {}),
});

/** Whether a fee that is due before the decision is not paid yet. */
export async function isUnpaid(needs: CasesNeeds, tx: Tx, row: CaseRow): Promise<boolean> {
  if (!needs.fees) return false;
  const facts = feeFactsOf(row, await listEvidence(tx, row.id), (await listAnswers(tx, row.id)).answers);
  return (await needs.fees.isDue(tx, 'decision', facts)) !== undefined;
}

/** For this node's own taking of fees; never answered to a caller. */
export function createFeeDoor(needs: CasesNeeds) {
  const { db } = needs.database;
  return {
    /** The case; with `person`, only if that person may read it. */
    findFeeCase: async (caseId: string, person?: Person): Promise<FeeCase | undefined> => {
      const row = await findCase(db, caseId);
      if (!row || (person && !mayReadAsPerson(row, person))) return undefined;
      const events = await listEvents(db, caseId);
      return {
        ...feeFactsOf(row, await listEvidence(db, caseId), (await listAnswers(db, caseId)).answers),
        reference: row.reference,
        personId: row.personId,
        officeId: row.officeId,
        state: row.state,
        wasSent: row.submittedAt !== undefined,
        wasTaken: events.some(({ kind }) => kind === 'case-taken'),
      };
    },
  };
}

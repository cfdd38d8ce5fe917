import type { Tx } from '#kernel/database';
import type { Text } from '#kernel/languages';
import type { Answers } from '#modules/catalogue';
import type { CaseState } from './contract.ts';
import { type EvidenceRow, listEvidence } from './evidence/store.ts';
import { isParty } from './holding.ts';
import type { CasesNeeds } from './needs.ts';
import { mayDo, namesOfRoles } from './roles/rules.ts';
import { mayReadAsPerson, type Officer, type Person, workOf } from './rules.ts';
import { type CaseRow, findCase, listAnswers, listEvents } from './store.ts';

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
    /**
     * How an officer stands to the fee of a case, also of one that was never sent: whether they are a party to the case and, where none of
     * theirs does, which roles would let them give money back. Undefined where they may not know of it.
     */
    describeFeeOfficer: async (
      officer: Officer,
      caseId: string,
    ): Promise<{ isParty: boolean; rolesNeeded?: Text } | undefined> => {
      const known = needs.roles();
      const row = await findCase(db, caseId);
      if (row?.officeId !== officer.officeId || !mayDo(known, officer, 'read', workOf(row))) return undefined;
      return {
        isParty: await isParty(needs, db, row, officer.personId),
        ...(mayDo(known, officer, 'refund', workOf(row))
          ? {}
          : { rolesNeeded: namesOfRoles(known, 'refund', workOf(row)) }),
      };
    },
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
        wasTaken: events.some(({ kind }) => kind === 'case-taken' || kind === 'case-assigned'),
      };
    },
  };
}

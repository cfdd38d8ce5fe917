import { seenBy } from '../holding.ts';
import { type CasesNeeds, getRow } from '../needs.ts';
import { grantsOf } from '../roles/rules.ts';
import type { Officer } from '../rules.ts';
import { listAlike } from './store.ts';

/** A case of the same service and office that one can be held against. */
export type Comparable = { caseId: string; reference: string; isOfSamePerson: boolean; decidedAt?: Date };

const comparablesMax = 12;

/** Finds cases to hold one against: earlier ones of the same person first, then what was decided last. */
export function createComparing(needs: CasesNeeds) {
  const listComparables = async (officer: Officer, caseId: string): Promise<Comparable[]> => {
    const row = await getRow(needs, caseId, seenBy(needs, officer));
    const grants = grantsOf(needs.roles(), officer, 'read');
    const rows = await listAlike(needs.database.db, row, { grants, limit: comparablesMax });
    return rows.map((one) => ({
      caseId: one.id,
      reference: one.reference,
      isOfSamePerson: one.is_same,
      ...(one.decided_at ? { decidedAt: one.decided_at } : {}),
    }));
  };
  return { listComparables };
}

import type { PostedBody } from '#modules/catalogue';
import { problem } from '../contract.ts';
import { holdForStep, seenBy, takenParams } from '../holding.ts';
import { type CasesNeeds, getRow } from '../needs.ts';
import type { Officer } from '../rules.ts';
import { getDrafted, putDrafted } from './store.ts';

/** Own words in two languages, and what is said of each item. */
const charactersMax = 32_000;

/** What somebody wrote of a decision, as its form has it; `savedAt` in ISO 8601. */
export type DraftedDecision = { posted: PostedBody; officerId: string; officerName: string; savedAt: string };

/**
 * A decision that is being written, kept with its case: whoever has the case in hand finds it, a colleague who takes it over too. It is no step of the
 * case, decides nothing and is shown to nobody else; it goes with the decision that counts, and with whatever the case holds.
 */
export function createDraftedDecisions(needs: CasesNeeds) {
  const { database, clock } = needs;
  return {
    /** Throws `case-not-taken`, `case-taken`, `text-too-long`. */
    saveDrafted: (officer: Officer, caseId: string, posted: PostedBody): Promise<void> =>
      database.transaction(async (tx) => {
        const row = await holdForStep(needs, tx, officer, caseId, 'decide');
        if (row.state !== 'in-review' || !row.assignment) throw problem('case-not-taken');
        if (row.assignment.officerId !== officer.personId) throw problem('case-taken', takenParams(row.assignment));
        const text = JSON.stringify(posted);
        if (text.length > charactersMax) throw problem('text-too-long');
        const by = { officer_id: officer.personId, officer_name: officer.name ?? '' };
        await putDrafted(tx, { case_id: caseId, ...by, posted: text, saved_at: clock.now() });
      }),

    /** Undefined where there is none, and for whoever has not the case in hand. */
    findDrafted: async (officer: Officer, caseId: string): Promise<DraftedDecision | undefined> => {
      const row = await getRow(needs, caseId, seenBy(needs, officer));
      if (row.state !== 'in-review' || row.assignment?.officerId !== officer.personId) return undefined;
      const found = await getDrafted(database.db, caseId);
      if (!found) return undefined;
      const { posted, officer_id: officerId, officer_name: officerName, saved_at: savedAt } = found;
      return { posted: posted as PostedBody, officerId, officerName, savedAt: savedAt.toISOString() };
    },
  };
}

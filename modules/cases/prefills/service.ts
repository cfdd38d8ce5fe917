import type { Tx } from '#kernel/database';
import type { CaseView } from '../contract.ts';
import { type CasesNeeds, holdRow } from '../needs.ts';
import { mayReadAsPerson, type Person } from '../rules.ts';
import { appendEvent, listAnswers } from '../store.ts';
import * as store from './store.ts';

/** Begins applications that are filled as far as they can be. Nothing is an answer before the person has saved its page. */
export function createPrefills(
  { database, clock }: CasesNeeds,
  startCase: (person: Person, serviceId: string) => Promise<CaseView>,
) {
  return {
    /**
     * The draft there is, or a new one, with first values that each say where they come from. What the person has written already is not
     * written over. Throws what `startCase` throws.
     */
    startFilled: async (person: Person, serviceId: string, prefills: readonly store.Prefill[]): Promise<CaseView> => {
      const draft = await startCase(person, serviceId);
      await database.transaction(async (tx) => {
        const row = await holdRow(tx, draft.id, (found) => mayReadAsPerson(found, person));
        const { savedPages } = await listAnswers(tx, row.id);
        if (row.state !== 'draft' || savedPages.length > 0) return;
        await store.insertPrefills(tx, row.id, prefills);
        const questions = prefills.map(({ questionId }) => questionId);
        const at = clock.now();
        await appendEvent(tx, {
          caseId: row.id,
          kind: 'draft-filled',
          actor: { kind: 'node' },
          body: { questions },
          at,
        });
      });
      return draft;
    },
    /** Whether somebody has sent an application for a service since then, whatever became of it; in the caller's transaction. */
    hasSubmittedSince: (tx: Tx, personId: string, serviceId: string, since: Date): Promise<boolean> =>
      store.hasSubmittedSince(tx, personId, serviceId, since),
  };
}

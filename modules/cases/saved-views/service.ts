import { newId } from '#kernel/ids';
import type { CasesNeeds } from '../needs.ts';
import { problem } from '../problems.ts';
import type { Officer } from '../rules.ts';
import { type SavedView, savedViewsMax, viewNameMax } from './contract.ts';
import { deleteView, listSavedViews, saveView } from './store.ts';

/** Views of the queue that an officer keeps for herself, in the office in which she works. */
export function createSavedViews({ database, clock }: CasesNeeds) {
  const listViews = (officer: Officer): Promise<SavedView[]> => listSavedViews(database.db, officer);
  return {
    listViews,

    /** Keeps a view; one of the same name is replaced. */
    keepView: async (officer: Officer, view: Pick<SavedView, 'name' | 'filters'>): Promise<void> => {
      const name = view.name.trim();
      if (name === '' || name.length > viewNameMax) throw problem('view-name-wrong');
      const kept = await listViews(officer);
      if (kept.length >= savedViewsMax && !kept.some((one) => one.name === name)) throw problem('views-too-many');
      await saveView(database.db, officer, { id: newId(), name, filters: view.filters }, clock.now());
    },

    /** One that is gone already, or is somebody else's, is none. */
    dropView: (officer: Officer, id: string): Promise<void> => deleteView(database.db, officer, id),
  };
}

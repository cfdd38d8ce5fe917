import type { Tx } from '#kernel/database';
import { type CasesNeeds, recordOf } from '../needs.ts';
import { appendEvent, type CaseRow, holdCase, listEvents } from '../store.ts';
import { listUnderMandate } from './store.ts';

/** Whoever began the case for the person may not stand for them any more, and nobody else has taken it over. */
export async function hasRepresentationEnded(tx: Tx, { id, representative }: CaseRow): Promise<boolean> {
  if (representative?.mandate === undefined) return false;
  const { mandate } = representative;
  return (await listEvents(tx, id)).some(
    ({ kind, body }) => kind === 'representation-ended' && body['mandate'] === mandate,
  );
}

/** What the end of a mandate makes of cases that were begun under it: they stay the person's, and whoever stood for them is told nothing more. */
export function createRepresentation(needs: CasesNeeds) {
  return {
    /** `mandate`: as the home state calls it towards this state. Hearing it again changes nothing. */
    endRepresentation: async (tx: Tx, mandate: string): Promise<void> => {
      for (const id of await listUnderMandate(tx, mandate)) {
        const row = await holdCase(tx, id);
        if (!row || (await hasRepresentationEnded(tx, row))) continue;
        const at = needs.clock.now();
        await appendEvent(tx, {
          caseId: id,
          kind: 'representation-ended',
          actor: { kind: 'node' },
          body: { mandate },
          at,
        });
        await needs.ledger.append(tx, {
          kind: 'case-representation-ended',
          record: recordOf(needs, row),
          personId: row.personId,
        });
      }
    },
  };
}

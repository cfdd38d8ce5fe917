import type { Tx } from '#kernel/database';
import { problem } from '../contract.ts';
import type { ExchangeNeeds } from '../needs.ts';
import { type EndedHiding, endHidingDue, liftSealOf } from './store.ts';

type Needs = Pick<ExchangeNeeds, 'database' | 'clock' | 'ledger' | 'log'>;

/**
 * Uses whose time of hiding is over become the person's to read, in the ledger too. The person's own list does not wait for
 * this: it goes by the moment itself.
 */
export async function endHiding(needs: Needs): Promise<void> {
  await needs.database.transaction(async (tx) => {
    for (const use of await endHidingDue(tx, needs.clock.now())) await nameInLedger(needs, tx, use);
  });
}

/** An officer of the answering office shows the person a sealed use before its time. Throws `seal-unknown`. */
export async function liftSeal(needs: Needs, officeId: string, questionId: string): Promise<void> {
  await needs.database.transaction(async (tx) => {
    const now = needs.clock.now();
    const use = await liftSealOf(tx, { officeId, questionId, now });
    if (!use) throw problem('seal-unknown');
    await nameInLedger(needs, tx, use);
    await needs.ledger.append(tx, {
      kind: 'seal-lifted',
      ...(use.is_about_others ? {} : { personId: use.person_id }),
      record: { questionId, leafHash: use.leaf_hash, officeId, liftedAt: now.toISOString() },
    });
  });
  needs.log.info({ questionId, officeId }, 'seal lifted');
}

/** What tells about others is never listed about the person whole. */
async function nameInLedger(needs: Needs, tx: Tx, use: EndedHiding): Promise<void> {
  if (!use.is_about_others) await needs.ledger.nameEntry(tx, use.leaf_hash, use.person_id);
}

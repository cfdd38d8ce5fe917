import type { Tx } from '#kernel/database';
import { mayTake } from '../chart.ts';
import { type CasesNeeds, getRow } from '../needs.ts';
import { mayReadAsPerson, type Person } from '../rules.ts';
import { type CaseRow, holdCase } from '../store.ts';
import { isOutage, nextLookAt } from './rules.ts';
import * as store from './store.ts';

/** More sources than a federation has. */
const sourcesMax = 200;
const seenAgoMaxMs = 2 * 3_600_000;
/** What a node says of its registries may be some seconds old: whoever found one away just now is told by another look. */
const justNowMs = 30_000;

const isWaiting = (row: CaseRow): boolean =>
  mayTake(row.state, 'receive-evidence') && (row.state === 'draft' || row.consentBy !== undefined);

/** Remembers that a case could not go on because this source is away; of any other failure nothing. */
export async function noteOutage(
  needs: CasesNeeds,
  row: CaseRow,
  source: { providerState: string; evidenceType?: string | undefined },
  error: unknown,
): Promise<boolean> {
  if (!isOutage(error)) return false;
  const { providerState, evidenceType = '' } = source;
  const at = needs.clock.now();
  return needs.database.transaction(async (tx) => {
    const held = await holdCase(tx, row.id);
    if (!held || !isWaiting(held)) return false;
    await store.awaitSource(tx, row.id, { providerState, evidenceType }, at, nextLookAt(at, 0));
    return true;
  });
}

/** Evidence has come: what it was waited for under is over, its state as a whole included. */
export async function endWaitingFor(
  tx: Tx,
  caseId: string,
  received: readonly { providerState: string; evidenceType: string }[],
): Promise<void> {
  for (const { providerState, evidenceType } of received)
    for (const type of [evidenceType, '']) await store.endWaiting(tx, caseId, { providerState, evidenceType: type });
}

/** Tells whoever could not go on, because a source of evidence was away, once it answers again. */
export function createAwaiting(needs: CasesNeeds) {
  const { database, clock, jobs } = needs;

  const tellBack = async (source: store.Source, asOf: Date): Promise<number> => {
    let told = 0;
    for (const caseId of await store.listWaitingFor(database.db, source, asOf))
      told += await database.transaction(async (tx) => {
        const row = await holdCase(tx, caseId);
        if (!row || !(await store.endWaiting(tx, caseId, source)) || !isWaiting(row)) return 0;
        // What it needs from another source is still away: it is told when that one is back too.
        if (await store.findWaitingSince(tx, caseId)) return 0;
        await jobs.send(tx, 'case-source-back', { caseId }, { key: caseId });
        return 1;
      });
    await store.startOver(database.db, source, nextLookAt(clock.now(), 0));
    return told;
  };

  return {
    /**
     * When asking for evidence of a person's own case has failed. Answers whether the person will be told when the source, the whole state where
     * no `evidenceType` is named, answers again.
     */
    noteSilence: async (
      person: Person,
      caseId: string,
      source: { providerState: string; evidenceType?: string },
      error: unknown,
    ): Promise<boolean> =>
      noteOutage(needs, await getRow(needs, caseId, (row) => mayReadAsPerson(row, person)), source, error),

    /** Whether the person of a case can go on with it now, once a source is back. */
    isWaitingForSource: async (caseId: string): Promise<boolean> => isWaiting(await getRow(needs, caseId, () => true)),

    /**
     * Finds out which awaited sources answer: from exchanges that went well since, whosever they were, and by a look of its own, ever more
     * seldom, at most once an hour for each source however many wait for it. Answers how many cases are told of.
     */
    lookForSources: async (): Promise<number> => {
      if (!needs.sources) return 0;
      await store.forgetEnded(database.db);
      let told = 0;
      for (const source of await store.listSources(database.db, sourcesMax)) {
        const { providerState, evidenceType, since, looks, lookAt } = source;
        const of = { providerState, ...(evidenceType === '' ? {} : { evidenceType }) };
        const now = clock.now();
        const isDue = lookAt <= now && (await store.claimLook(database.db, source, nextLookAt(now, looks + 1)));
        // What was answered longer ago was seen by an earlier round.
        const seenSince = new Date(Math.max(since.getTime(), now.getTime() - seenAgoMaxMs));
        if (await needs.sources.hasAnswered(of, seenSince)) told += await tellBack(source, now);
        else if (isDue && (await needs.sources.isThere(of)))
          told += await tellBack(source, new Date(now.getTime() - justNowMs));
      }
      return told;
    },
  };
}

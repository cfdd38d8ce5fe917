import type { Tx } from '#kernel/database';
import type { CasesNeeds } from '../needs.ts';
import type { CaseRow } from '../store.ts';
import { listVisits } from './store.ts';

/** What an applicant did, or left undone, in a case that an officer has in hand. */
export type ApplicantNews =
  | 'answered'
  | 'not-answered'
  | 'wrote'
  | 'withdrew'
  | 'consent-lost'
  | 'consent-given'
  | 'consent-not-given';

/**
 * Announces it to the officer who has the case in hand, as it is before the step; nobody is told where nobody has. `seen`: what they had seen of
 * the case then, so that more of the same is told once until they look.
 */
export async function tellHolder(
  needs: Pick<CasesNeeds, 'jobs'>,
  tx: Tx,
  { id: caseId, assignment }: Pick<CaseRow, 'id' | 'assignment'>,
  news: ApplicantNews,
): Promise<void> {
  if (!assignment) return;
  const { officerId } = assignment;
  const seen = (await listVisits(tx, officerId, [caseId])).get(caseId) ?? 0;
  await needs.jobs.send(tx, 'case-applicant-acted', { caseId, officerId, news, seen });
}

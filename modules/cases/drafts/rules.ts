import { dateIn } from '#kernel/languages';
import { stepTo } from '../chart.ts';
import type { CaseState } from '../contract.ts';
import { problem } from '../problems.ts';

const dayMs = 86_400_000;
/** From the last change on; each change begins it anew. */
export const draftKeptDays = 90;
export const draftKeptMs = draftKeptDays * dayMs;
/** In so many last days the person is told wherever the draft is listed. */
export const noticeMs = 14 * dayMs;

/** The day on which a draft is erased, ISO 8601, and whether that is near. */
export function draftEnd(updatedAt: Date, now: Date, timeZone: string): { keptUntil: string; isEndingSoon: boolean } {
  const end = updatedAt.getTime() + draftKeptMs;
  return { keptUntil: dateIn(new Date(end), timeZone), isEndingSoon: end - now.getTime() <= noticeMs };
}

/** The state after a change to what only a draft takes: what was handed in is sealed, even where an office asks for more. */
export function stepInDraft({ state, submittedAt }: { state: CaseState; submittedAt?: Date | undefined }): CaseState {
  if (submittedAt !== undefined) throw problem('case-not-open');
  return stepTo(state, 'save-answers');
}

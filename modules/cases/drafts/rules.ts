import { dateIn } from '#kernel/languages';

const dayMs = 86_400_000;
/** From the last change on; each change begins it anew. */
const draftKeptDays = 90;
export const draftKeptMs = draftKeptDays * dayMs;
/** In so many last days the person is told wherever the draft is listed. */
export const noticeMs = 14 * dayMs;

/** The day on which a draft is erased, ISO 8601, and whether that is near. */
export function draftEnd(updatedAt: Date, now: Date, timeZone: string): { keptUntil: string; isEndingSoon: boolean } {
  const end = updatedAt.getTime() + draftKeptMs;
  return { keptUntil: dateIn(new Date(end), timeZone), isEndingSoon: end - now.getTime() <= noticeMs };
}

import type { Service } from '#modules/catalogue';
import type { AssignedBody } from '../assigning/service.ts';
import { pointIn } from '../checklist/rules.ts';
import type { EventRow } from '../store.ts';
import { historyWords, wordsOfEvent } from '../words.ts';
import type { HistoryEntry } from './contract.ts';

/** What happened in a case by others than this officer since they looked last; of a case they never opened, nothing is news. */
export function listNews(events: EventRow[], officerId: string, seen: number | undefined): EventRow[] {
  if (seen === undefined) return [];
  return events.filter(({ sequence, actorId, kind }) => sequence > seen && actorId !== officerId && historyWords[kind]);
}

/** The story of a case for the office, the oldest first. */
export function historyOf(
  { service, events }: { service: Service; events: EventRow[] },
  officerId: string,
  seen: number | undefined,
): HistoryEntry[] {
  const news = new Set(listNews(events, officerId, seen).map(({ sequence }) => sequence));
  return events.flatMap(({ sequence, kind, actor, actorId, body, happenedAt }) => {
    const text = wordsOfEvent(historyWords, { kind, body });
    if (!text) return [];
    const { by, confirmedByName, through } = body as { by?: string; confirmedByName?: string; through?: string };
    // The point that was marked, or whom the case was given to.
    const about = pointIn(service, { kind, body }) ?? (body as Partial<AssignedBody>).toNames;
    return [
      {
        sequence,
        at: happenedAt.toISOString(),
        kind,
        text,
        ...(about ? { about } : {}),
        ...(actor === 'officer' && actorId ? { officerId: actorId } : {}),
        ...(by && by !== through ? { who: by } : {}),
        ...(through ? { through } : {}),
        ...(confirmedByName ? { confirmedBy: confirmedByName } : {}),
        isNew: news.has(sequence),
      },
    ];
  });
}

import { dateIn } from '#kernel/languages';
import type { Service } from '#modules/catalogue';
import { problem } from '../problems.ts';
import { shiftDate } from '../renewals/rules.ts';

type Ended = { submittedAt?: Date | undefined; endedAt?: Date | undefined; erasedAt?: Date | undefined };
type Promised = { definition: Pick<Service['definition'], 'retention'> };

/** Cancelled after it was erased, a case holds the words of that step: they are kept as long as anything else was. */
export const isErased = ({ endedAt, erasedAt }: Ended): boolean =>
  erasedAt !== undefined && !(endedAt !== undefined && erasedAt < endedAt);

/** The last day on which an ended case is kept, in the state's calendar, ISO 8601; undefined of one that is open, was never sent, or is erased. */
export function keptUntil(row: Ended, { definition }: Promised, timeZone: string): string | undefined {
  if (row.submittedAt === undefined || row.endedAt === undefined || isErased(row)) return undefined;
  return shiftDate(dateIn(row.endedAt, timeZone), definition.retention.duration);
}

/** The latest day of an end whose time of keeping is over today. */
export function endedBy(today: string, { definition }: Promised): string {
  const { duration } = definition.retention;
  // A month that is too short ends a time on its last day, so that going back may come out some days late.
  let day = shiftDate(today, duration, -1);
  while (shiftDate(day, duration) >= today) day = shiftDate(day, 'P1D', -1);
  return day;
}

/** What only a case that still holds its contents takes. */
export function refuseErased({ erasedAt }: Pick<Ended, 'erasedAt'>): void {
  if (erasedAt !== undefined) throw problem('case-erased');
}

/**
 * What stays of the story of a case: who of the office and which rule did what, numbers, dates and outcomes. Reasons, conditions, findings, words,
 * hashes of what was written and the day of a death go. Whatever is not named here goes.
 */
export const keptMembers = [
  'by',
  'through',
  'confirmedBy',
  'confirmedByName',
  'takenOverFrom',
  'decidedBy',
  'number',
  'decisionId',
  'decisionNumber',
  'because',
  'isFinal',
  'inPart',
  'outcome',
  'document',
  'documentId',
  'dueOn',
  'answerBy',
  'requestId',
  'role',
  'point',
  'representedBy',
  'evidenceType',
  'providerState',
  'caseId',
  'until',
  'erased',
] as const;

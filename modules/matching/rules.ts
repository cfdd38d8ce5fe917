import { dayOf, type RecordedDate, writeDay } from './comparison/dates.ts';
import { compareRecords, type MatchedRecord, type MatchReason } from './comparison/rules.ts';

/** A record of this state's register, by the number under which it stands. */
export type LocalRecord = { number: string; record: MatchedRecord; mergedInto?: string };
export type Compared = LocalRecord & { outcome: 'same' | 'doubtful' | 'different'; reasons: MatchReason[] };

/** Why a human has to look. They say what stands in the way, never whose it is. */
export type DeskReason =
  | 'doubtful'
  | 'several-records'
  | 'record-linked-to-another'
  | 'person-linked-to-another'
  | 'separated-before'
  | 'number-given'
  | 'objection';

/** What is known of links when a comparison is judged. */
export type LinkStanding = {
  /** The number that the person is linked to now. */
  ownNumber?: string;
  /** Numbers that somebody else is linked to now. */
  taken: ReadonlySet<string>;
  /** Numbers that were separated from this person, or found not to be theirs. */
  separated: ReadonlySet<string>;
};

export type Verdict =
  | { outcome: 'linked'; number: string }
  | { outcome: 'known' }
  | { outcome: 'waiting'; why: DeskReason }
  | { outcome: 'none' };

/** An officer compares this many records at most; the best stand first. */
export const shownMax = 5;
export const waitDays = 14;
export const proofsMax = 3;
export const attemptsMax = 5;
export const attemptsDays = 30;
/** As long as what happened to a person's ways of signing in. */
export const keptDays = 400;
const dayMs = 86_400_000;

/** The numbers that can be one person's, best first; records that are of others are left out and named nowhere. */
export function compareAll(home: MatchedRecord, records: readonly LocalRecord[]): Compared[] {
  return records
    .filter(({ mergedInto }) => mergedInto === undefined)
    .map((local) => ({ ...local, ...compareRecords(home, local.record) }))
    .filter(({ outcome }) => outcome !== 'different')
    .sort((one, other) => rank(one) - rank(other) || one.number.localeCompare(other.number));
}
const rank = ({ outcome }: Compared) => (outcome === 'same' ? 0 : 1);

/**
 * Linked at once only when exactly one record is the person's for certain, no other comes near, and nothing said before or
 * written down now speaks against it. `found` is what `compareAll` gave.
 */
export function judge(
  found: readonly Compared[],
  standing: LinkStanding,
  given: { number?: string; isObjection?: boolean } = {},
): Verdict {
  const waiting = (why: DeskReason): Verdict => ({ outcome: 'waiting', why });
  if (given.isObjection) return waiting('objection');
  const [first, second] = found;
  if (!first) return given.number === undefined ? { outcome: 'none' } : waiting('number-given');
  if (second)
    return waiting(found.filter(({ outcome }) => outcome === 'same').length > 1 ? 'several-records' : 'doubtful');
  if (standing.ownNumber === first.number) return { outcome: 'known' };
  if (standing.ownNumber !== undefined) return waiting('person-linked-to-another');
  if (standing.taken.has(first.number)) return waiting('record-linked-to-another');
  if (standing.separated.has(first.number)) return waiting('separated-before');
  if (first.outcome !== 'same') return waiting('doubtful');
  if (given.number !== undefined && given.number !== first.number) return waiting('number-given');
  return { outcome: 'linked', number: first.number };
}

/** The home state's evidence as a record to compare. Undefined without a name or a day. */
export function readHomeRecord(fields: Record<string, unknown>): MatchedRecord | undefined {
  const text = (name: string) => (typeof fields[name] === 'string' ? (fields[name] as string) : undefined);
  const [nameAr, nameLatin, date] = [text('full_name_ar'), text('full_name_latin'), text('birth_date')];
  const [nationality, sex] = [text('nationality'), text('sex')];
  if (date === undefined || (nameAr === undefined && nameLatin === undefined)) return undefined;
  return {
    birthDate: { calendar: 'gregorian', date },
    ...(nameAr ? { nameAr } : {}),
    ...(nameLatin ? { nameLatin } : {}),
    ...(nationality ? { nationality } : {}),
    ...(sex === 'female' || sex === 'male' ? { sex } : {}),
  };
}

/**
 * The days under which one person may stand in a register: the day itself, a day off, day and month exchanged, and the days
 * that stand for a year alone. In the register's calendar; empty for what is no day.
 */
export function daysToLookUnder(born: RecordedDate, calendar: RecordedDate['calendar']): string[] {
  const day = dayOf(born);
  if (day === undefined) return [];
  const [year, month, dayOfMonth] = new Date(day).toISOString().slice(0, 10).split('-') as [string, string, string];
  const others = [`${year}-${dayOfMonth}-${month}`, `${year}-01-01`, `${year}-07-01`]
    .map((date) => dayOf({ calendar: 'gregorian', date }))
    .filter((ms) => ms !== undefined);
  return [...new Set([day, day - dayMs, day + dayMs, ...others].map((ms) => writeDay(ms, calendar)))];
}

/** A number as it is compared: without spaces and hyphens, in Latin digits. */
export function readNumber(typed: string): string {
  return typed
    .replace(/[٠-٩]/g, (digit) => String('٠١٢٣٤٥٦٧٨٩'.indexOf(digit)))
    .replace(/[\s-]/g, '')
    .slice(0, 32);
}

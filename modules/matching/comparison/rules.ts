import { compareDates, type DateAgreement, type RecordedDate } from './dates.ts';
import { likeness, type NamePart, readName } from './names.ts';

/** What is compared of a person, as one state's record has it; dropped when the comparison is over. */
export type MatchedRecord = {
  nameAr?: string;
  nameLatin?: string;
  birthDate: RecordedDate;
  sex?: 'female' | 'male';
  nationality?: string;
};
export type MatchOutcome = 'same' | 'doubtful' | 'different';
/** Machine words for why: they say how the records agree, never what is in them. */
export type MatchReason =
  | `birth-date-${DateAgreement}`
  | 'sex-differs'
  | 'nationality-differs'
  | 'names-agree'
  | 'names-agree-in-part'
  | 'names-differ';
export type Match = { outcome: MatchOutcome; reasons: MatchReason[] };

const alike = 0.9;

/**
 * Whether two records are of one person. `same` only when nothing speaks against it: the very day, and three parts of the name or
 * more in their order with none left over that contradicts. What may be one person and is not certain is `doubtful`, for a human.
 */
export function compareRecords(one: MatchedRecord, other: MatchedRecord): Match {
  const dates = compareDates(one.birthDate, other.birthDate);
  const reasons: MatchReason[] = [`birth-date-${dates}`];
  if (one.sex && other.sex && one.sex !== other.sex)
    return { outcome: 'different', reasons: [...reasons, 'sex-differs'] };
  const names = compareNames(one, other);
  reasons.push(names === 'full' ? 'names-agree' : names === 'part' ? 'names-agree-in-part' : 'names-differ');
  const isOtherNation = Boolean(one.nationality && other.nationality && one.nationality !== other.nationality);
  if (isOtherNation) reasons.push('nationality-differs');
  if (names === 'none' || dates === 'other') return { outcome: 'different', reasons };
  if (names === 'full' && dates === 'same' && !isOtherNation) return { outcome: 'same', reasons };
  return { outcome: 'doubtful', reasons };
}

/**
 * Every pair of writings that both records have is looked at; the best agreement counts, for one may be misspelled. But where both
 * have Arabic, the given and the father's name have to agree there to the letter for certainty: Salem and Salim are two, and Latin
 * letters or consonants alone do not tell them apart. One script against the other is never certain.
 */
function compareNames(one: MatchedRecord, other: MatchedRecord): 'full' | 'part' | 'none' {
  const writings = ({ nameAr, nameLatin }: MatchedRecord) =>
    [nameAr, nameLatin].flatMap((name) => (name ? [readName(name)] : [])).filter((parts) => parts.length > 0);
  const found = writings(one).flatMap((a) => writings(other).map((b) => align(a, b)));
  const isFull = found.includes('full') && mayBeCertain(one, other);
  return isFull ? 'full' : found.some((agreement) => agreement !== 'none') ? 'part' : 'none';
}

function mayBeCertain(one: MatchedRecord, other: MatchedRecord): boolean {
  if (one.nameAr && other.nameAr) {
    const [a, b] = [readName(one.nameAr), readName(other.nameAr)];
    return [0, 1].every((at) => a[at]?.letters === b[at]?.letters);
  }
  return Boolean(one.nameLatin && other.nameLatin);
}

/** The given name has to agree; the others are found in their order, and a register may leave some of them out. */
function align(one: NamePart[], other: NamePart[]): 'full' | 'part' | 'none' {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  if (likeness(short[0]!, long[0]!) < alike) return 'none';
  let at = 1;
  let agreed = 1;
  for (const part of short.slice(1)) {
    const found = long.findIndex((candidate, index) => index >= at && likeness(part, candidate) >= alike);
    if (found === -1) continue;
    agreed += 1;
    at = found + 1;
  }
  const hasFather = short.length > 1 && likeness(short[1]!, long[1]!) >= alike;
  if (agreed === short.length && agreed >= 3 && hasFather) return 'full';
  return agreed >= 2 && agreed >= short.length - 1 ? 'part' : 'none';
}

import type { Money } from '../providers/provider.ts';

/** One movement of money in somebody's books. */
export type Movement = { kind: 'payment' | 'refund'; ref: string; money: Money };

export type Verdict = 'agrees' | 'missing-here' | 'missing-there' | 'amount-differs';
export type ComparedMovement = {
  kind: Movement['kind'];
  ref: string;
  currency: string;
  oursMinor?: number;
  theirsMinor?: number;
  verdict: Verdict;
};
/** Payments less refunds of a day, in minor units. */
export type DayTotal = { currency: string; oursMinor: number; theirsMinor: number };

type Books = {
  /** Of the day. */
  ours: readonly Movement[];
  theirs: readonly Movement[];
  /** Found under any other day: midnight is not at the same moment in both books. */
  oursElsewhere?: readonly Movement[];
  theirsElsewhere?: readonly Movement[];
};

const keyOf = ({ kind, ref }: { kind: string; ref: string }) => `${kind} ${ref}`;

/** A book by reference. Several lines of one are its parts, or the same money taken twice: added up, so that the second never hides behind the first. */
function byReference(lines: readonly Movement[]): Map<string, Movement> {
  const found = new Map<string, Movement>();
  for (const one of lines) {
    const first = found.get(keyOf(one));
    const isAlike = first === undefined || first.money.currency === one.money.currency;
    // In two currencies there is no sum: the other one is a line of its own.
    const key = isAlike ? keyOf(one) : `${keyOf(one)} ${one.money.currency}`;
    const before = found.get(key)?.money.amountMinor ?? 0;
    found.set(key, { ...one, money: { ...one.money, amountMinor: before + one.money.amountMinor } });
  }
  return found;
}

/** Lays two books side by side, reference by reference. */
export function compareBooks({ ours, theirs, oursElsewhere = [], theirsElsewhere = [] }: Books) {
  const [oursOfDay, theirsOfDay] = [byReference(ours), byReference(theirs)];
  const allOurs = new Map([...byReference(oursElsewhere), ...oursOfDay]);
  const allTheirs = new Map([...byReference(theirsElsewhere), ...theirsOfDay]);
  const keys = [...new Set([...oursOfDay.keys(), ...theirsOfDay.keys()])].sort();
  const rows = keys.map((key): ComparedMovement => {
    const [here, there] = [allOurs.get(key), allTheirs.get(key)];
    const { kind, ref, money } = (here ?? there)!;
    const isSame =
      here?.money.amountMinor === there?.money.amountMinor && here?.money.currency === there?.money.currency;
    return {
      ...{ kind, ref, currency: money.currency },
      ...(here ? { oursMinor: here.money.amountMinor } : {}),
      ...(there ? { theirsMinor: there.money.amountMinor } : {}),
      verdict: !here ? 'missing-here' : !there ? 'missing-there' : isSame ? 'agrees' : 'amount-differs',
    };
  });
  const sum = (list: readonly Movement[], currency: string) =>
    list
      .filter(({ money }) => money.currency === currency)
      .reduce((all, { kind, money }) => all + (kind === 'payment' ? money.amountMinor : -money.amountMinor), 0);
  const currencies = [...new Set([...ours, ...theirs].map(({ money }) => money.currency))].sort();
  const totals = currencies.map(
    (currency): DayTotal => ({ currency, oursMinor: sum(ours, currency), theirsMinor: sum(theirs, currency) }),
  );
  return { rows, totals };
}

/** The first moment of a calendar day in a place, and the first of the next. */
export function rangeOfDay(day: string, timeZone: string): { from: Date; until: Date } {
  const startOf = (date: string) => {
    const utc = new Date(`${date}T00:00:00Z`);
    const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts(utc);
    const [, sign = '+', hours = '0', minutes = '0'] =
      /GMT([+-])(\d{2}):(\d{2})/.exec(parts.find(({ type }) => type === 'timeZoneName')!.value) ?? [];
    const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
    return new Date(utc.getTime() - offsetMs);
  };
  const next = new Date(new Date(`${day}T00:00:00Z`).getTime() + 86_400_000).toISOString().slice(0, 10);
  return { from: startOf(day), until: startOf(next) };
}

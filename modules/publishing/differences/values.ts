import type { Text } from '#kernel/languages';
import { isText, wordsOf } from '../places.ts';

/** One thing that is otherwise: `what` in a word, where, and what stood and stands there. */
export type Difference = {
  what:
    | 'changed'
    | 'added'
    | 'removed'
    | 'moved'
    | 'question-added'
    | 'question-removed'
    | 'question-moved'
    | 'question-grouped'
    | 'question-ungrouped'
    | 'page-added'
    | 'page-removed'
    | 'page-moved'
    | 'row-added'
    | 'row-removed'
    | 'row-changed'
    | 'row-moved';
  file: string;
  place: string;
  /** What the place is called. */
  words: Text;
  before?: Text | string;
  after?: Text | string;
};

/** What is otherwise in any JSON, by what its members are called. */
export function compareValues(file: string, before: unknown, after: unknown, path: string[]): Difference[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const place = path.join('.');
  const words = wordsOf(path);
  if (before === undefined || after === undefined || before === null || after === null) {
    const what = before === undefined || before === null ? 'added' : 'removed';
    return [{ what, file, place, words, ...sides(before, after) }];
  }
  const areTexts = isText(before) || isText(after);
  const areObjects = typeof before === 'object' && typeof after === 'object';
  const arePlainLists = [before, after].some(
    (one) => Array.isArray(one) && one.every((item) => typeof item !== 'object'),
  );
  if (areTexts || !areObjects || arePlainLists)
    return [{ what: 'changed', file, place, words, ...sides(before, after) }];
  const [old, now] = [keyed(before), keyed(after)];
  const found = [...new Set([...Object.keys(old), ...Object.keys(now)])].flatMap((key) =>
    compareValues(file, old[key], now[key], [...path, key]),
  );
  if (found.length === 0) found.push({ what: 'moved', file, place, words });
  return found;
}

/** Members by what they are called rather than by where they stand, so that one more at the top is one change. */
function keyed(value: object): Record<string, unknown> {
  if (!Array.isArray(value)) return value as Record<string, unknown>;
  return Object.fromEntries(
    value.map((item, at) => {
      const { id, value: own, state, claim } = (item ?? {}) as Record<string, unknown>;
      const key = [id, own, state, claim].find((one) => typeof one === 'string');
      return [String(key ?? at + 1), item];
    }),
  );
}

const sides = (before: unknown, after: unknown) => ({
  ...(before === undefined || before === null ? {} : { before: say(before) }),
  ...(after === undefined || after === null ? {} : { after: say(after) }),
});
function say(value: unknown): Text | string {
  if (isText(value)) return value;
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) return value.join(', ');
  if (typeof value !== 'object') return String(value);
  const { title, label, text, names } = value as Record<string, unknown>;
  return [title, label, text, names].find(isText) ?? JSON.stringify(value);
}

/** The fewest of the same names that have changed their place: all but a longest run that kept its order. */
export function moved(before: readonly string[], after: readonly string[]): string[] {
  const ranks = after.map((id) => before.indexOf(id));
  const best: number[][] = ranks.map(() => []);
  for (const [at, rank] of ranks.entries()) {
    const earlier = best.slice(0, at).filter((run) => run.length > 0 && run.at(-1)! < rank);
    const longest = earlier.reduce((one, other) => (other.length > one.length ? other : one), [] as number[]);
    best[at] = [...longest, rank];
  }
  const run = best.reduce((one, other) => (other.length > one.length ? other : one), [] as number[]);
  return after.filter((id) => !run.includes(before.indexOf(id)));
}

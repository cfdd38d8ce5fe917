import type { Text } from '#kernel/languages';
import { type FormDefinition, readDecisions, type ServiceFiles } from '#modules/catalogue';
import { isText, readJson, wordsOf } from './places.ts';

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

/** What changes from one version to another, for people: texts in both languages, questions, rows of tables, amounts. */
export async function compareFiles(before: ServiceFiles, after: ServiceFiles): Promise<Difference[]> {
  const found: Difference[] = [];
  for (const file of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()) {
    const [old, now] = [before[file], after[file]];
    if (old === now) continue;
    if (old === undefined || now === undefined) {
      const what = old === undefined ? 'added' : 'removed';
      found.push({ what, file, place: '', words: wordsOf([file]) });
    } else if (file === 'decision.dmn') found.push(...(await compareTables(old, now)));
    else if (file === 'form.json')
      found.push(...compareForms(readJson<FormDefinition>(before, file)!, readJson<FormDefinition>(after, file)!));
    else if (file.endsWith('.json')) found.push(...compareValues(file, JSON.parse(old), JSON.parse(now), []));
    else found.push({ what: 'changed', file, place: '', words: wordsOf([file]), before: old, after: now });
  }
  return found;
}

function compareForms(before: FormDefinition, after: FormDefinition): Difference[] {
  const file = 'form.json';
  const placesOf = ({ pages }: FormDefinition) =>
    new Map(pages.flatMap(({ id, questions }) => questions.map((question, at) => [question, `${id} ${at + 1}`])));
  const [oldPlaces, newPlaces] = [placesOf(before), placesOf(after)];
  const labelOf = (form: FormDefinition, id: string) => form.questions[id]?.label ?? id;
  const ids = (form: FormDefinition) => new Set(Object.keys(form.questions));
  const [oldIds, newIds] = [ids(before), ids(after)];
  const question = { ar: 'سؤال', en: 'Question' };
  const page = { ar: 'صفحة', en: 'Page' };
  const found: Difference[] = [];
  for (const id of newIds)
    if (!oldIds.has(id))
      found.push({ what: 'question-added', file, place: id, words: question, after: labelOf(after, id) });
  for (const id of oldIds)
    if (!newIds.has(id))
      found.push({ what: 'question-removed', file, place: id, words: question, before: labelOf(before, id) });
  const stay = [...oldIds].filter((id) => newIds.has(id));
  const orderOf = (form: FormDefinition) =>
    form.pages.flatMap(({ questions }) => questions).filter((id) => stay.includes(id));
  const movedAmong = new Set(moved(orderOf(before), orderOf(after)));
  for (const id of stay) {
    const [from, to] = [oldPlaces.get(id) ?? '', newPlaces.get(id) ?? ''];
    if (movedAmong.has(id) || from.split(' ')[0] !== to.split(' ')[0])
      found.push({ what: 'question-moved', file, place: id, words: question, before: from, after: to });
    const [was, is] = [before, after].map((form) => form.schema.required.includes(id));
    if (was !== is)
      found.push({
        what: 'changed',
        file,
        place: `${id} required`,
        words: { ar: 'إلزامي', en: 'Required' },
        before: was ? { ar: 'نعم', en: 'Yes' } : { ar: 'لا', en: 'No' },
        after: is ? { ar: 'نعم', en: 'Yes' } : { ar: 'لا', en: 'No' },
      });
    found.push(...compareValues(file, before.questions[id], after.questions[id], ['questions', id]));
    found.push(...compareValues(file, before.schema.properties[id], after.schema.properties[id], ['schema', id]));
  }
  const pageIds = (form: FormDefinition) => form.pages.map(({ id }) => id);
  const byId = (form: FormDefinition, id: string) => form.pages.find((one) => one.id === id)!;
  for (const id of pageIds(after))
    if (!pageIds(before).includes(id))
      found.push({ what: 'page-added', file, place: id, words: page, after: byId(after, id).title });
    else {
      const [old, now] = [byId(before, id), byId(after, id)];
      const texts = ({ title, intro }: typeof old) => ({ title, ...(intro ? { intro } : {}) });
      found.push(...compareValues(file, texts(old), texts(now), ['pages', id]));
    }
  for (const id of pageIds(before))
    if (!pageIds(after).includes(id))
      found.push({ what: 'page-removed', file, place: id, words: page, before: byId(before, id).title });
  const kept = pageIds(before).filter((id) => pageIds(after).includes(id));
  for (const id of moved(
    kept,
    pageIds(after).filter((one) => kept.includes(one)),
  ))
    found.push({ what: 'page-moved', file, place: id, words: page, after: byId(after, id).title });
  return found;
}

async function compareTables(old: string, now: string): Promise<Difference[]> {
  const file = 'decision.dmn';
  const words = { ar: 'صف', en: 'Row' };
  const [before, after] = await Promise.all([readDecisions(old), readDecisions(now)]);
  const found: Difference[] = [];
  for (const decision of after.decisions) {
    const earlier = before.decisions.find(({ name }) => name === decision.name)?.logic;
    const { logic } = decision;
    if (logic.kind !== 'table' || earlier?.kind !== 'table') {
      found.push(...compareValues(file, earlier, logic, [decision.name]));
      continue;
    }
    const say = ({ tests, results }: (typeof logic.rules)[number]) => `${tests.join(' | ')} → ${results.join(' | ')}`;
    const place = (id: string) => `${decision.name}: ${id}`;
    for (const rule of logic.rules) {
      const was = earlier.rules.find(({ id }) => id === rule.id);
      if (!was) found.push({ what: 'row-added', file, place: place(rule.id), words, after: say(rule) });
      else if (say(was) !== say(rule))
        found.push({ what: 'row-changed', file, place: place(rule.id), words, before: say(was), after: say(rule) });
    }
    for (const rule of earlier.rules)
      if (!logic.rules.some(({ id }) => id === rule.id))
        found.push({ what: 'row-removed', file, place: place(rule.id), words, before: say(rule) });
    const idsIn = (one: typeof logic, other: typeof logic) =>
      one.rules.map(({ id }) => id).filter((id) => other.rules.some((rule) => rule.id === id));
    for (const id of moved(idsIn(earlier, logic), idsIn(logic, earlier)))
      found.push({ what: 'row-moved', file, place: place(id), words });
  }
  return found;
}

function compareValues(file: string, before: unknown, after: unknown, path: string[]): Difference[] {
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
function moved(before: readonly string[], after: readonly string[]): string[] {
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

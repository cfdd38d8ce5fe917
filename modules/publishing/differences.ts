import { type FormDefinition, readDecisions, type ServiceFiles } from '#modules/catalogue';
import { compareForms } from './differences/forms.ts';
import { compareLines } from './differences/lines.ts';
import { compareValues, type Difference, moved } from './differences/values.ts';
import { readJson, wordsOf } from './places.ts';

/** What changes from one version to another, for people: texts in both languages, questions, rows of tables, amounts. */
export async function compareFiles(before: ServiceFiles, after: ServiceFiles): Promise<Difference[]> {
  const found: Difference[] = [];
  for (const file of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()) {
    const [old, now] = [before[file], after[file]];
    if (old === now) continue;
    if (old === undefined || now === undefined) {
      const what = old === undefined ? 'added' : 'removed';
      found.push({ what, file, place: '', words: wordsOf([file]) });
    } else if (file.endsWith('.dmn')) found.push(...(await compareTables(file, old, now)));
    else if (file === 'form.json')
      found.push(...compareForms(readJson<FormDefinition>(before, file)!, readJson<FormDefinition>(after, file)!));
    else if (file.endsWith('.json')) found.push(...compareValues(file, JSON.parse(old), JSON.parse(now), []));
    else found.push(...compareLines(file, old, now));
  }
  return found;
}

async function compareTables(file: string, old: string, now: string): Promise<Difference[]> {
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

import type { Text } from '#kernel/languages';
import type { EntryQuestion, FormDefinition, Question } from '#modules/catalogue';
import { fileTypeNames, kindNames, yesNo } from '../names.ts';
import { conditionText } from './conditions.ts';
import { compareValues, type Difference, moved } from './values.ts';

const file = 'form.json';
const question: Text = { ar: 'سؤال', en: 'Question' };
const page: Text = { ar: 'صفحة', en: 'Page' };

/** A question where it is asked. `key`: its name, behind that of its group; `list`: the page or group it is asked in. */
type Asked = {
  id: string;
  key: string;
  group?: string;
  list: string;
  number: number;
  question: Question | EntryQuestion;
  schema: Record<string, unknown>;
  isRequired: boolean;
};

/** What changes in a form: pages, questions on pages and in groups, and how each is set, in words. */
export function compareForms(before: FormDefinition, after: FormDefinition): Difference[] {
  const [old, now] = [listAsked(before), listAsked(after)];
  const find = (list: Asked[], key: string) => list.find((one) => one.key === key);
  const found: Difference[] = [];
  const across = (one: Asked, others: Asked[], own: Asked[]) =>
    others.find((other) => other.id === one.id && other.group !== one.group && !find(own, other.key));
  for (const one of now) {
    if (find(old, one.key)) continue;
    const from = across(one, old, now);
    if (!from) {
      if (one.group === undefined || find(old, one.group))
        found.push({ what: 'question-added', file, place: one.key, words: question, after: describe(one, now) });
      continue;
    }
    const what = one.group === undefined ? 'question-ungrouped' : 'question-grouped';
    found.push({ what, file, place: one.key, words: question, before: from.key, after: one.question.label });
    found.push(...settings(from, one));
  }
  for (const one of old) {
    if (find(now, one.key) || across(one, now, old)) continue;
    if (one.group === undefined || find(now, one.group))
      found.push({ what: 'question-removed', file, place: one.key, words: question, before: describe(one, old) });
  }
  const stay = old.filter(({ key }) => find(now, key));
  const orderOf = (list: Asked[]) => list.map(({ key }) => key).filter((key) => stay.some((one) => one.key === key));
  const movedAmong = new Set(moved(orderOf(old), orderOf(now)));
  for (const was of stay) {
    const is = find(now, was.key)!;
    if (movedAmong.has(is.key) || was.list !== is.list) {
      const [from, to] = [`${was.list} ${was.number}`, `${is.list} ${is.number}`];
      found.push({ what: 'question-moved', file, place: is.key, words: question, before: from, after: to });
    }
    found.push(...settings(was, is));
  }
  return [...found, ...comparePages(before, after)];
}

function listAsked({ pages, questions, schema }: FormDefinition): Asked[] {
  return pages.flatMap(({ id: list, questions: ids }) =>
    ids.flatMap((id, at): Asked[] => {
      const asked = questions[id];
      if (!asked) return [];
      const own = schema.properties[id] ?? {};
      const items = own['items'] as Partial<FormDefinition['schema']> | undefined;
      const { entry } = asked;
      const within = (entry?.asks ?? []).flatMap((one, number): Asked[] =>
        entry!.questions[one]
          ? [
              {
                id: one,
                key: `${id}.${one}`,
                group: id,
                list: id,
                number: number + 1,
                question: entry!.questions[one],
                schema: items?.properties?.[one] ?? {},
                isRequired: items?.required?.includes(one) ?? false,
              },
            ]
          : [],
      );
      const isRequired = schema.required.includes(id);
      return [{ id, key: id, list, number: at + 1, question: asked, schema: own, isRequired }, ...within];
    }),
  );
}

/** How one question is set otherwise. */
function settings(was: Asked, is: Asked): Difference[] {
  const place = is.key;
  const changed = (what: string, words: Text, before: Text | string | undefined, after: Text | string | undefined) =>
    JSON.stringify(before) === JSON.stringify(after)
      ? []
      : [
          {
            what:
              before === undefined
                ? ('added' as const)
                : after === undefined
                  ? ('removed' as const)
                  : ('changed' as const),
            file,
            place: `${place} ${what}`,
            words,
            ...(before === undefined ? {} : { before }),
            ...(after === undefined ? {} : { after }),
          },
        ];
  const [old, now] = [was, is].map(partsOf);
  return [
    ...changed('required', required, yesNo(was.isRequired), yesNo(is.isRequired)),
    ...Object.keys(names).flatMap((name) => changed(name, names[name]!, old![name], now![name])),
    ...compareValues(file, restOf(was.question), restOf(is.question), ['questions', ...place.split('.')]),
    ...compareValues(file, schemaRestOf(was), schemaRestOf(is), ['schema', ...place.split('.')]),
  ];
}

const required: Text = { ar: 'إجابته إلزامية', en: 'It has to be answered' };
const names: Record<string, Text> = {
  kind: { ar: 'نوع السؤال', en: 'Kind of question' },
  accept: { ar: 'أنواع الملفات المقبولة', en: 'Types of file that may be attached' },
  bytesMax: { ar: 'أكبر حجم للملف', en: 'Largest size of a file' },
  filesMost: { ar: 'أكثر عدد من الملفات', en: 'Most files' },
  entriesLeast: { ar: 'أقل عدد من البنود', en: 'Fewest entries' },
  entriesMost: { ar: 'أكثر عدد من البنود', en: 'Most entries' },
  register: { ar: 'السجل الذي يُبحث فيه', en: 'Register that it is looked up in' },
  unlisted: { ar: 'ما ليس في السجل يُكتب', en: 'What is not in the register may be named' },
  currency: { ar: 'العملة', en: 'Currency' },
  state: { ar: 'الدولة التي يتبعها شكله', en: 'Whose form it has' },
  when: { ar: 'الشرط', en: 'Condition' },
};

/** What a kind is set by, in words. */
function partsOf({ question: asked, schema }: Asked): Record<string, Text | string | undefined> {
  const { kind, currency, state } = asked;
  const { files, lookUp, when } = asked as Question;
  const count = (name: string) => (schema[name] === undefined ? undefined : String(schema[name]));
  return {
    kind: kindNames.get(kind) ?? kind,
    currency,
    state,
    when: when && conditionText(when),
    ...(files
      ? {
          accept: joined(files.accept.map((type) => fileTypeNames[type])),
          bytesMax: megabytes(files.bytesMax),
          filesMost: count('maxItems'),
        }
      : {}),
    ...(kind === 'group' ? { entriesLeast: count('minItems') ?? '0', entriesMost: count('maxItems') } : {}),
    ...(lookUp ? { register: lookUp.register, unlisted: yesNo(lookUp.mayBeUnlisted ?? false) } : {}),
  };
}

/** The words and settings that partsOf does not tell. */
function restOf(asked: Question | EntryQuestion) {
  const { kind: _kind, currency: _currency, state: _state, ...rest } = asked as Question;
  const { files: _files, lookUp: _lookUp, when: _when, entry, ...own } = rest;
  return { ...own, ...(entry ? { entry: { name: entry.name } } : {}) };
}

function schemaRestOf({ question: { kind }, schema }: Asked) {
  const { maxItems: _most, minItems: _least, items, ...rest } = schema;
  // A list to choose from has its values in the options too; what entries ask is compared question by question.
  if (kind === 'file' || kind === 'group') return rest;
  const { enum: _enum, ...own } = rest as Record<string, unknown>;
  return kind === 'checkboxes' ? own : { ...own, ...(items === undefined ? {} : { items }) };
}

/** A whole question in a line: its words, its kind, how it is set, and of a group what each entry asks. */
function describe(asked: Asked, all: Asked[]): Text {
  const parts = partsOf(asked);
  const own = Object.entries(names).flatMap(([name, words]): Text[] => {
    const value = parts[name];
    if (value === undefined || name === 'kind') return [];
    const said = typeof value === 'string' ? { ar: value, en: value } : value;
    return [{ ar: `${words.ar}: ${said.ar}`, en: `${words.en}: ${said.en}` }];
  });
  const within = all.filter(({ group }) => group === asked.id && asked.group === undefined);
  const asks = joined(within.map((one) => one.question.label));
  const kind = kindNames.get(asked.question.kind)!;
  const { label } = asked.question;
  const both = (language: 'ar' | 'en') =>
    [label[language], [kind, ...own].map((one) => one[language]).join(language === 'ar' ? '، ' : ', '), asks[language]]
      .filter(Boolean)
      .join(' – ');
  return { ar: both('ar'), en: both('en') };
}

const joined = (texts: readonly Text[]): Text => ({
  ar: texts.map(({ ar }) => ar).join('، '),
  en: texts.map(({ en }) => en).join(', '),
});
const megabytes = (bytes: number): Text => ({ ar: `${bytes / 1_000_000} ميغابايت`, en: `${bytes / 1_000_000} MB` });

function comparePages(before: FormDefinition, after: FormDefinition): Difference[] {
  const found: Difference[] = [];
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

import { type Field, type PageContext, textOf } from '#apps/portal';
import type { Text } from '#kernel/languages';
import { type EntryQuestion, itemsMax, type Question, type Service } from '#modules/catalogue';
import { words } from './pages/publishing/words.ts';
import { linesOf } from './publishing-questions.ts';

type Posted = PageContext['form'];
/** As a person types an answer: a text, a list of them, an entry of a register, or entries of a group. */
type Typed = Record<string, unknown>;
type Asked = Question | EntryQuestion;

const isRecord = (value: unknown): value is Typed =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listKinds = ['checkboxes', 'file'];
const lookUpParts = ['code', 'ar', 'en', 'unlisted'] as const;
const partNames: Record<(typeof lookUpParts)[number], Text> = {
  code: words.code,
  ar: words.labelAr,
  en: words.labelEn,
  unlisted: words.unlistedTyped,
};

/** What a test case types in the form, as fields: of a group each entry there is, and an empty one behind them. */
export function answerFields(service: Service, answers: Typed, posted: Posted | undefined): Field[] {
  return Object.entries(service.form.definition.questions).flatMap(([id, question]) => {
    const value = answers[id];
    const { entry } = question;
    if (!entry) return fieldsOfAnswer(`a.${id}`, question, value, posted);
    const entries = Array.isArray(value) ? value.filter(isRecord) : [];
    const count = Math.min(entries.length + 1, itemsMax(service.form, id));
    return Array.from({ length: count }, (_, at) =>
      entry.asks.flatMap((one) => {
        const asked = entry.questions[one];
        if (!asked) return [];
        return fieldsOfAnswer(
          `a.${id}.${at + 1}.${one}`,
          asked,
          entries[at]?.[one],
          posted,
          beside(beside(question.label, entry.name, ' – '), { ar: String(at + 1), en: String(at + 1) }, ' '),
        );
      }),
    ).flat();
  });
}

/** Reads them back; what was left empty is no answer, and an entry without answers is none. */
export function readAnswers(service: Service, form: Posted): Typed {
  return Object.fromEntries(
    Object.entries(service.form.definition.questions).flatMap(([id, question]) => {
      const { entry } = question;
      if (!entry) return named(id, readAnswer(`a.${id}`, question, form));
      const entries: Typed[] = [];
      for (let at = 1; at <= itemsMax(service.form, id); at += 1) {
        const own = entry.asks.flatMap((one) => {
          const asked = entry.questions[one];
          return asked ? named(one, readAnswer(`a.${id}.${at}.${one}`, asked, form)) : [];
        });
        if (own.length > 0) entries.push(Object.fromEntries(own));
      }
      return entries.length > 0 ? [[id, entries]] : [];
    }),
  );
}

const named = (id: string, value: unknown): Array<[string, unknown]> => (value === undefined ? [] : [[id, value]]);
const beside = (one: Text, other: Text, mark = ': '): Text => ({
  ar: `${one.ar}${mark}${other.ar}`,
  en: `${one.en}${mark}${other.en}`,
});

function fieldsOfAnswer(
  key: string,
  question: Asked,
  value: unknown,
  posted: Posted | undefined,
  within?: Text,
): Field[] {
  const held = (name: string, shown: string) => (posted ? textOf(posted[name]) : shown);
  const label = within ? beside(within, question.label) : question.label;
  if (question.kind === 'look-up') {
    const entry = isRecord(value) ? value : {};
    return lookUpParts.map(
      (part): Field => ({
        name: `${key}.${part}`,
        kind: part === 'code' || part === 'en' ? 'latin' : 'text',
        label: beside(label, partNames[part]),
        ...(part === 'code' ? { hint: words.codeHint } : {}),
        value: held(`${key}.${part}`, String(entry[part] ?? '')),
      }),
    );
  }
  const isList = Array.isArray(value) && value.every((one) => typeof one === 'string');
  const shown = isList ? value.join('\n') : typeof value === 'object' ? JSON.stringify(value) : String(value ?? '');
  const isLong = listKinds.includes(question.kind) || question.kind === 'textarea';
  const hint = question.kind === 'file' ? words.filesHint : words.answersHint;
  return [
    {
      name: key,
      kind: isLong ? 'textarea' : 'text',
      label,
      ...(listKinds.includes(question.kind) ? { hint } : {}),
      value: held(key, shown),
    },
  ];
}

function readAnswer(key: string, { kind }: Asked, form: Posted): unknown {
  const given = (name: string) => textOf(form[name]).trim();
  if (kind === 'look-up') {
    const parts = lookUpParts.flatMap((part) => named(part, given(`${key}.${part}`) || undefined));
    return parts.length > 0 ? Object.fromEntries(parts) : undefined;
  }
  const typed = given(key);
  if (typed === '') return undefined;
  if (kind === 'address' && typed.startsWith('{')) return parsed(typed);
  return listKinds.includes(kind) ? linesOf(typed) : typed;
}

/** Throws an Error in plain words for what is no JSON. */
export function parsed(typed: string): unknown {
  try {
    return JSON.parse(typed);
  } catch {
    throw new Error(`'${typed.slice(0, 60)}' is not JSON`);
  }
}

import { hijriDay } from '#kernel/hijri';
import { canonicalJson, sha256 } from '#kernel/ids';
import type { Language, Text } from '#kernel/languages';
import { describeFinder, filledParts, partIn } from './address-model.ts';
import type {
  Answer,
  Answers,
  AttachedFile,
  Entry,
  FieldError,
  LookedUp,
  PageModel,
  PostedBody,
  Question,
  QuestionModel,
} from './contract.ts';
import { writeAmount } from './numbers.ts';
import { partsOf } from './parts.ts';
import { listRegions } from './regions.ts';
import { describeLookUp } from './register-model.ts';
import {
  askedOn,
  type CaseForm,
  describeAnswers,
  type Form,
  isRequired,
  itemsMax,
  lengthMaxByKind,
  listPages,
  pageOf,
} from './rules.ts';
import { entryTitle, yesNo } from './words.ts';

/** What reads left to right on an Arabic page too. */
const leftToRight: ReadonlySet<Question['kind']> = new Set([
  'email',
  'phone',
  'web-address',
  'number',
  'percent',
  'money',
  'year',
  'national-id',
  'passport',
  'iban',
]);
export type PageFacts = {
  language: Language;
  answers: Answers;
  /** A body that was refused, shown again as typed, with its errors. */
  posted?: PostedBody;
  errors?: FieldError[];
  /** Values found in evidence, by question, with where they came from. */
  found?: Record<string, { value: string; source: Text }>;
  /** What was found in registers, by question. */
  lookedUp?: Record<string, LookedUp>;
};

/** A page as it is to be drawn, in one language. */
export function describePage(form: CaseForm, pageId: string, facts: PageFacts): PageModel {
  const pages = listPages(form, facts.answers);
  const page = pageOf(form, pageId);
  const at = pages.indexOf(page);
  const say = (text: Text) => text[facts.language];
  const previous = pages[at - 1];
  const next = pages[at + 1];
  return {
    pageId,
    title: say(page.title),
    ...(page.intro ? { intro: say(page.intro) } : {}),
    step: { number: at + 1, of: pages.length },
    questions: askedOn(form, page, facts.answers).map((id) => describeQuestion(form, id, facts)),
    errors: (facts.errors ?? []).map(({ field, control, message }) => ({ field, control, message: say(message) })),
    ...(previous ? { previousPageId: previous.id } : {}),
    ...(next ? { nextPageId: next.id } : {}),
  };
}

function describeQuestion(form: Form, id: string, facts: PageFacts): QuestionModel {
  const question = form.definition.questions[id]!;
  const { language, posted } = facts;
  const saved = facts.answers[id];
  const found = saved === undefined && !posted ? facts.found?.[id] : undefined;
  const typed = posted && typeof posted[id] === 'string' ? (posted[id] as string) : undefined;
  const value = posted ? (typed ?? '') : saved !== undefined ? writeAnswer(question, saved) : (found?.value ?? '');
  const chosen = posted ? [posted[id] ?? ''].flat().map(String) : Array.isArray(saved) ? saved.map(String) : [value];
  const error = facts.errors?.find((candidate) => candidate.field === id);
  const lengthMax =
    (form.definition.schema.properties[id]?.['maxLength'] as number | undefined) ?? lengthMaxByKind[question.kind];
  const lookedUp = question.lookUp && describeLookUp(question, id, facts, found);
  const options = lookedUp?.options ?? optionsOf(question, language);
  const finder = question.kind === 'address' ? describeFinder(id, facts) : undefined;
  const filled = finder?.entry && filledParts(finder.entry, language);
  const parts = describeParts(form, id, facts, filled ?? (found ? found.value : saved));
  const list = (saved ?? []) as unknown[];
  return {
    id,
    kind: question.kind,
    label: question.label[language],
    required: isRequired(form, id),
    value: question.kind === 'checkbox' ? 'yes' : value,
    ...(question.hint ? { hint: question.hint[language] } : {}),
    ...(question.kind === 'checkbox' ? { checked: posted ? typed !== undefined && typed !== '' : saved === true } : {}),
    ...(options
      ? {
          options: options.map((option) => ({
            ...option,
            chosen: lookedUp ? lookedUp.code === option.value : chosen.includes(option.value),
          })),
        }
      : {}),
    ...(parts ? { parts } : {}),
    ...(question.kind === 'money'
      ? { suffix: question.currency! }
      : question.kind === 'percent'
        ? { suffix: '%' }
        : {}),
    ...(error ? { error: error.message[language] } : {}),
    ...(question.autocomplete ? { autocomplete: question.autocomplete } : {}),
    ...(question.inputmode ? { inputmode: question.inputmode } : {}),
    ...(lengthMax === undefined ? {} : { lengthMax }),
    ...(leftToRight.has(question.kind) ? { direction: 'ltr' as const } : {}),
    ...(found ? { source: found.source[language] } : {}),
    ...(finder ? { finder: finder.model } : {}),
    ...(finder?.model.code ? { source: `${language === 'ar' ? 'من ' : 'From: '}${finder.model.names}` } : {}),
    ...(lookedUp ? { lookUp: lookedUp.model, value: lookedUp.code } : {}),
    ...(question.files
      ? { files: { attached: list as AttachedFile[], filesMax: itemsMax(form, id), ...question.files } }
      : {}),
    ...(question.entry
      ? {
          group: {
            entryName: question.entry.name[language],
            entries: describeEntries(form, id, list as Entry[], language),
            entriesMax: itemsMax(form, id),
          },
        }
      : {}),
  };
}

function describeEntries(form: Form, id: string, entries: Entry[], language: Language) {
  return entries.map((entry, at) => ({
    number: at + 1,
    title: entryTitle(form.definition.questions[id]!.entry!.name, at + 1)[language],
    rows: describeAnswers(form.entryForms.get(id)!, entry, language).map(({ label, value }) => ({ label, value })),
    seen: stateOfEntry(entry),
  }));
}

/** Tells one state of an entry from another. */
export function stateOfEntry(entry: Entry): string {
  return sha256(canonicalJson(entry)).toString('hex').slice(0, 16);
}

/** A kept answer as a person would type it. */
function writeAnswer(question: Question, answer: Answer): string {
  if (question.files || question.entry || question.lookUp) return '';
  if (question.kind === 'money') return writeAmount(Number(answer), question.currency ?? '');
  if (question.kind === 'yes-no') return answer === true ? 'yes' : 'no';
  return String(answer);
}

function optionsOf(
  question: Question,
  language: Language,
): Array<{ value: string; label: string; hint?: string }> | undefined {
  if (question.kind === 'country') return listRegions(language);
  const options: Array<{ value: string; label: Text; hint?: Text }> | undefined =
    question.kind === 'yes-no' ? yesNo : question.options;
  return options?.map(({ value, label, hint }) => ({
    value,
    label: label[language],
    ...(hint ? { hint: hint[language] } : {}),
  }));
}

function describeParts(
  form: Form,
  id: string,
  { language, posted }: PageFacts,
  answer: Answer | undefined,
): QuestionModel['parts'] {
  const question = form.definition.questions[id]!;
  const held = splitAnswer(question, answer);
  return partsOf(question, form.state)?.map((part) => {
    const name = `${id}-${part.id}`;
    const typed = posted?.[name];
    const kept = posted ? '' : (partIn(held, part.id, language) ?? '');
    const label = part.label[language];
    return {
      name,
      label: part.isOptional ? `${label} (${language === 'ar' ? 'اختياري' : 'optional'})` : label,
      length: part.length,
      isNumeric: part.isNumeric,
      value: typeof typed === 'string' ? typed : kept,
    };
  });
}

function splitAnswer({ kind }: Question, answer: Answer | undefined): Record<string, string> {
  if (answer === undefined) return {};
  if (typeof answer === 'object' && !Array.isArray(answer)) return answer;
  const text = String(answer);
  if (kind === 'time') {
    const [hour = '', minute = ''] = text.split(':');
    return { hour, minute };
  }
  if (kind === 'hijri-date') {
    const at = new Date(`${text}T00:00:00Z`);
    if (Number.isNaN(at.getTime())) return {};
    return Object.fromEntries(Object.entries(hijriDay(at)).map(([part, value]) => [part, String(value)]));
  }
  const [year = '', month = '', day = ''] = text.split('-');
  return { year, month: month.replace(/^0/, ''), day: day.replace(/^0/, '') };
}

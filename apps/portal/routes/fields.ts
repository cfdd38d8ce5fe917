import type { Text } from '#kernel/languages';
import {
  codeControl,
  type FinderModel,
  type PageModel,
  type QuestionModel,
  unlistedControl,
  unlistedValue,
} from '#modules/catalogue';
import type { Field, FieldKind } from '../components/fields.tsx';

/** Kinds of question that are drawn as another one is. What has several controls is drawn as its parts. */
const drawnAs: ReadonlyMap<QuestionModel['kind'], FieldKind> = new Map([
  ['name-arabic', 'name'],
  ['name-latin', 'latin'],
  ['web-address', 'latin'],
  ['percent', 'number'],
  ['money', 'number'],
  ['year', 'number'],
  ['yes-no', 'radios'],
  ['country', 'choice'],
  ['national-id', 'latin'],
  ['passport', 'latin'],
  ['iban', 'latin'],
]);

/** Where files are had, where the pages of entries begin, and where all pages are listed: for pages that may hold such questions. */
export type FieldPlaces = { files?: string; entries?: string; tasks?: string };

/** The questions of a page as fields to draw. A model is written in one language already: both texts are the same. */
export function fieldsOf(model: PageModel, at: FieldPlaces = {}): Field[] {
  return model.questions.map((question) => ({
    name: question.id,
    kind: question.parts ? 'parts' : (drawnAs.get(question.kind) ?? (question.kind as FieldKind)),
    label: both(question.label),
    required: question.required,
    ...(question.hint ? { hint: both(question.hint) } : {}),
    ...heldBy(question),
    ...(question.parts ? { parts: question.parts.map((part) => ({ ...part, label: both(part.label) })) } : {}),
    ...(question.source ? { source: both(question.source) } : {}),
    ...(question.error ? { error: both(question.error) } : {}),
    ...errorControlOf(model, question),
    ...(question.options
      ? {
          choices: question.options.map(({ value, label, hint }) => ({
            value,
            label: both(label),
            ...(hint ? { hint: both(hint) } : {}),
          })),
        }
      : {}),
    ...(question.autocomplete ? { autocomplete: question.autocomplete } : {}),
    ...(question.suffix ? { suffix: both(question.suffix) } : {}),
    ...(question.lengthMax ? { lengthMax: question.lengthMax } : {}),
    ...listOf(question, at),
    ...(question.finder ? { finder: finderOf(question.id, question.finder) } : {}),
  }));
}

function finderOf(id: string, { names, hint, entries, ...shown }: FinderModel): NonNullable<Field['finder']> {
  return {
    ...shown,
    codeName: codeControl(id),
    names: both(names),
    hint: both(hint),
    entries: entries.map(({ code, label }) => ({ code, label: both(label) })),
  };
}

function listOf(question: QuestionModel, at: FieldPlaces): Pick<Field, 'files' | 'entries' | 'register'> {
  const { files, group, lookUp } = question;
  if (lookUp) {
    const { unlisted, ...shown } = lookUp;
    const own = unlisted && { ...unlisted, name: unlistedControl(question.id), choice: unlistedValue };
    return { register: { ...shown, tasksHref: at.tasks ?? '', ...(own ? { unlisted: own } : {}) } };
  }
  if (files) {
    const attached = files.attached.map(({ id, name, mediaType, size, scan }) => ({
      ...{ id, name, mediaType, size, scan },
      href: `${at.files}/${id}`,
    }));
    return { files: { ...files, attached } };
  }
  if (!group) return {};
  return {
    entries: {
      entryName: both(group.entryName),
      entriesMax: group.entriesMax,
      href: `${at.entries}/new`,
      entries: group.entries.map(({ number, title, rows, seen }) => ({
        number,
        seen,
        title: both(title),
        rows: rows.map(({ label, value }) => ({ label: both(label), value: both(value) })),
        href: `${at.entries}/${number}`,
      })),
    },
  };
}

function errorControlOf(model: PageModel, question: QuestionModel): Pick<Field, 'errorControl'> {
  const error = model.errors.find(({ field }) => field === question.id);
  const isOwn = question.kind === 'address' || (question.kind === 'look-up' && error?.control !== question.id);
  return error && isOwn ? { errorControl: error.control } : {};
}

function heldBy(question: QuestionModel): Pick<Field, 'value'> {
  if (question.kind === 'checkbox') return question.checked ? { value: 'yes' } : {};
  const chosen = question.options?.filter((option) => option.chosen).map(({ value }) => value);
  if (question.kind === 'checkboxes') return { value: chosen ?? [] };
  return { value: chosen?.[0] ?? question.value };
}

function both(text: string): Text {
  return { ar: text, en: text };
}

import type { Text } from '#kernel/languages';
import {
  type EntryQuestion,
  FeeCurrency,
  FileType,
  fileBytesMax,
  itemsMost,
  type Question,
  QuestionKind,
} from '#modules/catalogue';
import { stateCodes } from '#protocol/states';
import { refuse } from './refusals.ts';

/** JSON Schema 2020-12 of one answer. */
export type Schema = Record<string, unknown>;

/** What a question is besides its words: what counts is what its kind takes. */
export type Settings = {
  /** Of `radios`, `choice`, `checkboxes`: the values, in their order. */
  options?: readonly string[];
  /** Of `money`: ISO 4217. */
  currency?: string;
  /** Of `national-id` and `address`: ISO 3166-1 alpha-2; the state that offers the service without one. */
  state?: string;
  /** Of `file`: media types, bytes of each, how many. */
  files?: { accept: readonly string[]; bytesMax: number; most: number };
  /** Of `group`: what one entry is called (as it is called now without it), and how many there are. */
  group?: { name?: Text; least: number; most: number };
  /** Of `look-up`: a register of this state, and whether what it does not hold may be named. */
  lookUp?: { register: string; mayBeUnlisted: boolean };
};

/** Every kind of question, as officials choose among them. */
export const questionKinds: readonly QuestionKind[] = QuestionKind.enum;
export const pickKinds: readonly QuestionKind[] = ['radios', 'choice', 'checkboxes'];
/** Whose form of number or address a question may have. */
export const statedKinds: readonly QuestionKind[] = ['national-id', 'address'];
export const fileTypes: readonly FileType[] = FileType.enum;
export const currencies: readonly string[] = FeeCurrency.enum;
export const statesOfForms: readonly string[] = stateCodes;
/** Bytes that a megabyte has here, as pages say sizes. */
export const megabyte = 1_000_000;
export const fileMegabytesMax = fileBytesMax / megabyte;

const unnamed: Text = { ar: 'نص جديد', en: 'New text' };

type Known = { question: EntryQuestion | Question; schema: Schema | undefined };
/** What of a question follows from its kind, and what its answer may be. */
type Settled = { own: Partial<Question>; schema: Schema };

/**
 * Judges the settings of a kind. `known`: the question as it stands, whose finer settings stay where its kind does. `registers`: the names
 * of those that this state offers. Refuses what makes no such question.
 */
export function settle(of: QuestionKind, settings: Settings, registers: readonly string[], known?: Known): Settled {
  const isSame = known?.question.kind === of;
  const schema = (isSame && known.schema) || schemaOf(of);
  if (pickKinds.includes(of)) return settlePicks(of, settings.options ?? [], schema, known);
  switch (of) {
    case 'file': {
      const { accept = [], bytesMax = 0, most = 0 } = settings.files ?? {};
      const types = fileTypes.filter((type) => accept.includes(type));
      if (types.length === 0 || types.length !== accept.length) throw refuse('file-types-missing');
      if (!isWhole(bytesMax, megabyte / 10, fileBytesMax)) throw refuse('file-size-wrong', { most: fileMegabytesMax });
      if (!isWhole(most, 1, itemsMost.file)) throw refuse('file-count-wrong', { most: itemsMost.file });
      return { own: { files: { accept: types, bytesMax } }, schema: { ...schema, maxItems: most } };
    }
    case 'group': {
      const { least = Number.NaN, most = Number.NaN } = settings.group ?? {};
      if (!isWhole(most, 1, itemsMost.group) || !isWhole(least, 0, most))
        throw refuse('group-size-wrong', { most: itemsMost.group });
      const { minItems: _, ...rest } = schema;
      const held = (known?.question as Question | undefined)?.entry;
      const name = settings.group?.name ?? held?.name ?? unnamed;
      const entry = { ...(held ?? { asks: [], questions: {} }), name };
      return { own: { entry }, schema: { ...rest, ...(least > 0 ? { minItems: least } : {}), maxItems: most } };
    }
    case 'look-up': {
      const { register = '', mayBeUnlisted = false } = settings.lookUp ?? {};
      const isKept = (known?.question as Question | undefined)?.lookUp?.register === register;
      if (!isKept && !registers.includes(register)) throw refuse('register-unknown');
      return { own: { lookUp: { register, ...(mayBeUnlisted ? { mayBeUnlisted } : {}) } }, schema };
    }
    case 'money':
      if (!currencies.includes(settings.currency ?? '')) throw refuse('currency-unknown');
      return { own: { currency: settings.currency as Question['currency'] & string }, schema };
    case 'national-id':
    case 'address':
      if (!settings.state) return { own: {}, schema };
      if (!statesOfForms.includes(settings.state)) throw refuse('form-state-unknown');
      return { own: { state: settings.state as Question['state'] & string }, schema };
    default:
      return { own: {}, schema };
  }
}

function settlePicks(of: QuestionKind, values: readonly string[], schema: Schema, known: Known | undefined): Settled {
  if (values.length < 2 || new Set(values).size !== values.length) throw refuse('choices-too-few');
  const held = known?.question.options ?? [];
  const options = values.map((value) => held.find((one) => one.value === value) ?? { value, label: unnamed });
  const list = [...values];
  return {
    own: { options },
    schema:
      of === 'checkboxes'
        ? { ...schema, items: { ...(schema['items'] as Schema), enum: list } }
        : { ...schema, enum: list },
  };
}

const isWhole = (value: number, least: number, most: number) =>
  Number.isInteger(value) && value >= least && value <= most;

/** What JSON Schema 2020-12 lets the answer to a new question be. */
export function schemaOf(of: QuestionKind): Schema {
  switch (of) {
    case 'checkboxes':
      return { type: 'array', items: { type: 'string' }, uniqueItems: true };
    case 'checkbox':
      return { const: true };
    case 'yes-no':
      return { type: 'boolean' };
    case 'year':
      return { type: 'integer' };
    case 'money':
      return { type: 'integer', minimum: 0 };
    case 'number':
    case 'percent':
      return { type: 'number' };
    case 'address':
    case 'look-up':
      return { type: 'object' };
    case 'file':
      return { type: 'array' };
    case 'group':
      return {
        type: 'array',
        items: { type: 'object', properties: {}, required: [], additionalProperties: false },
      };
    case 'radios':
    case 'choice':
      return { type: 'string' };
    case 'textarea':
      return { type: 'string', maxLength: 2000 };
    case 'web-address':
      return { type: 'string', maxLength: 500 };
    default:
      return { type: 'string', maxLength: 254 };
  }
}

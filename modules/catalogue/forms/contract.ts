import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';
import { currencyCodes, stateCodes } from '#protocol/states';

export const QuestionKind = Type.Enum([
  'text',
  'textarea',
  'name',
  'name-arabic',
  'name-latin',
  'email',
  'phone',
  'web-address',
  'number',
  'percent',
  'money',
  'date',
  'hijri-date',
  'month',
  'year',
  'time',
  'radios',
  'choice',
  'yes-no',
  'checkboxes',
  'checkbox',
  'country',
  'national-id',
  'passport',
  'iban',
  'address',
  'look-up',
  'file',
  'group',
]);
export type QuestionKind = Static<typeof QuestionKind>;

/** What a person may attach: formats whose bytes this node can tell by themselves. */
export const FileType = Type.Enum(['application/pdf', 'image/png', 'image/jpeg']);
export type FileType = Static<typeof FileType>;
/** No question takes a larger file, in bytes. */
export const fileBytesMax = 10_000_000;
/** Most files of a question, most entries of a group: more would neither be read nor drawn. */
export const itemsMost = { file: 20, group: 50 } as const;

const Day = Type.String({ pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$' });
/**
 * One thing compared: the answer to a question of an EARLIER page, so that no page needs JavaScript, or a field of the evidence as `<type>.<field>`. With
 * values (of yes-no: `yes`, `no`; of several ticked one is enough), with numbers (of money whole smallest units), or with days, both ends included. What is
 * not there fulfils nothing but `missing`, which only evidence can be: it was withheld, or is on no record.
 */
export const Comparison = Type.Object(
  {
    question: Type.Optional(Type.String()),
    evidence: Type.Optional(Type.String({ pattern: '^[a-z][a-z0-9-]*\\.[A-Za-z0-9_]+$' })),
    is: Type.Optional(Type.Array(Type.String(), { minItems: 1, maxItems: 50 })),
    above: Type.Optional(Type.Number()),
    least: Type.Optional(Type.Number()),
    below: Type.Optional(Type.Number()),
    most: Type.Optional(Type.Number()),
    from: Type.Optional(Day),
    to: Type.Optional(Day),
    missing: Type.Optional(Type.Literal(true)),
  },
  { additionalProperties: false },
);
export type Comparison = Static<typeof Comparison>;
const AllOf = Type.Object(
  { all: Type.Array(Comparison, { minItems: 1, maxItems: 10 }) },
  { additionalProperties: false },
);

/** Asked only when this holds: one comparison, all of several, or any of several of which each may be all of several. */
export const Condition = Type.Union([
  Comparison,
  AllOf,
  Type.Object(
    { any: Type.Array(Type.Union([Comparison, AllOf]), { minItems: 1, maxItems: 10 }) },
    { additionalProperties: false },
  ),
]);
export type Condition = Static<typeof Condition>;

export const Option = Type.Object(
  { value: Type.String({ minLength: 1 }), label: Text, hint: Type.Optional(Text) },
  { additionalProperties: false },
);
export type Option = Static<typeof Option>;

const asked = {
  kind: QuestionKind,
  label: Text,
  hint: Type.Optional(Text),
  options: Type.Optional(Type.Array(Option, { minItems: 2 })),
  /** WCAG 2.2, 1.3.5: the purpose of a field about the person, in HTML's own words. */
  autocomplete: Type.Optional(Type.String()),
  inputmode: Type.Optional(Type.String()),
  /** Of `money`: ISO 4217. The answer is a whole number of its smallest unit (fils, baisa, halala, dirham). */
  currency: Type.Optional(Type.Enum([...currencyCodes])),
  /** Of `national-id` and `address`: whose form it has, ISO 3166-1 alpha-2; the state that offers the service when absent. */
  state: Type.Optional(Type.Enum([...stateCodes])),
  /** Sentences of this question in place of the general ones, by error code. */
  errors: Type.Optional(Type.Record(Type.String(), Text)),
};

/** A question within an entry of a group: of any kind but `file` and `group`. */
export const EntryQuestion = Type.Object(asked, { additionalProperties: false });
export type EntryQuestion = Static<typeof EntryQuestion>;

export const Question = Type.Object(
  {
    ...asked,
    when: Type.Optional(Condition),
    /** Where a first value is found, as a path: `evidence.<type>.<field>`. The person may change it. */
    prefill: Type.Optional(Type.String()),
    /** Of `file`: which formats, and how large each may be. How many: `maxItems` of its schema. */
    files: Type.Optional(
      Type.Object(
        {
          accept: Type.Array(FileType, { minItems: 1, uniqueItems: true }),
          bytesMax: Type.Integer({ minimum: 1, maximum: fileBytesMax }),
        },
        { additionalProperties: false },
      ),
    ),
    /** Of `look-up`: the public register of the state that it is looked up in, and whether the person may name what is not in it. */
    lookUp: Type.Optional(
      Type.Object(
        {
          register: Type.String({ pattern: '^[a-z][a-z0-9-]{0,62}$' }),
          mayBeUnlisted: Type.Optional(Type.Boolean()),
        },
        { additionalProperties: false },
      ),
    ),
    /** Of `group`: what one entry is called, and its questions in their order. How many entries: `minItems`, `maxItems` of its schema. */
    entry: Type.Optional(
      Type.Object(
        {
          name: Text,
          asks: Type.Array(Type.String(), { minItems: 1 }),
          questions: Type.Record(Type.String({ pattern: '^[a-z][a-zA-Z0-9]*$' }), EntryQuestion),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
export type Question = Static<typeof Question>;

export const Page = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z][a-z0-9-]*$' }),
    title: Text,
    intro: Type.Optional(Text),
    questions: Type.Array(Type.String(), { minItems: 1 }),
  },
  { additionalProperties: false },
);
export type Page = Static<typeof Page>;

/** Which questions say where, and in which language, whoever applies is told what happens with the case. */
export const Contact = Type.Object(
  { email: Type.Optional(Type.String()), mobile: Type.Optional(Type.String()), language: Type.Optional(Type.String()) },
  { additionalProperties: false, minProperties: 1 },
);
export type Contact = Static<typeof Contact>;

export const FormDefinition = Type.Object(
  {
    pages: Type.Array(Page, { minItems: 1 }),
    contact: Type.Optional(Contact),
    questions: Type.Record(Type.String({ pattern: '^[a-z][a-zA-Z0-9]*$' }), Question),
    /** JSON Schema 2020-12 of all answers: which are required, and what each may hold. */
    schema: Type.Object({
      $schema: Type.Literal('https://json-schema.org/draft/2020-12/schema'),
      type: Type.Literal('object'),
      properties: Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown())),
      required: Type.Array(Type.String()),
      additionalProperties: Type.Literal(false),
    }),
  },
  { additionalProperties: false },
);
export type FormDefinition = Static<typeof FormDefinition>;

/**
 * `checkboxes` hold a list, an `address` its parts by name (with `code` where they are those of the state's register, and a name's other
 * language as `street.en`), a `look-up` `code`, `ar` and `en`, or `ar` and `en` alone for what is in no
 * register; everything else is one value.
 */
const PlainAnswer = Type.Union([
  Type.String(),
  Type.Number(),
  Type.Boolean(),
  Type.Array(Type.String()),
  Type.Record(Type.String(), Type.String()),
]);
/** One entry of a group: its answers by question. */
export const Entry = Type.Record(Type.String(), PlainAnswer);
export type Entry = Static<typeof Entry>;

/** A file as it lies in a draft. `sha256`: of the kept bytes, hexadecimal; `size` in bytes. */
export const AttachedFile = Type.Object({
  id: Type.String(),
  name: Type.String(),
  mediaType: FileType,
  size: Type.Integer(),
  sha256: Type.String(),
  /** `unscanned`: the node has no scanner. `waiting`: the scanner did not answer yet, and no officer gets the file before it does. */
  scan: Type.Enum(['unscanned', 'waiting', 'clean', 'infected']),
});
export type AttachedFile = Static<typeof AttachedFile>;

/** A `group` holds its entries, and a `file` what is attached, each in a list. */
export const Answer = Type.Union([PlainAnswer, Type.Array(Entry)]);
export type Answer = Static<typeof Answer>;
export const Answers = Type.Record(Type.String(), Answer);
export type Answers = Static<typeof Answers>;

export const FieldError = Type.Object({
  field: Type.String(),
  /** The id of the control to move the focus to: a date is three controls, an address several. */
  control: Type.String(),
  code: Type.String(),
  message: Text,
});
export type FieldError = Static<typeof FieldError>;

/** What a browser or a program posted: strings from a form, or JSON values. Anything may be in it. */
export type PostedBody = Record<string, unknown>;

/** An entry of a public register that an answer is looked up in. */
export type HeldEntry = { code: string; ar: string; en: string; note?: Text; parts?: Record<string, Text> };

/** What a register said of a posted code: the entry, that it has none, or nothing at all because it does not answer. */
export type Held = HeldEntry | 'unknown' | 'unavailable';

/** What was found in a register for one question. `words`: what was looked for, as typed. */
export type LookedUp =
  | 'unavailable'
  | {
      words: string;
      names: Text;
      isWhole: boolean;
      entries: HeldEntry[];
      total: number;
      isMore: boolean;
      page: number;
      pages: number;
      /** Of a register of addresses: what people may type, and the code of the entry that was chosen from what was found. */
      hint?: Text;
      chosen?: string;
    };

/** One question, ready to draw, in one language. Every string is shown as it is. */
export type QuestionModel = {
  id: string;
  kind: QuestionKind;
  label: string;
  hint?: string;
  required: boolean;
  /** What the control holds now: as posted, else as saved, else as found in evidence. Never a ticked box nobody ticked. */
  value: string;
  checked?: boolean;
  options?: Array<{ value: string; label: string; hint?: string; chosen: boolean }>;
  /** The controls of a date, a time, an address. */
  parts?: Array<{ name: string; label: string; value: string; length: number; isNumeric: boolean }>;
  /** What stands behind the control: a currency, a percent sign. */
  suffix?: string;
  error?: string;
  autocomplete?: string;
  inputmode?: string;
  lengthMax?: number;
  /** `ltr` where the value reads left to right on an Arabic page too (addresses, numbers). */
  direction?: 'ltr';
  /** Where a value came from that the person has not typed. */
  source?: string;
  /** Of `file`: what is attached, and what may be. */
  files?: { attached: AttachedFile[]; accept: FileType[]; bytesMax: number; filesMax: number };
  /** Of `look-up`: what was found, in the options; what the person named that is in no register. */
  lookUp?: LookUpModel;
  /** Of `address`, where the state has a register of addresses. */
  finder?: FinderModel;
  /** Of `group`: the entries there are, in words. */
  group?: { entryName: string; entries: EntryModel[]; entriesMax: number };
};

/**
 * `words`: what was looked for; without them nothing was. `total` of what fits, of which `pages` can be seen, with `isMore` not all.
 * `unlisted`: what the person named that is not in the register; the question takes that where it is there.
 */
export type LookUpModel = {
  isAvailable: boolean;
  isWhole: boolean;
  words: string;
  total: number;
  isMore: boolean;
  page: number;
  pages: number;
  unlisted?: { value: string; chosen: boolean };
};

/**
 * What was found in the register of addresses. `code`: of the entry that the parts are, and '' without one; `isFilled`: they were filled in from
 * it just now, and are not saved.
 */
export type FinderModel = {
  isAvailable: boolean;
  names: string;
  hint: string;
  words: string;
  total: number;
  isMore: boolean;
  code: string;
  isFilled: boolean;
  entries: Array<{ code: string; label: string }>;
};

/** `seen` tells one state of an entry from another: whoever changes an entry names the state that was looked at. */
export type EntryModel = { number: number; title: string; rows: Array<{ label: string; value: string }>; seen: string };

export type PageModel = {
  pageId: string;
  title: string;
  intro?: string;
  step: { number: number; of: number };
  questions: QuestionModel[];
  /** For the summary at the top of the page, in the order of the questions. */
  errors: Array<{ field: string; control: string; message: string }>;
  previousPageId?: string;
  nextPageId?: string;
};

/** What programs may rely on of a `PageModel`; the rest of a question says how to draw it. */
export const PageShape = Type.Object({
  pageId: Type.String(),
  title: Type.String(),
  intro: Type.Optional(Type.String()),
  step: Type.Object({ number: Type.Integer(), of: Type.Integer() }),
  questions: Type.Array(
    Type.Object({
      id: Type.String(),
      kind: QuestionKind,
      label: Type.String(),
      hint: Type.Optional(Type.String()),
      required: Type.Boolean(),
      value: Type.String(),
      checked: Type.Optional(Type.Boolean()),
      options: Type.Optional(
        Type.Array(Type.Object({ value: Type.String(), label: Type.String(), chosen: Type.Boolean() })),
      ),
      parts: Type.Optional(
        Type.Array(Type.Object({ name: Type.String(), label: Type.String(), value: Type.String() })),
      ),
      source: Type.Optional(Type.String()),
      /** Of `look-up`: its entries are at `POST /api/cases/:caseId/questions/:questionId/look-up`; the answer to send is the code of one. */
      lookUp: Type.Optional(Type.Object({ isAvailable: Type.Boolean(), isWhole: Type.Boolean() })),
      /** Of `address`, where the state has a register of addresses: it is looked up at the same address; send the `code` of an entry. */
      finder: Type.Optional(Type.Object({ isAvailable: Type.Boolean(), names: Type.String(), hint: Type.String() })),
    }),
  ),
  previousPageId: Type.Optional(Type.String()),
  nextPageId: Type.Optional(Type.String()),
});

/** A row of "check your answers": one for each answer, each attached file, each answer within an entry. */
export type AnswerRow = {
  pageId: string;
  questionId: string;
  label: string;
  value: string;
  file?: AttachedFile;
  /** Of `look-up`: as it is kept; without a code it is in no register. */
  entry?: { code?: string; ar: string; en: string };
};

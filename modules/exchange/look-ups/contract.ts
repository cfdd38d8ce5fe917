import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';
import { Name } from '#protocol/text';

const closed = { additionalProperties: false };

/** What a look-up is called in registries and forms: `schools`, `degree-awarding-universities`. */
export const LookUpName = Type.String({ pattern: '^[a-z][a-z0-9-]{0,62}$' });

const Column = Type.String({ pattern: '^[a-z_][a-z0-9_]{0,62}$' });

/**
 * Of a register of addresses: which columns of the query hold which part of an address of the state, by the ids that the protocol gives to
 * its parts. A number has one column, a name one for each language. What it does not hold, as the number of a flat, the person writes.
 */
const AddressColumns = Type.Object(
  {
    parts: Type.Record(
      Name,
      Type.Union([Column, Type.Object({ ar: Column, en: Column }, { additionalProperties: false })]),
    ),
    /** What people know an address by and may type, with an example: "Short address, such as RFMA3256". */
    hint: Text,
  },
  { additionalProperties: false },
);

/**
 * A public register that forms look things up in. The query is one SELECT without parameters and gives the columns `code`, `ar`, `en`,
 * `note_ar` and `note_en`; notes tell like-named entries apart, and are null where nothing has to be told.
 */
export const LookUpQuery = Type.Object(
  {
    name: LookUpName,
    /** What it is a register of, as people read it: "schools". */
    names: Text,
    /** The word of the registry's owner that anybody may read all of it. Nothing is offered without it. */
    public: Type.Optional(Type.Boolean()),
    query: Type.String({ minLength: 1, maxLength: 10_000 }),
    /** How long a list that was read is taken for current; 60 where it does not say. */
    keptMinutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_440 })),
    /** How long after it was read a list still serves while the registry is down; 24 where it does not say. */
    staleHours: Type.Optional(Type.Integer({ minimum: 0, maximum: 168 })),
    /** It is the register of addresses of the state, from which questions of the kind `address` are filled in. A state has one. */
    address: Type.Optional(AddressColumns),
  },
  closed,
);
export type LookUpQuery = Static<typeof LookUpQuery>;

/** One entry of a public register. `note` tells like-named ones apart; `parts` of an address fill in a question of that kind. */
export const LookUpEntry = Type.Object(
  {
    code: Type.String(),
    ar: Type.String(),
    en: Type.String(),
    note: Type.Optional(Text),
    parts: Type.Optional(Type.Record(Type.String(), Text)),
  },
  closed,
);
export type LookUpEntry = Static<typeof LookUpEntry>;

/** A page of what was found, best first, then by name in the language of whoever asks. */
export const LookUpFound = Type.Object({
  names: Text,
  /** The register is short, and this is all of it: nothing has to be searched. */
  isWhole: Type.Boolean(),
  entries: Type.Array(LookUpEntry),
  /** How many fit; with `isMore` at least so many, and only the first 200 can be paged through. */
  total: Type.Integer(),
  isMore: Type.Boolean(),
  page: Type.Integer(),
  pages: Type.Integer(),
  /** When the register was read. */
  asOf: Type.String({ format: 'date-time' }),
});
export type LookUpFound = Static<typeof LookUpFound>;

/** `words`: as a person types them, in either language. `page`: from 1 on. */
export type LookUpSearch = { words: string; language: 'ar' | 'en'; page?: number };

/** Whole registers up to this many entries are shown at once. */
export const wholeMax = 20;
export const entriesPerPage = 10;
/** So many of what fits can be paged through; whoever has more says more. */
export const pagedMax = 200;
export const searchLengthMax = 200;

export const lookUpProblems = {
  'look-up-unknown': {
    status: 404,
    en: 'This state has no public register of that name to look things up in.',
    ar: 'ليس لدى هذه الدولة سجل عام بهذا الاسم يُبحث فيه.',
  },
  'look-up-unavailable': {
    status: 503,
    en: 'The register does not answer right now. What you wrote is kept: go on with the other pages and come back to this one in a few minutes.',
    ar: 'السجل لا يستجيب الآن. ما كتبته محفوظ: تابع في الصفحات الأخرى وعُد إلى هذه الصفحة بعد دقائق.',
  },
} as const;

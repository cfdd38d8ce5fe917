import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';
import { Moment, Uuid } from '#protocol/text';

const closed = { additionalProperties: false };

/** One yes-or-no code of the toolkit within its part: `if-010`, `sp-095a`. Two codes stand in two parts, and are asked in both. */
export const Code = Type.String({ pattern: '^[a-z]{2,3}-[0-9]{2,3}[a-z]?$', maxLength: 9 });

/** `not-found`: not found in reasonable time. Like `no` it counts as nothing. */
export const AnswerValue = Type.Enum(['yes', 'no', 'not-found']);
export type AnswerValue = Static<typeof AnswerValue>;

export const roles = ['first-assessor', 'second-assessor', 'reviewer', 'senior-reviewer'] as const;
export const Role = Type.Enum([...roles]);
export type Role = Static<typeof Role>;

export const Side = Type.Enum(['first', 'second']);
export type Side = Static<typeof Side>;

/** `answering`: both assessors, blind. `settling`: differences. `approving`: the senior reviewer has it. */
export const RoundState = Type.Enum(['answering', 'settling', 'approving', 'approved']);
export type RoundState = Static<typeof RoundState>;

export const acts = [
  'answer',
  'hand-in',
  'see-everything',
  'settle',
  'pass-on',
  'send-back',
  'approve',
  'replace',
  'let-reviewer-settle',
] as const;
export const Act = Type.Enum([...acts]);
export type Act = Static<typeof Act>;

/** Who settles what differs: the two assessors together, or the reviewer. */
export const SettledBy = Type.Enum(['assessors', 'reviewer']);
export type SettledBy = Static<typeof SettledBy>;

export const NewRound = Type.Object(
  {
    year: Type.Integer({ minimum: 2024, maximum: 2100 }),
    assessors: Type.Array(Uuid, { minItems: 2, maxItems: 2 }),
    reviewer: Uuid,
  },
  closed,
);
export type NewRound = Static<typeof NewRound>;

export const GivenAnswer = Type.Object(
  {
    answer: AnswerValue,
    /** Where it can be seen; a yes needs one. https, or a page of this node. */
    link: Type.Optional(Type.String({ maxLength: 500 })),
    note: Type.Optional(Type.String({ maxLength: 1000 })),
  },
  closed,
);
export type GivenAnswer = Static<typeof GivenAnswer>;

/** What this node found out about itself, and how much of it there is. */
export const ProvenFact = Type.Object({ id: Type.String(), figure: Type.Integer() });
export type ProvenFact = Static<typeof ProvenFact>;

export const SavedAnswer = Type.Object({
  code: Code,
  answer: AnswerValue,
  link: Type.Optional(Type.String()),
  note: Type.Optional(Type.String()),
  /** The assessor confirmed what the platform proposed. */
  fact: Type.Optional(ProvenFact),
  hasPicture: Type.Boolean(),
  savedAt: Moment,
});
export type SavedAnswer = Static<typeof SavedAnswer>;

export const Proposal = Type.Object({
  code: Code,
  fact: ProvenFact,
  link: Type.String(),
  /** What the figure counts. */
  words: Text,
  /** Why this fact answers this question. */
  reason: Text,
});
export type Proposal = Static<typeof Proposal>;

export const Round = Type.Object({
  roundId: Uuid,
  year: Type.Integer(),
  number: Type.Integer(),
  state: RoundState,
  settledBy: Type.Optional(SettledBy),
  /** What the caller is in this round. */
  role: Role,
  /** What the caller may do now. */
  acts: Type.Array(Act),
  people: Type.Record(Type.String(), Uuid),
  openedAt: Moment,
  approvedAt: Type.Optional(Moment),
  codes: Type.Integer(),
  /** How many codes each side has answered, and whether it has handed in. Says nothing of the answers. */
  progress: Type.Array(Type.Object({ side: Side, answered: Type.Integer(), handedInAt: Type.Optional(Moment) })),
  /** Present once both have handed in. */
  differences: Type.Optional(Type.Integer()),
  openDifferences: Type.Optional(Type.Integer()),
});
export type Round = Static<typeof Round>;

export const Settlement = Type.Object({
  code: Code,
  /** `proposed`: one assessor has proposed, the other has not agreed yet. */
  state: Type.Enum(['open', 'proposed', 'settled']),
  answer: Type.Optional(AnswerValue),
  why: Type.Optional(Type.String()),
  /** Who proposed or settled it. */
  by: Type.Optional(Uuid),
  sentBackWhy: Type.Optional(Type.String()),
});
export type Settlement = Static<typeof Settlement>;

/** What the caller may see: own answers alone until both have handed in, everything then. */
export const RoundAnswers = Type.Object({
  first: Type.Optional(Type.Array(SavedAnswer)),
  second: Type.Optional(Type.Array(SavedAnswer)),
  settlements: Type.Array(Settlement),
  proposals: Type.Array(Proposal),
});
export type RoundAnswers = Static<typeof RoundAnswers>;

export const Settling = Type.Object(
  { answer: AnswerValue, why: Type.String({ minLength: 1, maxLength: 1000 }) },
  closed,
);
export const SendingBack = Type.Object(
  {
    codes: Type.Array(Code, { minItems: 1, maxItems: 200 }),
    why: Type.String({ minLength: 1, maxLength: 1000 }),
  },
  closed,
);

/** Another officer in the place of one of the three whom the senior reviewer named. */
export const Replacement = Type.Object(
  {
    role: Type.Enum(['first-assessor', 'second-assessor', 'reviewer']),
    successor: Uuid,
    why: Type.String({ minLength: 1, maxLength: 1000 }),
  },
  closed,
);
export type Replacement = Static<typeof Replacement>;
/** Of a step that only wants a reason. */
export const WithReason = Type.Object({ why: Type.String({ minLength: 1, maxLength: 1000 }) }, closed);

/** A round whose senior reviewer no longer has that role: another one can take it over. Nothing of it is told before. */
export const LeftRound = Type.Object({ roundId: Uuid, year: Type.Integer(), number: Type.Integer() });
export type LeftRound = Static<typeof LeftRound>;

export const HistoryEntry = Type.Object({
  at: Moment,
  by: Uuid,
  role: Role,
  kind: Type.Enum([
    'opened',
    'answered',
    'handed-in',
    'compared',
    'proposed',
    'settled',
    'passed-on',
    'sent-back',
    'approved',
    'replaced',
    'left-to-reviewer',
  ]),
  code: Type.Optional(Code),
  before: Type.Optional(Type.Unknown()),
  after: Type.Optional(Type.Unknown()),
  why: Type.Optional(Type.String()),
  /** Ledger leaf of the step, in hex. */
  leafHash: Type.Optional(Type.String()),
});
export type HistoryEntry = Static<typeof HistoryEntry>;

/** Values between 0 and 1. `adds`: what the part adds to the index it belongs to. */
export const PartScore = Type.Object({
  id: Type.String(),
  names: Text,
  index: Type.Enum(['osi', 'hci']),
  codes: Type.Integer(),
  yes: Type.Integer(),
  value: Type.Number(),
  share: Type.Number(),
  evidence: Type.String(),
  adds: Type.Optional(Type.Number()),
});
export type PartScore = Static<typeof PartScore>;

const Place = Type.Object({ egdi: Type.Number(), rank: Type.Integer() });

export const DryRun = Type.Object({
  /** Whether all four roles are done with it. */
  isApproved: Type.Boolean(),
  /** The year whose method and published values it is computed with. */
  methodYear: Type.Integer(),
  parts: Type.Array(PartScore),
  osi: Type.Number(),
  /** The last published values, as far as the UN publishes them: the whole index, e-participation, and by that all the rest. */
  published: Type.Optional(
    Type.Object({
      osi: Type.Number(),
      epi: Type.Optional(Type.Number()),
      /** Differences of the index, dry run less published; they add up to `osi`. */
      difference: Type.Object({
        osi: Type.Number(),
        epi: Type.Optional(Type.Number()),
        rest: Type.Optional(Type.Number()),
      }),
    }),
  ),
  outcome: Type.Optional(Type.Object({ before: Place, frozen: Place, full: Place })),
  /** Questions that are not answered with yes, the strongest first. Gains are those of all their open codes. */
  best: Type.Array(
    Type.Object({
      title: Text,
      part: Type.String(),
      codes: Type.Array(Code),
      osi: Type.Number(),
      egdi: Type.Number(),
      rank: Type.Optional(Type.Integer()),
    }),
  ),
  /** What is assumed, in words. */
  assumptions: Type.Array(Text),
});
export type DryRun = Static<typeof DryRun>;

export const assessmentProblems = {
  'round-unknown': {
    status: 404,
    en: 'There is no such round in which you have a role. Look at the list of your rounds.',
    ar: 'لا توجد جولة كهذه لك فيها دور. انظر قائمة جولاتك.',
  },
  'round-year-unknown': {
    status: 422,
    en: 'A round is for a survey year from {first} to {last}.',
    ar: 'تُفتح الجولة لسنة مسح بين {first} و{last}.',
  },
  'round-people-wrong': {
    status: 422,
    en: 'A round needs two assessors, a reviewer and a senior reviewer: four different officers, each with that role.',
    ar: 'تحتاج الجولة إلى مقيّمَين ومراجع ومراجع أول: أربعة موظفين مختلفين، لكل منهم صلاحية دوره.',
  },
  'successor-wrong': {
    status: 422,
    en: 'Name an officer with that role who is not in this round and never was.',
    ar: 'اختر موظفًا له صلاحية هذا الدور، ليس في هذه الجولة ولم يكن فيها من قبل.',
  },
  'sheet-handed-in': {
    status: 409,
    en: 'This assessor has handed in, so the sheet stands. If the two cannot settle differences, let the reviewer settle them.',
    ar: 'سلّم هذا المقيّم إجاباته فتبقى كما هي. إن تعذّرت على المقيّمين تسوية الاختلافات فأحِل تسويتها إلى المراجع.',
  },
  'round-step-refused': {
    status: 409,
    en: 'The round is at another step now, so this cannot be done. Look at the round again.',
    ar: 'الجولة الآن في خطوة أخرى، فلا يمكن هذا الإجراء. انظر الجولة مرة أخرى.',
  },
  'question-unknown': {
    status: 404,
    en: 'The questionnaire has no code {code}. Codes look like if-010.',
    ar: 'لا يوجد في الاستبيان الرمز {code}. تُكتب الرموز مثل if-010.',
  },
  'link-needed': {
    status: 422,
    en: 'A yes needs a link to where it can be seen.',
    ar: 'الإجابة بنعم تحتاج إلى رابط يُرى فيه ذلك.',
  },
  'link-wrong': {
    status: 422,
    en: 'The link must be a full address that begins with https://, without a name or password in it.',
    ar: 'يجب أن يكون الرابط عنوانًا كاملًا يبدأ بـ https:// بلا اسم مستخدم ولا كلمة مرور.',
  },
  'picture-wrong': {
    status: 422,
    en: 'The picture must be a PNG or JPEG file of at most 1 megabyte.',
    ar: 'يجب أن تكون الصورة ملف PNG أو JPEG لا يزيد على ميغابايت واحد.',
  },
  'round-incomplete': {
    status: 422,
    en: '{open} questions have no answer yet. Answer all of them, then hand in.',
    ar: 'بقي {open} من الأسئلة بلا إجابة. أجب عنها كلها ثم سلّم.',
  },
  'fact-gone': {
    status: 409,
    en: 'The platform no longer shows this. Look yourself and answer the question.',
    ar: 'لم تعد المنصة تُظهر هذا. انظر بنفسك ثم أجب عن السؤال.',
  },
  'question-not-different': {
    status: 409,
    en: 'Both assessors answered this alike, and it was not sent back, so there is nothing to settle.',
    ar: 'أجاب المقيّمان عن هذا السؤال بالإجابة نفسها ولم يُعَد، فلا شيء يُسوّى.',
  },
  'why-needed': {
    status: 422,
    en: 'Say why, in a sentence.',
    ar: 'اكتب السبب في جملة.',
  },
  'differences-open': {
    status: 422,
    en: '{open} differences are not settled yet.',
    ar: 'بقي {open} من الاختلافات بلا تسوية.',
  },
  'answers-file-wrong': {
    status: 422,
    en: 'Nothing of the file was taken. Lines to correct, and what is wrong there: {faults}.',
    ar: 'لم يُؤخذ شيء من الملف. الأسطر التي تُصحَّح وما فيها: {faults}.',
  },
} as const;

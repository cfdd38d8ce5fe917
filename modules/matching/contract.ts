import { type Static, Type } from 'typebox';
import { defineContract } from '#kernel/contract';
import { defineProblems } from '#kernel/problem';
import { assuranceLevels } from '#protocol/assurance';
import { FieldNames, Moment, Name, Uuid } from '#protocol/text';

/** `states/<id>/matching.json`: whether this state links records of people of other states, and for what. None, when absent. */
export const MatchingRules = Type.Object(
  {
    /** The office that keeps the register of residents, asks the home state, and whose officers decide. */
    office: Type.String({ pattern: '^[a-z][a-z0-9-]*$' }),
    /** How strongly a person has to sign in at home for it. */
    level: Type.Enum([...assuranceLevels]),
    /** Which office may read what of the record of a linked person, for what. Nothing else is read. */
    uses: Type.Array(
      Type.Object(
        { office: Type.String(), purpose: Name, evidenceType: Name, fields: FieldNames },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
export type MatchingRules = Static<typeof MatchingRules>;

/** `none`: no record, told to the person as `not_matched`. `withdrawn`: ended by the person before it was decided. */
export const AttemptState = Type.Enum([
  'begun',
  'linked',
  'waiting',
  'proof-asked',
  'none',
  'not-same',
  'expired',
  'withdrawn',
]);
export type AttemptState = Static<typeof AttemptState>;

/** One time that somebody wanted their record found. It says how it ended and nothing of what was compared. */
export const Attempt = Type.Object({
  attemptId: Uuid,
  /** What person, desk and home state call it, such as `SA-M-7K2Q9D4X`. */
  reference: Type.String(),
  state: AttemptState,
  begunAt: Moment,
  decidedAt: Type.Optional(Moment),
  decidedBy: Type.Optional(Type.Enum(['machine', 'officer'])),
  /** Until when it waits; after that what was compared is dropped. */
  waitsUntil: Type.Optional(Moment),
  /** How often an officer looked at it. */
  looks: Type.Integer({ minimum: 0 }),
});
export type Attempt = Static<typeof Attempt>;

export const LinkEnd = Type.Enum(['person', 'not-me', 'officers', 'record-gone', 'record-merged']);
export type LinkEnd = Static<typeof LinkEnd>;

export const Link = Type.Object({
  linkId: Uuid,
  reference: Type.String(),
  madeAt: Moment,
  madeBy: Type.Enum(['machine', 'officer']),
  /** Moved to another number since, because the register merged two records. */
  movedAt: Type.Optional(Moment),
  endedAt: Type.Optional(Moment),
  endedFor: Type.Optional(LinkEnd),
  /** Ledger leaf of the link, in hex. */
  leafHash: Type.String(),
});
export type Link = Static<typeof Link>;

export const LinkedRead = Type.Object({
  readId: Uuid,
  linkId: Uuid,
  office: Type.String(),
  evidenceType: Name,
  fields: Type.Array(Type.String()),
  purpose: Name,
  caseId: Type.String(),
  at: Moment,
  leafHash: Type.String(),
});
export type LinkedRead = Static<typeof LinkedRead>;

export const OwnMatching = Type.Object({
  /** Whether this state finds records for people of other states at all. */
  isOffered: Type.Boolean(),
  links: Type.Array(Link),
  attempts: Type.Array(Attempt),
  reads: Type.Array(LinkedRead),
});
export type OwnMatching = Static<typeof OwnMatching>;

export const problem = defineProblems({
  not_matched: {
    status: 403,
    en: 'No record here was found for this person. The person can give the number of a document of this state under "My records here"; an officer then decides.',
    ar: 'لم يُعثر هنا على سجل لهذا الشخص. يستطيع ذكر رقم وثيقة صادرة هنا في صفحة «سجلاتي هنا»، ثم يقرر موظف.',
  },
  'record-not-linked': {
    status: 403,
    en: 'No record of this state is linked to this person, so nothing is read. The person can have it found under "My records here".',
    ar: 'لا سجل في هذه الدولة مربوط بهذا الشخص، فلا يُقرأ شيء. يستطيع طلب العثور عليه في صفحة «سجلاتي هنا».',
  },
  'linked-use-not-allowed': {
    status: 403,
    en: 'The state does not allow this office to read this of a linked record for this purpose.',
    ar: 'لا تسمح الدولة لهذه الجهة بقراءة هذا من سجل مربوط لهذا الغرض.',
  },
  'matching-not-offered': {
    status: 404,
    en: 'This state does not look for records of people who sign in with the identity of another state.',
    ar: 'لا تبحث هذه الدولة عن سجلات من يدخل بهوية دولة أخرى.',
  },
  'matching-too-often': {
    status: 429,
    en: 'Your record was looked for {max} times in the last {days} days. Try again later, or go to the office in person.',
    ar: 'بُحث عن سجلك {max} مرات في آخر {days} يومًا. حاول لاحقًا أو راجع المكتب بنفسك.',
  },
  'attempt-waiting': {
    status: 409,
    en: 'An officer is looking at an earlier request of yours. Wait for the decision, or take that request back.',
    ar: 'ينظر موظف في طلب سابق لك. انتظر القرار أو اسحب ذلك الطلب.',
  },
  'attempt-unknown': {
    status: 404,
    en: 'There is no such request, or it has ended. Open "My records here" to see yours.',
    ar: 'لا يوجد طلب كهذا أو أنه انتهى. افتح صفحة «سجلاتي هنا» لترى طلباتك.',
  },
  'link-unknown': {
    status: 404,
    en: 'There is no such link, or it has ended. Open "My records here" to see yours.',
    ar: 'لا يوجد ربط كهذا أو أنه انتهى. افتح صفحة «سجلاتي هنا» لترى ما لديك.',
  },
  'attempt-decided': {
    status: 409,
    en: 'This request waits for nobody any more: it was decided, taken back, or has ended.',
    ar: 'لم يعد هذا الطلب ينتظر أحدًا: فقد حُسم أو سُحب أو انتهى.',
  },
  'candidate-unknown': {
    status: 409,
    en: 'The register no longer has this record as it was shown. Look at the request again.',
    ar: 'لم يعد السجل كما عُرض. انظر في الطلب مرة أخرى.',
  },
  'record-linked-already': {
    status: 409,
    en: 'This record is linked to another person, or this person to another record. Two officers undo that link first.',
    ar: 'هذا السجل مربوط بشخص آخر، أو هذا الشخص مربوط بسجل آخر. يلغي موظفان ذلك الربط أولًا.',
  },
  'second-officer-needed': {
    status: 403,
    en: 'Another officer than the one before has to do this.',
    ar: 'يلزم أن يقوم بهذا موظف غير الأول.',
  },
});

export const contract = defineContract({
  module: 'matching',
  title: { ar: 'سجلات شخص واحد', en: 'Records of one person' },
  problems: problem,
  endpoints: {
    getOwnMatching: {
      method: 'GET',
      path: '/api/matching',
      summary:
        'The links of the signed-in person to records of this state, how they came about, and what was read by them',
      access: 'person',
      answer: OwnMatching,
      refusals: [],
    },
    removeLink: {
      method: 'POST',
      path: '/api/matching/links/:linkId/remove',
      summary:
        'Ends a link; nothing is read by it any more. `not-me` also keeps the two from being linked by machine again',
      access: 'person',
      params: Type.Object({ linkId: Uuid }),
      body: Type.Object({ why: Type.Enum(['person', 'not-me']) }, { additionalProperties: false }),
      answer: Link,
      refusals: ['link-unknown'],
    },
  },
});

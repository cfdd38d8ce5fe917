import { type Static, Type } from 'typebox';
import { defineContract } from '#kernel/contract';
import { defineProblems } from '#kernel/problem';

export type DraftState = 'open' | 'submitted' | 'published' | 'discarded';

/** What somebody did with a draft. `file`: what was edited; `words`: why it was returned; the rest of a publishing. */
export type StepBody = {
  file?: string;
  words?: string;
  version?: string;
  inForceFrom?: string;
  leafHash?: string;
  /** Of a service that was begun: the one it is a copy of. */
  from?: string;
};
export type Step = {
  kind: 'begun' | 'opened' | 'edited' | 'submitted' | 'returned' | 'published' | 'discarded';
  /** A person of this node. */
  by: string;
  at: string;
  revision: number;
  body: StepBody;
};

/** Who is here: an officer with the roles that the state's folder gives. */
export type Official = { personId: string; officeId: string; roles: readonly string[] };

/** May change services of the own office. */
export const editorRole = 'service-editor';
/** May publish what others have changed. */
export const publisherRole = 'service-publisher';

export const problem = defineProblems({
  'draft-unknown': {
    status: 404,
    en: 'There is no such draft or service for your office.',
    ar: 'لا توجد مسودة أو خدمة بهذا الاسم لدى جهتك.',
  },
  'role-missing': {
    status: 403,
    en: 'Your office has not given you this part in publishing services. Ask whoever keeps the roles of your office.',
    ar: 'لم تكلفك جهتك بهذا الدور في نشر الخدمات. راجع المسؤول عن الأدوار في جهتك.',
  },
  'draft-changed-since': {
    status: 409,
    en: 'Somebody changed the draft since you looked. What you wrote is still here: look at what changed, then save again.',
    ar: 'تغيّرت المسودة بعد أن اطّلعت عليها. ما كتبته ما زال هنا: اطّلع على ما تغيّر ثم احفظ مرة أخرى.',
  },
  'draft-closed': {
    status: 409,
    en: 'The draft is not open for this step: it was submitted, published or discarded.',
    ar: 'المسودة ليست مفتوحة لهذه الخطوة: فقد قُدّمت أو نُشرت أو أُهملت.',
  },
  'draft-unsound': {
    status: 422,
    en: 'The draft cannot be published yet: {count} problems, test cases that do not pass among them. They are listed on its page.',
    ar: 'لا يمكن نشر المسودة بعد: عدد الملاحظات {count}، ومنها حالات الاختبار غير الناجحة. تجدها في صفحتها.',
  },
  'draft-unchanged': {
    status: 422,
    en: 'Nothing in the draft differs from the version in force.',
    ar: 'لا فرق بين المسودة والنسخة السارية.',
  },
  'own-draft': {
    status: 403,
    en: 'You changed a part of this draft. Somebody else has to publish it.',
    ar: 'غيّرتَ جزءًا من هذه المسودة، فلا بد أن ينشرها شخص آخر.',
  },
  'version-changed-since': {
    status: 409,
    en: 'Another version came into force since you looked. Look at the differences again.',
    ar: 'سرت نسخة أخرى بعد أن اطّلعت. راجع الفروق مرة أخرى.',
  },
  'moment-past': {
    status: 422,
    en: 'Give a moment from now on, at most a year ahead, or none for now.',
    ar: 'حدد وقتًا من الآن فصاعدًا وخلال سنة، أو اتركه فارغًا ليسري الآن.',
  },
  'pause-unsaid': {
    status: 422,
    en: 'Say in both languages why, in up to 500 characters each: people read it.',
    ar: 'اذكر السبب باللغتين، في حدود ٥٠٠ حرف لكل منهما: فالناس يقرؤونه.',
  },
  'not-paused': {
    status: 409,
    en: 'There is no such pause any more.',
    ar: 'لم يعد هذا الإيقاف قائمًا.',
  },
  'words-missing': {
    status: 422,
    en: 'Write what has to be changed, in up to 2000 characters.',
    ar: 'اكتب ما يجب تغييره، في حدود ٢٠٠٠ حرف.',
  },
  'edit-impossible': {
    status: 422,
    en: 'This cannot be done: {why}.',
    ar: 'تعذّر ذلك: {why}.',
  },
});

export const PublishedVersion = Type.Object({
  version: Type.String(),
  label: Type.String(),
  publishedAt: Type.String(),
  inForceFrom: Type.Optional(Type.String()),
  state: Type.Enum(['in-force', 'scheduled', 'past']),
});
export type PublishedVersion = Static<typeof PublishedVersion>;

export const publishingContract = defineContract({
  module: 'publishing',
  title: { ar: 'نشر الخدمات', en: 'Publishing of services' },
  problems: problem,
  endpoints: {
    listVersions: {
      method: 'GET',
      path: '/api/services/:serviceId/versions',
      summary: 'Every version of a service that was published here, the newest first, and which of them is in force',
      access: 'anyone',
      params: Type.Object({ serviceId: Type.String({ maxLength: 64 }) }),
      answer: Type.Object({ versions: Type.Array(PublishedVersion) }),
      refusals: ['draft-unknown'],
    },
  },
});
export type PublishingContract = typeof publishingContract;

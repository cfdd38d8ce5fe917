import { type Static, Type } from 'typebox';
import { defineContract } from '#kernel/contract';
import { Text } from '#kernel/languages';
import { defineProblems } from '#kernel/problem';
import { MandateKind } from '#protocol/representation';
import { Moment, Name, Uuid } from '#protocol/text';

const Limits = {
  /** Purposes of the catalogue; every purpose when absent. */
  purposes: Type.Optional(Type.Array(Name, { minItems: 1, maxItems: 64, uniqueItems: true })),
  /** Evidence types of the catalogue; every type when absent. */
  evidenceTypes: Type.Optional(Type.Array(Name, { minItems: 1, maxItems: 64, uniqueItems: true })),
};

/** A mandate as one of its two sides reads it. */
export const Mandate = Type.Object({
  mandateId: Uuid,
  kind: MandateKind,
  /** Whether a register of the state says so, or the represented person did. */
  source: Type.Union([Type.Literal('register'), Type.Literal('person')]),
  side: Type.Union([Type.Literal('represented'), Type.Literal('representative')]),
  /** The other side; absent while nobody has taken the mandate up. */
  other: Type.Optional(Text),
  state: Type.Union([
    Type.Literal('offered'),
    Type.Literal('in-force'),
    Type.Literal('expired'),
    Type.Literal('ended'),
  ]),
  givenAt: Moment,
  until: Type.Optional(Moment),
  endedAt: Type.Optional(Moment),
  endedBy: Type.Optional(
    Type.Union([Type.Literal('represented'), Type.Literal('representative'), Type.Literal('register')]),
  ),
  ...Limits,
});
export type Mandate = Static<typeof Mandate>;

/** Something that was done for a person under a mandate. */
export const Act = Type.Object({
  actId: Uuid,
  mandateId: Uuid,
  kind: MandateKind,
  at: Moment,
  /** `began`: began to act towards a client. `consented`: gave a consent in the person's name. */
  did: Type.Union([Type.Literal('began'), Type.Literal('consented')]),
  /** Entity id of the portal or office towards which it was done. */
  towards: Type.String(),
  consentId: Type.Optional(Uuid),
  by: Text,
  /** Ledger leaf of the act, in hex. */
  leafHash: Type.String(),
});
export type Act = Static<typeof Act>;

export const GiveMandate = Type.Object({ until: Moment, ...Limits }, { additionalProperties: false });
export type GiveMandate = Static<typeof GiveMandate>;

export const problem = defineProblems({
  'mandate-unknown': {
    status: 404,
    en: 'There is no such mandate. Open "Acting for others" to see those you gave and hold.',
    ar: 'لا توجد نيابة بهذا الرقم. افتح «النيابة عن الآخرين» لترى ما منحته وما لديك.',
  },
  'mandate-ended': {
    status: 403,
    en: 'This mandate has ended, so nothing is done under it any more. The represented person can give a new one.',
    ar: 'انتهت هذه النيابة، فلا يُعمل بها بعد الآن. يستطيع صاحب الشأن منح نيابة جديدة.',
  },
  'mandate-suspended': {
    status: 403,
    en: 'An identity in this mandate is suspended, so nothing is done under it until the office that issued it lifts that.',
    ar: 'إحدى الهويتين في هذه النيابة موقوفة، فلا يُعمل بها إلى أن ترفع الجهة التي أصدرتها الإيقاف.',
  },
  'mandate-not-covering': {
    status: 403,
    en: 'The mandate does not cover this. Ask the represented person for one that does.',
    ar: 'لا تشمل النيابة هذا الأمر. اطلب من صاحب الشأن نيابة تشمله.',
  },
  'mandate-of-register': {
    status: 409,
    en: 'This mandate stands in a register of the state. It ends when the office that keeps the register changes it.',
    ar: 'هذه النيابة مقيّدة في سجل رسمي، وتنتهي حين تعدّله الجهة التي تمسك السجل.',
  },
  'mandate-term-invalid': {
    status: 400,
    en: 'The last day of a mandate lies after today and within two years. Choose another day.',
    ar: 'آخر يوم في النيابة يكون بعد اليوم وخلال سنتين. اختر يومًا آخر.',
  },
  'mandate-limit-unknown': {
    status: 400,
    en: 'The mandate names "{name}", which is not in the agreed catalogue. Choose from the list.',
    ar: 'تذكر النيابة «{name}»، وهو غير موجود في الدليل المتفق عليه. اختر من القائمة.',
  },
  'mandates-too-many': {
    status: 409,
    en: 'You have {max} mandates in force or on offer. Withdraw one that is not needed, then give this one.',
    ar: 'لديك {max} نيابة قائمة أو معروضة. اسحب ما لا يلزم منها ثم امنح هذه.',
  },
  'mandate-code-wrong': {
    status: 404,
    en: 'No mandate waits under this code. Check it with the person who gave it; a code serves once and for seven days.',
    ar: 'لا توجد نيابة بهذا الرمز. تأكد منه مع من منحه؛ يُستخدم الرمز مرة واحدة وخلال سبعة أيام.',
  },
  'mandate-code-attempts': {
    status: 429,
    en: 'There were too many wrong codes. Wait {seconds} seconds, then try again.',
    ar: 'عدد الرموز الخاطئة كبير. انتظر {seconds} ثانية ثم أعد المحاولة.',
  },
  'mandate-to-oneself': {
    status: 409,
    en: 'You gave this mandate yourself. Its code is for the person who is to act for you.',
    ar: 'هذه نيابة منحتها أنت. الرمز لمن سينوب عنك.',
  },
  'register-unreachable': {
    status: 503,
    origin: 'registry',
    en: 'The register that this mandate stands in cannot be read now, so nothing is done under it. Try again in a minute.',
    ar: 'تعذّرت قراءة السجل الذي قُيّدت فيه هذه النيابة، فلا يُعمل بها الآن. أعد المحاولة بعد دقيقة.',
  },
});

const one = Type.Object({ mandateId: Uuid });

export const contract = defineContract({
  module: 'mandates',
  title: { ar: 'النيابة', en: 'Mandates' },
  problems: problem,
  endpoints: {
    listMandates: {
      method: 'GET',
      path: '/api/mandates',
      summary: 'The mandates that the signed-in person gave or holds at their home state, those of registers included',
      access: 'person',
      answer: Type.Array(Mandate),
      refusals: [],
    },
    giveMandate: {
      method: 'POST',
      path: '/api/mandates',
      summary: 'Offers a mandate; whoever enters the code takes it up. The code is told once',
      access: 'person',
      body: GiveMandate,
      answer: Type.Object({ mandateId: Uuid, code: Type.String() }),
      refusals: ['mandate-unknown', 'mandate-term-invalid', 'mandate-limit-unknown', 'mandates-too-many'],
    },
    acceptMandate: {
      method: 'POST',
      path: '/api/mandates/accept',
      summary: 'Takes up a mandate by its code',
      access: 'person',
      body: Type.Object({ code: Type.String({ maxLength: 40 }) }, { additionalProperties: false }),
      answer: Mandate,
      refusals: ['mandate-unknown', 'mandate-code-wrong', 'mandate-code-attempts', 'mandate-to-oneself'],
    },
    withdrawMandate: {
      method: 'POST',
      path: '/api/mandates/:mandateId/withdraw',
      summary: 'Ends a mandate, from either side; the next question under it is refused in every state',
      access: 'person',
      params: one,
      answer: Mandate,
      refusals: ['mandate-unknown', 'mandate-of-register'],
    },
    listActs: {
      method: 'GET',
      path: '/api/mandates/acts',
      summary: 'What others did for the signed-in person under a mandate, latest first',
      access: 'person',
      answer: Type.Array(Act),
      refusals: [],
    },
  },
});

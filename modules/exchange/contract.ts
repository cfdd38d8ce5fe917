import { type Static, Type } from 'typebox';
import { bytes, defineContract } from '#kernel/contract';
import { Text } from '#kernel/languages';
import { defineProblems, type ProblemDefinition } from '#kernel/problem';
import { consentProblem } from '#modules/consent';
import { mandateProblem } from '#modules/mandates';
import { answerComponents, ExchangeReceipt } from '#protocol/exchange-message';
import { Uuid } from '#protocol/text';
import { accessEndpoints, accessProblems } from './access/contract.ts';
import { assuranceProblems } from './assurance/contract.ts';
import { brokerEndpoints } from './broker/contract.ts';
import { consentRequestEndpoints, consentRequestProblems } from './consents/contract.ts';
import { documentEndpoints, documentProblems } from './documents/contract.ts';
import { explanationEndpoints } from './explanation/contract.ts';
import { lawProblems } from './law/contract.ts';
import { lookUpProblems } from './look-ups/contract.ts';
import { monitoringEndpoints } from './monitoring/contract.ts';
import { proofEndpoints } from './proofs/contract.ts';
import { callRefusals, systemEndpoints, systemProblems } from './systems/contract.ts';

const NamedField = Type.Object({ name: Type.String(), names: Text });

/** A use, or refused use, of a person's data, whole. */
const WholeUse = Type.Object({
  shown: Type.Literal('all'),
  questionId: Uuid,
  at: Type.String({ format: 'date-time' }),
  requester: Type.String(),
  requesterNames: Text,
  evidenceType: Type.String(),
  evidenceNames: Text,
  fields: Type.Array(NamedField),
  purpose: Type.String(),
  purposeNames: Text,
  legalBasis: Type.String(),
  caseId: Type.String(),
  /** With consent: which. */
  consentId: Type.Optional(Uuid),
  /** Under a law: which, and which part of it. */
  law: Type.Optional(Type.Object({ id: Type.String(), names: Text, article: Text })),
  outcome: Type.Union([Type.Literal('given'), Type.Literal('refused')]),
  /** When documents among the fields left this node, and whether whole: one that did not reach the end is none to the other side. */
  documents: Type.Optional(
    Type.Array(
      Type.Object({ field: Type.String(), at: Type.String({ format: 'date-time' }), isWhole: Type.Boolean() }),
    ),
  ),
  /** Why it was refused. */
  refusal: Type.Optional(Type.Object({ code: Type.String(), messages: Text })),
  /** The leaf in this node's ledger, in hex: what an inclusion proof is asked for. */
  leafHash: Type.String(),
});

/** A use that is about somebody else too: which of the person's own facts were given, to which state, and on which day. */
const PartOfUse = Type.Object({
  shown: Type.Literal('part'),
  questionId: Uuid,
  on: Type.String({ format: 'date' }),
  /** The entity id of the asking office's state. */
  requesterState: Type.String(),
  evidenceType: Type.String(),
  evidenceNames: Text,
  fields: Type.Array(NamedField),
  outcome: Type.Union([Type.Literal('given'), Type.Literal('refused')]),
  leafHash: Type.String(),
});

/** A use of which the person is told for now only that it is recorded, and when they will read it. */
const LaterUse = Type.Object({
  shown: Type.Literal('later'),
  questionId: Uuid,
  shownFrom: Type.String({ format: 'date-time' }),
  leafHash: Type.String(),
});

/** One use of a person's data, as far as that person reads it now. */
export const UseOfData = Type.Union([WholeUse, PartOfUse, LaterUse]);
export type UseOfData = Static<typeof UseOfData>;

/** An answer that has been verified, with everything needed to prove it later. */
export const Evidence = Type.Object({
  questionId: Uuid,
  evidenceType: Type.String(),
  version: Type.String(),
  fields: Type.Record(Type.String(), Type.Unknown()),
  provider: Type.Object({ entityId: Type.String(), state: Type.String(), names: Text }),
  answeredAt: Type.String({ format: 'date-time' }),
  /** This node's ledger entry of the receipt. */
  ownReceipt: ExchangeReceipt,
  /** The answering node's ledger entry, opened. */
  theirReceipt: ExchangeReceipt,
  /** Header fields of both messages: with the bodies they prove who asked and who answered what. */
  signatures: Type.Object({
    question: Type.Record(Type.String(), Type.String()),
    answer: Type.Record(Type.String(), Type.String()),
  }),
  /** Where the question went, and both bodies as they crossed: the bytes that the signatures cover. */
  messages: Type.Object({ url: Type.String(), question: Type.String(), answer: Type.String() }),
});
export type Evidence = Static<typeof Evidence>;

/** What a person is shown before consenting: the values that would be given. */
export type EvidencePreview = {
  evidenceType: string;
  names: Text;
  providerNames: Text;
  fields: Array<{ name: string; names: Text; sensitivity: 'ordinary' | 'sensitive'; value: unknown }>;
};

const fromConsent = [
  'evidence-unknown',
  'requester-not-entitled',
  'consent-unknown',
  'consent-withdrawn',
  'consent-expired',
  'consent-used-up',
  'evidence-not-consented',
  'fields-not-consented',
  'purpose-not-consented',
  'case-not-consented',
] as const;
const fromConsentRequest = ['evidence-request-malformed', 'field-unknown', 'purpose-unknown'] as const;
const consentProblems = Object.fromEntries(
  [...fromConsent, ...fromConsentRequest].map((code) => [code, consentProblem.catalogue[code]]),
) as Record<(typeof fromConsent)[number] | (typeof fromConsentRequest)[number], ProblemDefinition>;

const fromMandates = [
  'mandate-unknown',
  'mandate-ended',
  'mandate-suspended',
  'mandate-not-covering',
  'register-unreachable',
] as const;
const mandateProblems = Object.fromEntries(
  fromMandates.map((code) => [code, mandateProblem.catalogue[code]]),
) as Record<(typeof fromMandates)[number], ProblemDefinition>;

export const problem = defineProblems({
  ...consentProblems,
  ...mandateProblems,
  ...accessProblems,
  ...assuranceProblems,
  ...lawProblems,
  ...lookUpProblems,
  ...systemProblems,
  ...consentRequestProblems,
  ...documentProblems,
  'question-malformed': {
    status: 400,
    en: 'The question does not have the agreed form ({where}). Correct it and ask again.',
    ar: 'السؤال ليس بالصيغة المتفق عليها ({where}). صحّحه ثم اسأل مجددًا.',
  },
  'question-too-large': {
    status: 413,
    en: 'The question is larger than {bytesMax} bytes. Ask for less in one question.',
    ar: 'حجم السؤال أكبر من {bytesMax} بايت. اطلب أقل في السؤال الواحد.',
  },
  'service-unknown': {
    status: 404,
    en: 'No office at this node gives this evidence. Look up the provider in the federation again.',
    ar: 'لا توجد جهة في هذه العقدة تقدم هذه البيانات. ابحث عن الجهة المقدمة في الاتحاد من جديد.',
  },
  'signature-missing': {
    status: 401,
    en: 'The question is not signed (RFC 9421, label "question"). Sign it with the key of the asking office.',
    ar: 'السؤال غير موقّع (RFC 9421، الوسم «question»). وقّعه بمفتاح الجهة السائلة.',
  },
  'signature-invalid': {
    status: 401,
    en: 'The signature of the question does not hold ({where}). Check the key, the covered parts and the body.',
    ar: 'توقيع السؤال غير صحيح ({where}). تحقق من المفتاح والأجزاء الموقّعة والمحتوى.',
  },
  'question-expired': {
    status: 401,
    en: 'The question is not valid at this time. Check the clock of the asking node and ask again.',
    ar: 'السؤال غير صالح في هذا الوقت. تحقق من ساعة العقدة السائلة ثم اسأل مجددًا.',
  },
  'question-replayed': {
    status: 409,
    en: 'A question with this id or nonce was answered before with other content. Use a new id for a new question.',
    ar: 'أُجيب من قبل عن سؤال بهذا الرقم أو المفتاح العشوائي بمحتوى آخر. استخدم رقمًا جديدًا لسؤال جديد.',
  },
  'requester-unknown': {
    status: 403,
    en: 'The asking office is not known in the federation. Its state has to register it first.',
    ar: 'الجهة السائلة غير معروفة في الاتحاد. على دولتها تسجيلها أولًا.',
  },
  'requester-unverifiable': {
    status: 403,
    origin: 'own-node',
    en: 'This node cannot check the asking office at the moment. Nothing was given; try again in a few minutes.',
    ar: 'لا تستطيع هذه العقدة التحقق من الجهة السائلة الآن. لم يُعطَ شيء؛ أعد المحاولة بعد دقائق.',
  },
  'requester-log-in-breach': {
    status: 403,
    en: 'The log of {state} contradicts what it showed before, so nothing is given to its offices. {state} has to settle this with its witnesses first.',
    ar: 'السجل المفتوح لدولة {state} يناقض ما أظهره من قبل، فلا يُعطى شيء لجهاتها. على {state} أن تسوّي ذلك مع شهودها أولًا.',
  },
  'provider-log-in-breach': {
    status: 502,
    origin: 'other-node',
    en: 'The log of {state} contradicts what it showed before, so its offices are not asked. Nothing was sent; try again when {state} has settled this.',
    ar: 'السجل المفتوح لدولة {state} يناقض ما أظهره من قبل، فلا تُسأل جهاتها. لم يُرسَل شيء؛ أعد المحاولة بعد أن تسوّي {state} ذلك.',
  },
  'token-invalid': {
    status: 401,
    en: 'The access token cannot be accepted ({where}). Obtain a new one with the consent of the person.',
    ar: 'لا يمكن قبول رمز الوصول ({where}). احصل على رمز جديد بموافقة الشخص.',
  },
  'token-issuer-unknown': {
    status: 401,
    en: 'The access token comes from another provider than that of this state. Obtain one from the home state of the person.',
    ar: 'صدر رمز الوصول عن مزوّد غير مزوّد هذه الدولة. احصل على رمز من دولة الشخص.',
  },
  'token-insufficient': {
    status: 403,
    en: 'The access token does not authorise this question. Ask only for what the person approved.',
    ar: 'رمز الوصول لا يأذن بهذا السؤال. اطلب ما وافق عليه الشخص فقط.',
  },
  'evidence-not-found': {
    status: 404,
    origin: 'registry',
    en: 'The registry has no such record for this person. The person can ask the registry to add or correct it.',
    ar: 'لا يوجد في السجل قيد كهذا لهذا الشخص. يمكن للشخص أن يطلب من الجهة إضافته أو تصحيحه.',
  },
  'evidence-of-company': {
    status: 403,
    en: 'This is the record of a company. Only whoever may sign for it can have it sent: choose the company under "Acting for others".',
    ar: 'هذا سجل شركة، ولا يُرسَل إلا بموافقة من له حق التوقيع عنها. اختر الشركة من «النيابة عن الآخرين».',
  },
  'registry-unavailable': {
    status: 503,
    origin: 'registry',
    en: 'The registry behind this office does not answer at the moment. Nothing was given; try again in a few minutes.',
    ar: 'السجل لدى هذه الجهة لا يستجيب الآن. لم يُعطَ شيء؛ أعد المحاولة بعد دقائق.',
  },
  'registry-answer-invalid': {
    status: 502,
    origin: 'registry',
    en: 'The registry holds a record that does not fit the agreed form, so it was not given. Its office has been told.',
    ar: 'في السجل قيد لا يطابق الصيغة المتفق عليها فلم يُعطَ. أُبلغت الجهة المسؤولة.',
  },
  'evidence-provider-unknown': {
    status: 404,
    origin: 'other-node',
    en: 'No office of {state} gives this evidence at the moment. Provide it yourself, or try again later.',
    ar: 'لا توجد حاليًا جهة في {state} تقدم هذه البيانات. قدّمها بنفسك أو أعد المحاولة لاحقًا.',
  },
  'exchange-unknown': {
    status: 404,
    en: 'There is no such exchange that you may see. Check the number that you were given.',
    ar: 'لا يوجد تبادل كهذا يحق لك الاطلاع عليه. تحقق من الرقم الذي أُعطيته.',
  },
  'exchange-unfinished': {
    status: 409,
    en: 'This question has no answer yet, so there is nothing to prove. Try again when the answer has arrived.',
    ar: 'لم يصل جواب هذا السؤال بعد، فلا يوجد ما يُثبت. أعد المحاولة عند وصول الجواب.',
  },
  'answer-invalid': {
    status: 502,
    origin: 'other-node',
    en: 'The other node sent an answer that does not hold ({where}), so it was not used. Try again in a few minutes.',
    ar: 'أرسلت العقدة الأخرى جوابًا غير صحيح ({where}) فلم يُستخدم. أعد المحاولة بعد دقائق.',
  },
});

/** Refusals of an answering node; each is signed when the address names an office of that node. */
export const answeringRefusals = [
  ...fromConsent,
  'access-not-granted',
  'law-unknown',
  'law-not-in-force',
  'law-does-not-ground',
  'sealing-not-allowed',
  'question-malformed',
  'question-too-large',
  'service-unknown',
  'signature-missing',
  'signature-invalid',
  'question-expired',
  'question-replayed',
  'requester-unknown',
  'requester-unverifiable',
  'requester-log-in-breach',
  'token-invalid',
  'token-issuer-unknown',
  'token-insufficient',
  'stamp-overdue',
  'evidence-not-found',
  'evidence-of-company',
  'registry-unavailable',
  'registry-answer-invalid',
] as const;

const part = Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$' });

export const contract = defineContract({
  module: 'exchange',
  title: { ar: 'تبادل البيانات', en: 'Exchange of evidence' },
  problems: problem,
  endpoints: {
    answerQuestion: {
      method: 'POST',
      path: '/r1/:instance/:memberClass/:member/:subsystem/:service',
      summary: `Answers a signed question for evidence; the answer is signed over ${answerComponents.join(' ')}`,
      access: 'signed-message',
      params: Type.Object({ instance: part, memberClass: part, member: part, subsystem: part, service: part }),
      raw: true,
      // Above the protocol's own limit, so that a question just too large is refused with a signature.
      bodyBytesMax: 131_072,
      answer: bytes('application/json; charset=utf-8'),
      refusals: [...answeringRefusals, ...callRefusals],
    },
    listUses: {
      method: 'GET',
      path: '/api/uses',
      summary:
        "Every use, and refused use, of the signed-in person's data by other offices, as far as that person may read it now, latest first",
      access: 'person',
      answer: Type.Array(UseOfData),
      refusals: [],
    },
    ...documentEndpoints,
    ...proofEndpoints,
    ...systemEndpoints,
    ...consentRequestEndpoints,
    ...brokerEndpoints,
    ...monitoringEndpoints,
    ...accessEndpoints,
    ...explanationEndpoints,
  },
});

import { type Static, Type } from 'typebox';
import { bytes, defineContract } from '#kernel/contract';
import { Text } from '#kernel/languages';
import { defineProblems } from '#kernel/problem';
import { Use } from '#protocol/evidence-detail';
import { MandateKind } from '#protocol/representation';
import { Uuid } from '#protocol/text';

export const ConsentItem = Type.Object({
  evidenceType: Type.String(),
  names: Text,
  fields: Type.Array(Type.Object({ name: Type.String(), names: Text })),
  purpose: Type.String(),
  purposeNames: Text,
  legalBasis: Type.String(),
  caseId: Type.String(),
  retention: Type.String(),
  until: Type.String({ format: 'date-time' }),
  use: Use,
  times: Type.Optional(Type.Integer()),
  /** Successful answers so far. */
  usesCount: Type.Integer(),
});
export type ConsentItem = Static<typeof ConsentItem>;

export const Consent = Type.Object({
  consentId: Uuid,
  requester: Type.String(),
  state: Type.Union([
    Type.Literal('active'),
    Type.Literal('withdrawn'),
    Type.Literal('ended'),
    Type.Literal('used-up'),
  ]),
  givenAt: Type.String({ format: 'date-time' }),
  until: Type.String({ format: 'date-time' }),
  withdrawnAt: Type.Optional(Type.String({ format: 'date-time' })),
  /** Somebody else gave it in the person's name. */
  givenBy: Type.Optional(Type.Object({ kind: MandateKind, mandateId: Uuid, representativeId: Uuid })),
  items: Type.Array(ConsentItem),
  /** Ledger leaf of the giving, in hex. */
  leafHash: Type.String(),
});
export type Consent = Static<typeof Consent>;

export const problem = defineProblems({
  'evidence-request-malformed': {
    status: 400,
    en: 'The request for evidence does not have the agreed form ({where}). The asking office has to correct it.',
    ar: 'طلب البيانات ليس بالصيغة المتفق عليها ({where}). على الجهة الطالبة تصحيحه.',
  },
  'evidence-unknown': {
    status: 400,
    en: 'The evidence type "{evidence}" is not in the agreed catalogue. The asking office has to choose one that is.',
    ar: 'نوع البيانات «{evidence}» غير موجود في الدليل المتفق عليه. على الجهة الطالبة اختيار نوع موجود.',
  },
  'field-unknown': {
    status: 400,
    en: 'The evidence type "{evidence}" has no field "{field}". The asking office has to correct its request.',
    ar: 'لا يوجد حقل «{field}» في نوع البيانات «{evidence}». على الجهة الطالبة تصحيح طلبها.',
  },
  'purpose-unknown': {
    status: 400,
    en: 'The purpose "{purpose}" is not in the agreed catalogue. The asking office has to name one that is.',
    ar: 'الغرض «{purpose}» غير موجود في الدليل المتفق عليه. على الجهة الطالبة ذكر غرض موجود.',
  },
  'requester-not-entitled': {
    status: 403,
    en: 'The office is not certified to ask for this ({where}). Nobody was asked and nothing was given.',
    ar: 'الجهة غير مخوّلة بطلب هذه البيانات ({where}). لم يُسأل أحد ولم يُعطَ شيء.',
  },
  // In snake case, for it goes as it is to the asking office as the reason of an OAuth `access_denied`.
  essential_claim_declined: {
    status: 403,
    en: 'The service cannot be given without "{field}". Approve it, or decline the whole request.',
    ar: 'لا يمكن تقديم الخدمة دون «{field}». وافق عليه أو ارفض الطلب كله.',
  },
  'consent-unknown': {
    status: 404,
    en: 'There is no such consent. Open "My data" to see the consents you have given.',
    ar: 'لا توجد موافقة بهذا الرقم. افتح «بياناتي» لترى الموافقات التي منحتها.',
  },
  'consent-withdrawn': {
    status: 403,
    en: 'The person withdrew this consent. Ask for a new one if the service still needs the data.',
    ar: 'سحب الشخص هذه الموافقة. اطلب موافقة جديدة إن كانت الخدمة لا تزال تحتاج البيانات.',
  },
  'consent-expired': {
    status: 403,
    en: 'This consent has ended. Ask the person for a new one.',
    ar: 'انتهت مدة هذه الموافقة. اطلب من الشخص موافقة جديدة.',
  },
  'consent-used-up': {
    status: 403,
    en: 'This consent has been used as often as it allows. Ask the person for a new one.',
    ar: 'استُخدمت هذه الموافقة بعدد المرات المسموح به. اطلب من الشخص موافقة جديدة.',
  },
  'evidence-not-consented': {
    status: 403,
    en: 'The person did not consent to this evidence being given. Ask only for what the consent names.',
    ar: 'لم يوافق الشخص على إعطاء هذه البيانات. اطلب ما تذكره الموافقة فقط.',
  },
  'fields-not-consented': {
    status: 403,
    en: 'The question asks for fields that the person did not approve. Ask only for what the consent names.',
    ar: 'يطلب السؤال حقولًا لم يوافق عليها الشخص. اطلب ما تذكره الموافقة فقط.',
  },
  'purpose-not-consented': {
    status: 403,
    en: 'The person consented to another purpose. Ask for a consent for this one.',
    ar: 'وافق الشخص على غرض آخر. اطلب موافقة لهذا الغرض.',
  },
  'case-not-consented': {
    status: 403,
    en: 'The person consented for another case. Ask for a consent for this one.',
    ar: 'وافق الشخص لمعاملة أخرى. اطلب موافقة لهذه المعاملة.',
  },
});

const one = Type.Object({ consentId: Uuid });

export const contract = defineContract({
  module: 'consent',
  title: { ar: 'الموافقات', en: 'Consents' },
  problems: problem,
  endpoints: {
    listConsents: {
      method: 'GET',
      path: '/api/consents',
      summary: 'The consents that the signed-in person has given, latest first',
      access: 'person',
      answer: Type.Array(Consent),
      refusals: [],
    },
    getConsent: {
      method: 'GET',
      path: '/api/consents/:consentId',
      summary: 'One consent of the signed-in person',
      access: 'person',
      params: one,
      answer: Consent,
      refusals: ['consent-unknown'],
    },
    getConsentReceipt: {
      method: 'GET',
      path: '/api/consents/:consentId/receipt',
      summary: 'The signed receipt (JWS, ISO/IEC TS 27560 fields) of one consent of the signed-in person',
      access: 'person',
      params: one,
      answer: bytes('application/consent-receipt+jwt'),
      refusals: ['consent-unknown'],
    },
    withdrawConsent: {
      method: 'POST',
      path: '/api/consents/:consentId/withdraw',
      summary: 'Withdraws a consent; from then on every question under it is refused',
      access: 'person',
      params: one,
      answer: Consent,
      refusals: ['consent-unknown'],
    },
  },
});

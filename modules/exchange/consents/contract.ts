import { type Static, Type } from 'typebox';
import type { Endpoint } from '#kernel/contract';
import type { ProblemDefinition } from '#kernel/problem';
import { EvidenceDetail, Use } from '#protocol/evidence-detail';
import { CaseId, FieldNames, Moment, Name } from '#protocol/text';

/** What an office's system wants a person to allow. */
export const RequestConsent = Type.Object(
  {
    /** ISO 3166-1 alpha-2 of the state that holds the evidence, where the person signs in and decides. */
    homeState: Type.String({ pattern: '^[A-Z]{2,3}$' }),
    caseId: CaseId,
    purpose: Name,
    evidence: Type.Array(
      Type.Object(
        { type: Name, fields: FieldNames, essentialFields: Type.Optional(Type.Array(Name, { maxItems: 64 })) },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 16 },
    ),
    until: Moment,
    use: Use,
    times: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    retention: EvidenceDetail.properties.retention,
  },
  { additionalProperties: false },
);
export type RequestConsent = Static<typeof RequestConsent>;

export const RequestedConsent = Type.Object({
  /** Where the person goes to decide. Whoever has it can decide about their own data, for this case. */
  personUrl: Type.String(),
  expiresAt: Type.String({ format: 'date-time' }),
});
export type RequestedConsent = Static<typeof RequestedConsent>;

export const consentRequestProblems = {
  'return-address-missing': {
    status: 409,
    en: 'This system has no address registered to which a person returns. Ask the operator to register one.',
    ar: 'لا يوجد لهذا النظام عنوان مسجّل يعود إليه الشخص. اطلب من المشغّل تسجيل عنوان.',
  },
  'consent-request-ended': {
    status: 404,
    en: 'This link to a consent is no longer valid. Go back to the office that sent it and ask for a new one.',
    ar: 'لم يعد رابط الموافقة هذا صالحًا. عد إلى الجهة التي أرسلته واطلب رابطًا جديدًا.',
  },
} satisfies Record<string, ProblemDefinition>;

export const consentRequestEndpoints = {
  requestConsent: {
    method: 'POST',
    path: '/api/consent-requests',
    summary: "An own information system asks for a link under which a person can allow evidence for the office's case",
    access: 'signed-message',
    body: RequestConsent,
    status: 201,
    answer: RequestedConsent,
    refusals: [
      'call-malformed',
      'caller-not-recognised',
      'calls-too-many',
      'return-address-missing',
      'evidence-request-malformed',
      'evidence-unknown',
      'field-unknown',
      'purpose-unknown',
      'requester-not-entitled',
    ],
  },
} as const satisfies Record<string, Endpoint>;

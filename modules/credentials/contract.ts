import { type Static, Type } from 'typebox';
import { bytes, defineContract } from '#kernel/contract';
import { Text } from '#kernel/languages';
import { defineProblems } from '#kernel/problem';
import { walletEndpoints } from './wallet/contract.ts';

/** Why a credential is not accepted. */
export type CredentialRefusal =
  | 'malformed'
  | 'issuer-untrusted'
  | 'issuer-unreachable'
  | 'signature-invalid'
  | 'disclosure-tampered'
  | 'not-yet-valid'
  | 'expired'
  | 'holder-binding-invalid'
  | 'status-unavailable'
  | 'revoked'
  | 'superseded';

export type IssuerFacts = { entityId: string; names: Text; state: string };

export type CredentialVerdict = {
  ok: boolean;
  reason?: CredentialRefusal;
  /** Present once the signature is known to be the issuer's. */
  issuer?: IssuerFacts;
  vct?: string;
  typeNames?: Text;
  /** What was disclosed, without the members that only machines need. */
  claims?: Record<string, unknown>;
  labels?: Record<string, Text>;
  issuedAt?: Date;
  validUntil?: Date;
  status?: 'valid' | 'revoked' | 'superseded';
  /** True only when a presentation proved possession of the key that the credential names. */
  holderBound: boolean;
};

const Issuer = Type.Object({ entityId: Type.String(), names: Text, state: Type.String() });

/** What the verification page shows, in words. */
export const VerificationReport = Type.Object({
  ok: Type.Boolean(),
  kind: Type.Union([
    Type.Literal('document'),
    Type.Literal('credential'),
    Type.Literal('reference'),
    Type.Literal('unknown'),
  ]),
  code: Type.String(),
  title: Text,
  sentence: Text,
  seal: Type.Optional(
    Type.Object({
      ok: Type.Boolean(),
      names: Type.Optional(Text),
      state: Type.Optional(Type.String()),
      signedAt: Type.Optional(Type.String()),
    }),
  ),
  credential: Type.Optional(
    Type.Object({
      ok: Type.Boolean(),
      issuer: Type.Optional(Issuer),
      typeNames: Type.Optional(Text),
      claims: Type.Array(Type.Object({ name: Type.String(), label: Text, value: Type.Unknown() })),
      issuedAt: Type.Optional(Type.String()),
      validUntil: Type.Optional(Type.String()),
      status: Type.Optional(Type.Enum(['valid', 'revoked', 'superseded'])),
      holderBound: Type.Boolean(),
    }),
  ),
});
export type VerificationReport = Static<typeof VerificationReport>;

export const credentialsProblem = defineProblems({
  'credential-unknown': {
    status: 404,
    en: 'There is no such credential here, or it is not yours to see.',
    ar: 'لا توجد شهادة رقمية كهذه هنا، أو ليس من حقك الاطلاع عليها.',
  },
  'credential-type-unknown': {
    status: 404,
    en: 'This state issues no credential of this type. Check the address of the type.',
    ar: 'لا تُصدر هذه الدولة شهادة رقمية من هذا النوع. تحقق من عنوان النوع.',
  },
  'decision-has-credential': {
    status: 409,
    en: 'This decision already has a credential. Revoke it before a new decision is made.',
    ar: 'لهذا القرار شهادة رقمية بالفعل. ألغها قبل إصدار قرار جديد.',
  },
  'reference-unknown': {
    status: 404,
    en: 'No document with this reference was issued here. Check that you scanned the whole code.',
    ar: 'لم تصدر هنا وثيقة بهذا المرجع. تأكد من مسح الرمز كاملًا.',
  },
  'status-list-unknown': {
    status: 404,
    en: 'There is no such status list here.',
    ar: 'لا توجد قائمة حالات كهذه هنا.',
  },
  'offer-unknown': {
    status: 404,
    en: 'This offer has been used or has ended. Ask for a new one on the page of your decision.',
    ar: 'استُخدم هذا العرض أو انتهت مدته. اطلب عرضًا جديدًا من صفحة القرار.',
  },
  'offer-malformed': {
    status: 422,
    en: 'This is not a credential offer that the wallet understands. Open the offer again from the page of your decision.',
    ar: 'هذا ليس عرض شهادة رقمية تفهمه المحفظة. افتح العرض من جديد من صفحة القرار.',
  },
  'issuer-untrusted': {
    status: 403,
    en: 'The issuer of this offer is not part of the federation, so the wallet does not accept it.',
    ar: 'مُصدر هذا العرض ليس ضمن الاتحاد، لذلك لا تقبله المحفظة.',
  },
  'issuer-refused': {
    status: 502,
    origin: 'other-node',
    en: 'The issuer did not hand over the credential ({code}). Ask for a new offer on the page of your decision.',
    ar: 'لم يسلّم المُصدر الشهادة الرقمية ({code}). اطلب عرضًا جديدًا من صفحة القرار.',
  },
  'field-unknown': {
    status: 422,
    en: 'One of these fields is none that this credential can show. Choose among the fields that it lists.',
    ar: 'أحد هذه الحقول ليس مما تُظهره هذه الشهادة الرقمية. اختر من الحقول المعروضة.',
  },
});

const path = Type.String({ minLength: 1, maxLength: 200 });
const mebibyte = 1_048_576;

export const credentialsContract = defineContract({
  module: 'credentials',
  title: { ar: 'الشهادات الرقمية', en: 'Credentials' },
  problems: credentialsProblem,
  endpoints: {
    readType: {
      method: 'GET',
      path: '/credentials/types/:typeId',
      summary: 'What a type of credential is called and says, in both languages (SD-JWT VC type metadata)',
      access: 'anyone',
      params: Type.Object({ typeId: path }),
      answer: bytes('application/json'),
      refusals: ['credential-type-unknown'],
    },
    revokeCredential: {
      method: 'POST',
      path: '/operator/credentials/revoke',
      summary: 'Revokes the credential of a reference: wallet, document and code are no longer valid',
      access: 'operator',
      body: Type.Object({ reference: Type.String({ minLength: 1, maxLength: 100 }) }, { additionalProperties: false }),
      answer: Type.Object({ revoked: Type.Boolean() }),
      refusals: ['credential-unknown'],
    },
    readStatusList: {
      method: 'GET',
      path: '/credentials/status/:listId',
      summary: 'The signed list that says which credentials are revoked or superseded (Token Status List)',
      access: 'anyone',
      params: Type.Object({ listId: path }),
      answer: bytes('application/statuslist+jwt'),
      refusals: ['status-list-unknown'],
    },
    readIssuer: {
      method: 'GET',
      path: '/.well-known/openid-credential-issuer/credentials/issuer',
      summary: 'What this issuer offers to wallets (OpenID4VCI 1.0 section 12.2)',
      access: 'anyone',
      answer: bytes('application/json'),
      refusals: [],
    },
    readAuthorizationServer: {
      method: 'GET',
      path: '/.well-known/oauth-authorization-server/credentials/issuer',
      summary: 'How a wallet gets an access token from this issuer (RFC 8414)',
      access: 'anyone',
      answer: bytes('application/json'),
      refusals: [],
    },
    readOffer: {
      method: 'GET',
      path: '/credentials/offers/:offerId',
      summary: 'A credential offer by reference, until it is used or ends (OpenID4VCI 1.0 section 4.1.3)',
      access: 'anyone',
      params: Type.Object({ offerId: path }),
      answer: bytes('application/json'),
      refusals: ['offer-unknown'],
    },
    takeToken: {
      method: 'POST',
      path: '/credentials/issuer/token',
      summary: 'Exchanges a pre-authorized code, once, for an access token (OpenID4VCI 1.0 section 6)',
      access: 'anyone',
      raw: true,
      bodyBytesMax: 8_192,
      answer: bytes('application/json'),
      refusals: [],
    },
    takeNonce: {
      method: 'POST',
      path: '/credentials/issuer/nonce',
      summary: 'A fresh challenge for the proof of a holder key (OpenID4VCI 1.0 section 7)',
      access: 'anyone',
      raw: true,
      bodyBytesMax: 1_024,
      answer: bytes('application/json'),
      refusals: [],
    },
    takeCredential: {
      method: 'POST',
      path: '/credentials/issuer/credential',
      summary: 'Hands the credential to the wallet that proves its key (OpenID4VCI 1.0 section 8)',
      access: 'signed-message',
      raw: true,
      bodyBytesMax: 16_384,
      answer: bytes('application/json'),
      refusals: [],
    },
    verify: {
      method: 'POST',
      path: '/api/verify',
      summary:
        'Checks a sealed document (PDF) or a credential (SD-JWT) and says in words whether it is genuine and in force',
      access: 'anyone',
      raw: true,
      rawTypes: ['application/octet-stream', 'application/pdf', 'application/dc+sd-jwt', 'text/plain'],
      bodyBytesMax: 5 * mebibyte,
      answer: VerificationReport,
      refusals: [],
    },
    verifyReference: {
      method: 'GET',
      path: '/api/verify/:reference',
      summary: 'Says whether the document behind a QR code is in force, and nothing about the person',
      access: 'anyone',
      params: Type.Object({ reference: path }),
      answer: VerificationReport,
      refusals: ['reference-unknown'],
    },
    ...walletEndpoints,
  },
});

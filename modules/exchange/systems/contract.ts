import { type Static, Type } from 'typebox';
import { bytes, type Endpoint } from '#kernel/contract';
import type { ProblemDefinition } from '#kernel/problem';
import { Uuid } from '#protocol/text';

/** `INSTANCE/CLASS/MEMBER/SUBSYSTEM`: the subsystem is what the office calls this system. */
export const SystemClientId = Type.String({
  pattern: '^[A-Z]{2,3}/[A-Za-z0-9-]{1,64}/[A-Za-z0-9._-]{1,64}/[A-Za-z0-9._-]{1,64}$',
});

/** Where a person returns after a consent: encrypted, unless it is on this machine. */
const ReturnUrl = Type.String({
  pattern: '^(https://[^\\s#]+|http://([a-z0-9-]+\\.)*(localhost|127\\.0\\.0\\.1)(:\\d+)?(/[^\\s#]*)?)$',
  maxLength: 512,
});

/** Software of an office that asks through its own node. */
export const InformationSystem = Type.Object({
  systemId: Uuid,
  officeId: Type.String(),
  name: Type.String(),
  clientId: SystemClientId,
  callsPerMinute: Type.Integer(),
  returnUrl: Type.Optional(Type.String()),
  addedAt: Type.String({ format: 'date-time' }),
  /** How it may show who it is; a secret is never shown again. */
  credentials: Type.Array(
    Type.Object({
      kind: Type.Union([Type.Literal('secret'), Type.Literal('key')]),
      /** The thumbprint of a key (RFC 7638), the first characters of a secret's digest. */
      id: Type.String(),
      addedAt: Type.String({ format: 'date-time' }),
      expiresAt: Type.Optional(Type.String({ format: 'date-time' })),
      lastUsedOn: Type.Optional(Type.String()),
    }),
  ),
});
export type InformationSystem = Static<typeof InformationSystem>;

/** A public key that a system signs with, as a JWK: P-256 or Ed25519. */
export const SystemKey = Type.Object(
  {
    kty: Type.Union([Type.Literal('EC'), Type.Literal('OKP')]),
    crv: Type.Union([Type.Literal('P-256'), Type.Literal('Ed25519')]),
    x: Type.String({ minLength: 43, maxLength: 43 }),
    y: Type.Optional(Type.String({ minLength: 43, maxLength: 43 })),
  },
  { additionalProperties: false },
);
export type SystemKey = Static<typeof SystemKey>;

const credentialChoices = {
  /** Registers this key; without it a secret is made and shown once. */
  key: Type.Optional(SystemKey),
  daysValid: Type.Optional(Type.Integer({ minimum: 1, maximum: 730 })),
};

export const AddSystem = Type.Object(
  {
    officeId: Type.String({ minLength: 1, maxLength: 64 }),
    name: Type.String({ minLength: 2, maxLength: 100 }),
    clientId: SystemClientId,
    callsPerMinute: Type.Optional(Type.Integer({ minimum: 1, maximum: 60_000 })),
    returnUrl: Type.Optional(ReturnUrl),
    ...credentialChoices,
  },
  { additionalProperties: false },
);
export type AddSystem = Static<typeof AddSystem>;

export const RotateSystem = Type.Object(
  {
    ...credentialChoices,
    /** How long what was valid stays valid, so that the system can be changed over without a gap. */
    overlapHours: Type.Optional(Type.Integer({ minimum: 0, maximum: 720 })),
  },
  { additionalProperties: false },
);
export type RotateSystem = Static<typeof RotateSystem>;

export const AddedSystem = Type.Object({
  system: InformationSystem,
  /** Shown this once. Absent when a key was registered. */
  secret: Type.Optional(Type.String()),
});
export type AddedSystem = Static<typeof AddedSystem>;

/** Refusals of whoever calls as a system, at any module that lets systems in. */
export const callerProblems = {
  'call-malformed': {
    status: 400,
    en: 'The call does not have the form of X-Road REST ({where}). Correct it and call again.',
    ar: 'النداء ليس بصيغة X-Road REST ({where}). صحّحه ثم أعد النداء.',
  },
  'caller-not-recognised': {
    status: 401,
    en: 'The calling system did not show that it is the client it names. Check the client id, and the secret or the signature.',
    ar: 'لم يُثبت النظام المنادي أنه العميل الذي يذكره. تحقق من معرّف العميل ومن السر أو التوقيع.',
  },
  'call-id-used': {
    status: 409,
    en: 'A call with this X-Road-Id was made before with other content, or too long ago. Use a new id for a new call.',
    ar: 'سبق نداء بالرقم X-Road-Id نفسه بمحتوى آخر أو قبل مدة طويلة. استخدم رقمًا جديدًا لنداء جديد.',
  },
  'calls-too-many': {
    status: 429,
    en: 'This system has called more often than agreed ({callsPerMinute} calls a minute). Wait a little, or ask the operator for more.',
    ar: 'نادى هذا النظام أكثر مما اتُّفق عليه ({callsPerMinute} نداء في الدقيقة). انتظر قليلًا أو اطلب من المشغّل زيادة.',
  },
} satisfies Record<string, ProblemDefinition>;

export const systemProblems = {
  ...callerProblems,
  'system-unknown': {
    status: 404,
    en: 'No information system with this id is registered at this node. List the systems and take the id from there.',
    ar: 'لا يوجد نظام معلومات مسجّل في هذه العقدة بهذا الرقم. اعرض قائمة الأنظمة وخذ الرقم منها.',
  },
  'system-client-taken': {
    status: 409,
    en: 'Another system is registered under the client id {clientId}. Choose another subsystem code, or remove that one first.',
    ar: 'يوجد نظام آخر مسجّل بالمعرّف {clientId}. اختر رمزًا فرعيًا آخر أو أزل ذلك النظام أولًا.',
  },
  'system-client-not-of-office': {
    status: 400,
    en: 'The client id has to be that of the office with a subsystem code: {clientOfOffice}/NAME. Correct it and try again.',
    ar: 'يجب أن يكون المعرّف معرّف الجهة مع رمز فرعي: {clientOfOffice}/NAME. صحّحه ثم أعد المحاولة.',
  },
  'office-unknown': {
    status: 404,
    en: 'This node has no such office. Take the id from the offices of this state.',
    ar: 'لا توجد في هذه العقدة جهة كهذه. خذ الرقم من جهات هذه الدولة.',
  },
  'consent-not-held': {
    status: 403,
    en: 'The office of this system holds no valid consent for this evidence under the id or the case named. Ask the person for consent first.',
    ar: 'لا تملك جهة هذا النظام موافقة سارية على هذه البيانات بالرقم أو الملف المذكور. اطلب موافقة الشخص أولًا.',
  },
  'member-unknown': {
    status: 404,
    en: 'Nobody in the federation is known as {member}. Ask listClients of the state which members and subsystems there are.',
    ar: 'لا أحد في الاتحاد معروف باسم {member}. اطلب listClients من الدولة لمعرفة الأعضاء والأنظمة الفرعية.',
  },
  'service-not-found': {
    status: 404,
    en: 'No such service is known under this address. Ask listMethods which services the provider has.',
    ar: 'لا توجد خدمة معروفة بهذا العنوان. اطلب listMethods لمعرفة خدمات الجهة المقدمة.',
  },
} satisfies Record<string, ProblemDefinition>;

const rest = Type.Object({ '*': Type.String({ maxLength: 1024 }) });
export const callRefusals = [
  'call-malformed',
  'caller-not-recognised',
  'call-id-used',
  'calls-too-many',
  'consent-not-held',
  'member-unknown',
  'service-not-found',
  'evidence-provider-unknown',
  'provider-log-in-breach',
  'answer-invalid',
] as const;

/**
 * The operator's orders come on the operator's address; the calls of systems carry their own proof. To a caller that speaks
 * X-Road, refusals have X-Road's form and status.
 */
export const systemEndpoints = {
  addSystem: {
    method: 'POST',
    path: '/operator/systems',
    summary: 'Registers an information system of an office; its secret is shown this once',
    access: 'operator',
    body: AddSystem,
    status: 201,
    answer: AddedSystem,
    refusals: ['office-unknown', 'system-client-taken', 'system-client-not-of-office'],
  },
  listSystems: {
    method: 'GET',
    path: '/operator/systems',
    summary: 'The information systems registered at this node, without their secrets',
    access: 'operator',
    answer: Type.Array(InformationSystem),
    refusals: [],
  },
  rotateSystem: {
    method: 'POST',
    path: '/operator/systems/:systemId/credentials',
    summary: 'Gives a system a new secret or key; the old ones end after an overlap',
    access: 'operator',
    params: Type.Object({ systemId: Uuid }),
    body: RotateSystem,
    status: 201,
    answer: AddedSystem,
    refusals: ['system-unknown'],
  },
  removeSystem: {
    method: 'DELETE',
    path: '/operator/systems/:systemId',
    summary: 'Removes a system: its next call is refused',
    access: 'operator',
    params: Type.Object({ systemId: Uuid }),
    answer: Type.Object({ systemId: Uuid }),
    refusals: ['system-unknown'],
  },
  readService: {
    method: 'GET',
    path: '/r1/*',
    summary: 'An own information system asks an office for evidence, or for its services, in X-Road REST form',
    access: 'signed-message',
    params: rest,
    answer: bytes('application/json; charset=utf-8'),
    refusals: callRefusals,
  },
  callService: {
    method: 'POST',
    path: '/r1/*',
    summary: 'As readService, for addresses that no question of a node has: without a subsystem, or with a path',
    access: 'signed-message',
    params: rest,
    raw: true,
    answer: bytes('application/json; charset=utf-8'),
    refusals: callRefusals,
  },
  listClients: {
    method: 'GET',
    path: '/listClients',
    summary: "X-Road's list of members and subsystems of one state, as XML, or as JSON when asked for",
    access: 'anyone',
    query: Type.Object({ xRoadInstance: Type.Optional(Type.String({ pattern: '^[A-Z]{2,3}$' })) }),
    answer: bytes('text/xml; charset=utf-8'),
    refusals: ['member-unknown'],
  },
} as const satisfies Record<string, Endpoint>;

import { type Static, Type } from 'typebox';
import type { Endpoint } from '#kernel/contract';
import type { ProblemDefinition } from '#kernel/problem';
import { EntityId, FieldNames, Moment, Name, Text } from '#protocol/text';

/** What a service may be certified to ask with a person's consent. Grants under a law are given by the state alone. */
export const DeskGrant = Type.Object(
  { purpose: Name, evidence_type: Name, fields: FieldNames },
  { additionalProperties: false },
);
export type DeskGrant = Static<typeof DeskGrant>;

/** The name of what people can allow an app, `cases:read`; which it is, the state's own module for apps knows. */
const Scopes = Type.Array(Type.String({ pattern: '^[a-z]{2,32}:[a-z]{2,32}$' }), {
  minItems: 1,
  maxItems: 50,
  uniqueItems: true,
});

/** What an app may be: which scopes people can be asked for, how often it may call, and for how long it may be allowed. */
export const AppTier = Type.Object(
  {
    id: Name,
    names: Text,
    decidedBy: Type.Union([Type.Literal('rule'), Type.Literal('operator')]),
    scopes: Scopes,
    callsPerMinute: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    callsPerDay: Type.Integer({ minimum: 1, maximum: 1_000_000_000 }),
    /** A person can allow it for so many days at most. */
    daysMax: Type.Integer({ minimum: 1, maximum: 365 }),
    /** Offered only by a node whose people are made up. */
    isForSamples: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export type AppTier = Static<typeof AppTier>;

export const AppWish = Type.Object({ tier: Name, scopes: Scopes }, { additionalProperties: false });
export type AppWish = Static<typeof AppWish>;

/** What a state's desk takes (`desk.json`): services at these hosts, for these grants. Without it nobody can join. */
export const DeskRules = Type.Object(
  {
    /** `permits.gov.example` is that host alone, `.gov.example` every host below it. */
    hosts: Type.Array(Type.String({ pattern: '^\\.?[a-z0-9-]+(\\.[a-z0-9-]+)*$' }), { minItems: 1, maxItems: 100 }),
    offers: Type.Array(
      Type.Object(
        {
          purpose: Name,
          evidence_type: Name,
          fields: FieldNames,
          /** `rule`: certified at once; `operator`: a person of the state looks first. */
          decidedBy: Type.Union([Type.Literal('rule'), Type.Literal('operator')]),
        },
        { additionalProperties: false },
      ),
      { maxItems: 1_000 },
    ),
    /** What apps of others may be here; no app can join without. */
    apps: Type.Optional(Type.Array(AppTier, { maxItems: 20 })),
  },
  { additionalProperties: false },
);
export type DeskRules = Static<typeof DeskRules>;

/** The claims of a join request: a JWS of type `jisr-join-request+jwt`, signed with a federation key of the service. */
export const JoinRequest = Type.Object(
  {
    /** The entity id of the service. Its configuration names this state among its `authority_hints`. */
    iss: EntityId,
    /** The entity id of the state. */
    aud: EntityId,
    iat: Type.Integer(),
    /** At most five minutes after `iat`. */
    exp: Type.Integer(),
    names: Text,
    /** Empty for an app that asks for no evidence itself. */
    grants: Type.Array(DeskGrant, { maxItems: 50 }),
    /** For an app that people allow to act for them (entity type `oauth_client`). */
    app: Type.Optional(AppWish),
    /** `SA/GOV/permits`, for a service that asks other states itself (entity type `jisr_office`). */
    x_road_client: Type.Optional(Type.String({ pattern: '^[A-Z]{2,3}/[A-Za-z0-9_-]{1,32}/[A-Za-z0-9_.-]{1,64}$' })),
  },
  { additionalProperties: false },
);
export type JoinRequest = Static<typeof JoinRequest>;

/** How a service stands. `none`: it belongs to the state itself and never asked. */
export const MemberStanding = Type.Object({
  entityId: Type.String(),
  names: Type.Optional(Text),
  decision: Type.Union([
    Type.Literal('none'),
    Type.Literal('waiting'),
    Type.Literal('admitted'),
    Type.Literal('refused'),
  ]),
  asked: Type.Array(DeskGrant),
  /** What its trust mark says now; absent as long as it is nobody. */
  granted: Type.Optional(Type.Array(DeskGrant)),
  app: Type.Optional(AppWish),
  grantedApp: Type.Optional(AppWish),
  xRoadClient: Type.Optional(Type.String()),
  decidedBy: Type.Optional(Type.Union([Type.Literal('rule'), Type.Literal('operator')])),
  reason: Type.Optional(Type.String()),
  appliedAt: Type.Optional(Moment),
  suspended: Type.Optional(Type.Object({ reason: Type.String(), at: Moment })),
});
export type MemberStanding = Static<typeof MemberStanding>;

/** Stands in the ledger and names nobody. */
const Reason = Type.String({ minLength: 3, maxLength: 300 });

export const DecideMember = Type.Object(
  {
    entityId: EntityId,
    outcome: Type.Union([
      Type.Literal('admit'),
      Type.Literal('refuse'),
      Type.Literal('suspend'),
      Type.Literal('resume'),
    ]),
    reason: Reason,
    /** For `admit`: the `appliedAt` that was looked at; refused when the service has asked for something else since. */
    appliedAt: Type.Optional(Moment),
  },
  { additionalProperties: false },
);
export type DecideMember = Static<typeof DecideMember>;

export const deskProblems = {
  'desk-closed': {
    status: 404,
    en: 'This state takes no new services this way. Ask its operator how to join.',
    ar: 'لا تقبل هذه الدولة خدمات جديدة بهذه الطريقة. اسأل مشغّلها عن طريقة الانضمام.',
  },
  'applicant-address-refused': {
    status: 403,
    en: 'The desk of this state takes no services at the address {host}. Ask its operator which addresses it takes.',
    ar: 'لا يقبل مكتب التسجيل في هذه الدولة خدمات على العنوان {host}. اسأل مشغّلها عن العناوين المقبولة.',
  },
  'join-request-invalid': {
    status: 400,
    en: 'The request to join does not hold: {reason}. Correct it, sign it again and send it again.',
    ar: 'طلب الانضمام غير سليم: {reason}. صحّحه ووقّعه من جديد ثم أرسله.',
  },
  'grant-not-offered': {
    status: 403,
    en: 'This state certifies no service to ask for this ({where}). Ask for less, or for another purpose. Nobody was asked.',
    ar: 'لا تصادق هذه الدولة لأي خدمة على طلب هذا ({where}). اطلب أقل أو لغرض آخر. لم يُسأل أحد.',
  },
  'app-not-offered': {
    status: 403,
    en: 'This state lets no app be this ({where}). Ask for a kind of app and for scopes that its developers page lists.',
    ar: 'لا تسمح هذه الدولة لأي تطبيق بهذا ({where}). اطلب نوع تطبيق ونطاقات مما تذكره صفحة المطوّرين.',
  },
  'member-code-taken': {
    status: 409,
    en: 'The member code {code} belongs to another office, or is not one of this state. Choose another.',
    ar: 'رمز العضو {code} يخص جهة أخرى أو ليس من رموز هذه الدولة. اختر رمزًا آخر.',
  },
  'desk-full': {
    status: 503,
    en: 'Too many requests to join are waiting. Try again tomorrow, or write to the operator of the state.',
    ar: 'طلبات الانضمام المنتظرة كثيرة جدًا. أعد المحاولة غدًا أو راسل مشغّل الدولة.',
  },
  'member-unknown': {
    status: 404,
    en: 'No such entity stands or waits under this state. List the members and take the identifier from there.',
    ar: 'لا يوجد تحت هذه الدولة كيان كهذا ولا طلب له. اعرض القائمة وخذ المعرّف منها.',
  },
  'member-order-outdated': {
    status: 409,
    en: 'The entity does not stand as this order supposes; it has asked anew, or was decided already. Look again, then decide.',
    ar: 'حال الكيان ليست كما يفترض هذا الأمر؛ فقد قدّم طلبًا جديدًا أو بُتّ فيه. انظر من جديد ثم قرّر.',
  },
} satisfies Record<string, ProblemDefinition>;

export const deskEndpoints = {
  askToJoin: {
    method: 'POST',
    path: '/federation/join',
    summary: 'A service asks to join under this state; asking again shows how it stands',
    access: 'signed-message',
    raw: true,
    bodyBytesMax: 32_768,
    answer: MemberStanding,
    refusals: [
      'desk-closed',
      'applicant-address-refused',
      'join-request-invalid',
      'grant-not-offered',
      'app-not-offered',
      'member-code-taken',
      'desk-full',
      'entity-unreachable',
    ],
  },
  listMembers: {
    method: 'GET',
    path: '/operator/members',
    summary: 'Who stands, waits or is suspended under this state',
    access: 'operator',
    answer: Type.Array(MemberStanding),
    refusals: [],
  },
  decideMember: {
    method: 'POST',
    path: '/operator/members/decisions',
    summary: 'Admits, refuses, suspends or resumes an entity; in force in every state within a minute',
    access: 'operator',
    body: DecideMember,
    answer: MemberStanding,
    refusals: ['member-unknown', 'member-order-outdated'],
  },
} as const satisfies Record<string, Endpoint>;

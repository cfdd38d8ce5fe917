import { type Static, Type } from 'typebox';
import type { Endpoint } from '#kernel/contract';
import type { ProblemDefinition } from '#kernel/problem';
import { EntityId, FieldNames, Moment, Name } from '#protocol/text';

/** An office: by its entity id, or by its member code (`SA/GOV/moe`), which its state vouches for. */
export const OfficeRef = Type.Union([
  EntityId,
  Type.String({ pattern: '^[A-Z]{2,3}/[A-Za-z0-9._-]{1,64}/[A-Za-z0-9._-]{1,64}$' }),
]);

/** To whom a rule applies: exactly one of these. */
export const Who = Type.Union([
  Type.Object({ office: OfficeRef }, { additionalProperties: false }),
  /** A group of offices that the same file names. */
  Type.Object({ group: Name }, { additionalProperties: false }),
  /** Every office that holds a trust mark of this type, given by its own state; the last part of the type's address. */
  Type.Object({ trustMark: Name }, { additionalProperties: false }),
  /** Every office of a state (ISO 3166-1 alpha-2). */
  Type.Object({ state: Type.String({ pattern: '^[A-Z]{2}$' }) }, { additionalProperties: false }),
]);
export type Who = Static<typeof Who>;

/** One thing that the state allows: it covers a question whole or not at all. Nothing is allowed without a rule. */
export const AccessRule = Type.Object(
  {
    id: Name,
    who: Who,
    evidenceType: Name,
    fields: FieldNames,
    purposes: Type.Array(Name, { minItems: 1, maxItems: 64, uniqueItems: true }),
    /** `consent`, or the id of a law in the protocol's catalogue. */
    grounds: Type.Array(Name, { minItems: 1, maxItems: 64, uniqueItems: true }),
    from: Type.Optional(Moment),
    until: Type.Optional(Moment),
  },
  { additionalProperties: false },
);
export type AccessRule = Static<typeof AccessRule>;

/**
 * When a person is shown that their data was used. `open`: at once. `delayed`: at once that something is recorded, after
 * `days` what. `about-others`: for ever without what would tell about somebody else. The first rule that fits is the one. It
 * is for questions under a law; what was consented to is open.
 */
export const DisclosureRule = Type.Object(
  {
    purpose: Name,
    evidenceType: Type.Optional(Name),
    class: Type.Union([Type.Literal('open'), Type.Literal('delayed'), Type.Literal('about-others')]),
    /** With `delayed` only. */
    days: Type.Optional(Type.Integer({ minimum: 1, maximum: 3650 })),
  },
  { additionalProperties: false },
);
export type DisclosureRule = Static<typeof DisclosureRule>;

/** What the offices of a state give to whom, and when the person sees it. */
export const AccessRules = Type.Object(
  {
    groups: Type.Record(Name, Type.Array(OfficeRef, { minItems: 1, uniqueItems: true })),
    rules: Type.Array(AccessRule, { maxItems: 10_000 }),
    disclosure: Type.Array(DisclosureRule, { maxItems: 1_000 }),
  },
  { additionalProperties: false },
);
export type AccessRules = Static<typeof AccessRules>;

export const accessProblems = {
  // It names no rule: what this state allows to others is not the asker's to know.
  'access-not-granted': {
    status: 403,
    en: 'The office that holds this evidence does not give it to your office for this purpose on this ground. Ask the state that holds it for access.',
    ar: 'الجهة التي تحفظ هذه البيانات لا تعطيها لجهتك لهذا الغرض وبهذا السند. اطلب الإذن من الدولة التي تحفظها.',
  },
  'access-rules-invalid': {
    status: 400,
    en: 'The rules of access are wrong in {count} places, first at {where}. None of them was taken; jisr rules check says what is wrong.',
    ar: 'في قواعد الوصول {count} من المواضع الخاطئة، أولها {where}. لم يُؤخذ منها شيء؛ يبيّن الأمر jisr rules check الخطأ.',
  },
  'access-rules-superseded': {
    status: 409,
    en: 'Version {version} of the rules of access has come into force meanwhile. Look at what it changed, then publish yours again.',
    ar: 'صار الإصدار {version} من قواعد الوصول نافذًا في هذه الأثناء. انظر ما تغيّر فيه ثم انشر قواعدك مجددًا.',
  },
  'access-version-unknown': {
    status: 404,
    en: 'The rules of access have no version with this number. List the versions and take the number from there.',
    ar: 'لا إصدار بهذا الرقم لقواعد الوصول. اعرض قائمة الإصدارات وخذ الرقم منها.',
  },
} satisfies Record<string, ProblemDefinition>;

/** One version of the rules; the latest is in force. */
export const AccessVersion = Type.Object({
  version: Type.Integer(),
  /** SHA-256 of the RFC 8785 form, in hex. */
  digest: Type.String(),
  rulesCount: Type.Integer(),
  /** `state-folder`: what the node began with. */
  changedBy: Type.Union([Type.Literal('state-folder'), Type.Literal('operator')]),
  reason: Type.Optional(Type.String()),
  changedAt: Moment,
  /** The leaf of `access-rules-changed` in this node's ledger, in hex. */
  leafHash: Type.String(),
});
export type AccessVersion = Static<typeof AccessVersion>;

export const PublishAccessRules = Type.Object(
  {
    /** Of the form `AccessRules`; what is wrong in them is refused with the place. */
    rules: Type.Unknown(),
    /** The version that they take the place of: refused when another has come into force since. */
    basedOn: Type.Integer({ minimum: 1 }),
    /** Stands in the ledger and names nobody. */
    reason: Type.String({ minLength: 3, maxLength: 300 }),
  },
  { additionalProperties: false },
);
export type PublishAccessRules = Static<typeof PublishAccessRules>;

export const PublishedAccessRules = Type.Object({
  version: Type.Integer(),
  /** False when the same rules are in force already. */
  isNew: Type.Boolean(),
});
export type PublishedAccessRules = Static<typeof PublishedAccessRules>;

export const accessEndpoints = {
  listAccessVersions: {
    method: 'GET',
    path: '/operator/access-rules',
    summary: 'The versions of the rules of access, latest first: the first is in force',
    access: 'operator',
    answer: Type.Array(AccessVersion),
    refusals: [],
  },
  readAccessVersion: {
    method: 'GET',
    path: '/operator/access-rules/:version',
    summary: 'One version of the rules of access, whole',
    access: 'operator',
    params: Type.Object({ version: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) }),
    answer: Type.Object({ version: AccessVersion, rules: AccessRules }),
    refusals: ['access-version-unknown'],
  },
  publishAccessRules: {
    method: 'POST',
    path: '/operator/access-rules',
    summary: 'Puts rules of access in force as the next version, all of them or none',
    access: 'operator',
    body: PublishAccessRules,
    bodyBytesMax: 8_388_608,
    answer: PublishedAccessRules,
    refusals: ['access-rules-invalid', 'access-rules-superseded'],
  },
} satisfies Record<string, Endpoint>;

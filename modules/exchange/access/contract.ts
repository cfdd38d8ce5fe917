import { type Static, Type } from 'typebox';
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

/** `access.json` of a state: what its offices give to whom, and when the person sees it. */
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
} satisfies Record<string, ProblemDefinition>;

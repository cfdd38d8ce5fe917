import { type Static, Type } from 'typebox';

/** Words for people, in both languages of the federation. */
export const Text = Type.Object(
  { ar: Type.String({ minLength: 1 }), en: Type.String({ minLength: 1 }) },
  { additionalProperties: false },
);
export type Text = Static<typeof Text>;

/** A catalogue name: an evidence type, a field, a purpose, a requirement. */
export const Name = Type.String({ pattern: '^[a-z][a-z0-9]*([-_][a-z0-9]+)*$', maxLength: 64 });

export const Moment = Type.String({ format: 'date-time', maxLength: 35 });

export const Uuid = Type.String({
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
});

/** An entity identifier of OpenID Federation 1.0 section 1.2: an http(s) URL. */
export const EntityId = Type.String({ pattern: '^https?://[^\\s?#]+$', maxLength: 512 });

/** A case number of the asking office. It names no person. */
export const CaseId = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]*$', maxLength: 64 });

export const FieldNames = Type.Array(Name, { minItems: 1, maxItems: 64, uniqueItems: true });

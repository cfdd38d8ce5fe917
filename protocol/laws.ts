import { type Static, Type } from 'typebox';
import criminalAssistance from './laws/gcc-criminal-assistance.json' with { type: 'json' };
import estateAssistance from './laws/gcc-estate-assistance.json' with { type: 'json' };
import insuranceExtension from './laws/gcc-insurance-extension.json' with { type: 'json' };
import { FieldNames, Moment, Name, Text } from './text.ts';

/** A law or a treaty under which an office may ask without the person's consent, and how far it carries. */
export const Law = Type.Object(
  {
    id: Name,
    names: Text,
    /** Which part of it, in words that the person is shown. */
    article: Text,
    /** The states in which it is in force (ISO 3166-1 alpha-2). It grounds a question only where both sides are among them. */
    parties: Type.Array(Type.String({ pattern: '^[A-Z]{2}$' }), { minItems: 1, uniqueItems: true }),
    from: Moment,
    /** Absent while nobody has ended it. */
    until: Type.Optional(Moment),
    /** What it grounds. One item has to cover a question whole: items are not added up. */
    grounds: Type.Array(
      Type.Object(
        {
          evidenceType: Name,
          fields: FieldNames,
          purposes: Type.Array(Name, { minItems: 1, maxItems: 32, uniqueItems: true }),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 64 },
    ),
    /** Whether a question may be kept from the person for a time, and for how many days at most. Absent: never. */
    sealing: Type.Optional(
      Type.Object({ daysMax: Type.Integer({ minimum: 1, maximum: 3650 }) }, { additionalProperties: false }),
    ),
  },
  { additionalProperties: false },
);
export type Law = Static<typeof Law>;

export const laws: readonly Law[] = [insuranceExtension, criminalAssistance, estateAssistance];

const lawById = new Map(laws.map((law) => [law.id, law]));

export function findLaw(id: string): Law | undefined {
  return lawById.get(id);
}

import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';

/** The three indices that the E-Government Development Index is made of. */
export const IndexId = Type.Union([Type.Literal('osi'), Type.Literal('tii'), Type.Literal('hci')]);
export type IndexId = Static<typeof IndexId>;
export const indexIds = ['osi', 'tii', 'hci'] as const satisfies readonly IndexId[];

/**
 * How sure a statement of a method is: `published` in words by the UN; `verified` because the published tables prove it; `fitted`
 * because it explains them best; `assumed` because it is quoted without proof.
 */
export const Certainty = Type.Union([
  Type.Literal('published'),
  Type.Literal('verified'),
  Type.Literal('fitted'),
  Type.Literal('assumed'),
]);
export type Certainty = Static<typeof Certainty>;

const closed = { additionalProperties: false };

/** A part of an index: answers to yes-or-no questions, or a raw input that is standardised over all areas. */
export const Part = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z]+(-[a-z0-9]+)*$' }),
    names: Text,
    /** Whole numbers; the weight within the index is this over the sum of its parts. */
    weight: Type.Integer({ minimum: 0 }),
    evidence: Certainty,
    kind: Type.Union([Type.Literal('questions'), Type.Literal('input')]),
    /** Questions: how many yes-or-no codes the toolkit lists. */
    codes: Type.Optional(Type.Integer({ minimum: 1 })),
    /** Questions: into how many equal steps the published values fall, which is what one answer is worth. */
    steps: Type.Optional(Type.Integer({ minimum: 1 })),
    /** Inputs: the table and columns that hold it; several columns are averaged. Absent when nobody publishes it openly. */
    source: Type.Optional(
      Type.Object({ table: Type.String(), columns: Type.Array(Type.String(), { minItems: 1 }) }, closed),
    ),
    /** Inputs: values above it count as it. */
    cap: Type.Optional(Type.Object({ value: Type.Number(), evidence: Certainty }, closed)),
    /** Inputs: 99 stands for an absent value of such areas. */
    where99: Type.Optional(Type.Literal('very-high-development')),
  },
  closed,
);
export type Part = Static<typeof Part>;

const Parts = Type.Array(Part);

/** How one survey year was computed. Weights are whole numbers so that sums stay exact. */
export const Method = Type.Object(
  {
    year: Type.Integer(),
    edition: Text,
    aggregation: Type.Object(
      {
        weights: Type.Object(
          {
            osi: Type.Integer({ minimum: 0 }),
            tii: Type.Integer({ minimum: 0 }),
            hci: Type.Integer({ minimum: 0 }),
          },
          closed,
        ),
        evidence: Certainty,
      },
      closed,
    ),
    scaling: Type.Record(IndexId, Type.Union([Type.Literal('zero-to-one'), Type.Literal('as-published')])),
    /** Published values that fall into equal steps: 73 means that every value is a whole number of 73rds. */
    steps: Type.Object({ osi: Type.Optional(Type.Integer()), epi: Type.Optional(Type.Integer()) }, closed),
    parts: Type.Object({ osi: Parts, tii: Parts, hci: Parts }, closed),
    breaks: Type.Array(Type.Object({ in: Type.String(), words: Text }, closed)),
    assumptions: Type.Array(Type.String()),
    knownErrors: Type.Array(Type.Object({ area: Type.String(), words: Text }, closed)),
  },
  closed,
);
export type Method = Static<typeof Method>;

export const MethodFile = Type.Object(
  { assumptions: Type.Record(Type.String(), Text), methods: Type.Array(Method, { minItems: 1 }) },
  closed,
);
export type MethodFile = Static<typeof MethodFile>;

import { type Static, Type } from 'typebox';
import { IndexId } from '../methods/contract.ts';

const closed = { additionalProperties: false };
const AreaId = Type.String({ pattern: '^[A-Z]{3}$' });

/**
 * `frozen`: everybody else, and every norm, stays as published; only the own place moves. `full`: means, deviations, lowest and
 * highest are computed again, so everybody may move.
 */
export const Mode = Type.Union([Type.Literal('frozen'), Type.Literal('full')]);
export type Mode = Static<typeof Mode>;

/** One change, at one of four depths. Values of indices and parts are between 0 and 1; inputs are in their own unit. */
export const Change = Type.Union([
  Type.Object({ depth: Type.Literal('index'), index: IndexId, value: Type.Number({ minimum: 0, maximum: 1 }) }, closed),
  Type.Object(
    { depth: Type.Literal('part'), part: Type.Literal('epi'), value: Type.Number({ minimum: 0, maximum: 1 }) },
    closed,
  ),
  Type.Object(
    {
      depth: Type.Literal('questions'),
      part: Type.String({ maxLength: 20 }),
      /** How many more questions would be answered with yes; negative for fewer. */
      more: Type.Integer({ minimum: -200, maximum: 200 }),
    },
    closed,
  ),
  Type.Object(
    {
      depth: Type.Literal('input'),
      part: Type.String({ maxLength: 20 }),
      value: Type.Number({ minimum: 0, maximum: 1_000_000 }),
    },
    closed,
  ),
]);
export type Change = Static<typeof Change>;

export const Scenario = Type.Object(
  {
    year: Type.Integer({ minimum: 2000, maximum: 2100 }),
    area: AreaId,
    mode: Mode,
    changes: Type.Array(Change, { minItems: 1, maxItems: 20 }),
  },
  closed,
);
export type Scenario = Static<typeof Scenario>;

/** Between 0 and 1. */
export const Standpoint = Type.Object({
  egdi: Type.Number(),
  rank: Type.Integer(),
  osi: Type.Number(),
  tii: Type.Number(),
  hci: Type.Number(),
  epi: Type.Optional(Type.Number()),
});
export type Standpoint = Static<typeof Standpoint>;

export const Moved = Type.Object({
  area: AreaId,
  rankBefore: Type.Integer(),
  rankAfter: Type.Integer(),
  /** Change of the index, between -1 and 1. */
  egdi: Type.Number(),
});
export type Moved = Static<typeof Moved>;

export const Outcome = Type.Object({
  mode: Mode,
  before: Standpoint,
  after: Standpoint,
  /** Other areas whose rank or value changes, those nearest to the own rank first. */
  moved: Type.Array(Moved),
  movedCount: Type.Integer(),
  /** Indices that a change would take above 1, where they stop. */
  stopped: Type.Array(IndexId),
  /** Ids of the method's assumptions that this answer stands on. */
  assumptions: Type.Array(Type.String()),
});
export type Outcome = Static<typeof Outcome>;

export const Goal = Type.Object(
  {
    year: Type.Integer({ minimum: 2000, maximum: 2100 }),
    area: AreaId,
    rank: Type.Integer({ minimum: 1, maximum: 193 }),
    /** What one more yes costs in each part, in any unit; 1 where it is not said. */
    costs: Type.Optional(
      Type.Record(Type.String({ pattern: '^[a-z]{2,3}$' }), Type.Integer({ minimum: 1, maximum: 100 })),
    ),
  },
  closed,
);
export type Goal = Static<typeof Goal>;

/** A way to move: more answers with yes in one part. */
export const Lever = Type.Object({
  part: Type.String(),
  index: IndexId,
  /** What one more yes adds to the EGDI. */
  gain: Type.Number(),
  /** How many are open; an estimate where the part's own value is not published. */
  open: Type.Integer(),
  isEstimate: Type.Boolean(),
  cost: Type.Integer(),
});
export type Lever = Static<typeof Lever>;

/** A mix of levers that nothing both cheaper and stronger beats. */
export const Mix = Type.Object({
  cost: Type.Integer(),
  gain: Type.Number(),
  rank: Type.Integer(),
  units: Type.Record(Type.String(), Type.Integer()),
});
export type Mix = Static<typeof Mix>;

export const GoalAnswer = Type.Object({
  before: Standpoint,
  /** What the EGDI has to grow by; 0 when the rank is held already. */
  needed: Type.Number(),
  /** Whose value has to be reached. */
  overtakes: Type.Optional(AreaId),
  /** By one index alone: the value it would need, and whether that is at most 1. */
  alone: Type.Array(Type.Object({ index: IndexId, value: Type.Number(), isAttainable: Type.Boolean() })),
  levers: Type.Array(Lever),
  /** The cheapest mix of levers that reaches the rank; absent when all of them together do not. */
  cheapest: Type.Optional(Mix),
  /** Costs and gains on the way there, none of which is beaten. */
  frontier: Type.Array(Mix),
  assumptions: Type.Array(Type.String()),
});
export type GoalAnswer = Static<typeof GoalAnswer>;

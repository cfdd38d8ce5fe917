import { type Static, Type } from 'typebox';
import { IndexId } from '../methods/contract.ts';

const AreaId = Type.String();

/** One piece of a difference; the pieces add up to it. */
export const Piece = Type.Object({
  of: Type.Union([IndexId, Type.Literal('epi'), Type.Literal('osi-rest'), Type.Literal('residual')]),
  own: Type.Optional(Type.Number()),
  peer: Type.Optional(Type.Number()),
  /** What it adds to the difference of the EGDI: peer less own. */
  egdi: Type.Number(),
});
export type Piece = Static<typeof Piece>;

export const Gap = Type.Object({
  year: Type.Integer(),
  area: AreaId,
  peer: AreaId,
  own: Type.Number(),
  other: Type.Number(),
  /** Peer less own. */
  gap: Type.Number(),
  pieces: Type.Array(Piece),
  /** The online services piece again, split by e-participation; this split stands on assumed weights. */
  within: Type.Array(Piece),
});
export type Gap = Static<typeof Gap>;

/** A year-on-year change of one index, split into what really changed and what the method changed, where data allow that. */
export const ChangeOfIndex = Type.Object({
  index: IndexId,
  from: Type.Number(),
  to: Type.Number(),
  /** What the index adds to the change of the EGDI at the mean of both years' weights. */
  egdi: Type.Number(),
  isSeparable: Type.Boolean(),
  /** The index's own change as the earlier method sees it on the later inputs. */
  real: Type.Optional(Type.Number()),
  method: Type.Optional(Type.Number()),
});
export type ChangeOfIndex = Static<typeof ChangeOfIndex>;

export const ChangeOverTime = Type.Object({
  area: AreaId,
  from: Type.Integer(),
  to: Type.Integer(),
  egdi: Type.Number(),
  ranks: Type.Object({ from: Type.Integer(), to: Type.Integer() }),
  indices: Type.Array(ChangeOfIndex),
  /** What the change of weights alone did. */
  weights: Type.Number(),
  /** What the printed parts do not explain. */
  residual: Type.Number(),
});
export type ChangeOverTime = Static<typeof ChangeOverTime>;

import { type Static, Type } from 'typebox';
import { IndexId } from '../methods/contract.ts';

export const RankInterval = Type.Object({
  area: Type.String(),
  /** The printed rank; absent where the source has no score. */
  rank: Type.Optional(Type.Integer()),
  median: Type.Integer(),
  /** Nine ranks of ten lie between these two. */
  low: Type.Integer(),
  high: Type.Integer(),
  /** The most and the least that any run gave. */
  best: Type.Integer(),
  worst: Type.Integer(),
  /** Parts that were absent and drawn in every run. */
  drawn: Type.Array(IndexId),
});
export type RankInterval = Static<typeof RankInterval>;

export const Uncertainty = Type.Object({
  year: Type.Integer(),
  runs: Type.Integer(),
  /** Each weight is drawn between its nominal value less and plus this share, and the weights are then made to add up to 1. */
  spread: Type.Number(),
  seed: Type.Integer(),
  intervals: Type.Array(RankInterval),
});
export type Uncertainty = Static<typeof Uncertainty>;

/** What one assumption does to one area's result when it alone is moved. */
export const Swing = Type.Object({
  what: Type.Union([
    Type.Literal('weight-osi'),
    Type.Literal('weight-tii'),
    Type.Literal('weight-hci'),
    IndexId,
    Type.Literal('epi'),
  ]),
  /** How far it is moved: a share for weights, an absolute value between 0 and 1 for indices. */
  by: Type.Number(),
  low: Type.Object({ egdi: Type.Number(), rank: Type.Integer() }),
  high: Type.Object({ egdi: Type.Number(), rank: Type.Integer() }),
});
export type Swing = Static<typeof Swing>;

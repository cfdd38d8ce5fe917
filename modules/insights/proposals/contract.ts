import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';

export const Shifted = Type.Object({
  area: Type.String(),
  names: Text,
  rankBefore: Type.Integer(),
  rankAfter: Type.Integer(),
  egdi: Type.Number(),
  /** Change of the index. */
  change: Type.Number(),
});
export type Shifted = Static<typeof Shifted>;

/** What a proposed part of human capital would do to everybody. It is nobody's published method. */
export const ProposalOutcome = Type.Object({
  year: Type.Integer(),
  indicator: Type.String(),
  names: Text,
  /** The share of the new part in human capital; the others keep their proportions in what is left. */
  weightPercent: Type.Integer(),
  /** All scored areas, best first under the proposal. */
  shifted: Type.Array(Shifted),
  /** Areas that the table of the indicator does not have: their human capital stays as published. */
  absent: Type.Array(Type.String()),
});
export type ProposalOutcome = Static<typeof ProposalOutcome>;

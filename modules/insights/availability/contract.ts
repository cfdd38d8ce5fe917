import { type Static, Type } from 'typebox';

/**
 * In how many of the five-minute intervals of a period a service could be applied for, as the node itself observed it. The period
 * is the last twelve months, or begins with the first observation; an interval without any observation counts as one in which the
 * service could not be applied for.
 */
export const Availability = Type.Object({
  /** Of all intervals, in tenths of a percent, rounded down. */
  percent: Type.Number(),
  /** The same of the node alone, whatever its sources of evidence did. */
  nodePercent: Type.Number(),
  /** The first day of the period, in UTC. */
  from: Type.String({ format: 'date' }),
  intervals: Type.Integer(),
  /** Intervals in which sources of evidence were asked for this service; absent where these are fewer than ten and not none. */
  askedIntervals: Type.Optional(Type.Integer()),
});
export type Availability = Static<typeof Availability>;

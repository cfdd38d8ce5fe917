import { type Static, Type } from 'typebox';

/** What the decided cases of the last year show of a service. A day is a working day of the state that decides. */
export const ServiceMeasures = Type.Object({
  serviceId: Type.String(),
  decided: Type.Integer(),
  /** Of all decided cases, those that published rules decided the moment they were sent. */
  atOncePercent: Type.Integer(),
  /** Of all decided cases, those of people whose home is another state; absent where either side is fewer than ten. */
  crossBorderPercent: Type.Optional(Type.Integer()),
  /** Of all decided cases, those approved in whole and in part, the rest being refused; absent where any of the three is fewer than ten. */
  approvedPercent: Type.Optional(Type.Integer()),
  inPartPercent: Type.Optional(Type.Integer()),
  medianWorkingDays: Type.Integer(),
  p90WorkingDays: Type.Integer(),
  /** The median of those that an officer decided. */
  officerMedianWorkingDays: Type.Optional(Type.Integer()),
  /** The mean of one to five stars. */
  satisfaction: Type.Optional(Type.Number()),
  ratings: Type.Optional(Type.Integer()),
});
export type ServiceMeasures = Static<typeof ServiceMeasures>;

export const Stars = Type.Integer({ minimum: 1, maximum: 5 });

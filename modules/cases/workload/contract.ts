import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';

/** What an officer of the office has in hand and has decided within the last `daysBack` days. */
export const OfficerLoad = Type.Object({
  officerId: Type.String(),
  names: Text,
  /** Open cases assigned, those that wait for the applicant among them. */
  inHand: Type.Integer(),
  waiting: Type.Integer(),
  /** Past the due day, the clock not standing still. */
  late: Type.Integer(),
  decided: Type.Integer(),
  /** Of those: half were decided within so many hours after they were taken. Absent below five, which would tell of single cases. */
  medianHours: Type.Optional(Type.Number()),
});
export type OfficerLoad = Static<typeof OfficerLoad>;

const serviceLoad = {
  serviceId: Type.String(),
  open: Type.Integer(),
  unassigned: Type.Integer(),
  late: Type.Integer(),
};
export type ServiceLoad = Static<ReturnType<typeof Type.Object<typeof serviceLoad>>> & {
  /** When the longest waiting one was sent. */
  oldestAt?: Date;
};

export type Workload = { officers: OfficerLoad[]; services: ServiceLoad[]; daysBack: number };

export const workloadEndpoints = {
  readWorkload: {
    method: 'GET',
    path: '/api/office/workload',
    summary: 'What is in whose hand in my office, for supervisors',
    access: 'officer',
    answer: Type.Object({
      officers: Type.Array(OfficerLoad),
      services: Type.Array(Type.Object({ ...serviceLoad, oldestAt: Type.Optional(Type.String()) })),
      daysBack: Type.Integer(),
    }),
    refusals: ['role-needed'],
  },
} as const;

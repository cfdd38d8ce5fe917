/** What an officer of the office has in hand and has decided within the last `daysBack` days. */
export type OfficerLoad = {
  officerId: string;
  name: string;
  /** Open cases assigned, those that wait for the applicant among them. */
  inHand: number;
  waiting: number;
  /** Past the due day, the clock not standing still. */
  late: number;
  decided: number;
  /** Of those: half were decided within so many hours after they were taken. Absent below five, which would tell of single cases. */
  medianHours?: number;
};

export type ServiceLoad = {
  serviceId: string;
  open: number;
  unassigned: number;
  late: number;
  /** When the longest waiting one was sent. */
  oldestAt?: Date;
};

export type Workload = { officers: OfficerLoad[]; services: ServiceLoad[]; daysBack: number };

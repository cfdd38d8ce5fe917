/** Days that an officer is away, both included, ISO 8601, and who has the cases in hand meanwhile: the queue where nobody is named. */
export type Absence = {
  id: string;
  officeId: string;
  officerId: string;
  fromOn: string;
  untilOn: string;
  coverId?: string;
  setAt: Date;
};

/** Somebody who acts for an office now, by the name that colleagues read. */
export type Colleague = { personId: string; name: string; roles: readonly string[] };

export const absenceDaysMax = 366;

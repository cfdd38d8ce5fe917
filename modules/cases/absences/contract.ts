import { Type } from 'typebox';
import { Text } from '#kernel/languages';
import { Uuid } from '../standing.ts';

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

/** Somebody who acts for an office now, by the names that colleagues read. */
export type Colleague = { personId: string; names: Text; roles: readonly string[] };

export const absenceDaysMax = 366;

const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' });
const Absences = Type.Object({
  /** What is not over yet. */
  absences: Type.Array(
    Type.Object({ id: Uuid, officerId: Uuid, fromOn: Day, untilOn: Day, coverId: Type.Optional(Uuid) }),
  ),
});

export const absenceEndpoints = {
  listColleagues: {
    method: 'GET',
    path: '/api/office/colleagues',
    summary: 'Who acts for my office now',
    access: 'officer',
    answer: Type.Object({
      colleagues: Type.Array(Type.Object({ personId: Type.String(), names: Text, roles: Type.Array(Type.String()) })),
    }),
    refusals: [],
  },
  listAbsences: {
    method: 'GET',
    path: '/api/office/absences',
    summary: 'Who of my office is away, and who covers',
    access: 'officer',
    answer: Absences,
    refusals: [],
  },
  enterAbsence: {
    method: 'POST',
    path: '/api/office/absences',
    summary: 'Enter an absence of mine, or as a supervisor that of a colleague; both days are included',
    access: 'officer',
    body: Type.Object({
      /** Whoever asks, when absent. */
      officerId: Type.Optional(Uuid),
      fromOn: Day,
      untilOn: Day,
      /** The queue has the cases meanwhile, when absent. */
      coverId: Type.Optional(Uuid),
    }),
    answer: Absences,
    status: 201,
    refusals: ['role-needed', 'colleague-unknown', 'absence-days-wrong', 'absence-overlaps'],
  },
  endAbsence: {
    method: 'POST',
    path: '/api/office/absences/:absenceId/end',
    summary: 'End an absence today; what has moved stays where it is',
    access: 'officer',
    params: Type.Object({ absenceId: Uuid }),
    answer: Absences,
    refusals: ['absence-unknown', 'role-needed'],
  },
} as const;

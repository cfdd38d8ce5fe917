import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';
import { CaseState } from '../states.ts';

/** Who takes a step. `second-officer`: not the one who proposed; `other-officer`: none who decided before; `time`: a day that passes. */
export const Actor = Type.Enum([
  'person',
  'officer',
  'second-officer',
  'other-officer',
  'supervisor',
  'rules',
  'law',
  'time',
  'node',
]);
export type Actor = Static<typeof Actor>;

/** How long, in working days of the deciding state or in plain days; `max`: the most that an officer may give. */
const Time = Type.Object({
  days: Type.Integer(),
  unit: Type.Enum(['working-days', 'days']),
  max: Type.Optional(Type.Integer()),
});

/** One step of the chart, by its event; a `target` that is the state itself changes no state. */
export const ProcessStep = Type.Object({
  event: Type.String(),
  target: CaseState,
  by: Actor,
  text: Text,
  /** Within which it has to be taken, or after which it happens. */
  time: Type.Optional(Time),
});
export type ProcessStep = Static<typeof ProcessStep>;

export const ProcessState = Type.Object({
  id: CaseState,
  text: Text,
  whoseTurn: Type.Enum(['person', 'office', 'nobody']),
  isFinal: Type.Boolean(),
  /** How long a case may stand here. */
  time: Type.Optional(Time),
  steps: Type.Array(ProcessStep),
});
export type ProcessState = Static<typeof ProcessState>;

/** What may happen to a case of one version of a service: states and transitions, after W3C SCXML. Nothing else can happen. */
export const Process = Type.Object({
  serviceId: Type.String(),
  serviceVersion: Type.String(),
  versionLabel: Type.String(),
  title: Text,
  initial: CaseState,
  states: Type.Array(ProcessState),
});
export type Process = Static<typeof Process>;

export const processEndpoints = {
  getProcess: {
    method: 'GET',
    path: '/api/services/:serviceId/process',
    summary: 'What may happen to an application for a service, step by step: who acts, and how long each step may take',
    access: 'anyone',
    params: Type.Object({ serviceId: Type.String({ maxLength: 64 }) }),
    /** The version that a case runs on; the one in force when absent. */
    query: Type.Object({ version: Type.Optional(Type.String({ maxLength: 80 })) }),
    answer: Process,
    refusals: ['service-unknown'],
  },
} as const;

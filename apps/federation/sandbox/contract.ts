import { type Static, Type } from 'typebox';
import { defineContract } from '#kernel/contract';
import { Text } from '#kernel/languages';
import { defineProblems } from '#kernel/problem';

export const problem = defineProblems({
  'sandbox-busy': {
    status: 409,
    en: 'The sandbox is still travelling or starting anew. Ask again when it has arrived.',
    ar: 'ما زالت بيئة التجربة تنتقل في الوقت أو تبدأ من جديد. أعد المحاولة حين تصل.',
  },
  'time-goes-on': {
    status: 422,
    en: 'Time goes forward only, at most 400 days at once: by hours or days ("36h", "30d"), to a later day or moment ("2027-03-01"), or to what happens next ("next"). To go back, reset.',
    ar: 'يمضي الوقت إلى الأمام فقط، 400 يوم في المرة على الأكثر: بالساعات أو الأيام ("36h" أو "30d") أو إلى يوم أو لحظة لاحقة ("2027-03-01") أو إلى أول ما يجري ("next"). وللرجوع أعد البيئة إلى أولها.',
  },
});

/** `fact`: named as the webhook is; `case-escalated` goes to supervisors of the office and to no app. */
const Happened = Type.Object({
  at: Type.String({ format: 'date-time' }),
  state: Type.String(),
  fact: Type.String(),
  caseId: Type.String(),
  reference: Type.String(),
  serviceId: Type.String(),
});
export type Happened = Static<typeof Happened>;

/** `now`: the time that all nodes, their phones and their payment provider live in. `target`: where a journey under way ends. */
export const SandboxClock = Type.Object({
  now: Type.String({ format: 'date-time' }),
  /** Ahead of the machine's own time. */
  movedSeconds: Type.Integer(),
  state: Type.Enum(['ready', 'travelling', 'resetting', 'failed']),
  target: Type.Optional(Type.String()),
  /** A file that a program can follow (kernel/moved-time.ts). */
  file: Type.String(),
  nodes: Type.Array(Type.Object({ id: Type.String(), url: Type.String() })),
  /** What the journey that is under way, or was the last one, brought about in cases; the first of a day first, at most the last 500. */
  happened: Type.Array(Happened),
});
export type SandboxClock = Static<typeof SandboxClock>;

export const SandboxPerson = Type.Object({
  state: Type.String(),
  names: Text,
  nationalId: Type.String(),
  password: Type.String(),
  /** The code of this moment, as their phone would show it. */
  codeUrl: Type.String(),
  shows: Text,
});
export type SandboxPerson = Static<typeof SandboxPerson>;

/** What makers of apps do with the sandbox as a whole; it is on loopback, and on no node. */
export const sandboxContract = defineContract({
  module: 'sandbox',
  title: { ar: 'بيئة تجربة التطبيقات', en: 'Sandbox for app makers' },
  problems: problem,
  endpoints: {
    readClock: {
      method: 'GET',
      path: '/api/clock',
      summary: 'What time it is in the sandbox, and whether it is travelling',
      access: 'anyone',
      answer: SandboxClock,
      refusals: [],
    },
    travel: {
      method: 'POST',
      path: '/api/clock',
      summary:
        'Begin to move the time forward: by "30d" or "36h", to a day, or to "next", the first day on which something happens to a case; GET says when it has arrived',
      access: 'anyone',
      body: Type.Object({
        by: Type.Optional(Type.String({ maxLength: 8 })),
        to: Type.Optional(Type.String({ maxLength: 40 })),
      }),
      answer: SandboxClock,
      refusals: ['sandbox-busy', 'time-goes-on'],
    },
    reset: {
      method: 'POST',
      path: '/api/reset',
      summary: 'Begin to give back the first state: data, logs and time; addresses and keys stay',
      access: 'anyone',
      body: Type.Object({}),
      answer: SandboxClock,
      refusals: ['sandbox-busy'],
    },
    listPeople: {
      method: 'GET',
      path: '/api/people',
      summary: 'The made-up people, and what they sign in with',
      access: 'anyone',
      answer: Type.Object({ people: Type.Array(SandboxPerson) }),
      refusals: [],
    },
  },
});

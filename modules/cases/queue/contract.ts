import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';
import { Uuid } from '../standing.ts';
import { Assignment, CaseSummary } from '../summary.ts';

export const pageSize = 25;
/** So far pages have numbers; further on a page is what stands behind the last case of the one before. */
export const pagesMax = 40;
/** Where counting stops. */
export const countMax = pageSize * pagesMax;

export const QueueFilters = Type.Object({
  state: Type.Optional(
    Type.Enum(['open', 'submitted', 'in-review', 'waiting', 'to-confirm', 'appeals', 'decided', 'stopped']),
  ),
  /** Those of which the supervisors were told. */
  escalated: Type.Optional(Type.Boolean()),
  serviceId: Type.Optional(Type.String({ maxLength: 64 })),
  mine: Type.Optional(Type.Boolean()),
  /** Those that nobody has taken. */
  unassigned: Type.Optional(Type.Boolean()),
  /** Those that somebody else has changed since I looked; of what I never opened nothing is news. */
  news: Type.Optional(Type.Boolean()),
  /** A reference, or its last number alone, in any digits. */
  reference: Type.Optional(Type.String({ maxLength: 40 })),
  /** From 1 on, 25 cases each. */
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: pagesMax })),
  /** In place of a page: what stands behind this case of the office, in the order of the queue. `next` of an answer. */
  after: Type.Optional(Uuid),
});
export type QueueFilters = Static<typeof QueueFilters>;

/** A whole reference or its last number, or words of the applicant's name as they begin, in Arabic or Latin letters. */
const findMax = 80;
const { reference: _, ...filters } = QueueFilters.properties;
export const QueueSearch = Type.Object({ ...filters, find: Type.String({ minLength: 1, maxLength: findMax }) });
export type QueueSearch = Static<typeof QueueSearch>;

export const QueueItem = Type.Object({
  ...CaseSummary.properties,
  homeState: Type.String(),
  version: Type.Integer(),
  workingDaysLeft: Type.Integer(),
  /** The name as it came with consent. */
  applicant: Type.Optional(Text),
  /** Why the published rules left it to a person. */
  why: Type.Optional(Text),
  assignment: Type.Optional(Assignment),
  /** 1: its due day is near; 2: it is due or late. The supervisors of the office have been told. */
  escalation: Type.Integer(),
  /** It changed by somebody else since this officer looked. */
  hasNews: Type.Boolean(),
});
export type QueueItem = Static<typeof QueueItem>;

/**
 * One page of a queue. `total` is at most 1,000, which stands for so many or more; `page` and `pages` count within those. `next`: behind which case the
 * queue goes on, however long it is; absent at its end.
 */
export const Queue = Type.Object({
  cases: Type.Array(QueueItem),
  total: Type.Integer(),
  page: Type.Integer(),
  pages: Type.Integer(),
  next: Type.Optional(Uuid),
});
export type Queue = Static<typeof Queue>;

/** How many open cases an office has; 1,000 stands for so many or more. */
export const QueueCounts = Type.Object({
  waiting: Type.Integer(),
  mine: Type.Integer(),
  overdue: Type.Integer(),
  escalated: Type.Integer(),
});
export type QueueCounts = Static<typeof QueueCounts>;

/** Cases that one press takes or gives back. What they decide is never pressed for many. */
export const manyMax = 25;
const Refused = Type.Object({
  caseId: Uuid,
  /** Absent of a case that the officer may not see. */
  reference: Type.Optional(Type.String()),
  code: Type.String(),
  messages: Text,
});
/** What came of a step for each of several cases, each by itself. */
export const StepOfMany = Type.Object({ done: Type.Array(Uuid), refused: Type.Array(Refused) });
export type StepOfMany = Static<typeof StepOfMany>;

export const queueEndpoints = {
  listQueue: {
    method: 'GET',
    path: '/api/office/cases',
    summary: 'The cases of my office, the most urgent first',
    access: 'officer',
    query: QueueFilters,
    answer: Queue,
    refusals: ['role-needed'],
  },
  searchQueue: {
    method: 'POST',
    path: '/api/office/cases/search',
    summary: 'Cases of my office by their reference or by the name of the applicant, which stays out of addresses',
    access: 'officer',
    body: QueueSearch,
    answer: Queue,
    refusals: ['role-needed'],
  },
  countQueue: {
    method: 'GET',
    path: '/api/office/counts',
    summary: 'How many cases of my office are open, mine, overdue and told to supervisors',
    access: 'officer',
    answer: QueueCounts,
    refusals: ['role-needed'],
  },
  stepMany: {
    method: 'POST',
    path: '/api/office/cases/bulk',
    summary: 'Take several cases, or give them back: each by itself, and what one refuses keeps no other back',
    access: 'officer',
    body: Type.Object({
      step: Type.Enum(['take', 'release']),
      caseIds: Type.Array(Uuid, { minItems: 1, maxItems: manyMax, uniqueItems: true }),
    }),
    answer: StepOfMany,
    refusals: ['role-needed'],
  },
} as const;

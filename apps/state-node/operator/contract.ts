import { type Static, Type } from 'typebox';
import { bytes, defineContract } from '#kernel/contract';
import { defineProblems } from '#kernel/problem';
import { Moment, Uuid } from '#protocol/text';
import { Diagnosis } from './diagnosis.ts';

export const operatorProblem = defineProblems({
  'job-unknown': {
    status: 404,
    en: 'There is no dead job with this number. List them again; it may have been done since.',
    ar: 'لا يوجد عمل متروك بهذا الرقم. اعرض القائمة من جديد فقد يكون أُنجز.',
  },
});

/** A job that failed at every try. `reason`: a code, or the kind of error; nothing of what it was about. */
export const DeadJob = Type.Object({
  jobId: Uuid,
  queue: Type.String(),
  reason: Type.String(),
  tries: Type.Integer(),
  failedAt: Moment,
});
export type DeadJob = Static<typeof DeadJob>;

const ofJob = { access: 'operator', params: Type.Object({ jobId: Uuid }), refusals: ['job-unknown'] } as const;
const JobName = Type.Object({ jobId: Uuid });

/** What a node tells its operator, beside what its modules tell. */
export const operatorContract = defineContract({
  module: 'operator',
  title: { ar: 'تشغيل العقدة', en: 'Operating a node' },
  problems: operatorProblem,
  endpoints: {
    getDiagnosis: {
      method: 'GET',
      path: '/operator/diagnosis',
      summary: 'Tries everything an exchange stands on, now, and says what is broken and how to mend it',
      access: 'operator',
      answer: Diagnosis,
      refusals: [],
    },
    readMetrics: {
      method: 'GET',
      path: '/metrics',
      summary: 'Metrics of this process and this node, in the text format of Prometheus',
      access: 'operator',
      answer: bytes('text/plain; version=0.0.4; charset=utf-8'),
      refusals: [],
    },
    listDeadJobs: {
      method: 'GET',
      path: '/operator/jobs',
      summary: 'Jobs of this node that failed at every try',
      access: 'operator',
      answer: Type.Object({ jobs: Type.Array(DeadJob) }),
      refusals: [],
    },
    retryJob: {
      method: 'POST',
      path: '/operator/jobs/:jobId/retry',
      summary: 'Gives a dead job one more try, at once',
      answer: JobName,
      ...ofJob,
    },
    dropJob: {
      method: 'POST',
      path: '/operator/jobs/:jobId/drop',
      summary: 'Gives a dead job up: what it was for is not done; the reason is in the ledger and names nobody',
      body: Type.Object({ reason: Type.String({ minLength: 3, maxLength: 300 }) }, { additionalProperties: false }),
      answer: JobName,
      ...ofJob,
    },
  },
});

import { bytes, defineContract } from '#kernel/contract';
import { kernelProblem } from '#kernel/problem';
import { Diagnosis } from './diagnosis.ts';

/** What a node tells its operator, beside what its modules tell. */
export const operatorContract = defineContract({
  module: 'operator',
  title: { ar: 'تشغيل العقدة', en: 'Operating a node' },
  problems: kernelProblem,
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
  },
});

import { Type } from 'typebox';
import { bytes, defineContract } from '#kernel/contract';
import { defineProblems, kernelProblem } from '#kernel/problem';

/** Why a node does not start; said to its operator. */
export const nodeProblem = defineProblems({
  'workers-need-server': {
    status: 503,
    en: 'A node of {workers} processes needs PostgreSQL, because an embedded database belongs to one process. Name a server (databaseUrl in node.json; DATABASE_URL for the sample federation), or start one process.',
    ar: 'تحتاج العقدة المؤلفة من {workers} عمليات إلى PostgreSQL، لأن قاعدة البيانات المضمّنة تخص عملية واحدة. سمِّ خادمًا (databaseUrl في node.json، أو DATABASE_URL للاتحاد النموذجي)، أو شغّل عملية واحدة.',
  },
  'moved-time-refused': {
    status: 503,
    en: 'This configuration has a clock that can be moved (movedTime), which is for the sandbox of app makers alone: everything on this machine (.localhost, loopback), sample people, an embedded database, and JISR_SANDBOX=1. Remove movedTime.',
    ar: 'في هذا الإعداد ساعة يمكن تحريكها (movedTime)، وهي لبيئة تجربة مطوري التطبيقات وحدها: كل شيء على هذا الجهاز، وأشخاص غير حقيقيين، وقاعدة بيانات مضمّنة، وJISR_SANDBOX=1. احذف movedTime.',
  },
  'worker-not-started': {
    status: 503,
    en: 'The first process of the node did not start, so the node does not either. Its last words are above.',
    ar: 'لم تبدأ العملية الأولى للعقدة، فلم تبدأ العقدة. كلماتها الأخيرة مكتوبة أعلاه.',
  },
});

export const nodeContract = defineContract({
  module: 'state-node',
  title: { ar: 'عقدة الدولة', en: 'State node' },
  problems: kernelProblem,
  endpoints: {
    listLogs: {
      method: 'GET',
      path: '/api/federation/logs',
      summary: 'The logs of the federation and whose cosignatures count: what checking a proof needs',
      access: 'anyone',
      answer: Type.Object({
        quorum: Type.Integer(),
        logs: Type.Array(
          Type.Object({
            state: Type.String(),
            origin: Type.String(),
            ledgerKey: Type.String(),
            witnessKey: Type.String(),
            moreWitnessKeys: Type.Array(Type.String()),
          }),
        ),
      }),
      refusals: [],
    },
    readAnchor: {
      method: 'GET',
      path: '/api/federation/anchor',
      summary:
        'The anchor by its keys, as this node knows it; those with `exp` were used until then. What checking a proof begins with',
      access: 'anyone',
      answer: Type.Object({
        entityId: Type.String(),
        keys: Type.Array(
          Type.Object(
            { kid: Type.Optional(Type.String()), exp: Type.Optional(Type.Integer()) },
            { additionalProperties: true },
          ),
        ),
      }),
      refusals: [],
    },
    readPolicy: {
      method: 'GET',
      path: '/api/federation/log-policy',
      summary: 'The same as a C2SP tlog-policy file, with which a proof is checked without asking any node again',
      access: 'anyone',
      answer: bytes('text/plain; charset=utf-8'),
      refusals: [],
    },
    getHealth: {
      method: 'GET',
      path: '/api/health',
      summary: 'Whether this node works: database, log, federation, registries',
      access: 'anyone',
      answer: Type.Object({
        state: Type.String(),
        ok: Type.Boolean(),
        engine: Type.String(),
        log: Type.Object({
          size: Type.Integer(),
          pending: Type.Integer(),
          cosignedBy: Type.Array(Type.String()),
          disputedBy: Type.Array(Type.String()),
        }),
        stamping: Type.Object({
          authorities: Type.Integer(),
          failing: Type.Array(Type.String()),
          stampedSize: Type.Integer(),
          oldestUnstampedWaitSeconds: Type.Integer(),
        }),
        breaches: Type.Array(Type.Object({ origin: Type.String(), kind: Type.String(), state: Type.String() })),
        federation: Type.Object({ states: Type.Integer(), staleChains: Type.Integer() }),
        registries: Type.Array(
          Type.Object({ registryId: Type.String(), evidenceType: Type.String(), isHealthy: Type.Boolean() }),
        ),
      }),
      refusals: [],
    },
  },
});

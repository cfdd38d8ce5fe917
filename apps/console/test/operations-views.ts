import { text } from '../../portal/test/sample-states.ts';
import { samples } from '../../portal/test/views.ts';
import { enter } from '../operations/enter.tsx';
import { type MembersView, members } from '../operations/members.tsx';
import { type OperationsView, operations } from '../operations/operations.tsx';
import { type StuckView, stuck } from '../operations/stuck.tsx';

const { states } = samples;

const operationsView: OperationsView = {
  checkedAt: '2026-11-23T09:12:00Z',
  stuck: 3,
  broken: [],
  neighbours: [
    {
      host: 'bh.localhost:4001',
      names: states.BH.names,
      answerMs: 12,
      isUp: true,
      trust: { until: '2026-11-24T08:00:00Z', hoursLeft: 22, isStale: false },
    },
    {
      host: 'om.localhost:4003',
      names: states.OM.names,
      isUp: false,
      trust: { until: '2026-11-23T10:00:00Z', hoursLeft: 0, isStale: true },
    },
    { host: 'qa.localhost:4004', isUp: true, answerMs: 1840 },
  ],
  log: {
    size: 18_204,
    pending: 3,
    checkpointAt: '2026-11-23T09:11:58Z',
    cosignedBy: 4,
    quorum: 2,
    disputedBy: [],
    breaches: [],
  },
  queues: [
    { queue: 'case-decided', waiting: 1, active: 1, dead: 0 },
    { queue: 'case-submitted', waiting: 0, active: 0, dead: 0 },
  ],
  keys: [
    { name: 'federation', alg: 'ES256', kid: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs', days: 41 },
    { name: 'ledger.log', alg: 'Ed25519', kid: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k', days: 0 },
  ],
  registries: [
    { registryId: 'education', evidenceType: 'degree-record', isHealthy: true },
    {
      registryId: 'civil',
      evidenceType: 'person-identity',
      isHealthy: true,
      drift: [{ field: 'nationality', kind: 'value-unknown', since: '2026-11-23T06:40:00Z' }],
    },
  ],
  signIns: [
    { isOwnEid: true, outcome: 'signed-in', names: text('دخلوا', 'Signed in'), level: 'substantial', count: 1_204 },
    { isOwnEid: false, outcome: 'signed-in', names: text('دخلوا', 'Signed in'), level: 'high', count: 88 },
    { isOwnEid: true, outcome: 'timeout', names: text('انتهت المهلة', 'It took too long'), count: 31 },
    { isOwnEid: false, outcome: 'login_required', count: 2 },
  ],
  exchanges: {
    flows: [
      { side: 'answering', evidenceType: 'degree-record', count: 1_320, given: 1_296, p50Ms: 9, p99Ms: 41, maxMs: 230 },
      { side: 'asking', evidenceType: 'person-identity', count: 211, given: 211, p50Ms: 14, p99Ms: 66, maxMs: 90 },
    ],
    refusals: [
      { side: 'answering', code: 'consent-withdrawn', origin: 'caller', count: 20 },
      { side: 'answering', code: 'registry-unavailable', origin: 'registry', count: 4 },
    ],
  },
};
const stuckView: StuckView = {
  waiting: 12,
  waitingSince: '2026-11-23T08:40:00Z',
  events: [
    {
      id: '01998f3e-7c1a-7b52-9d0e-3f6a1c2b4d5e',
      eventType: 'licence-revoked',
      subscriber: 'https://om.example/offices/health',
      code: 'subscriber-not-entitled',
      words: text(
        'الجهة غير مخوّلة بتلقي هذا. لم يُعطَ شيء؛ دولتها هي التي تخوّل الجهات.',
        'The office is not certified to be told of this. Nothing was given; its state certifies offices.',
      ),
      attempts: 1,
      at: '2026-11-22T14:03:00Z',
      heldBack: 2,
    },
  ],
  unheard: [
    { id: '01998f3e-7c1a-7b52-9d0e-3f6a1c2b4d5f', eventType: 'death', attempts: 12, at: '2026-11-23T07:00:00Z' },
  ],
  letters: [
    {
      id: '01998f3e-7c1a-7b52-9d0e-3f6a1c2b4d60',
      kind: 'status',
      to: 'BH',
      code: 'peer-unreachable',
      attempts: 40,
      at: '2026-10-20T07:00:00Z',
      mayRetry: true,
    },
    {
      id: '01998f3e-7c1a-7b52-9d0e-3f6a1c2b4d61',
      kind: 'note',
      to: 'https://bh.example/offices/insurance',
      code: 'sharing-not-agreed',
      attempts: 1,
      at: '2026-10-21T07:00:00Z',
      mayRetry: false,
    },
  ],
  jobs: [
    {
      id: '01998f3e-7c1a-7b52-9d0e-3f6a1c2b4d62',
      queue: 'case-decided',
      reason: 'ECONNREFUSED',
      attempts: 9,
      at: '2026-11-23T05:12:00Z',
    },
  ],
};

const membersView: MembersView = {
  members: [
    {
      entityId: 'https://permits.gov.example',
      names: text('خدمة التصاريح', 'Permits service'),
      decision: 'waiting',
      asked: [{ purpose: 'degree-recognition', evidence_type: 'degree-record', fields: ['degree_level'] }],
      appliedAt: '2026-11-22T05:44:00Z',
    },
    { entityId: 'https://sa.example/offices/moe', decision: 'none', asked: [] },
    {
      entityId: 'https://licences.gov.example',
      names: text('خدمة الرخص', 'Licences service'),
      decision: 'admitted',
      decidedBy: 'operator',
      xRoadClient: 'SA/GOV/licences',
      asked: [],
      granted: [{ purpose: 'degree-recognition', evidence_type: 'person-identity', fields: ['full_name_ar'] }],
      reason: 'letter 12',
      appliedAt: '2026-11-20T05:44:00Z',
      suspended: { reason: 'key lost', at: '2026-11-22T05:44:00Z' },
    },
  ],
};

/** The pages of whoever runs a node. */
export const operationsViews = [
  { page: operations, example: 'filled', view: operationsView },
  {
    page: operations,
    example: 'broken',
    view: {
      ...operationsView,
      broken: [
        {
          key: 'neighbour',
          name: text('دولة مجاورة', 'neighbour'),
          finding: text(
            'العقدة om.localhost:4003 لا تجيب (peer-timeout).',
            'The node om.localhost:4003 does not answer (peer-timeout).',
          ),
          fix: text('تحقق من الوصول إليها، وأبلغ مشغّلها.', 'Check the way to it, and tell its operator.'),
        },
      ],
      log: {
        ...operationsView.log,
        cosignedBy: 1,
        disputedBy: ['kw.localhost:4002/witness'],
        breaches: [
          {
            key: 'a',
            origin: 'om.localhost:4003/ledger',
            kind: 'fork',
            state: 'proven',
            seenAt: '2026-11-22T05:44:00Z',
          },
          {
            key: 'b',
            origin: 'qa.localhost:4004/ledger',
            kind: 'rewind',
            state: 'confirmed',
            seenAt: '2026-11-20T05:44:00Z',
            endedAt: '2026-11-20T08:10:00Z',
          },
          {
            key: 'c',
            origin: 'ae.localhost:4006/ledger',
            kind: 'inconsistent',
            state: 'suspected',
            seenAt: '2026-11-22T05:45:00Z',
          },
        ],
      },
      stamps: {
        authorities: 2,
        failing: ['development'],
        stampedAt: '2026-11-22T01:30:00Z',
        waitedMinutes: 251,
        limits: [
          { classId: 'identities', evidenceTypes: ['person-identity'], after: 'refuse', leftMinutes: -11 },
          { classId: 'degrees', evidenceTypes: ['degree-record', 'school-record'], after: 'warn', leftMinutes: 1_189 },
        ],
      },
      queues: [{ queue: 'case-decided', waiting: 12, active: 1, dead: 2 }],
      registries: [
        {
          registryId: 'education',
          evidenceType: 'degree-record',
          isHealthy: false,
          reason: {
            en: 'The database does not answer (ECONNREFUSED). Check that it runs and that this machine reaches it.',
            ar: 'قاعدة البيانات لا تجيب (ECONNREFUSED). تحقق من أنها تعمل ومن أن هذا الجهاز يصل إليها.',
          },
        },
      ],
    },
  },
  {
    page: operations,
    example: 'quiet',
    view: { ...operationsView, neighbours: [], signIns: [], exchanges: { flows: [], refusals: [] } },
  },
  { page: members, example: 'filled', view: membersView },
  { page: stuck, example: 'filled', view: stuckView },
  { page: stuck, example: 'empty', view: { waiting: 0, events: [], unheard: [], letters: [], jobs: [] } },
  {
    page: stuck,
    example: 'problem',
    view: { ...stuckView, problem: text('لا يوجد عمل متروك بهذا الرقم.', 'There is no dead job with this number.') },
  },
  {
    page: members,
    example: 'error',
    view: { ...membersView, problem: text('انظر من جديد ثم قرّر.', 'Look again, then decide.') },
  },
  { page: enter, example: 'filled', view: {} },
  {
    page: enter,
    example: 'error',
    view: { problem: text('هذا ليس سر هذه العقدة.', 'This is not the secret of this node.') },
  },
];

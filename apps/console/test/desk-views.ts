import { states, text } from '../../portal/test/sample-states.ts';
import { samples } from '../../portal/test/views.ts';
import {
  type AbsencesView,
  type AuditView,
  type CompareView,
  consolePages,
  type WorkloadView,
} from '../pages/index.ts';

const officeName = text('وزارة التعليم', 'Ministry of Education');
const noura = text('نورة بنت سعد', 'Noura bint Saad');
const majid = text('ماجد بن فهد', 'Majid bin Fahad');
const colleagues = [
  { personId: 'p1', names: noura },
  { personId: 'p2', names: majid },
];

const workload: WorkloadView = {
  officeName,
  daysBack: 30,
  officers: [
    { names: noura, isYou: true, inHand: 7, waiting: 2, late: 1, decided: 41, medianHours: 5.4 },
    { names: majid, isYou: false, inHand: 0, waiting: 0, late: 0, decided: 2 },
  ],
  services: [
    {
      serviceId: 'degree-recognition',
      title: samples.recognition,
      open: 14,
      unassigned: 7,
      late: 1,
      oldestAt: '2026-11-12T05:44:00Z',
    },
  ],
};
const absences: AbsencesView = {
  officeName,
  ownId: 'p1',
  isSupervisor: true,
  colleagues,
  rows: [
    {
      id: 'a1',
      names: noura,
      fromOn: '2026-12-01',
      untilOn: '2026-12-14',
      cover: majid,
      mayEnd: true,
    },
    { id: 'a2', names: majid, fromOn: '2027-01-03', untilOn: '2027-01-03', mayEnd: false },
  ],
};
const audit: AuditView = {
  officeName,
  officerId: '',
  colleagues,
  steps: [
    {
      caseId: samples.head.caseId,
      reference: 'SA-2026-00417',
      at: '2026-11-22T05:44:00Z',
      who: noura,
      kind: 'case-taken',
      text: text('استُلم الطلب', 'The case was taken'),
    },
    {
      caseId: samples.head.caseId,
      reference: 'SA-2026-00417',
      at: '2026-11-21T06:44:00Z',
      who: noura,
      through: 'Student records',
      kind: 'case-approved',
      text: text('وافقت الجهة على الطلب', 'The case was approved'),
    },
    {
      caseId: samples.head.caseId,
      reference: 'SA-2026-00417',
      at: '2026-11-21T06:14:00Z',
      through: 'Student records',
      kind: 'case-read',
      text: text('اطّلع على الطلب', 'The case was read'),
    },
    {
      caseId: samples.head.caseId,
      reference: 'SA-2026-00398',
      at: '2026-11-21T05:44:00Z',
      kind: 'note-written',
      text: text('ملاحظة داخلية', 'An internal note'),
    },
  ],
  next: 'n',
};
const own = {
  caseId: samples.head.caseId,
  reference: 'SA-2026-00417',
  applicant: samples.fatima,
  homeState: states.BH,
  stands: text('قيد المراجعة', 'Being reviewed'),
  reasons: [],
  items: [
    {
      of: text('السجل الأكاديمي', 'Degree record'),
      item: { label: text('نظام الدراسة', 'Mode of study'), value: text('عن بُعد', 'Distance') },
    },
    {
      of: text('السجل الأكاديمي', 'Degree record'),
      item: { label: text('سنة التخرج', 'Year of graduation'), value: '2019' },
    },
  ],
  findings: [text('الدراسة عن بُعد يراها موظف.', 'An officer looks at distance study.')],
};
const compare: CompareView = {
  serviceTitle: samples.recognition,
  own,
  other: {
    ...own,
    caseId: '01998f3e-7c1a-7b52-9d0e-3f6a1c2b4d5f',
    reference: 'SA-2026-00301',
    stands: text('صدر القرار بالموافقة', 'Approved'),
    reasons: [text('تأكدت الجامعة.', 'The university confirmed it.')],
    items: own.items.slice(0, 1),
  },
  comparables: [
    { caseId: '01998f3e-7c1a-7b52-9d0e-3f6a1c2b4d5f', reference: 'SA-2026-00301', isOfSamePerson: true },
    { caseId: '01998f3e-7c1a-7b52-9d0e-3f6a1c2b4d50', reference: 'SA-2026-00288', isOfSamePerson: false },
  ],
};

export const deskViews = [
  { page: consolePages.workload, example: 'filled', view: workload },
  { page: consolePages.workload, example: 'empty', view: { ...workload, officers: [], services: [] } },
  { page: consolePages.absences, example: 'filled', view: absences },
  {
    page: consolePages.absences,
    example: 'error',
    view: {
      ...absences,
      isSupervisor: false,
      rows: [],
      problem: text('اكتب أول يوم وآخر يوم.', 'Give the first and the last day.'),
      values: {
        who: 'p1',
        from: { day: '1', month: '13', year: '2026' },
        until: { day: '', month: '', year: '' },
        cover: '',
      },
    },
  },
  { page: consolePages.audit, example: 'filled', view: audit },
  { page: consolePages.audit, example: 'empty', view: { officeName, officerId: 'p1', colleagues, steps: [] } },
  { page: consolePages.compare, example: 'filled', view: compare },
  { page: consolePages.compare, example: 'empty', view: { serviceTitle: samples.recognition, own, comparables: [] } },
];

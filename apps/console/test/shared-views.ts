import { text } from '../../portal/test/sample-states.ts';
import { clocks, fund, sharedRow, steps } from '../../portal/test/shared-views.ts';
import { consolePages, type OfficeSharedView, type Partner, type SharedQueueView } from '../pages/index.ts';

const { shareId, reference, serviceTitle, office } = sharedRow;
const review = text('قيد المراجعة', 'Being reviewed');
const confirm = text('نؤكد استمرار التغطية', 'We confirm that the cover goes on');

const queue: SharedQueueView = {
  officeName: fund.names,
  dueNow: 1,
  rows: [
    {
      shareId,
      reference,
      serviceTitle,
      decidingState: office.state,
      stands: review,
      hasNews: true,
      answer: { by: '2026-11-29', workingDaysLeft: 1 },
    },
    {
      shareId: `${shareId.slice(0, -1)}2`,
      reference: 'SA-2026-00498',
      serviceTitle,
      decidingState: office.state,
      stands: review,
      hasNews: false,
    },
  ],
};
const asked: OfficeSharedView = {
  shareId,
  reference,
  serviceTitle,
  stands: review,
  deciding: office,
  dueOn: '2026-12-06',
  clocks,
  ground: text('بموافقة صاحب الطلب المعطاة فيه.', 'By the consent of the person, given in the application.'),
  facts: [{ id: 'answers.wage', label: text('الأجر', 'Wage'), value: text('١٤٥٠٠', '14500') }],
  documents: [
    { documentId: shareId, label: text('عقد العمل', 'Contract'), name: 'contract.pdf', sha256: 'ab'.repeat(32) },
  ],
  steps,
  task: {
    question: text('هل تؤكدون استمرار التغطية؟', 'Do you confirm that the cover goes on?'),
    choices: [
      { value: 'confirmed', label: confirm },
      { value: 'refused', label: text('لا نؤكد', 'We do not confirm') },
    ],
    by: '2026-11-29',
    workingDaysLeft: 4,
    isOpen: true,
    values: {},
  },
  notes: [{ who: text('الجهة الأخرى', 'The other office'), text: 'هل الأجر صحيح؟', at: '2026-11-22T05:44:00Z' }],
};
const problem = text('اكتب السبب بالعربية والإنجليزية.', 'Write why, in Arabic and in English.');

export const partners: Partner[] = [
  {
    role: 'home-fund',
    office: fund,
    toState: fund.state.names,
    fields: [text('الاسم', 'Name')],
    question: asked.task!.question,
    heardAt: '2026-11-22T05:45:00Z',
    waitingSince: '2026-11-22T05:44:00Z',
    answerBy: '2026-11-29',
    clock: clocks[1]!,
    isSilent: true,
    answer: { words: confirm, ownWords: text('مستمرة.', 'It goes on.'), at: '2026-11-23T05:44:00Z', isConfirmed: true },
    notes: asked.notes,
  },
];

export const sharedExamples = [
  { page: consolePages.sharedQueue, example: 'filled', view: queue },
  { page: consolePages.sharedQueue, example: 'empty', view: { officeName: fund.names, rows: [] } },
  { page: consolePages.officeShared, example: 'filled', view: asked },
  {
    page: consolePages.officeShared,
    example: 'error',
    view: { ...asked, task: { ...asked.task!, values: { outcome: 'refused' }, problem } },
  },
  {
    page: consolePages.officeShared,
    example: 'ended',
    view: {
      ...asked,
      task: { ...asked.task!, isOpen: false },
      answer: { words: confirm, at: '2026-11-23T05:44:00Z' },
      waitingSince: '2026-11-23T05:44:00Z',
      facts: [],
      documents: [],
      clocks: [],
      dueOn: undefined,
      endedBecause: 'consent-withdrawn' as const,
    },
  },
];

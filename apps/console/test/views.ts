import type { Page } from '#apps/portal';
import { decidedAppeal, loss, pastRequest } from '../../portal/test/case-views.ts';
import { exampleProcess } from '../../portal/test/process-example.ts';
import { text } from '../../portal/test/sample-states.ts';
import { type Example, samples } from '../../portal/test/views.ts';
import { consolePages, type OfficeStepView, type QueueRow, type ReviewView } from '../pages/index.ts';
import { paperFields } from '../papers.ts';
import { assessmentViews } from './assessment-views.ts';
import { counterViews } from './counter-views.ts';
import { deskViews } from './desk-views.ts';
import { inquiryViews } from './inquiry-views.ts';
import { itemExamples } from './items-views.ts';
import { operationsViews } from './operations-views.ts';
import { partlyRefunded, refundStep } from './payment-views.ts';
import { publishingViews } from './publishing-views.ts';
import { partners, sharedExamples } from './shared-views.ts';

const { states } = samples;
const office = text('وزارة التعليم، إدارة معادلة الشهادات', 'Ministry of Education, Degree Recognition');
const noor = text('نورة العتيبي', 'Noura Alotaibi');

const row = (caseId: string, reference: string, rest: Partial<QueueRow>): QueueRow => ({
  caseId,
  reference,
  serviceTitle: samples.recognition,
  applicant: samples.fatima,
  homeState: states.BH,
  why: text('التخصص خارج القائمة المشتركة', 'The field is outside the common list'),
  dueOn: '2026-11-24',
  workingDaysLeft: 2,
  hasNews: false,
  isEscalated: false,
  ...rest,
});

const queueView = {
  officeName: office,
  counts: { waiting: 14, mine: 3, overdue: 1 },
  escalated: 3,
  mayReadWorkload: true,
  mayAudit: true,
  filter: 'open' as const,
  service: '',
  services: [
    { id: 'degree-recognition', title: samples.recognition },
    { id: 'good-conduct', title: text('شهادة حسن السيرة', 'Certificate of good conduct') },
  ],
  search: '',
  isByName: false,
  views: [{ id: 'v1', name: 'عاجل', filters: { show: 'escalated' } }],
  mark: 'm1',
  page: 1,
  pages: 2,
  rows: [
    row('c1', 'SA-2026-00398', {
      applicant: text('خالد بن سعيد البلوشي', 'Khalid Said Albalushi'),
      homeState: states.OM,
      workingDaysLeft: -1,
      dueOn: '2026-11-19',
      hasNews: true,
      isEscalated: true,
      assignedTo: { name: noor, isYou: true },
    }),
    row('c2', 'SA-2026-00409', {
      applicant: text('مريم جاسم الكواري', 'Maryam Jassim Alkuwari'),
      homeState: states.QA,
      workingDaysLeft: 1,
      dueOn: '2026-11-23',
      why: text('المعدل لم يُرسل', 'The grade was not sent'),
      waitsFor: 'to-confirm',
    }),
    row('c3', 'SA-2026-00417', {}),
    row('c4', 'SA-2026-00420', {
      applicant: text('يوسف عبدالله العنزي', 'Yousef Abdullah Alenezi'),
      homeState: states.KW,
      workingDaysLeft: 4,
      dueOn: '2026-11-26',
      assignedTo: { name: text('سارة القحطاني', 'Sara Alqahtani'), isYou: false },
    }),
  ],
};

const checklistOf = (...marks: Array<'done' | 'not-applicable' | 'open'>): ReviewView['checklist'] => ({
  mayMark: true,
  points: marks.map((mark, at) => ({
    id: `point-${at}`,
    mark,
    sequence: mark === 'open' ? 0 : at + 4,
    isBeforeAnswer: at === 0,
    ...(mark === 'open' ? {} : { by: 'نورة العتيبي', at: '2026-11-24T08:00:00Z' }),
    ...(mark === 'not-applicable' ? { reason: 'لم تُرسل صورة الشهادة.' } : {}),
    ...[
      {
        text: text('صاحب الشهادة هو المتقدّم نفسه.', 'The holder of the degree is the applicant.'),
        hint: text('قارن الاسم وتاريخ الميلاد.', 'Compare the name and the date of birth.'),
        before: ['approve', 'approve-with-conditions', 'refuse'] as ['approve', 'approve-with-conditions', 'refuse'],
      },
      {
        text: text(
          'صورة الشهادة تطابق ما ورد في سجل الجامعة.',
          'The scan of the diploma says the same as the record of the university.',
        ),
        before: ['approve' as const],
      },
      {
        text: text('كانت الجامعة معتمدة في دولتها سنة التخرج.', 'The university was accredited in its own state then.'),
        before: ['approve' as const],
      },
      {
        text: text('عرف المتقدّم ما يُعترض به وأُتيح له الرد.', 'The applicant knew what speaks against it.'),
        before: ['refuse' as const],
      },
    ][at]!,
  })),
});
const unmarked = { ...checklistOf('done', 'not-applicable'), mayMark: false };
const reviewView: ReviewView = {
  caseId: samples.head.caseId,
  reference: samples.head.reference,
  version: 7,
  lastSequence: 9,
  mayRelease: true,
  duties: ['read', 'work', 'decide', 'confirm', 'refund'],
  isParty: false,
  assignees: [],
  serviceTitle: samples.recognition,
  officeName: office,
  applicant: { name: samples.fatima, homeState: states.BH },
  receivedAt: '2026-11-22T05:44:00Z',
  due: { on: '2026-11-24', workingDaysLeft: 2 },
  why: text(
    'تركتها القاعدة لموظف: التخصص خارج القائمة المشتركة.',
    'The rule left it to an officer: the field is outside the common list.',
  ),
  evidence: samples.evidence,
  answers: [
    { title: text('العمل', 'Work'), items: [{ label: text('المهنة', 'Profession'), value: 'مهندسة برمجيات' }] },
  ],
  rules: samples.inReview.rules,
  partners,
  rulesVersion: '2026-11.1',
  payment: partlyRefunded,
  assignment: { kind: 'you' },
  retained: {},
  checklist: checklistOf('done', 'not-applicable', 'open', 'open'),
  dealings: {
    version: 7,
    mayWrite: true,
    mayConfirm: true,
    steps: [{ href: '/office/cases/x/ask', label: text('طلب معلومات', 'Ask for something') }],
    requests: [pastRequest],
    appeals: [],
    changes: [],
    messages: [],
    notes: [{ who: noor, text: 'اتصلت بالجامعة.', at: '2026-11-24T08:00:00Z' }],
    history: [
      {
        text: text('قدّم المتقدّم الطلب', 'The applicant sent the application'),
        at: '2026-11-22T05:44:00Z',
        isNew: false,
      },
      {
        text: text('استُلم الطلب', 'The case was taken'),
        at: '2026-11-23T05:44:00Z',
        through: 'Student records',
        isNew: false,
      },
      {
        text: text('نقطة فُحصت', 'A point was checked'),
        at: '2026-11-23T06:44:00Z',
        who: noor,
        through: 'Student records',
        isNew: false,
      },
      { text: text('رسالة من المتقدّم', 'A message from the applicant'), at: '2026-11-24T05:44:00Z', isNew: true },
    ],
  },
  process: { process: exampleProcess, now: 'in-review' },
  form: {
    items: [],
    conditions: [{ value: 'supervised-year', label: text('سنة تحت الإشراف', 'A year under supervision') }],
    needsSecond: [text('الموافقة بشروط', 'an approval with conditions')],
    outcomes: [
      { value: 'granted', label: text('الاعتراف بالشهادة', 'Recognise the degree') },
      { value: 'refused', label: text('عدم الاعتراف', 'Do not recognise it') },
    ],
    reasons: [
      {
        value: 'accredited',
        label: text('الجامعة معتمدة والدرجة موثّقة', 'The university is accredited and the degree confirmed'),
      },
      { value: 'plan-matches', label: text('الخطة الدراسية مطابقة', 'The study plan matches') },
      {
        value: 'plan-differs',
        label: text('الخطة الدراسية تختلف في مواد أساسية', 'The study plan lacks essential subjects'),
      },
    ],
    values: {},
    errors: {},
  },
};

const examples: Example<never>[] = [];
function add<View>(page: Page<View>, example: string, view: View): void {
  const isSignedIn = page.area === 'office';
  examples.push({ page, example, view, stateCode: 'SA', isSignedIn } as unknown as Example<never>);
}

add(consolePages.queue, 'filled', queueView);
add(consolePages.queue, 'further', {
  ...queueView,
  page: 40,
  pages: 40,
  after: queueView.rows[0]!.caseId,
  next: queueView.rows.at(-1)!.caseId,
});
add(consolePages.queue, 'by-name', { ...queueView, search: 'فاطمة', isByName: true, page: 1, pages: 3 });
add(consolePages.queue, 'empty', {
  ...queueView,
  rows: [],
  counts: { waiting: 0, mine: 0, overdue: 0 },
  filter: 'mine',
  pages: 1,
});
add(consolePages.queue, 'told', {
  ...queueView,
  notice: { step: 'take', done: 2 },
  refused: [text('SA-2026-00420: زميل يعمل على الطلب.', 'SA-2026-00420: A colleague is working on it.')],
});
add(consolePages.review, 'filled', reviewView);
add(consolePages.copy, 'with-files', samples.copyView);
add(consolePages.review, 'free', {
  ...reviewView,
  assignment: { kind: 'free' },
  checklist: { mayMark: false, points: [] },
});
add(consolePages.review, 'exempt', {
  ...reviewView,
  payment: undefined,
  fee: {
    ...{ state: 'exempt', amountMinor: 0, fullMinor: 5_000, currency: 'KWD' },
    exemption: {
      ...{ id: 'further-study', offMinor: 5_000 },
      text: text(
        'من يطلب الاعتراف لإكمال دراسته لا يدفع رسمًا.',
        'Whoever needs the recognition to study on pays nothing.',
      ),
    },
  },
});
add(consolePages.review, 'read-only', {
  ...reviewView,
  ...{ mayRelease: false, duties: ['read'], assignment: { kind: 'free' } },
  checklist: { ...reviewView.checklist, mayMark: false },
  dealings: { ...reviewView.dealings, steps: [], mayWrite: false, mayConfirm: false },
});
add(consolePages.review, 'party', {
  ...reviewView,
  ...{ mayRelease: false, duties: ['read'], isParty: true, assignment: { kind: 'free' } },
  ...{ partners: [], checklist: { points: [], mayMark: false } },
  dealings: { ...reviewView.dealings, steps: [], notes: [], history: [], mayWrite: false, mayConfirm: false },
});
add(consolePages.review, 'rules-again', {
  ...reviewView,
  rulesAgain: {
    at: '2026-11-24T09:00:00Z',
    because: text('صحّح المتقدّم إجاباته', 'The applicant corrected answers'),
    added: [text('القطاع منظّم', 'The sector is regulated')],
    gone: [text('الغرض ترخيص مهني', 'The purpose is a licence')],
    earlier: [{ at: '2026-11-22T09:00:00Z', rules: samples.inReview.rules }],
  },
});
add(consolePages.review, 'assign', {
  ...reviewView,
  ...{ mayRelease: false, assignment: { kind: 'free' }, assignees: [{ personId: 'p1', names: noor }] },
  assignProblem: text('اختر غيره.', 'Choose somebody else.'),
});
add(consolePages.review, 'without-consent', { ...reviewView, evidence: [], loss });
add(consolePages.review, 'other', { ...reviewView, evidence: [], assignment: { kind: 'other', name: noor } });
add(consolePages.review, 'decided', {
  ...reviewView,
  due: undefined,
  assignment: { kind: 'decided', words: text('اعتُرف بالشهادة.', 'The degree was recognised.') },
  retained: {
    keptUntil: '2029-06-30',
    hold: { untilOn: '2029-06-30', reason: 'محكمة الاستئناف بالرياض، القضية 4471', setBy: 'نورة' },
  },
  checklist: unmarked,
});
add(consolePages.review, 'erased', {
  ...reviewView,
  due: undefined,
  why: undefined,
  applicant: { name: text('متقدّم', 'Applicant'), homeState: states.BH },
  evidence: [],
  answers: [],
  rules: [],
  partners: [],
  assignment: { kind: 'decided', words: text('اعتُرف بالشهادة.', 'The degree was recognised.') },
  retained: { erasedAt: '2027-11-23T00:10:00Z' },
  checklist: unmarked,
  dealings: { ...reviewView.dealings, steps: [], requests: [], notes: [] },
});
add(consolePages.review, 'error', {
  ...reviewView,
  stale: { who: noor, at: '2026-11-23T08:00:00Z' },
  checklist: {
    mayMark: true,
    points: checklistOf('done', 'open', 'open').points.map((point, at) => ({
      ...point,
      ...(at === 1 ? { typed: { mark: 'not-applicable', reason: '' } } : {}),
      ...(at > 0 ? { error: text('هذه النقطة لا تزال مفتوحة.', 'This point is still open.') } : {}),
    })),
  },
  form: {
    ...reviewView.form,
    values: { reasons: ['plan-matches'], wordsAr: 'راجعت الخطة الدراسية.' },
    errors: {
      outcome: text('اختر القرار.', 'Choose the decision.'),
      wordsEn: text('اكتب سببًا بالإنجليزية.', 'Write a reason in English.'),
    },
  },
});
const [itemsToDecide, itemsToConfirm] = itemExamples;
add(consolePages.review, 'items', {
  ...reviewView,
  assignment: { kind: 'you' },
  form: {
    ...reviewView.form,
    items: itemsToDecide,
    values: { wordsAr: 'راجعت الخطة الدراسية.', drafted: { by: text('سالم', 'Salem'), at: '2026-11-23T08:00:00Z' } },
  },
});
const proposal = {
  outcome: text('الموافقة', 'Approve'),
  by: 'نورة العتيبي',
  at: '2026-11-24T08:00:00Z',
  reasons: [text('الجامعة معتمدة', 'The university is accredited')],
  conditions: [text('سنة تحت الإشراف', 'A year under supervision')],
  items: [],
  isOwn: false,
};
add(consolePages.review, 'unsent', {
  ...reviewView,
  assignment: { kind: 'other', name: noor },
  unsent: {
    why: text('الطلب الآن بيد نور.', 'Noor has this case now.'),
    written: [
      { label: text('القرار', 'Decision'), value: text('الرفض', 'Refuse') },
      { label: text('بكلماتك، بالعربية', 'In your own words, in Arabic'), value: 'راجعت الخطة الدراسية.' },
    ],
  },
});
add(consolePages.review, 'to-confirm', {
  ...reviewView,
  assignment: { kind: 'waiting' },
  dealings: { ...reviewView.dealings, proposal: { ...proposal, noteError: text('اكتب السبب', 'Write why') } },
});
add(consolePages.review, 'items-to-confirm', {
  ...reviewView,
  assignment: { kind: 'waiting' },
  dealings: {
    ...reviewView.dealings,
    proposal: {
      ...proposal,
      outcome: text('الموافقة الجزئية', 'Approve in part'),
      items: itemsToConfirm,
    },
  },
});
add(consolePages.review, 'own-proposal', {
  ...reviewView,
  assignment: { kind: 'waiting' },
  dealings: { ...reviewView.dealings, appeals: [decidedAppeal], proposal: { ...proposal, isOwn: true } },
});
const stepView: OfficeStepView = {
  caseId: samples.head.caseId,
  reference: samples.head.reference,
  serviceTitle: samples.recognition,
  title: text('طلب معلومات من المتقدّم', 'Ask the applicant for something'),
  lead: text('تتوقف مدة القرار حتى يرد.', 'The time to decide stands still until the answer.'),
  quote: decidedAppeal.words,
  fields: [
    {
      name: 'things',
      kind: 'checkboxes',
      label: text('ما الذي تطلبه؟', 'What do you ask for?'),
      choices: [{ value: 'thesis', label: text('عنوان الرسالة', 'The title of the thesis') }],
    },
  ],
  action: '/office/cases/x/ask',
  version: 7,
  submit: text('إرسال الطلب', 'Send the request'),
};
add(consolePages.officeStep, 'filled', stepView);
add(consolePages.officeStep, 'papers', { ...stepView, fields: [...paperFields, ...stepView.fields] });
add(consolePages.officeStep, 'error', {
  ...stepView,
  problem: text('حدّد ما تطلبه.', 'Say what you ask for.'),
});
add(consolePages.officeStep, 'kept', {
  ...stepView,
  notice: text('ما كتبته هنا كما تركته، ولم يُرسل بعد.', 'What you typed here is as you left it, and not sent yet.'),
});
add(consolePages.officeStep, 'refund', refundStep);
add(consolePages.decided, 'proposed', {
  reference: samples.head.reference,
  serviceTitle: samples.recognition,
  outcome: text('ينتظر القرار موظفًا ثانيًا', 'It waits for a second officer'),
  decidedAt: '2026-11-24T08:00:00Z',
  isProposed: true,
});
add(consolePages.decided, 'filled', {
  isProposed: false,
  reference: 'SA-2026-00417',
  serviceTitle: samples.recognition,
  outcome: text('اعتُرف بالشهادة', 'Recognised'),
  decidedAt: '2026-11-23T09:12:00Z',
  nextCaseId: 'c2',
});

const desk = {
  officeName: office,
  nationalIdLabel: text('الرقم الشخصي', 'Personal number'),
  rows: [
    {
      recoveryId: 'r1',
      person: samples.fatima,
      officer: noor,
      state: 'waiting' as const,
      openedAt: '2026-11-20T09:30:00Z',
    },
  ],
};
add(consolePages.recoveries, 'empty', { ...desk, rows: [] });
add(consolePages.recoveries, 'refused', { ...desk, nationalId: '1', problem: text('لا يوجد.', 'There is none.') });
add(consolePages.recoveries, 'opened', {
  ...desk,
  opened: { code: 'ABCDE-FGHJK-MNPQR-STUVW', confirmUntil: '2026-11-23T09:30:00Z' },
});
add(consolePages.recoveries, 'to-settle', {
  ...desk,
  rows: [
    { ...desk.rows[0]!, state: 'begun', isToSettle: true },
    { ...desk.rows[0]!, recoveryId: 'r2', state: 'refused', second: samples.fatima },
  ],
});
const toConfirm = {
  officeName: office,
  recoveryId: '01998f3f-0000-7000-8000-0000000000d1',
  person: samples.fatima,
  officer: noor,
  document: 'passport' as const,
  openedAt: '2026-11-20T09:30:00Z',
  confirmUntil: '2026-11-23T09:30:00Z',
};
add(consolePages.recovery, 'filled', toConfirm);
add(consolePages.recovery, 'refused', {
  ...toConfirm,
  problem: text('ليس هذا الرقم الذي قرأه الموظف الأول.', 'This is not the number that the first officer read.'),
});
const deskItem = {
  attemptId: '01998f3f-0000-7000-8000-0000000000b1',
  reference: 'SA-M-7K2Q9D4X',
  homeState: 'BH',
  home: states.BH,
  why: 'several-records' as const,
  state: 'waiting' as const,
  begunAt: '2026-11-28T09:30:00Z',
  waitsUntil: '2026-12-12T09:30:00Z',
  isForAnother: false,
};
const deskLink = {
  linkId: '01998f3f-0000-7000-8000-0000000000c1',
  reference: 'SA-M-2B7XK9QW',
  homeState: 'BH',
  home: states.BH,
  madeAt: '2026-11-28T09:30:00Z',
  madeBy: 'machine' as const,
  leafHash: 'ab12',
};
add(consolePages.matchingQueue, 'empty', { officeName: office, tasks: [], links: [] });
add(consolePages.matchingQueue, 'filled', {
  officeName: office,
  tasks: [deskItem, { ...deskItem, attemptId: 'b2', reference: 'SA-M-3', state: 'proof-asked', isForAnother: true }],
  links: [
    deskLink,
    {
      ...deskLink,
      linkId: '01998f3f-0000-7000-8000-0000000000c2',
      undo: { reason: 'twins', at: '2026-11-28T09:30:00Z', isOwn: false },
    },
  ],
  notice: text('بقي الربط.', 'The link stays.'),
});
const compared = {
  nameAr: samples.fatima.ar,
  nameLatin: samples.fatima.en,
  birthDate: { calendar: 'umm-al-qura' as const, date: '1417-12-05' },
  sex: 'female' as const,
  nationality: 'BH',
};
add(consolePages.matchingTask, 'filled', {
  officeName: office,
  home: states.BH,
  task: {
    ...deskItem,
    home: { ...compared, birthDate: { calendar: 'gregorian', date: '1997-04-12' } },
    candidates: [
      {
        key: 'a'.repeat(64),
        number: '2310462177',
        record: compared,
        outcome: 'doubtful',
        reasons: ['birth-date-near', 'names-agree'],
        isGiven: true,
        linkedAs: 'SA-M-2B7XK9QW',
        isSeparated: true,
      },
      {
        key: 'b'.repeat(64),
        number: '2',
        outcome: 'different',
        reasons: ['birth-date-other'],
        isGiven: true,
        isSeparated: false,
      },
    ],
    isNumberUnknown: false,
    mayAskProof: true,
  },
});
add(consolePages.matchingTask, 'none', {
  officeName: office,
  home: states.BH,
  task: { ...deskItem, home: compared, candidates: [], isNumberUnknown: true, mayAskProof: false },
  problem: text('لم يُختر قرار.', 'Choose a decision.'),
});

add(consolePages.identityDesk, 'filled', {
  officeName: text('هيئة المعلومات والحكومة الإلكترونية', 'Information and eGovernment Authority'),
  identity: [
    { name: 'nationalId', kind: 'text', label: text('الرقم الشخصي', 'Personal number'), required: true },
    {
      name: 'action',
      kind: 'radios',
      label: text('ما المطلوب؟', 'What is to be done?'),
      required: true,
      choices: [{ value: 'suspend', label: text('إيقاف الهوية الرقمية', 'Suspend the digital identity') }],
      error: text('لم يُختر المطلوب', 'Choose what is to be done'),
    },
  ],
  credential: [
    { name: 'reference', kind: 'text', label: text('رمز التحقق على الوثيقة', 'The reference'), required: true },
  ],
});
const toldLeaf = '9'.repeat(64);
add(consolePages.caseMessages, 'filled', {
  caseId: '01998f3e-7c1a-7b52-9d0e-3f6a1c2b4d5e',
  reference: 'SA-2026-00417',
  messages: [
    {
      messageId: '01998f3f-0000-7000-8000-0000000000c1',
      kind: 'case-submitted',
      subject: text(
        'استلمنا طلبك: الاعتراف بشهادة جامعية',
        'We have received your application: Recognition of a degree',
      ),
      sentAt: '2026-11-22T05:44:00Z',
      openedAt: '2026-11-22T08:00:00Z',
      sentLeaf: toldLeaf,
      openedLeaf: toldLeaf,
    },
    {
      messageId: '01998f3f-0000-7000-8000-0000000000c2',
      kind: 'case-decided',
      subject: text(
        'صدر القرار في طلبك: الاعتراف بشهادة جامعية',
        'A decision on your application: Recognition of a degree',
      ),
      sentAt: '2026-11-24T05:44:00Z',
      sentLeaf: toldLeaf,
    },
  ],
});
add(consolePages.caseMessages, 'empty', {
  caseId: '01998f3e-7c1a-7b52-9d0e-3f6a1c2b4d5e',
  reference: 'SA-2026-00417',
  messages: [],
});
for (const { page, example, view } of [
  ...assessmentViews,
  ...publishingViews,
  ...sharedExamples,
  ...deskViews,
  ...operationsViews,
  ...counterViews,
  ...inquiryViews,
])
  add(page as Page<unknown>, example, view);

/** Every page of the console with the views it is tested with. */
export const exampleViews = examples;

import type { Page } from '#apps/portal';
import type { Text } from '#kernel/languages';
import { type Example, samples } from '../../portal/test/views.ts';
import { consolePages, type QuestionRow, type QueueRow, type ReviewView } from '../pages/index.ts';

const text = (ar: string, en: string): Text => ({ ar, en });
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
  ...rest,
});

const queueView = {
  officeName: office,
  counts: { waiting: 14, mine: 3, overdue: 1 },
  filter: 'open' as const,
  search: '',
  page: 1,
  pages: 2,
  rows: [
    row('c1', 'SA-2026-00398', {
      applicant: text('خالد بن سعيد البلوشي', 'Khalid Said Albalushi'),
      homeState: states.OM,
      workingDaysLeft: -1,
      dueOn: '2026-11-19',
      assignedTo: { name: noor, isYou: true },
    }),
    row('c2', 'SA-2026-00409', {
      applicant: text('مريم جاسم الكواري', 'Maryam Jassim Alkuwari'),
      homeState: states.QA,
      workingDaysLeft: 1,
      dueOn: '2026-11-23',
      why: text('المعدل لم يُرسل', 'The grade was not sent'),
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

const reviewView: ReviewView = {
  caseId: samples.head.caseId,
  reference: samples.head.reference,
  version: 7,
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
  rulesVersion: '2026-11.1',
  assignment: { kind: 'you' },
  form: {
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
  examples.push({ page, example, view, stateCode: 'SA', isSignedIn: true } as unknown as Example<never>);
}

add(consolePages.queue, 'filled', queueView);
add(consolePages.queue, 'empty', {
  ...queueView,
  rows: [],
  counts: { waiting: 0, mine: 0, overdue: 0 },
  filter: 'mine',
  pages: 1,
});
add(consolePages.review, 'filled', reviewView);
add(consolePages.review, 'free', { ...reviewView, assignment: { kind: 'free' } });
add(consolePages.review, 'other', { ...reviewView, evidence: [], assignment: { kind: 'other', name: noor } });
add(consolePages.review, 'decided', {
  ...reviewView,
  due: undefined,
  assignment: { kind: 'decided', words: text('اعتُرف بالشهادة.', 'The degree was recognised.') },
});
add(consolePages.review, 'error', {
  ...reviewView,
  stale: { who: noor, at: '2026-11-23T08:00:00Z' },
  form: {
    ...reviewView.form,
    values: { reasons: ['plan-matches'], wordsAr: 'راجعت الخطة الدراسية.' },
    errors: {
      outcome: text('اختر القرار.', 'Choose the decision.'),
      wordsEn: text('اكتب سببًا بالإنجليزية.', 'Write a reason in English.'),
    },
  },
});
add(consolePages.decided, 'filled', {
  reference: 'SA-2026-00417',
  serviceTitle: samples.recognition,
  outcome: text('اعتُرف بالشهادة', 'Recognised'),
  decidedAt: '2026-11-23T09:12:00Z',
  nextCaseId: 'c2',
});

const questionRow: QuestionRow = {
  questionId: '01998f40-1c02-7d44-b7aa-5510ee93c7f1',
  at: '2026-11-22T05:41:11Z',
  requester: 'https://bh.example/offices/interior',
  requesterNames: text('السجل السكاني', 'Population Registry'),
  evidence: text('بيانات الهوية', 'Identity details'),
  purpose: text('تحقيق جزائي', 'Criminal investigation'),
  ground: text('اتفاقية التعاون القضائي', 'Convention on judicial assistance'),
  outcome: 'given',
  hiddenUntil: '2027-03-01T00:00:00Z',
  isSealed: true,
};
const { requesterNames: _known, hiddenUntil: _sealed, ...openRow } = questionRow;
const refusedRow: QuestionRow = {
  ...openRow,
  questionId: '01998f40-1c02-7d44-b7aa-5510ee93c7f2',
  outcome: 'refused',
  isSealed: false,
};
const passedWords = text('اجتاز هذا الفحص.', 'It passed this check.');
const notReached = text('لم يصل السؤال إلى هذا الفحص.', 'The question did not get to this check.');

add(consolePages.questions, 'filled', { officeName: office, rows: [questionRow, refusedRow] });
add(consolePages.questions, 'empty', { officeName: office, rows: [] });
add(consolePages.question, 'sealed', {
  officeName: office,
  question: questionRow,
  steps: [
    { check: 'shape', outcome: 'passed', words: passedWords },
    { check: 'consent', outcome: 'skipped', words: text('سُئل بحكم القانون.', 'It was asked under a law.') },
  ],
  changes: [],
  notice: text('حُفظ.', 'Saved.'),
});
add(consolePages.question, 'refused', {
  officeName: office,
  question: refusedRow,
  steps: [
    { check: 'trust-mark', outcome: 'passed', words: passedWords },
    { check: 'access-rule', outcome: 'failed', words: text('لا تسمح به أي قاعدة.', 'No rule of access allows it.') },
    { check: 'consent', outcome: 'not-reached', words: notReached },
  ],
  changes: [
    text(
      'تسمح به القاعدة «identity-for-recognition» إذا تغيّر فيها: أن تشمل الجهة SA/GOV/tax.',
      'The rule "identity-for-recognition" would allow it if this changed: it covers the office SA/GOV/tax.',
    ),
  ],
});

/** Every page of the console with the views it is tested with. */
export const exampleViews = examples;

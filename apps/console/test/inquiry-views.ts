import type { Page } from '#apps/portal';
import { text } from '../../portal/test/sample-states.ts';
import { samples } from '../../portal/test/views.ts';
import { consolePages, type InquiryFormView, type QuestionRow } from '../pages/index.ts';

const { states } = samples;
const office = text('وزارة التعليم، إدارة معادلة الشهادات', 'Ministry of Education, Degree Recognition');
const examples: Array<{ page: Page<never>; example: string; view: unknown }> = [];
function add<View>(page: Page<View>, example: string, view: View): void {
  examples.push({ page: page as Page<never>, example, view });
}

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
const insurance = {
  law: text('نظام مد الحماية التأمينية', 'Law on extending insurance protection'),
  article: text('الأحكام المتعلقة بتسجيل المؤمن عليه', 'The provisions on registering the insured'),
  purpose: text('التسجيل في التأمينات', 'Registration with social insurance'),
  evidence: text('بيانات الهوية', 'Identity details'),
};
const inquiryRow = {
  questionId: questionRow.questionId,
  at: questionRow.at,
  state: states.BH.names,
  evidence: insurance.evidence,
  law: insurance.law,
  caseId: 'SA-INS-118',
  reason: 'تسجيل عامل جديد في المنشأة',
};
add(consolePages.inquiries, 'filled', {
  officeName: office,
  choices: [{ href: '/office/inquiries/new?law=gcc-insurance-extension', ...insurance }],
  rows: [
    { ...inquiryRow, outcome: 'given' },
    { ...inquiryRow, questionId: 'q2', outcome: 'open' },
    {
      ...inquiryRow,
      questionId: 'q3',
      outcome: 'refused',
      refusal: text('لا يوجد في السجل قيد كهذا.', 'The registry has no such record.'),
    },
  ],
});
add(consolePages.inquiries, 'empty', { officeName: office, choices: [], rows: [] });
const inquiryFields: InquiryFormView['fields'] = [
  {
    name: 'state',
    kind: 'choice',
    label: text('الدولة التي تُسأل', 'The state that is asked'),
    required: true,
    choices: [{ value: 'BH', label: states.BH.names }],
  },
  { name: 'nationalId', kind: 'code', label: text('رقم هوية الشخص', 'The number of the person'), required: true },
  {
    name: 'fields',
    kind: 'checkboxes',
    label: text('ما تحتاج إليه', 'What you need'),
    required: true,
    choices: [{ value: 'birth_date', label: text('تاريخ الميلاد', 'Date of birth') }],
  },
];
const inquiryFormView: InquiryFormView = {
  officeName: office,
  ...insurance,
  hidden: { law: 'gcc-insurance-extension' },
  fields: inquiryFields,
};
add(consolePages.inquiryForm, 'filled', inquiryFormView);
add(consolePages.inquiryForm, 'error', {
  ...inquiryFormView,
  fields: inquiryFields.map((field) => ({ ...field, error: text('أكمل هذا الحقل.', 'Complete this.') })),
});
add(consolePages.inquiryForm, 'refused', {
  ...inquiryFormView,
  refusal: text('لا يوجد في السجل قيد كهذا لهذا الشخص.', 'The registry has no such record for this person.'),
});
add(consolePages.inquiryAnswer, 'filled', {
  purpose: insurance.purpose,
  law: insurance.law,
  caseId: 'SA-INS-118',
  received: samples.evidence[0]!,
});

/** Questions that other states asked of this one, and those that an office asks under a law. */
export const inquiryViews = examples;

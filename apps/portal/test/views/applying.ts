import type { Text } from '#kernel/languages';
import { type FormPageView, pages, type TaskListView } from '../../pages/index.ts';
import { keptAgain } from '../../routes/kept.ts';
import { fieldsOfEveryKind } from '../form-kinds-view.ts';
import { copyExample, listExamples } from '../lists-views.ts';
import { registerExamples } from '../register-views.ts';
import { text } from '../sample-states.ts';
import { evidence } from './consent.ts';
import { createExamples, head, moeSa } from './examples.ts';

/** An application before it is sent: tasks, pages of the form, check, copy. */
const { examples, add } = createExamples();
export const applyingExamples = examples;

const formPage: FormPageView = {
  ...head,
  action: `/cases/${head.caseId}/pages/contact`,
  title: text('كيف نتواصل معك؟', 'How can we reach you?'),
  lead: text('نستخدمها لهذا الطلب وحده.', 'Used for this application only.'),
  step: { number: 2, count: 3 },
  backHref: `/cases/${head.caseId}/pages/work`,
  fields: [
    {
      name: 'full-name',
      kind: 'name',
      label: text('الاسم كما تحب أن نخاطبك به', 'The name we should use'),
      required: true,
      value: 'فاطمة الحداد',
      source: text('من بيانات الهوية', 'From: Identity details'),
    },
    {
      name: 'email',
      kind: 'email',
      label: text('البريد الإلكتروني', 'Email address'),
      required: true,
      value: 'fatima@example.bh',
    },
    {
      name: 'phone',
      kind: 'phone',
      label: text('رقم الهاتف', 'Phone number'),
      hint: text('مع رمز الدولة، مثل ٩٧٣+', 'With the country code, such as +973'),
    },
    {
      name: 'start',
      kind: 'date',
      label: text('تاريخ بدء العمل', 'Date you start work'),
      hint: text('مثال: ١ / ١ / ٢٠٢٧', 'For example 1 1 2027'),
      required: true,
      value: '2027-01-03',
    },
    {
      name: 'employer-kind',
      kind: 'radios',
      label: text('جهة العمل', 'Employer'),
      required: true,
      choices: [
        { value: 'public', label: text('حكومية', 'Public') },
        {
          value: 'private',
          label: text('خاصة', 'Private'),
          hint: text('شركة أو مؤسسة مسجلة في السعودية', 'A company registered in Saudi Arabia'),
        },
      ],
    },
    {
      name: 'city',
      kind: 'choice',
      label: text('مدينة العمل', 'City of work'),
      choices: [
        { value: 'dammam', label: text('الدمام', 'Dammam') },
        { value: 'riyadh', label: text('الرياض', 'Riyadh') },
      ],
    },
    { name: 'years', kind: 'number', label: text('سنوات الخبرة', 'Years of experience'), suffix: text('سنة', 'years') },
    { name: 'notes', kind: 'textarea', label: text('ما تود إضافته', 'Anything to add'), lengthMax: 1000 },
    {
      name: 'tell-me',
      kind: 'checkbox',
      label: text('أرسلوا لي رسالة عند كل تغيير', 'Send me a message at each change'),
      required: false,
    },
  ],
};
const wrong: Record<string, Text> = {
  'full-name': text('اكتب الاسم الذي نخاطبك به.', 'Write the name we should use.'),
  email: text('اكتب بريدًا إلكترونيًا مثل name@example.com', 'Write an email address like name@example.com'),
  start: text('تاريخ بدء العمل يجب أن يكون تاريخًا صحيحًا.', 'The date you start work must be a real date.'),
  'employer-kind': text('اختر جهة العمل.', 'Choose the employer.'),
};
const soleQuestion: FormPageView = {
  ...formPage,
  action: `/cases/${head.caseId}/pages/profession`,
  step: { number: 1, count: 3 },
  title: text('ما المهنة التي ستعمل بها؟', 'What will you work as?'),
  fields: [
    {
      name: 'profession',
      kind: 'text',
      label: text('ما المهنة التي ستعمل بها؟', 'What will you work as?'),
      hint: text('كما وردت في عقد العمل.', 'As in your employment contract.'),
      required: true,
    },
  ],
};
const waitingForSource: TaskListView = {
  ...head,
  office: moeSa,
  keptUntil: '2026-12-22',
  notice: {
    tone: 'warn',
    title: text('جهة تحفظ بياناتك لا تجيب', 'A source of your data does not answer'),
    words: text('حين تعود تجيب نخبرك مرة واحدة.', 'When it answers again we tell you once.'),
  },
  sections: [
    {
      title: text('مستنداتك', 'Your documents'),
      tasks: [
        {
          title: text('طلب المستندات من البحرين', 'Ask Bahrain for your documents'),
          status: 'todo',
          post: `/cases/${head.caseId}/evidence`,
        },
      ],
    },
  ],
};
add(pages.taskList, 'waiting', waitingForSource, 'SA', true);
add(
  pages.taskList,
  'filled',
  {
    ...head,
    office: moeSa,
    keptUntil: '2026-12-22',
    begunFrom: {
      caseId: '01998f3f-0000-7000-8000-0000000000ff',
      left: [
        { label: text('آخر شهادة مدرسية للطفل', 'The child’s last school report'), why: 'file' },
        { label: text('إقرار', 'Declaration'), why: 'anew' },
        { label: text('في أي مدينة تكون المدرسة؟', 'In which city is the school to be?'), why: 'does-not-fit' },
        { label: text('رقم الفاكس', 'Fax number'), why: 'not-asked' },
      ],
    },
    notice: {
      tone: 'good',
      title: text('وصل ما طُلب', 'What was asked has arrived'),
      words: text('بقيت أسئلة قليلة.', 'A few questions are left.'),
    },
    sections: [
      {
        title: text('مستنداتك', 'Your documents'),
        tasks: [
          {
            title: text('طلب المستندات من البحرين', 'Ask Bahrain for your documents'),
            status: 'done',
            href: `/cases/${head.caseId}/evidence`,
          },
          {
            title: text('طلب سجل العمل', 'Ask for your employment record'),
            hint: text('اختياري، ويسرّع القرار', 'Optional; speeds up the decision'),
            status: 'todo',
            post: `/cases/${head.caseId}/evidence`,
          },
        ],
      },
      {
        title: text('أسئلة لك', 'Questions for you'),
        tasks: [
          { title: text('عملك', 'Your work'), status: 'todo', href: `/cases/${head.caseId}/pages/work` },
          {
            title: text('التواصل معك', 'Reaching you'),
            status: 'waiting',
            href: `/cases/${head.caseId}/pages/contact`,
          },
        ],
      },
      {
        title: text('التقديم', 'Submit'),
        tasks: [
          {
            title: text('المراجعة والتقديم', 'Check and submit'),
            status: 'locked',
            href: `/cases/${head.caseId}/check`,
          },
        ],
      },
    ],
  },
  'SA',
  true,
);
add(pages.formPage, 'empty', soleQuestion, 'SA', true);
add(pages.formPage, 'filled', formPage, 'SA', true);
add(pages.formPage, 'kept', { ...formPage, notice: keptAgain, keepAt: '/cases/x/pages/work/kept' }, 'SA');
add(pages.formPage, 'every-kind', { ...formPage, fields: fieldsOfEveryKind() }, 'BH', true);
add(
  pages.formPage,
  'every-kind-wrong',
  { ...formPage, fields: fieldsOfEveryKind({ iban: 'BH00', 'address-road': '38', country: 'EG', money: '1.2345' }) },
  'BH',
  true,
);
add(
  pages.formPage,
  'error',
  { ...formPage, fields: formPage.fields.map((field) => ({ ...field, error: wrong[field.name] })) },
  'SA',
  true,
);
const letter = text('خطاب من جهة العمل', 'A letter of the employer');
add(
  pages.formPage,
  'paper',
  {
    ...head,
    action: `/cases/${head.caseId}/request/files/1`,
    title: letter,
    fields: [
      {
        name: 'file',
        kind: 'file',
        label: letter,
        required: true,
        files: {
          accept: ['application/pdf', 'image/jpeg'],
          bytesMax: 10_000_000,
          filesMax: 2,
          attached: [
            { id: '1', name: 'خطاب.pdf', mediaType: 'application/pdf', size: 182_000, scan: 'clean', href: '/x' },
          ],
        },
      },
    ],
    isPaper: true,
    backHref: `/cases/${head.caseId}/request`,
  },
  'SA',
  true,
);
const check = {
  ...head,
  evidence,
  pages: [
    {
      title: text('عملك', 'Your work'),
      href: `/cases/${head.caseId}/pages/work`,
      answers: [
        { label: text('المهنة', 'Profession'), value: 'مهندس برمجيات' },
        { label: text('تاريخ بدء العمل', 'Start of work'), value: { date: '2027-01-03' } },
        { label: text('ملاحظات', 'Notes'), value: null },
      ],
    },
  ],
  declaration: text('أقر بأن ما كتبته صحيح.', 'What I have written is true.'),
  fee: null,
  told: {
    who: 'you' as const,
    own: [{ way: 'push' as const }],
    ofForm: [
      { way: 'email' as const, address: 'fatima@example.com' },
      { way: 'sms' as const, address: '+97336000000' },
    ],
  },
  missing: [],
  problems: [],
};
add(pages.checkAnswers, 'filled', check, 'SA', true);
const child = text('سارة بنت خالد', 'Sara Khalid');
add(
  pages.checkAnswers,
  'for-a-child',
  { ...check, told: { ...check.told, who: 'guardian', of: child, own: [] } },
  'SA',
  true,
);
add(
  pages.checkAnswers,
  'incomplete',
  {
    ...check,
    missing: [
      { title: text('الموافقة على إرسال بياناتك', 'Consent to have your data sent'), href: `/cases/${head.caseId}` },
      { title: text('إقرار', 'Declaration'), href: `/cases/${head.caseId}/pages/declaration` },
    ],
  },
  'SA',
);
add(pages.checkAnswers, 'repeated', { ...check, repeat: { reference: 'SA-2026-00004', caseId: head.caseId } }, 'SA');
add(pages.checkAnswers, 'by-a-helper', { ...check, told: { ...check.told, who: 'agent', of: child, own: [] } }, 'SA');
add(
  pages.checkAnswers,
  'error',
  {
    ...check,
    fee: { amountMinor: 5000, currency: 'SAR' },
    declarationError: text('أكّد أن ما كتبته صحيح.', 'Confirm that what you wrote is true.'),
    problems: [
      {
        message: text('أجب عن أسئلة «عملك» أولًا.', 'Answer the questions under “Your work” first.'),
        href: '/cases/1/pages/work',
      },
    ],
  },
  'SA',
  true,
);
add(
  pages.submitted,
  'unpaid',
  {
    ...head,
    submittedAt: '2026-11-22T05:44:00Z',
    office: moeSa,
    isDecided: false,
    next: [text('ينظر موظف في التخصص.', 'An officer looks at the field of study.')],
    owed: { amountMinor: 5_000, currency: 'SAR' },
  },
  'SA',
  true,
);
add(
  pages.submitted,
  'filled',
  {
    ...head,
    submittedAt: '2026-11-22T05:44:00Z',
    office: moeSa,
    isDecided: false,
    dueOn: '2026-11-24',
    next: [
      text('ينظر موظف في التخصص.', 'An officer looks at the field of study.'),
      text('يصلك القرار في هذا الموقع.', 'The decision arrives on this site.'),
    ],
    stillOpen: {
      answers: { how: 'when-asked', names: [] },
      papers: { how: 'when-asked', names: [] },
      withdrawal: { how: 'now', until: '2026-11-24' },
      workingDays: 5,
      refund: 'part',
    },
  },
  'SA',
  true,
);
for (const { page, example, view } of [...listExamples(formPage), ...registerExamples(formPage)])
  add<never>(page as never, example, view as never, 'BH', true);
export const copyView = copyExample({ ...head, office: moeSa, evidence });
add(pages.copy, 'with-files', copyView, 'SA', true);

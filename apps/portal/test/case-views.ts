import type { OfficeName } from '../components/values.tsx';
import type { CaseHead, CaseStepView, CaseView } from '../pages/index.ts';
import { pages } from '../pages/index.ts';
import { text } from './sample-states.ts';
import { sharedWith } from './shared-views.ts';

const thing = text(
  'صف المهنة التي تنوي مزاولتها بمزيد من التفصيل.',
  'Describe the profession you intend to work in more closely.',
);
export const pastRequest = {
  things: [thing],
  papers: [
    {
      label: text('خطاب من جهة العمل', 'A letter of the employer'),
      value: {
        file: { name: 'خطاب.pdf', mediaType: 'application/pdf', size: 182_000, scan: 'clean' as const },
        href: '/x',
      },
    },
    { label: text('صورة الترخيص المهني', 'A copy of the licence'), value: null },
  ],
  answerBy: '2026-12-06',
  isOpen: false,
  outcome: 'answered' as const,
  endedAt: '2026-11-26T08:00:00Z',
  answer: 'أعمل على الأنظمة المدمجة في السيارات.',
  changes: [
    {
      label: text('المهنة', 'Profession'),
      before: text('مهندسة حاسوب', 'Computer engineer'),
      after: text('مهندسة نظم مدمجة', 'Embedded systems engineer'),
    },
  ],
};
export const loss = {
  until: '2026-12-06',
  evidence: [{ names: text('سجل المؤهل العلمي', 'Degree record'), withdrawnAt: '2026-11-25T08:00:00Z' }],
};
const openRequest = {
  things: [thing],
  papers: [{ label: text('خطاب من جهة العمل', 'A letter of the employer'), value: null }],
  answerBy: '2026-12-06',
  isOpen: true,
  changes: [],
};
export const decidedAppeal = {
  words: 'كانت الجامعة معتمدة عند تخرجي.',
  filedAt: '2026-12-01T08:00:00Z',
  dueOn: '2026-12-15',
  outcome: 'replaced' as const,
  decidedAt: '2026-12-03T08:00:00Z',
  ownWords: text('تأكدنا من اعتماد الجامعة.', 'We found that the university was accredited.'),
};
const message = {
  who: text('أنت', 'You'),
  text: 'متى يصدر القرار؟',
  at: '2026-11-25T08:00:00Z',
};

/** Cases of one person, in every state that has a look of its own, and the pages that lead from them. */
export function caseViews({ head, moeSa, moeBh }: { head: CaseHead; moeSa: OfficeName; moeBh: OfficeName }) {
  const inReview: CaseView = {
    shares: sharedWith,
    ...head,
    state: 'in-review',
    headline: text('بانتظار قرار وزارة التعليم', 'Waiting for the decision of the Ministry of Education'),
    office: moeSa,
    turn: 'office',
    due: {
      on: '2026-11-24',
      workingDaysLeft: 2,
      weekend: text(
        'الجمعة والسبت عطلة في السعودية، ولا يُحسبان.',
        'Friday and Saturday are the weekend in Saudi Arabia and do not count.',
      ),
    },
    steps: [
      { title: text('قُدّم الطلب', 'Application submitted'), at: '2026-11-22T05:39:00Z', progress: 'done' },
      {
        title: text('وصلت الشهادة من البحرين', 'Degree record arrived from Bahrain'),
        at: '2026-11-22T05:41:00Z',
        detail: text('موقّعة ممن يحفظها', 'Signed by the office that holds it'),
        place: moeBh,
        progress: 'done',
        link: { href: `/cases/${head.caseId}/evidence`, label: text('عرض ما وصل', 'See what arrived') },
      },
      {
        title: text('المراجعة', 'Review'),
        detail: text(
          'التخصص يحتاج نظر موظف، ولا يلزمك شيء.',
          'The field of study needs an officer’s look. Nothing is needed from you.',
        ),
        place: moeSa,
        progress: 'now',
      },
      {
        title: text('القرار والوثيقة', 'Decision and document'),
        detail: text('تصل إلى محفظتك مختومة وقابلة للتحقق', 'Arrives in your wallet, sealed and verifiable'),
        progress: 'later',
      },
    ],
    rules: [
      { text: text('الجامعة معتمدة', 'The university is accredited'), outcome: 'met' },
      { text: text('الدرجة موثّقة من مصدرها', 'The degree is confirmed by its source'), outcome: 'met' },
      { text: text('التخصص ضمن القائمة المشتركة', 'The field is in the common list'), outcome: 'needs-review' },
    ],
    earlier: [],
    requests: [],
    appeals: [],
    changes: [],
    messages: [],
    wallet: 'none',
    mayWithdraw: true,
  };

  const granted: CaseView = {
    ...inReview,
    state: 'granted',
    headline: text('اعتُرف بشهادتك', 'Your degree is recognised'),
    turn: 'nobody',
    due: undefined,
    steps: inReview.steps.map((step) => ({
      ...step,
      progress: 'done' as const,
      at: step.at ?? '2026-11-23T09:12:00Z',
    })),
    decision: {
      isGranted: true,
      decidedAt: '2026-11-23T09:12:00Z',
      words: text(
        'تعادل شهادتك بكالوريوس هندسة الحاسب في المملكة العربية السعودية.',
        'Your degree equals a Bachelor of Computer Engineering in Saudi Arabia.',
      ),
      reasons: [text('الجامعة معتمدة والدرجة موثّقة.', 'The university is accredited and the degree is confirmed.')],
      ownWords: text('راجعت الخطة الدراسية، وهي مطابقة.', 'I compared the study plan; it matches.'),
      isAutomatic: false,
      conditions: [],
      isEnded: false,
      appealUntil: '2027-01-22',
      mayAppeal: true,
    },
    documentHref: `/cases/${head.caseId}/document.pdf`,
    wallet: 'offered',
    mayWithdraw: false,
    rating: { stars: undefined },
  };

  const withdrawn: CaseView = {
    ...inReview,
    state: 'withdrawn',
    headline: text('مسحوب', 'Withdrawn'),
    turn: 'nobody',
    due: undefined,
    mayWithdraw: false,
    again: 'filled',
  };
  const inPart: CaseView = {
    ...granted,
    state: 'granted-in-part',
    headline: text('صدر القرار بالموافقة الجزئية', 'Approved in part'),
    decision: {
      ...granted.decision!,
      isInPart: true,
      words: text('قُيّد الفرع ببعض أنشطته', 'Registered for some of its activities'),
      ownWords: undefined,
      items: [
        { label: text('سياحة وسفر', 'Tourism and travel'), isGranted: true, reasons: [] },
        {
          label: text('خدمات صحية', 'Health services'),
          isGranted: false,
          reasons: [text('لا ترخيص للنشاط المطلوب.', 'There is no licence for the activity.')],
        },
      ],
    },
  };
  const waiting: CaseView = {
    ...inReview,
    state: 'waiting-for-person',
    headline: text('بانتظار ردك', 'Waiting for your answer'),
    turn: 'you',
    due: undefined,
    requests: [openRequest],
    stillOpen: {
      answers: { how: 'now', until: '2026-12-01', names: [text('المهنة', 'Your work')] },
      papers: { how: 'now', until: '2026-12-01', names: [text('عقد العمل', 'The contract')] },
      withdrawal: { how: 'now' },
      workingDays: 10,
    },
    messages: [message, { who: moeSa.names, text: 'خلال يومين.', at: '2026-11-25T09:00:00Z' }],
  };
  const replaced: CaseView = {
    ...granted,
    decision: {
      ...granted.decision!,
      conditions: [text('أن تعمل السنة الأولى تحت إشراف.', 'You work your first year under supervision.')],
    },
    earlier: [
      {
        number: `${head.reference}-D`,
        words: text('لم يُعترف بالشهادة', 'The degree was not recognised'),
        decidedAt: '2026-11-29T08:00:00Z',
      },
    ],
    requests: [pastRequest],
    appeals: [decidedAppeal],
  };
  const cancelled: CaseView = {
    ...granted,
    state: 'cancelled',
    headline: text('أُلغي القرار', 'The decision was cancelled'),
    decision: { ...granted.decision!, isEnded: true, mayAppeal: false },
    changes: [
      {
        kind: 'cancelled',
        at: '2026-12-20T08:00:00Z',
        reason: text('سحبت الجامعة الدرجة العلمية.', 'The university has withdrawn the degree.'),
      },
    ],
    wallet: 'none',
  };
  const bySilence: CaseView = {
    ...granted,
    decision: {
      ...granted.decision!,
      article: text('قواعد الخدمة (نموذج)، المادة السابعة', 'Rules of the service (sample), article 7'),
    },
    appeals: [{ words: decidedAppeal.words, filedAt: decidedAppeal.filedAt, dueOn: decidedAppeal.dueOn }],
    changes: [
      {
        kind: 'corrected',
        at: '2026-12-20T08:00:00Z',
        reason: text('كُتب الاسم على غير صورته.', 'The name was misspelt.'),
        ownWords: text('نعتذر عن الخطأ.', 'We are sorry for the mistake.'),
      },
    ],
  };
  const step: CaseStepView = {
    ...head,
    title: text('ما تطلبه الجهة منك', 'What the office asks you for'),
    points: [thing],
    until: '2026-12-06',
    tasks: [
      { title: text('المهنة والقطاع', 'Profession and sector'), status: 'todo', href: '/cases/x/pages/profession' },
    ],
    fields: [{ name: 'text', kind: 'textarea', label: text('ردك', 'Your answer'), lengthMax: 2000 }],
    action: `/cases/${head.caseId}/request`,
    keepAt: `/cases/${head.caseId}/request/kept`,
    version: 4,
    submit: text('إرسال الرد', 'Send the answer'),
    note: text('بعد الإرسال يعود الطلب إلى الموظف.', 'Once it is sent, the case goes back to the officer.'),
  };
  const refusedStep: CaseStepView = {
    ...step,
    points: [],
    tasks: [],
    lead: text('يبتّ فيه موظف آخر.', 'Another officer decides on it.'),
    fields: [{ ...step.fields[0]!, required: true, error: text('اكتب النص أولًا.', 'Write something first.') }],
  };
  const caseExamples = [
    [pages.casePage, 'waiting-for-person', waiting],
    [pages.casePage, 'without-consent', { ...waiting, requests: [], loss }],
    [pages.casePage, 'replaced', replaced],
    [pages.casePage, 'granted-in-part', inPart],
    [pages.casePage, 'withdrawn', withdrawn],
    [pages.casePage, 'cancelled', cancelled],
    [pages.casePage, 'by-silence', bySilence],
    [pages.caseStep, 'filled', step],
    [pages.caseStep, 'error', refusedStep],
  ] as const;
  return { inReview, granted, caseExamples };
}

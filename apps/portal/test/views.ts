import type { Text } from '#kernel/languages';
import type { OfficeName } from '../components/values.tsx';
import type { Frame } from '../layout.tsx';
import type { AssetLinks } from '../look/assets.ts';
import type { Page } from '../page.tsx';
import type {
  ConsentView,
  DataUse,
  FormPageView,
  GivenConsent,
  MyDataView,
  ReceiptView,
  ReceivedEvidence,
  ServiceRowView,
  Verdict,
  WholeDataUse,
} from '../pages/index.ts';
import { pages } from '../pages/index.ts';
import { actingExamples } from './acting-views.ts';
import { appExamples } from './app-views.ts';
import { caseViews } from './case-views.ts';
import { fieldsOfEveryKind } from './form-kinds-view.ts';
import { insightsViews } from './insights-views.ts';
import { linkingExamples } from './linking-views.ts';
import { copyExample, listExamples } from './lists-views.ts';
import { messageExamples } from './message-views.ts';
import { offerExamples, offeredCard } from './offer-views.ts';
import { paymentExamples } from './payments-views.ts';
import { anchorStep, proofHrefs, provedExchange, trust } from './proofs.ts';
import { registerExamples } from './register-views.ts';
import { states, text } from './sample-states.ts';
import { sharedExamples, sharedRow } from './shared-views.ts';
import { waysViews } from './ways-views.ts';

const moeSa: OfficeName = { names: text('وزارة التعليم', 'Ministry of Education'), state: states.SA };
const moeBh: OfficeName = { names: text('وزارة التربية والتعليم', 'Ministry of Education'), state: states.BH };
const igaBh: OfficeName = {
  names: text('هيئة المعلومات والحكومة الإلكترونية', 'Information and eGovernment Authority'),
  state: states.BH,
};
const sioBh: OfficeName = {
  names: text('الهيئة العامة للتأمين الاجتماعي', 'Social Insurance Organization'),
  state: states.BH,
};

const fatima = text('فاطمة أحمد الحداد', 'Fatima Ahmed Alhaddad');
const recognition = text(
  'الاعتراف بشهادة جامعية من دولة خليجية',
  'Recognition of a university degree from a Gulf state',
);
const purpose = text('الاعتراف بشهادتك للعمل في السعودية', 'Recognising your degree for work in Saudi Arabia');
const head = { caseId: '01998f3e-7c1a-7b52-9d0e-3f6a1c2b4d5e', reference: 'SA-2026-00417', serviceTitle: recognition };

const services: ServiceRowView[] = [
  {
    serviceId: 'degree-recognition',
    title: recognition,
    summary: text(
      'قرار رسمي يعادل شهادتك، يصلك مختومًا وفي محفظتك.',
      'An official decision on your degree, sealed and in your wallet.',
    ),
    office: moeSa,
    fee: null,
    time: { promisedWorkingDays: 5, automaticPercent: 72, medianWorkingDays: 3 },
    isShared: true,
    isDelivered: true,
  },
  {
    serviceId: 'transcript-attestation',
    title: text('تصديق كشف الدرجات', 'Attestation of a transcript'),
    summary: text(
      'كشف درجاتك موقّعًا من الجامعة، ومقبولًا في الدول الست.',
      'Your transcript, signed by the university and accepted in all six states.',
    ),
    office: moeSa,
    fee: { amountMinor: 5000, currency: 'SAR' },
    time: { promisedWorkingDays: 0 },
  },
  {
    serviceId: 'insurance-extension',
    title: text('تمديد الحماية التأمينية', 'Extension of social-insurance cover'),
    summary: text(
      'لمواطني الدول الأعضاء العاملين في دولة أخرى.',
      'For citizens of a member state employed in another.',
    ),
    office: sioBh,
    fee: { amountMinor: 2500, currency: 'BHD' },
    time: { promisedWorkingDays: 3 },
    pausedReason: text('تُستأنف في ١ ديسمبر', 'Resumes on 1 December'),
  },
];

const evidence: ReceivedEvidence[] = [
  {
    evidence: text('بيانات الهوية', 'Identity attributes'),
    from: igaBh,
    receivedAt: '2026-11-22T05:41:10Z',
    items: [
      { label: text('الاسم الكامل', 'Full name'), value: { names: fatima, latin: 'Fatima Ahmed Ali Alhaddad' } },
      { label: text('تاريخ الميلاد', 'Date of birth'), value: { date: '1997-03-04' } },
    ],
    missing: [],
    exchangeId: '01998f40-11aa-7c3d-8e21-77b0c4f0a1d2',
    digest: 'sha-256=:b1f0VqzP6n1cXl2n4JtQ0aWc9yR3m5kPpQ1eZ9c2e7d=:',
  },
  {
    evidence: text('سجل المؤهل العلمي', 'Degree record'),
    from: moeBh,
    receivedAt: '2026-11-22T05:41:11Z',
    items: [
      {
        label: text('الدرجة والتخصص', 'Degree and field'),
        value: text('بكالوريوس هندسة حاسوب', 'BSc Computer Engineering'),
      },
      { label: text('الجامعة', 'University'), value: text('جامعة البحرين', 'University of Bahrain') },
      { label: text('سنة التخرج', 'Year of graduation'), value: { year: 2019 } },
      { label: text('رقم القيد', 'Record number'), value: { code: 'UOB-2019-0044871' } },
    ],
    missing: [text('المعدل التراكمي', 'Grade point average')],
    exchangeId: '01998f40-1c02-7d44-b7aa-5510ee93c7f1',
    digest: 'sha-256=:Zk9c1Q0m7r2b5WfYx4Lq8sVd6HtJ3uNpA1eGiRk0oTw=:',
    receiptHref: '/my-data/consents/01998f3f-0000-7000-8000-000000000001/receipt',
  },
];

const consent: ConsentView = {
  action: '/eid-pages/interaction/x7Yq/consent',
  requester: moeSa,
  purpose,
  caseReference: head.reference,
  groups: [
    {
      evidenceType: 'identity',
      evidence: text('بيانات الهوية', 'Identity attributes'),
      holder: igaBh,
      fields: [
        {
          name: 'name',
          label: text('الاسم الكامل', 'Full name'),
          isRequired: true,
          value: { names: fatima, latin: 'Fatima Ahmed Ali Alhaddad' },
        },
        {
          name: 'birthdate',
          label: text('تاريخ الميلاد', 'Date of birth'),
          isRequired: true,
          value: { date: '1997-03-04' },
        },
      ],
    },
    {
      evidenceType: 'degree-record',
      evidence: text('سجل المؤهل العلمي', 'Degree record'),
      holder: moeBh,
      fields: [
        {
          name: 'degree',
          label: text('الدرجة والتخصص', 'Degree and field'),
          isRequired: true,
          value: text('بكالوريوس هندسة حاسوب', 'BSc Computer Engineering'),
        },
        {
          name: 'university',
          label: text('الجامعة', 'University'),
          isRequired: true,
          value: text('جامعة البحرين', 'University of Bahrain'),
        },
        {
          name: 'gpa',
          label: text('المعدل التراكمي', 'Grade point average'),
          isRequired: false,
          value: { code: '3.61 / 4.00' },
          note: text('يسرّع القرار، ولا يُرفض الطلب من دونه.', 'Speeds up the decision; nothing is refused without it.'),
        },
        { name: 'thesis', label: text('عنوان مشروع التخرج', 'Title of the final project'), isRequired: false },
      ],
    },
  ],
  ground: text('موافقتك، وفق نظام المعادلات، المادة ٤', 'Your consent, under the Equivalence Law, article 4'),
  isOnce: true,
  endsOn: '2026-12-22',
  retention: text(
    'سنة بعد القرار، ثم تُمحى ويبقى الإثبات.',
    'One year after the decision, then deleted; the proof stays.',
  ),
  ifRefused: text(
    'يبقى طلبك مفتوحًا، ويمكنك تقديم الشهادة بنفسك في مكتب الوزارة.',
    'Your application stays open, and you can bring the certificate to the ministry’s desk.',
  ),
};

const receipt: ReceiptView = {
  receiptNumber: 'BH-R-2026-118204',
  consentId: '01998f3f-0000-7000-8000-000000000001',
  givenAt: '2026-11-22T05:40:52Z',
  requester: moeSa,
  holders: [igaBh, moeBh],
  purpose,
  ground: consent.ground,
  given: [
    text('الاسم الكامل', 'Full name'),
    text('تاريخ الميلاد', 'Date of birth'),
    text('الدرجة والتخصص', 'Degree and field'),
    text('الجامعة', 'University'),
  ],
  notGiven: [text('المعدل التراكمي', 'Grade point average')],
  endsOn: '2026-12-22',
  retention: consent.retention,
  downloadHref: '/my-data/consents/01998f3f-0000-7000-8000-000000000001/receipt?as=file',
  signed:
    'eyJhbGciOiJFUzI1NiIsInR5cCI6ImNvbnNlbnQtcmVjZWlwdCtqd3QifQ.eyJpc3MiOiJodHRwOi8vYmgubG9jYWxob3N0OjQwMDEifQ.c2lnbmF0dXJl',
};

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

const { inReview, granted, caseExamples } = caseViews({ head, moeSa, moeBh });

const wholeUses: Array<Omit<WholeDataUse, 'shown'>> = [
  {
    useId: '01998f40-1c02-7d44-b7aa-5510ee93c7f1',
    askedAt: '2026-11-22T05:41:11Z',
    asker: moeSa,
    holder: moeBh,
    purpose,
    ground: text('بموافقتك', 'With your consent'),
    fields: [text('الدرجة والتخصص', 'Degree and field'), text('الجامعة', 'University')],
    documents: [
      { names: text('صورة الشهادة', 'Scan of the diploma'), at: '2026-11-22T05:43:09Z', isWhole: true },
      { names: text('صورة الشهادة', 'Scan of the diploma'), at: '2026-11-22T05:43:02Z', isWhole: false },
    ],
    wasGiven: true,
  },
  {
    useId: '01998f20-0000-7d44-b7aa-5510ee93c7f2',
    askedAt: '2026-11-03T07:00:00Z',
    asker: sioBh,
    holder: igaBh,
    purpose: text('المراجعة السنوية للاشتراك', 'Yearly review of contributions'),
    ground: text('بنص القانون رقم ٢٤', 'Under law no. 24'),
    fields: [text('حالة العمل', 'Employment status')],
    wasGiven: true,
  },
  {
    useId: '01998f10-0000-7d44-b7aa-5510ee93c7f3',
    askedAt: '2026-10-30T10:20:00Z',
    asker: moeSa,
    holder: moeBh,
    purpose,
    ground: text('موافقة سُحبت', 'A withdrawn consent'),
    fields: [],
    wasGiven: false,
    refusal: text('سُحبت الموافقة قبل السؤال.', 'The consent had been withdrawn before.'),
  },
];
const proven: WholeDataUse = { shown: 'all', ...wholeUses[0]! };
const uses: DataUse[] = [
  ...wholeUses.map((use) => ({ shown: 'all' as const, ...use })),
  {
    shown: 'part',
    useId: '01998f02-0000-7d44-b7aa-5510ee93c7f5',
    on: '2026-10-09',
    askerState: states.KW,
    evidence: text('بيانات الهوية', 'Identity details'),
    fields: [text('تاريخ الميلاد', 'Date of birth')],
    wasGiven: true,
  },
  { shown: 'later', useId: '01998f01-0000-7d44-b7aa-5510ee93c7f4', shownFrom: '2027-03-01T00:00:00.000Z' },
];

const givenConsent: GivenConsent = {
  consentId: receipt.consentId,
  requester: moeSa,
  purpose,
  fields: receipt.given,
  givenAt: receipt.givenAt,
  endsOn: receipt.endsOn,
  state: 'active',
};

const checkpoint =
  'bh.localhost:4001/ledger\n18231\n7Qk3mXo2u1y8sV0n4JtQaWc9yR3m5kPpQ1eZ9c2mA0=\n\n— bh.localhost:4001/ledger k3J9vQmZ…\n— sa.localhost:4005/witness 9sLx0Qw…\n';

const myData: MyDataView = {
  logState: states.BH.names,
  uses,
  consents: [givenConsent, { ...givenConsent, consentId: '01998f3f-0000-7000-8000-000000000002', state: 'withdrawn' }],
  acts: [
    {
      actId: '01998f3f-0000-7000-8000-00000000000a',
      by: text('أمينة محمد عادل المحمود', 'Amina Mohamed Adel Almahmood'),
      kind: text('وليّ', 'Guardian'),
      at: '2026-11-23T08:00:00Z',
      did: 'consented',
      towards: moeSa,
    },
  ],
  witnessNames: { 'sa.localhost:4005/witness': states.SA.names, 'ae.localhost:4006/witness': states.AE.names },
};

const verdict: Verdict = {
  kind: 'genuine',
  reason: text(
    'لم تتغير منذ أن ختمتها وزارة التعليم، وهي سارية.',
    'It has not changed since the Ministry of Education sealed it, and it still holds.',
  ),
  carrier: 'pdf',
  issuer: moeSa,
  issuedAt: '2026-11-23T09:12:00Z',
  checkedAt: '2026-11-23T10:00:00Z',
  checks: [
    { label: text('الختم الرقمي سليم', 'The seal is intact'), isGood: true },
    {
      label: text('الشهادة الرقمية مرتبطة بالوزارة', 'The certificate belongs to the ministry'),
      isGood: true,
      detail: text('ES256', 'ES256'),
    },
    { label: text('لم تُلغَ الوثيقة', 'The document is not revoked'), isGood: true },
  ],
  chain: [
    {
      name: moeSa.names,
      role: text('ختمت الوثيقة', 'sealed the document'),
      entityId: 'http://sa.localhost:4005/offices/moe',
    },
    {
      name: states.SA.names,
      role: text('تشهد للوزارة', 'vouches for the ministry'),
      entityId: 'http://sa.localhost:4005',
    },
    anchorStep,
  ],
  claims: [
    { label: text('صاحبة الشهادة', 'Holder'), value: { names: fatima, latin: 'Fatima Ahmed Ali Alhaddad' } },
    { label: text('القرار', 'Decision'), value: text('معادلة', 'Recognised') },
  ],
};

const credentialCard = {
  credentialId: '01998f55-0000-7000-8000-000000000009',
  title: text('قرار معادلة شهادة', 'Decision on a degree'),
  issuer: moeSa,
  issuedAt: '2026-11-23T09:12:00Z',
  validUntil: '2031-11-22',
  status: 'valid' as const,
};

const head2 = (id: string) => ({ ...head, caseId: id });

export type Example<View> = {
  page: Page<View>;
  example: string;
  view: View;
  stateCode: keyof typeof states;
  isSignedIn: boolean;
};

const examples: Example<never>[] = [];
function add<View>(
  page: Page<View>,
  example: string,
  view: View,
  stateCode: keyof typeof states,
  isSignedIn = false,
): void {
  examples.push({ page, example, view, stateCode, isSignedIn } as unknown as Example<never>);
}

add(
  pages.home,
  'filled',
  {
    offers: [offeredCard],
    popular: [
      { words: text('معادلة شهادة', 'Recognise a degree'), href: '/services/degree-recognition' },
      { words: text('تمديد الحماية التأمينية', 'Extend insurance cover'), href: '/services?q=insurance' },
      { words: text('سجل تجاري في دولة أخرى', 'Register a business abroad'), href: '/services?q=business' },
      { words: text('تسجيل طالب', 'Enrol a child'), href: '/services?q=school' },
    ],
    lifeEvents: [
      {
        id: 'work',
        title: text('أنتقل للعمل في دولة أخرى', 'I am moving for work'),
        summary: text('معادلة المؤهل، الحماية التأمينية، السكن', 'Degree recognition, insurance cover, housing'),
        serviceCount: 3,
        icon: 'work',
        href: '/services?q=work',
      },
      {
        id: 'birth',
        title: text('رُزقت بمولود', 'I had a baby'),
        summary: text('تُعرض عليك معبأة، ولا تُقدَّم إلا بموافقتك', 'Filled in for you, submitted only if you agree'),
        serviceCount: 1,
        icon: 'birth',
        href: '/services?q=birth',
      },
      {
        id: 'business',
        title: text('أبدأ نشاطًا تجاريًا', 'I am starting a business'),
        summary: text(
          'رسوم بعملة الدولة، والترخيص وثيقة رقمية',
          'Fees in the state’s currency; the licence is digital',
        ),
        serviceCount: 2,
        icon: 'business',
        href: '/services?q=business',
      },
      {
        id: 'study',
        title: text('أدرس في الخارج', 'I am studying abroad'),
        summary: text('القبول وتصديق الشهادات والابتعاث', 'Admission, attestation, scholarships'),
        serviceCount: 11,
        icon: 'study',
        href: '/services?q=study',
      },
    ],
    services,
    network: [
      { state: states.BH, status: 'up' },
      { state: states.KW, status: 'up' },
      { state: states.OM, status: 'slow' },
      { state: states.QA, status: 'up' },
      { state: states.SA, status: 'up' },
      { state: states.AE, status: 'down' },
    ],
    witnessCount: 5,
  },
  'SA',
);
const concepts = {
  lifeEvents: [{ id: 'work-abroad', names: text('أنتقل للعمل في دولة أخرى', 'I am moving to work in another state') }],
  themes: [{ id: 'education', names: text('التعليم', 'Education') }],
};
add(
  pages.searchResults,
  'filled',
  {
    query: 'معادله شهاده',
    wanted: { theme: 'education', audience: 'citizen', age: 30 },
    ...concepts,
    services,
    total: 3,
    page: 1,
    pages: 2,
    suggestions: [],
  },
  'SA',
);
add(
  pages.searchResults,
  'empty',
  {
    query: 'zzz',
    wanted: {},
    ...concepts,
    services: [],
    total: 0,
    page: 1,
    pages: 1,
    suggestions: [{ words: recognition, href: '/services/degree-recognition' }],
  },
  'SA',
);
const serviceView = {
  serviceId: 'degree-recognition',
  title: recognition,
  summary: services[0]!.summary,
  office: moeSa,
  results: [
    text('قرار رسمي مختوم بالعربية والإنجليزية', 'An official decision, sealed, in Arabic and English'),
    text('الوثيقة نفسها في محفظتك الرقمية', 'The same document in your digital wallet'),
  ],
  eligibility: [
    text('مواطنو الدول الست والمقيمون فيها', 'Citizens and residents of the six states'),
    text('شهادة من جامعة في إحدى الدول الست', 'A degree from a university in one of them'),
  ],
  asked: [
    {
      evidence: text('بيانات الهوية', 'Identity attributes'),
      why: text('لنعرف أن الشهادة لك.', 'So that we know the degree is yours.'),
      holder: igaBh,
      fields: [
        { label: text('الاسم الكامل', 'Full name'), isRequired: true },
        { label: text('تاريخ الميلاد', 'Date of birth'), isRequired: true },
      ],
    },
    {
      evidence: text('سجل المؤهل العلمي', 'Degree record'),
      why: text('لنقارن درجتك بما يقابلها.', 'To compare your degree with its equal here.'),
      holder: moeBh,
      fields: [
        { label: text('الدرجة والتخصص', 'Degree and field'), isRequired: true },
        { label: text('الجامعة', 'University'), isRequired: true },
        { label: text('المعدل التراكمي', 'Grade point average'), isRequired: false },
      ],
    },
  ],
  youAnswer: [
    text('المهنة التي ستعمل بها', 'The profession you will work in'),
    text('وسيلة للتواصل معك', 'How to reach you'),
  ],
  homeStates: Object.values(states),
  homeStateCode: 'BH',
  fee: null,
  time: services[0]!.time,
  laws: [
    {
      title: text('نظام معادلة الشهادات، المادة ٤', 'Equivalence Law, article 4'),
      href: 'https://laws.example/equivalence',
    },
  ],
  satisfaction: { stars: 4.6, count: 41 },
  availability: { percent: 99.2 },
  version: '2026-11.1',
};
add(pages.service, 'filled', serviceView, 'SA');
add(
  pages.service,
  'paused',
  {
    ...serviceView,
    homeStateCode: undefined,
    asked: serviceView.asked.map((ask) => ({ ...ask, holder: undefined })),
    pausedReason: text('تُستأنف في ١ ديسمبر.', 'Resumes on 1 December.'),
  },
  'SA',
);
add(
  pages.describedService,
  'filled',
  {
    title: text('تسجيل مولود', 'Register a birth'),
    summary: text('تسجيل المولود وإصدار شهادة ميلاده.', 'The birth is registered and its certificate issued.'),
    office: igaBh,
    results: [text('شهادة ميلاد', 'Birth certificate')],
    eligibility: [text('أحد الوالدين', 'Either parent')],
    needed: [
      {
        id: 'birth',
        names: text('الولادة', 'The birth'),
        evidence: text('بلاغ المستشفى', 'The notice of the hospital'),
      },
    ],
    channels: [
      { kind: 'online', text: text('البوابة الوطنية', 'The national portal'), url: 'https://portal.example/' },
      { kind: 'desk', text: text('مكتب السجل المدني', 'The civil registry office') },
    ],
    fee: { amountMinor: 2_500, currency: 'BHD' },
    feeText: text('رقم للعيّنة', 'Sample figure'),
    time: { promisedWorkingDays: 3 },
    timeText: text('رقم للعيّنة', 'Sample figure'),
    laws: [{ title: text('قانون السجل المدني', 'Civil registration law') }],
    version: '1.0.0',
  },
  'BH',
);
const signInView = {
  states: Object.values(states).map((one) => ({
    state: one,
    eidName: text('الهوية الوطنية', 'National identity'),
    isReachable: one.code !== 'AE',
  })),
  rememberedCode: 'BH',
  returnTo: '/services/degree-recognition',
};
add(pages.signIn, 'filled', signInView, 'SA');
add(
  pages.signIn,
  'error',
  {
    ...signInView,
    rememberedCode: undefined,
    problem: text(
      'أُلغي الدخول على صفحة هويتك. يمكنك المحاولة من جديد.',
      'You cancelled on your identity page. You can try again.',
    ),
  },
  'SA',
);
add(pages.signedOut, 'filled', { homeState: states.BH.names }, 'SA');
const login = {
  action: '/eid-pages/interaction/x7Yq',
  requester: moeSa,
  nationalIdLabel: text('الرقم الشخصي (CPR)', 'Personal number (CPR)'),
  nationalIdHint: text('تسعة أرقام، كما في بطاقة الهوية.', 'Nine digits, as on your identity card.'),
  errors: {},
  samplePeople: [{ name: fatima, nationalId: '970304184', password: 'jisr-sample' }],
  upstreams: [
    { id: 'ekey', names: { ar: 'المفتاح الإلكتروني', en: 'eKey' }, asksNumber: false },
    { id: 'nafath', names: { ar: 'نفاذ', en: 'Nafath' }, asksNumber: true },
  ],
};
add(pages.eidLogin, 'empty', login, 'BH');
add(
  pages.eidLogin,
  'error',
  {
    ...login,
    nationalId: '97030418',
    errors: {
      nationalId: text('الرقم الشخصي تسعة أرقام.', 'The personal number has nine digits.'),
      page: text('الرقم أو كلمة المرور غير صحيحة.', 'The number or the password is wrong.'),
    },
  },
  'BH',
);
add(
  pages.eidCode,
  'message',
  { action: '/eid-pages/interaction/x7Yq/code', message: { hint: '47', isSent: true } },
  'BH',
);
add(pages.eidCode, 'empty', { action: '/eid-pages/interaction/x7Yq/code', sampleCode: '493021' }, 'BH');
add(
  pages.eidCode,
  'error',
  {
    action: '/eid-pages/interaction/x7Yq/code',
    error: text('الرمز غير صحيح أو انتهى وقته.', 'The code is wrong or too old.'),
    attemptsLeft: 2,
  },
  'BH',
);
add(pages.eidLogin, 'step-up', { ...login, stepUpTo: 'high' as const }, 'BH');
add(
  pages.eidEnd,
  'level',
  {
    action: '/eid-pages/interaction/x7Yq',
    requester: moeSa,
    words: text('تحتاج هذه الخدمة إلى دخول أقوى.', 'This service needs a stronger sign-in.'),
    unmet: {
      needed: 'substantial' as const,
      reached: 'low' as const,
      proofing: text('تسجيل عبر الإنترنت', 'Registered online'),
      raise: text('زُر مركز خدمات ومعك بطاقة الهوية.', 'Visit a service centre with your identity card.'),
    },
  },
  'BH',
);
add(pages.signIn, 'step-up', { ...signInView, level: 'high' as const }, 'SA');
add(
  pages.signIns,
  'filled',
  {
    rows: [
      {
        signInId: 'x7Yq',
        browser: 'Firefox',
        system: 'Android',
        network: '203.0.113.0/24',
        level: 'substantial' as const,
        signedInAt: '2026-11-22T08:00:00Z',
        usedAt: '2026-11-22T08:20:00Z',
        isCurrent: true,
        services: [moeSa, { names: text('البوابة الحكومية', 'Government portal'), state: states.BH }],
      },
      {
        signInId: 'y8Zr',
        level: 'low' as const,
        signedInAt: '2026-11-21T08:00:00Z',
        usedAt: '2026-11-21T08:20:00Z',
        isCurrent: false,
        services: [],
      },
    ],
    notice: text('انتهى تسجيل الدخول.', 'That sign-in has ended.'),
  },
  'BH',
  true,
);
add(pages.signIns, 'empty', { rows: [], homeState: states.BH.names }, 'SA', true);
add(pages.consent, 'filled', consent, 'BH', true);
add(
  pages.consent,
  'error',
  {
    ...consent,
    groups: consent.groups.slice(0, 1),
    problem: text(
      'انتهى وقت هذا الطلب. يمكنك العودة إلى البوابة والبدء من جديد.',
      'This request is too old. Go back to the portal and start again.',
    ),
  },
  'BH',
  true,
);
add(pages.eidReceipt, 'filled', { ...receipt, continueHref: '/eid/auth/x7Yq' }, 'BH', true);
add(
  pages.eidError,
  'filled',
  {
    code: 'interaction-expired',
    status: 400,
    message: text(
      'انتهت هذه الجلسة. يمكنك البدء من البوابة من جديد.',
      'This session has ended. Start again from the portal.',
    ),
    reference: '01998f55',
  },
  'BH',
);
add(
  pages.myCases,
  'filled',
  {
    cases: [
      { ...head, state: 'in-review', office: moeSa, turn: 'office', changedAt: '2026-11-22T05:41:00Z' },
      {
        ...head2('01998f3e-7c1a-7b52-9d0e-3f6a1c2b4d5f'),
        reference: 'SA-2026-00398',
        state: 'draft',
        office: moeSa,
        turn: 'you',
        changedAt: '2026-11-20T05:41:00Z',
        erasedOn: '2026-12-02',
      },
      {
        ...head2('01998f3e-7c1a-7b52-9d0e-3f6a1c2b4d60'),
        reference: 'SA-2026-00201',
        state: 'granted',
        office: moeSa,
        turn: 'nobody',
        changedAt: '2026-09-20T05:41:00Z',
      },
    ],
    elsewhere: [sharedRow],
  },
  'SA',
  true,
);
add(
  pages.myCases,
  'empty',
  { cases: [], elsewhere: [], notice: text('حُذفت المسودة.', 'The draft was discarded.') },
  'SA',
  true,
);
add(
  pages.taskList,
  'filled',
  {
    ...head,
    office: moeSa,
    keptUntil: '2026-12-22',
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
add(
  pages.evidence,
  'filled',
  { ...head, received: evidence, problems: [], continueHref: `/cases/${head.caseId}` },
  'SA',
  true,
);
add(
  pages.evidence,
  'empty',
  {
    ...head,
    received: [],
    problems: [
      text(
        'لم تجب البحرين في الوقت المحدد. لم يضع شيء، ويمكنك المحاولة بعد دقائق.',
        'Bahrain did not answer in time. Nothing was lost; try again in a few minutes.',
      ),
    ],
    continueHref: `/cases/${head.caseId}`,
  },
  'SA',
  true,
);
add(pages.formPage, 'empty', soleQuestion, 'SA', true);
add(pages.formPage, 'filled', formPage, 'SA', true);
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
  problems: [],
};
add(pages.checkAnswers, 'filled', check, 'SA', true);
add(
  pages.checkAnswers,
  'error',
  {
    ...check,
    fee: { amountMinor: 5000, currency: 'SAR' },
    declarationError: text('أكّد أن ما كتبته صحيح.', 'Confirm that what you wrote is true.'),
    problems: [text('أجب عن أسئلة «عملك» أولًا.', 'Answer the questions under “Your work” first.')],
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
  },
  'SA',
  true,
);
add(pages.casePage, 'filled', inReview, 'SA', true);
add(pages.casePage, 'decided', granted, 'SA', true);
const ending = { until: '2027-02-22', hasEnded: false, mayRenew: true };
add(pages.casePage, 'rated', { ...granted, rating: { stars: 4 }, validity: ending }, 'SA');
add(
  pages.casePage,
  'refused',
  {
    ...granted,
    state: 'refused',
    headline: text('لم يُعترف بشهادتك', 'Your degree was not recognised'),
    decision: { ...granted.decision!, isGranted: false, isAutomatic: true, ownWords: undefined },
    wallet: 'held',
    documentHref: undefined,
  },
  'SA',
  true,
);
for (const [page, example, view] of caseExamples) add(page as Page<never>, example, view as never, 'SA', true);
add(pages.myData, 'filled', myData, 'BH', true);
add(
  pages.myData,
  'empty',
  { ...myData, uses: [], consents: [], notice: text('سُحبت الموافقة.', 'The consent is withdrawn.') },
  'BH',
  true,
);
const proofView = {
  ...proofHrefs,
  use: proven,
  logState: states.BH.names,
  verdict: { kind: 'witnessed' as const, cosignedBy: [states.SA.names, states.AE.names, states.QA.names] },
  leafIndex: 18_204,
  treeSize: 18_231,
  leafHash: 'b1f07a2f61c9d9e04a0f6a60a7d2c8f1aa04be6f5b3a9c1170d2e4b6cc9c2e7d',
  opening: {
    salt: '9Yx1b0c8Qe2m7a5s',
    commitment: 'q0TnJm2Zc1xV',
    record: '{"kind":"evidence-answered","evidenceType":"degree-record"}',
  },
  checkpoint,
  downloadHref: '/my-data/uses/01998f40-1c02-7d44-b7aa-5510ee93c7f1/proof?as=file',
};
add(pages.proof, 'filled', proofView, 'BH', true);
add(
  pages.proof,
  'pending',
  {
    ...proofView,
    verdict: { kind: 'pending' },
    leafIndex: undefined,
    treeSize: undefined,
    checkpoint: undefined,
    downloadHref: undefined,
  },
  'BH',
  true,
);
add(
  pages.proof,
  'error',
  {
    ...proofView,
    verdict: { kind: 'failed', reason: text('لا يطابق القيد بصمته.', 'The record does not match its fingerprint.') },
  },
  'BH',
  true,
);
add(pages.receipt, 'filled', receipt, 'BH', true);
add(pages.receipt, 'withdrawn', { ...receipt, withdrawnAt: '2026-11-23T12:00:00Z' }, 'BH', true);
add(
  pages.withdrawConsent,
  'filled',
  {
    consent: givenConsent,
    effects: [
      text('يُرفض كل سؤال جديد فورًا.', 'Every new question is refused at once.'),
      text(
        'يبقى ما أُعطي من قبل عند الجهة حتى نهاية مدته.',
        'What was given before stays with the office until its time is over.',
      ),
    ],
  },
  'BH',
  true,
);
add(
  pages.wallet,
  'filled',
  {
    credentials: [
      credentialCard,
      {
        ...credentialCard,
        credentialId: '01998f55-0000-7000-8000-000000000010',
        title: text('رخصة مزاولة', 'Practice licence'),
        status: 'revoked',
      },
    ],
  },
  'SA',
  true,
);
add(pages.wallet, 'empty', { credentials: [], notice: text('حُذفت الوثيقة.', 'The document was removed.') }, 'SA', true);
add(
  pages.credential,
  'filled',
  {
    credential: credentialCard,
    claims: [
      { ...verdict.claims[0]!, isSelective: true },
      { ...verdict.claims[1]!, isSelective: true },
      { label: text('رقم الوثيقة', 'Document number'), value: { code: 'SA-MOE-2026-00417' }, isSelective: false },
    ],
    presentHref: '/verify?credential=01998f55',
    documentHref: `/cases/${head.caseId}/document.pdf`,
    raw: receipt.signed!,
  },
  'SA',
  true,
);
add(
  pages.walletOffer,
  'filled',
  {
    offerUri: 'http://sa.localhost:4005/credentials/offers/9sLx0Qw',
    issuer: moeSa,
    credentials: [credentialCard.title],
  },
  'BH',
  true,
);
add(
  pages.walletOffer,
  'error',
  {
    offerUri: 'http://sa.localhost:4005/credentials/offers/9sLx0Qw',
    issuer: moeSa,
    credentials: [credentialCard.title],
    problem: text(
      'انتهى هذا العرض. يمكنك طلب غيره من صفحة الطلب.',
      'This offer has ended. Ask for another on the case’s page.',
    ),
  },
  'BH',
  true,
);
add(pages.verify, 'empty', { trust, errors: {} }, 'SA');
add(
  pages.verify,
  'error',
  { trust, errors: { document: text('اختر ملف PDF لا يزيد على ٥ ميغابايت.', 'Choose a PDF of at most 5 MB.') } },
  'SA',
);
add(pages.verify, 'genuine', { trust, errors: {}, verdict }, 'SA');
add(pages.verify, 'proof', { trust, errors: {}, verdict: provedExchange }, 'SA');
add(
  pages.verify,
  'changed',
  {
    trust,
    errors: {},
    verdict: {
      ...verdict,
      kind: 'changed',
      reason: text(
        'تغيّرت بعد ختمها، فلا يُعتمد عليها. اطلب نسخة جديدة ممن قدّمها.',
        'It was changed after it was sealed. Do not rely on it; ask whoever gave it to you for a new copy.',
      ),
      checks: [{ label: text('الختم الرقمي سليم', 'The seal is intact'), isGood: false }],
      chain: [],
      claims: [],
    },
  },
  'SA',
);
add(
  pages.log,
  'filled',
  {
    state: states.BH,
    origin: 'bh.localhost:4001/ledger',
    size: 18_231,
    rootHash: '7Qk3mXo2u1y8sV0n4JtQaWc9yR3m5kPpQ1eZ9c2mA0=',
    checkpointAt: '2026-11-22T05:42:00Z',
    cosignatures: [
      { state: states.SA, signedAt: '2026-11-22T05:42:01Z' },
      { state: states.AE, signedAt: '2026-11-22T05:42:01Z' },
      { state: states.QA, signedAt: '2026-11-22T05:42:02Z' },
    ],
    quorum: 3,
    pendingEntries: 0,
    checkpoint,
    logKey: 'bh.localhost:4001/ledger+2f1c0a9b+ARq0TnJm2Zc1xV',
    others: [
      { state: states.SA, href: 'http://sa.localhost:4005/log' },
      { state: states.AE, href: 'http://ae.localhost:4006/log' },
    ],
  },
  'BH',
);
add(
  pages.status,
  'filled',
  {
    checkedAt: '2026-11-22T05:42:00Z',
    nodes: Object.values(states).map((one, at) => ({
      state: one,
      status: at === 5 ? ('down' as const) : at === 2 ? ('slow' as const) : ('up' as const),
      answerMs: at === 5 ? undefined : 12 + at * 40,
      trust: at === 5 ? ('stale' as const) : ('good' as const),
      trustUntil: '2026-11-23T05:42:00Z',
      logSize: at === 5 ? undefined : 18_000 + at,
      hasWitnessed: at !== 5,
    })),
    own: [
      { label: text('قاعدة البيانات', 'Database'), value: { code: 'PGlite' } },
      { label: text('مهام بالانتظار', 'Jobs waiting'), value: 0 },
    ],
  },
  'SA',
);
for (const page of ['accessibility', 'privacy', 'verify', 'developers'] as const) {
  add(
    pages.about,
    page,
    { page, portalAddress: 'http://sa.localhost:4005', anchorAddress: 'http://gcc.localhost:4000' },
    'SA',
  );
}
add(
  pages.error,
  'not-found',
  {
    code: 'not-found',
    status: 404,
    message: text(
      'لا يوجد شيء في هذا العنوان، أو ليس من حقك الاطلاع عليه.',
      'There is nothing at this address, or it is not yours to see.',
    ),
    reference: '01998f55-0000',
  },
  'SA',
);
add(
  pages.error,
  'ours',
  {
    code: 'internal-error',
    status: 500,
    message: text('حدث خطأ من جهتنا وسُجّل.', 'Something went wrong on our side and has been recorded.'),
    reference: '01998f55-0001',
    next: { words: text('المحاولة من جديد', 'Try again'), href: '/cases' },
  },
  'SA',
);

/** Every page with the views it is tested with. */
const further = [
  ...actingExamples,
  ...linkingExamples,
  ...paymentExamples,
  ...sharedExamples,
  ...offerExamples,
  ...messageExamples,
  ...appExamples,
] as unknown as Example<never>[];
for (const { page, example, view } of [...listExamples(formPage), ...registerExamples(formPage)])
  add<never>(page as never, example, view as never, 'BH', true);
const copyView = copyExample({ ...head, office: moeSa, evidence });
add(pages.copy, 'with-files', copyView, 'SA', true);

export const exampleViews = [...examples, ...waysViews, ...insightsViews, ...further];
export const samples = {
  states,
  moeSa,
  moeBh,
  igaBh,
  fatima,
  head,
  recognition,
  evidence,
  inReview,
  services,
  copyView,
};

/** The frame around an example. */
export function frameFor(
  example: Pick<Example<never>, 'stateCode' | 'isSignedIn'>,
  language: 'ar' | 'en',
  assets: AssetLinks,
  path = '/example',
): Frame {
  return {
    language,
    timeZone: 'Asia/Riyadh',
    path,
    state: states[example.stateCode],
    assets,
    isSample: true,
    ...(example.isSignedIn ? { person: { name: fatima }, unread: 3 } : {}),
  };
}

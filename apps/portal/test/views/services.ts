import { pages, type ServiceRowView } from '../../pages/index.ts';
import { offeredCard } from '../offer-views.ts';
import { exampleProcess } from '../process-example.ts';
import { states, text } from '../sample-states.ts';
import { createExamples, igaBh, moeBh, moeSa, recognition, sioBh } from './examples.ts';

/** What people find: the first page, search, the page of a service. */
const { examples, add } = createExamples();
export const servicesExamples = examples;

export const services: ServiceRowView[] = [
  {
    serviceId: 'degree-recognition',
    title: recognition,
    summary: text(
      'قرار رسمي يعادل شهادتك، يصلك مختومًا وفي محفظتك.',
      'An official decision on your degree, sealed and in your wallet.',
    ),
    office: moeSa,
    fee: null,
    time: { promisedWorkingDays: 5, automaticPercent: 72, medianWorkingDays: 3, halfWorkingDays: 0, p90WorkingDays: 4 },
    isShared: true,
    isDelivered: true,
    closesAt: '2027-03-31T21:00:00Z',
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
    isPaused: true,
    opensAt: '2026-12-01T05:00:00Z',
  },
];
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
    services: [
      ...services,
      {
        serviceId: 'passport-renewal',
        title: text('تجديد جواز السفر', 'Passport renewal'),
        summary: text('تجدد جوازك قبل انتهائه أو بعده.', 'Renew your passport before or after it expires.'),
        givenBy: [{ state: states.KW, href: 'https://kw.example/services/passport-renewal' }, { state: states.QA }],
      },
    ],
    total: 4,
    page: 1,
    pages: 2,
    suggestions: [],
  },
  'SA',
);
add(
  pages.searchResults,
  'for-me',
  {
    query: '',
    wanted: { audience: 'citizen', age: 29 },
    forMe: 'chosen',
    ...concepts,
    services,
    total: 23,
    page: 1,
    pages: 2,
    suggestions: [],
  },
  'SA',
  true,
);
add(
  pages.searchResults,
  'offered',
  { query: '', wanted: {}, forMe: 'offered', ...concepts, services, total: 3, page: 1, pages: 1, suggestions: [] },
  'SA',
  true,
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
  whoMayApply: [
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
  hasEligibilityCheck: true,
  youAnswer: [
    text('المهنة التي ستعمل بها', 'The profession you will work in'),
    text('وسيلة للتواصل معك', 'How to reach you'),
  ],
  homeStates: Object.values(states),
  homeStateCode: 'BH',
  fee: { amountMinor: 5_000, currency: 'SAR' },
  exemptions: [
    text('من يطلب الاعتراف لإكمال دراسته لا يدفع رسمًا.', 'Whoever needs the recognition to study on pays nothing.'),
    text(
      'من تخرّج هذا العام أو العام الماضي يدفع نصف الرسم.',
      'Whoever graduated this year or last year pays half of the fee.',
    ),
  ],
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
    pause: {
      reason: text('يُنقل سجل الشهادات إلى نظام جديد.', 'The register of degrees moves to a new system.'),
      endsAt: '2026-12-01T05:00:00Z',
    },
    nextPause: {
      reason: text('ينتهي موسم التقديم.', 'The season for applying ends.'),
      startsAt: '2027-03-31T21:00:00Z',
    },
    opening: { isAwaited: false },
  },
  'SA',
);
add(
  pages.service,
  'awaited',
  {
    ...serviceView,
    pause: { reason: text('لم يبدأ موسم التقديم.', 'The season for applying has not begun.') },
    opening: { isAwaited: true },
  },
  'SA',
  true,
);
add(
  pages.service,
  'closing',
  {
    ...serviceView,
    nextPause: {
      reason: text('ينتهي موسم التقديم لهذا العام.', 'The season for applying of this year ends.'),
      startsAt: '2027-03-31T21:00:00Z',
      endsAt: '2027-10-01T05:00:00Z',
    },
  },
  'SA',
);
add(pages.process, 'filled', { process: exampleProcess, jsonHref: '/api/services/degree-recognition/process' }, 'SA');
add(
  pages.elsewhereService,
  'filled',
  {
    title: text('رخصة صيد بحري', 'Sea fishing licence'),
    summary: text('رخصة للصيد هوايةً أو مهنةً.', 'A licence to fish for leisure or for a living.'),
    givenBy: [{ state: states.BH, href: 'https://bh.example/services/fishing-licence' }, { state: states.OM }],
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
    whoMayApply: [text('أحد الوالدين', 'Either parent')],
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

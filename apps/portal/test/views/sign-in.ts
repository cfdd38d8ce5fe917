import { pages } from '../../pages/index.ts';
import { states, text } from '../sample-states.ts';
import { createExamples, fatima, moeSa } from './examples.ts';

/** Signing in: at the portal, at the eID, step by step, and the list of sign-ins. */
const { examples, add } = createExamples();
export const signInExamples = examples;

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
  ways: { password: true, passkey: true, phone: true },
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
      ways: [],
    },
  },
  'BH',
);
add(
  pages.eidEnd,
  'other-way',
  {
    action: '/eid-pages/interaction/x7Yq',
    requester: moeSa,
    words: text('تحتاج هذه الخدمة إلى دخول أقوى.', 'This service needs a stronger sign-in.'),
    mayTryAgain: true,
    unmet: {
      needed: 'high' as const,
      reached: 'substantial' as const,
      proofing: text('زيارة ببطاقة الهوية وبصمة', 'One visit with identity card and fingerprint'),
      ways: [text('تطبيق المفتاح الإلكتروني', 'eKey app')],
    },
  },
  'BH',
);
add(
  pages.eidLogin,
  'strong-ways-alone',
  {
    ...login,
    samplePeople: [],
    ways: { password: false, passkey: false, phone: false, onlyFor: 'high' as const },
    upstreams: [{ id: 'ekey', names: { ar: 'المفتاح الإلكتروني', en: 'eKey' }, asksNumber: false }],
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

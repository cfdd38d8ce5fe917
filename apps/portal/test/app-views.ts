import { type AllowAppView, type AllowedApp, pages } from '../pages/index.ts';
import { text } from './sample-states.ts';

const names = text('شهادتي', 'My Degree');
const host = 'my-degree.example.sa';
const read = text('الاطلاع على طلباتك', 'See your applications');
const write = text('تقديم الطلبات ومتابعتها نيابة عنك', 'Apply and answer for you');

const asked: AllowAppView = {
  action: '/apps/allow/x7Yq',
  app: { names, host },
  isSandbox: true,
  scopes: {
    name: 'scope',
    kind: 'checkboxes',
    label: text('ما يُسمح له به', 'What it may do'),
    hint: text('اختر ما تريد السماح به.', 'Choose what you want to allow.'),
    required: true,
    choices: [
      { value: 'cases:read', label: read, hint: text('حالة كل طلب والقرار وأسبابه.', 'The state of each one.') },
      { value: 'cases:write', label: write, hint: text('بدء الطلب وتعبئته وإرساله.', 'Begin, fill in and send.') },
    ],
  },
  days: {
    name: 'days',
    kind: 'radios',
    label: text('مدة السماح', 'For how long'),
    required: true,
    choices: [
      { value: '1', label: text('يوم واحد', '1 day') },
      { value: '30', label: text('٣٠ يومًا', '30 days') },
    ],
  },
};
const allowed: AllowedApp = {
  authorisationId: '01998f3f-0000-7000-8000-0000000000d1',
  names,
  host,
  scopes: [read, write],
  allowedAt: '2026-11-24T09:12:00Z',
  until: '2026-12-24T09:12:00Z',
  lastUsedOn: '2026-11-29',
  state: 'live',
};
const kind = {
  id: 'production',
  names: text('تطبيق معتمد', 'Certified app'),
  isByRule: false,
  scopes: ['cases:read', 'cases:write'],
  callsPerMinute: 600,
  callsPerDay: 100_000,
  daysMax: 90,
};

export const appExamples = [
  { page: pages.allowApp, example: 'sandbox', view: asked, stateCode: 'SA', isSignedIn: true },
  {
    page: pages.allowApp,
    example: 'error',
    view: {
      ...asked,
      isSandbox: false,
      days: { ...asked.days, error: text('اختر مدة السماح.', 'Choose for how long.') },
    },
    stateCode: 'BH',
    isSignedIn: true,
  },
  {
    page: pages.myApps,
    example: 'filled',
    view: {
      apps: [
        allowed,
        { ...allowed, authorisationId: '01998f3f-0000-7000-8000-0000000000d2', state: 'over' as const },
        {
          ...allowed,
          authorisationId: '01998f3f-0000-7000-8000-0000000000d3',
          state: 'withdrawn' as const,
          endedAt: '2026-11-25T09:12:00Z',
        },
      ],
      notice: text('سُحب السماح.', 'It was taken back.'),
    },
    stateCode: 'SA',
    isSignedIn: true,
  },
  { page: pages.myApps, example: 'empty', view: { apps: [] }, stateCode: 'BH', isSignedIn: true },
  {
    page: pages.appVisit,
    example: 'filled',
    view: {
      app: names,
      visitId: '01998f3f-0000-7000-8000-0000000000d4',
      caseId: '01998f3e-7c1a-7b52-9d0e-3f6a1c2b4d5e',
      reference: 'SA-2026-00417',
      service: text('الاعتراف بشهادة جامعية', 'Recognition of a university degree'),
      problem: text('لم تكتمل الموافقة.', 'The consent was not completed.'),
    },
    stateCode: 'SA',
    isSignedIn: true,
  },
  {
    page: pages.appPayment,
    example: 'filled',
    view: {
      app: names,
      visitId: '01998f3f-0000-7000-8000-0000000000d5',
      reference: 'KW-2026-00417',
      service: text('الاعتراف بشهادة جامعية', 'Recognition of a university degree'),
      amountMinor: 5_000,
      currency: 'KWD',
      isPlayMoney: true,
      problem: text('لم يجب مزوّد الدفع.', 'The payment provider did not answer.'),
    },
    stateCode: 'KW',
    isSignedIn: true,
  },
  {
    page: pages.developers,
    example: 'sample',
    view: {
      commands: { start: 'npm start', example: 'npm run degree-app', travel: 'npm run jisr -- sandbox travel 30d' },
      portalAddress: 'https://sa.example',
      kinds: [{ ...kind, id: 'sandbox', isByRule: true }, kind],
      scopes: [{ scope: 'cases:read', names: read, explanation: text('حالة كل طلب.', 'The state of each one.') }],
      calls: [
        { method: 'GET', path: '/api/cases', summary: 'My applications, newest first', scope: 'cases:read' },
        { method: 'GET', path: '/api/app', summary: 'How the app stands' },
      ],
      files: ['cases.json'],
    },
    stateCode: 'SA',
    isSignedIn: false,
  },
  {
    page: pages.developers,
    example: 'closed',
    view: {
      portalAddress: 'https://sa.example',
      kinds: [],
      scopes: [],
      calls: [],
      files: [],
    },
    stateCode: 'BH',
    isSignedIn: false,
  },
];

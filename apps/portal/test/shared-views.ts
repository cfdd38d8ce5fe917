import { pages, type SharedCaseView, type SharedRow, type SharedWith, type StateClock } from '../pages/index.ts';
import { text } from './sample-states.ts';

const saudi = { code: 'SA', names: text('السعودية', 'Saudi Arabia') };
const bahrain = { code: 'BH', names: text('البحرين', 'Bahrain') };
const friday = text('الجمعة والسبت', 'Friday and Saturday');

export const sharedRow: SharedRow = {
  shareId: '01998f3f-0000-7000-8000-0000000000d1',
  reference: 'SA-2026-00512',
  serviceTitle: text('مدّ الحماية التأمينية لمواطن خليجي', 'Insurance cover for a Gulf citizen abroad'),
  state: 'in-review',
  office: {
    names: text('المؤسسة العامة للتأمينات الاجتماعية', 'General Organization for Social Insurance'),
    state: saudi,
  },
  turn: 'office',
  changedAt: '2026-11-22T05:44:00Z',
};
export const clocks: StateClock[] = [
  { state: saudi, workingDaysLeft: 7, weekend: friday },
  { state: bahrain, workingDaysLeft: 6, weekend: friday },
];
export const fund = {
  names: text('الهيئة العامة للتأمين الاجتماعي', 'Social Insurance Organization'),
  state: bahrain,
};
export const steps = [
  { title: text('قدّمت الطلب', 'You sent the application'), at: '2026-11-22T05:44:00Z', progress: 'done' as const },
  {
    title: text('وصل الطلب إلى الجهة المختصة في بلدك', 'The case reached the office in your state'),
    at: '2026-11-22T05:45:00Z',
    progress: 'done' as const,
    detail: bahrain.names,
  },
];
const view: SharedCaseView = {
  ...sharedRow,
  dueOn: '2026-12-06',
  clocks,
  steps,
  pageUrl: 'https://sa.example/cases/01998f3e-7c1a-7b52-9d0e-3f6a1c2b4d5e',
};
export const sharedWith: SharedWith[] = [
  {
    role: 'home-fund',
    isHome: false,
    office: fund,
    toState: bahrain,
    fields: [text('الاسم', 'Name'), text('صاحب العمل', 'Employer')],
    question: text('هل تؤكدون استمرار التغطية؟', 'Do you confirm that the cover goes on?'),
    answerBy: '2026-11-29',
    isSilent: false,
    waitingSince: '2026-11-22T05:44:00Z',
    hasArrived: true,
  },
  {
    role: 'home',
    isHome: true,
    toState: bahrain,
    fields: [],
    isSilent: false,
    hasArrived: false,
    endedBecause: 'consent-withdrawn',
  },
];
const signedIn = { stateCode: 'BH', isSignedIn: true };

export const sharedExamples = [
  { page: pages.sharedCase, example: 'filled', view, ...signedIn },
  {
    page: pages.sharedCase,
    example: 'stopped',
    view: {
      ...view,
      state: 'waiting-for-person' as const,
      turn: 'person' as const,
      dueOn: undefined,
      stoppedWorkingDaysLeft: 4,
    },
    ...signedIn,
  },
];

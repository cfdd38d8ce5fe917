import type { Attempt, Link } from '#modules/matching';
import { type LinkingView, pages } from '../pages/index.ts';
import { text } from './sample-states.ts';

const here = text('السعودية', 'Saudi Arabia');
const office = {
  names: text('وزارة الداخلية، الأحوال المدنية', 'Ministry of Interior, Civil Affairs'),
  state: { code: 'SA', names: here },
};
const attempt = (state: Attempt['state'], at: number): Attempt => ({
  attemptId: `01998f3f-0000-7000-8000-0000000000b${at}`,
  reference: `SA-M-7K2Q9D4${at}`,
  state,
  begunAt: '2026-11-28T09:30:00Z',
  looks: at,
  ...(state === 'waiting' || state === 'proof-asked' ? { waitsUntil: '2026-12-12T09:30:00Z' } : {}),
});
const link: Link = {
  linkId: '01998f3f-0000-7000-8000-0000000000c1',
  reference: 'SA-M-7K2Q9D4X',
  madeAt: '2026-11-28T09:30:00Z',
  madeBy: 'machine',
  movedAt: '2026-11-29T09:30:00Z',
  leafHash: 'ab12',
};
const base: LinkingView = {
  here,
  home: text('البحرين', 'Bahrain'),
  office,
  compared: [text('الاسم الكامل بالعربية', 'Full name in Arabic'), text('تاريخ الميلاد', 'Date of birth')],
  mayAdd: [text('الجنس', 'Sex')],
  ended: [],
  attempts: [],
  reads: [],
};
const linked: LinkingView = {
  ...base,
  link,
  ended: [
    { ...link, linkId: `${link.linkId.slice(0, -1)}2`, endedAt: '2026-11-29T09:30:00Z', endedFor: 'record-merged' },
  ],
  attempts: [attempt('linked', 1)],
  reads: [
    {
      readId: 'r1',
      at: '2026-11-29T09:30:00Z',
      caseId: 'SA-2026-00398',
      office,
      purpose: text('تسجيل طفل في مدرسة', 'Enrolment of a child in a school'),
      fields: [text('مدينة السكن', 'City of residence')],
    },
  ],
};

/** The pages of a person's records in another state, with the views they are tested with. */
export const linkingExamples = [
  { page: pages.linking, example: 'empty', view: base, stateCode: 'SA', isSignedIn: true },
  { page: pages.linking, example: 'linked', view: linked, stateCode: 'SA', isSignedIn: true },
  {
    page: pages.linking,
    example: 'asked',
    view: { ...base, attempts: [attempt('proof-asked', 2), attempt('expired', 3), attempt('none', 4)] },
    stateCode: 'SA',
    isSignedIn: true,
  },
  {
    page: pages.linking,
    example: 'not-same',
    view: {
      ...base,
      attempts: [attempt('not-same', 5), attempt('withdrawn', 6)],
      number: '2310462177',
      problem: text('تعذّر الإرسال.', 'It could not be sent.'),
    },
    stateCode: 'SA',
    isSignedIn: true,
  },
  {
    page: pages.removeLink,
    example: 'filled',
    view: { linkId: link.linkId, reference: link.reference },
    stateCode: 'SA',
    isSignedIn: true,
  },
];

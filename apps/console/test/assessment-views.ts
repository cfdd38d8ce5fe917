import { fixedClock } from '#kernel/clock';
import { createInsightsService, type Round } from '#modules/insights';
import { answerFields, settleFields, whyField } from '../assessment-fields.ts';
import { leaveField, replaceFields, takeOverField } from '../assessment-replacing.ts';
import { consolePages, type RoundLine, type RoundView } from '../pages/index.ts';

const insights = createInsightsService({
  clock: fixedClock('2026-11-29T08:00:00Z'),
  publicUrl: 'https://sa.example',
  state: { code: 'SA', names: { ar: 'السعودية', en: 'Saudi Arabia' } },
});
const codes = insights.listCodes();
const few = codes.filter(({ part }, at) => part === 'cp' || at % 17 === 0);
const roundId = '019ab0c0-7c00-7000-8000-000000000001';
const ids = ['p1', 'p2', 'p3', 'p4'] as const;
const names = {
  p1: { ar: 'نورة العتيبي', en: 'Noura Alotaibi' },
  p2: { ar: 'فهد الدوسري', en: 'Fahad Aldosari' },
  p3: { ar: 'ريم الشهري', en: 'Reem Alshehri' },
  p4: { ar: 'سعود القرني', en: 'Saud Alqarni' },
};
const answering: Round = {
  roundId,
  year: 2026,
  number: 1,
  state: 'answering',
  role: 'first-assessor',
  acts: ['answer', 'hand-in'],
  people: {
    'first-assessor': ids[0],
    'second-assessor': ids[1],
    reviewer: ids[2],
    'senior-reviewer': ids[3],
  },
  openedAt: '2026-11-20T08:00:00Z',
  codes: 183,
  progress: [
    { side: 'first', answered: 41 },
    { side: 'second', answered: 183, handedInAt: '2026-11-25T08:00:00Z' },
  ],
};
const settling: Round = {
  ...answering,
  state: 'settling',
  settledBy: 'reviewer',
  role: 'reviewer',
  acts: ['see-everything', 'settle', 'pass-on'],
  differences: 12,
  openDifferences: 2,
};
const lines = few.map(
  (code, at): RoundLine => ({
    code,
    isProposed: code.id === 'cp-015',
    isConfirmed: at === 2,
    ...(code.id === 'cp-015' ? {} : { answer: at % 3 === 0 ? 'not-found' : 'yes' }),
  }),
);
const sides = few.map(
  (code, at): RoundLine => ({
    code,
    answer: 'yes',
    isProposed: false,
    isConfirmed: false,
    first: 'yes',
    second: at % 4 === 1 ? 'no' : 'yes',
    ...(at % 4 === 1 ? { settlement: { code: code.id, state: at === 1 ? 'open' : 'settled', answer: 'yes' } } : {}),
  }),
);
const view: RoundView = {
  round: answering,
  names,
  lines,
  nextOpen: 'cp-015',
  may: { answer: true, passOn: false, approve: false },
  whyField: whyField(''),
};
const result = insights.scoreSheet(2026, 'SAU', new Set(codes.filter((_, at) => at % 9 !== 0).map(({ id }) => id)));
const code = codes.find(({ id }) => id === 'cp-015')!;
const saved = { code: code.id, hasPicture: true, savedAt: '2026-11-24T08:00:00Z' };

/** Examples of the pages of self-assessment: page, name of the example, view. */
export const assessmentViews = [
  {
    page: consolePages.rounds,
    example: 'filled',
    view: {
      rounds: [settling, answering],
      left: [{ roundId, year: 2026, number: 2, whyField: takeOverField(roundId, '') }],
      form: [whyField('')],
    },
  },
  { page: consolePages.rounds, example: 'empty', view: { rounds: [], left: [] } },
  { page: consolePages.round, example: 'filled', view },
  {
    page: consolePages.round,
    example: 'settling',
    view: {
      ...view,
      round: settling,
      lines: sides,
      may: { answer: false, passOn: true, approve: false },
      notice: { ar: 'حُفظ.', en: 'Saved.' },
    },
  },
  {
    page: consolePages.round,
    example: 'approving',
    view: {
      ...view,
      round: { ...settling, state: 'approving', role: 'senior-reviewer', acts: ['approve', 'send-back', 'replace'] },
      replacing: [],
      lines: sides,
      may: { answer: false, passOn: false, approve: true },
      problem: { ar: 'حدد سؤالًا واحدًا على الأقل.', en: 'Choose at least one question.' },
    },
  },
  {
    page: consolePages.round,
    example: 'replacing',
    view: {
      ...view,
      round: { ...settling, role: 'senior-reviewer', settledBy: 'assessors', acts: ['replace', 'let-reviewer-settle'] },
      lines: sides,
      may: { answer: false, passOn: false, approve: false },
      replacing: replaceFields(
        [{ role: 'reviewer', holder: names.p3, successors: [{ personId: 'p5', names: names.p1 }] }],
        { role: 'reviewer', successor: '', why: '' },
      ),
      leaving: leaveField(''),
    },
  },
  {
    page: consolePages.assessedQuestion,
    example: 'filled',
    view: {
      round: answering,
      code,
      previous: 'if-344',
      next: 'cp-028',
      answering: {
        ...answerFields({ answer: '', link: '', note: '' }),
        hasPicture: true,
        side: 'first',
        proposal: {
          code: code.id,
          fact: { id: 'two-languages', figure: 57 },
          link: 'https://sa.example/services',
          words: { ar: 'خدمات مكتوبة بالعربية والإنجليزية', en: 'services written in Arabic and English' },
          reason: insights.figures().factRules[0]!.reason,
        },
      },
    },
  },
  {
    page: consolePages.assessedQuestion,
    example: 'settling',
    view: {
      round: settling,
      code,
      sides: {
        first: {
          ...saved,
          answer: 'yes',
          link: 'https://my.gov.sa/en/services/a-rather-long-address/of-a-service?language=en',
          note: 'اللغتان في رأس كل صفحة.',
        },
        second: { ...saved, answer: 'not-found', hasPicture: false, note: 'No switch on the ministry’s page.' },
      },
      settlement: { code: code.id, state: 'open', sentBackWhy: 'Look at the ministry’s page again.' },
      settling: { fields: settleFields({ answer: '', why: '' }), isProposedByOther: false },
    },
  },
  {
    page: consolePages.roundHistory,
    example: 'filled',
    view: {
      round: settling,
      names,
      entries: [
        {
          at: '2026-11-27T08:00:00Z',
          by: 'p4',
          name: names.p4,
          role: 'senior-reviewer',
          kind: 'replaced',
          before: { role: 'second-assessor', personId: 'p2', answered: 64 },
          after: { role: 'second-assessor', personId: 'p1' },
          why: 'Moved to another ministry.',
          leafHash: 'b4'.repeat(32),
        },
        {
          at: '2026-11-26T08:00:00Z',
          by: 'p3',
          name: names.p3,
          role: 'reviewer',
          kind: 'settled',
          code: 'cp-015',
          before: { state: 'open' },
          after: { answer: 'yes' },
          why: 'The switch is in the head of every page.',
        },
        {
          at: '2026-11-25T08:00:00Z',
          by: 'p2',
          name: names.p2,
          role: 'second-assessor',
          kind: 'handed-in',
          leafHash: 'a3'.repeat(32),
        },
        {
          at: '2026-11-24T08:00:00Z',
          by: 'p1',
          name: names.p1,
          role: 'first-assessor',
          kind: 'answered',
          code: 'cp-015',
          before: { answer: 'no', link: null },
          after: { answer: 'yes', link: 'https://my.gov.sa', note: 'في رأس الصفحة' },
        },
      ],
    },
  },
  { page: consolePages.dryRun, example: 'filled', view: { round: settling, result: { ...result, isApproved: false } } },
];

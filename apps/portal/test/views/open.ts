import { pages } from '../../pages/index.ts';
import { states, text } from '../sample-states.ts';
import { checkpoint } from './data.ts';
import { createExamples } from './examples.ts';

/** Pages for everybody: the open log, status, about, errors. */
const { examples, add } = createExamples();
export const openExamples = examples;

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

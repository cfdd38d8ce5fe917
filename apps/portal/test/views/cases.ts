import type { Page } from '../../page.tsx';
import { pages } from '../../pages/index.ts';
import { repeatTexts } from '../../texts/repeats.ts';
import { caseViews } from '../case-views.ts';
import { text } from '../sample-states.ts';
import { sharedRow } from '../shared-views.ts';
import { createExamples, head, headOf, moeBh, moeSa } from './examples.ts';

/** An application after it was sent: the list, one case in each of its states. */
const { examples, add } = createExamples();
export const casesExamples = examples;

export const { inReview, granted, caseExamples } = caseViews({ head, moeSa, moeBh });
add(
  pages.myCases,
  'filled',
  {
    cases: [
      { ...head, state: 'in-review', office: moeSa, turn: 'office', changedAt: '2026-11-22T05:41:00Z' },
      {
        ...headOf('01998f3e-7c1a-7b52-9d0e-3f6a1c2b4d5f'),
        reference: 'SA-2026-00398',
        state: 'draft',
        office: moeSa,
        turn: 'you',
        changedAt: '2026-11-20T05:41:00Z',
        erasedOn: '2026-12-02',
      },
      {
        ...headOf('01998f3e-7c1a-7b52-9d0e-3f6a1c2b4d60'),
        reference: 'SA-2026-00201',
        state: 'granted',
        office: moeSa,
        turn: 'nobody',
        changedAt: '2025-09-20T05:41:00Z',
        erasedAt: '2026-09-21T00:10:00Z',
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
const places = [
  { way: 'email' as const, address: 'fatima@example.com', stopped: 'undeliverable' as const },
  { way: 'sms' as const, address: '+97336000000' },
];
const stopped = places.map((place) => ({ ...place, stopped: 'unwanted' as const }));
add(pages.casePage, 'filled', { ...inReview, told: { who: 'you', own: [], ofForm: places } }, 'SA', true);
const led = text(repeatTexts.ar.led, repeatTexts.en.led);
const { due: _officesDay, ...waiting } = inReview;
add(
  pages.casePage,
  'unpaid',
  {
    ...waiting,
    headline: text('بانتظار دفع الرسم', 'Waiting for the fee'),
    turn: 'you',
    owed: { amountMinor: 5_000, currency: 'SAR' },
  },
  'SA',
  true,
);
add(pages.casePage, 'led-here', { ...inReview, notice: led }, 'SA', true);
add(pages.casePage, 'not-told', { ...inReview, told: { who: 'you', own: [], ofForm: stopped } }, 'SA');
add(pages.casePage, 'decided', { ...granted, keptUntil: '2027-11-23' }, 'SA', true);
add(
  pages.casePage,
  'erased',
  {
    ...granted,
    erasedAt: '2027-11-24T00:10:00Z',
    rules: [],
    requests: [],
    appeals: [],
    messages: undefined,
    documentHref: undefined,
    copyHref: undefined,
    wallet: 'none',
    shares: [],
    decision: {
      ...granted.decision!,
      reasons: [],
      conditions: [],
      ownWords: undefined,
      appealUntil: undefined,
      mayAppeal: false,
    },
  },
  'SA',
  true,
);
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

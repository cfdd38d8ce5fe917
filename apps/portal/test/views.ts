import type { Frame } from '../layout.tsx';
import type { AssetLinks } from '../look/assets.ts';
import { actingExamples } from './acting-views.ts';
import { appExamples } from './app-views.ts';
import { insightsViews } from './insights-views.ts';
import { linkingExamples } from './linking-views.ts';
import { messageExamples } from './message-views.ts';
import { offerExamples } from './offer-views.ts';
import { paymentExamples } from './payments-views.ts';
import { states } from './sample-states.ts';
import { sharedExamples } from './shared-views.ts';
import { applyingExamples, copyView } from './views/applying.ts';
import { casesExamples, inReview } from './views/cases.ts';
import { consentExamples, evidence } from './views/consent.ts';
import { dataExamples } from './views/data.ts';
import { eligibilityExamples } from './views/eligibility.ts';
import { type Example, fatima, head, igaBh, moeBh, moeSa, recognition } from './views/examples.ts';
import { openExamples } from './views/open.ts';
import { papersExamples } from './views/papers.ts';
import { services, servicesExamples } from './views/services.ts';
import { signInExamples } from './views/sign-in.ts';
import { waysViews } from './ways-views.ts';

export type { Example } from './views/examples.ts';

const further = [
  ...actingExamples,
  ...linkingExamples,
  ...paymentExamples,
  ...sharedExamples,
  ...offerExamples,
  ...messageExamples,
  ...appExamples,
] as unknown as Example<never>[];

/** Every page with the views it is tested with. */
export const exampleViews = [
  ...servicesExamples,
  ...eligibilityExamples,
  ...signInExamples,
  ...consentExamples,
  ...casesExamples,
  ...dataExamples,
  ...papersExamples,
  ...openExamples,
  ...applyingExamples,
  ...waysViews,
  ...insightsViews,
  ...further,
];

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

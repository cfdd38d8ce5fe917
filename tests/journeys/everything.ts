import type { Browser } from 'playwright-core';
import type { TestFederation } from '../support/federation.ts';
import {
  createWalker,
  type EachVisit,
  fillQuietly,
  leaveConsentOpen,
  type Walker,
  walkDecided,
  walkEvidence,
  walkForm,
  walkMyData,
  walkOffice,
  walkOpenPages,
  walkSignIn,
} from './walk.ts';

/** Every page of the journey, live, in both languages: an applicant's and an officer's. Answers both, still signed in. */
export async function walkEverything(
  browser: Browser,
  federation: TestFederation,
  each: EachVisit,
): Promise<{ applicant: Walker; officer: Walker }> {
  const [home, service] = [federation.url('bh'), federation.url('sa')];
  const applicant = await createWalker(browser, federation, each);
  await walkOpenPages(applicant, service);
  await walkSignIn(applicant, service, federation.person('fatima'));
  await applicant.show('cases-none', () => applicant.page.goto(`${service}/cases`));
  await walkEvidence(applicant, service);
  await walkForm(applicant, 'work');
  await applicant.page.goto(applicant.page.url().replace(/\/sent$/, ''));
  await walkDecided(applicant, service, home);
  await fillQuietly(applicant, service, 'licence');
  await applicant.show('case-waiting');
  const waiting = applicant.page.url();
  const officer = await createWalker(browser, federation, each);
  await walkOffice(officer, service, federation.person('noura'));
  await officer.show('queue-after', () => officer.page.goto(`${service}/office?show=decided`));
  await applicant.show('case-by-officer', () => applicant.page.goto(waiting));
  await leaveConsentOpen(applicant, service);
  await walkMyData(applicant, home);
  return { applicant, officer };
}

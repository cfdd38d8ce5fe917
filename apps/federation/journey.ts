import type { Clock } from '#kernel/clock';
import { takeOneTimeCode } from './one-time-codes.ts';
import type { SamplePerson } from './phone.ts';
import { type Page, titleOf, type Visitor } from './visitor.ts';

export type JourneyNeeds = {
  visitor: Visitor;
  person: SamplePerson;
  homeUrl: string;
  serviceUrl: string;
  homeState: string;
  serviceId: string;
  /** Fields the person leaves out, as `evidence type/field`. */
  leaveOut?: string[];
  /** Hears each step in a sentence. */
  tell?: (step: string) => void;
  clock?: Clock;
};

/** Signs in at a portal with the home state's identity: chooser, number and password, one-time code. */
export async function signIn(needs: JourneyNeeds, portalUrl: string, returnTo = '/'): Promise<Page> {
  const { visitor, person, tell } = needs;
  await visitor.open(`${portalUrl}/signin?returnTo=${encodeURIComponent(returnTo)}`);
  let page = await visitor.submit('/signin', { state: needs.homeState });
  if (page.url.includes('/eid-pages/')) {
    tell?.(`${person.names.en} is on the identity pages of ${new URL(page.url).host}: "${titleOf(page)}"`);
    page = await identifyAtHome(needs);
  }
  if (page.status !== 200 || !page.url.startsWith(portalUrl))
    throw new Error(`sign-in ended at ${new URL(page.url).pathname} with ${page.status}: ${titleOf(page)}`);
  return page;
}

/** Number and password, then the code, on the identity pages that are open. */
export async function identifyAtHome(needs: JourneyNeeds): Promise<Page> {
  const { nationalId, password } = needs.person;
  await needs.visitor.submit(/\/eid-pages\/interaction\/[^/]+$/, { nationalId, password });
  return enterCode(needs);
}

async function enterCode({ visitor, person, homeUrl, clock, tell }: JourneyNeeds): Promise<Page> {
  for (let attempt = 0; ; attempt += 1) {
    const code = await takeOneTimeCode(new URL(homeUrl).origin, person.totpSecret, { clock, tell });
    const page = await visitor.submit(/\/code$/, { code });
    if (!page.url.endsWith('/code') || page.status === 200) return page;
    if (attempt === 4) throw new Error(`the one-time code was not accepted: ${page.html.querySelector('main')?.text}`);
  }
}

/** From the service page to an application that was sent. Answers the case's page. */
export async function apply(
  needs: JourneyNeeds,
  answers: Record<string, Record<string, string | string[]>>,
): Promise<Page> {
  const { visitor, serviceUrl, serviceId, tell } = needs;
  await visitor.open(`${serviceUrl}/services/${serviceId}`);
  let page = await visitor.submit('/start');
  tell?.(`the application is open: ${new URL(page.url).pathname}`);
  if (page.html.querySelectorAll('form').some((form) => form.getAttribute('action')?.endsWith('/evidence')))
    page = await giveEvidence(needs);
  else page = await visitor.open(`${page.url}/evidence`);
  const next = page.html
    .querySelector('main')!
    .querySelectorAll('a')
    .find((link) => /\/(pages\/[^/]+|check)$/.test(link.getAttribute('href') ?? ''));
  if (!next) throw new Error(`the evidence page does not lead on: ${titleOf(page)}`);
  page = await visitor.open(next.getAttribute('href')!);
  for (let step = 0; step < 20 && page.url.includes('/pages/'); step += 1) {
    const pageId = page.url.split('/').at(-1)!;
    // A page for files has a form of its own; going on without any is fine where they are optional.
    page = await visitor.submit(new RegExp(`/pages/${pageId}(/files)?$`), answers[pageId] ?? {});
    if (page.status !== 200)
      throw new Error(`page ${pageId} was refused: ${page.html.querySelector('[role=alert]')?.text ?? titleOf(page)}`);
  }
  tell?.(`check page: "${titleOf(page)}"`);
  page = await visitor.submit('/submit');
  if (!page.url.endsWith('/sent')) throw new Error(`not sent: ${page.html.querySelector('main')?.text}`);
  tell?.(`sent: "${titleOf(page)}"`);
  return visitor.open(page.url.replace(/\/sent$/, ''));
}

/** From the case's task list over the home state's consent page and receipt to the page of what arrived. */
export async function giveEvidence(needs: JourneyNeeds): Promise<Page> {
  const { visitor, tell } = needs;
  let page = await visitor.submit('/evidence');
  if (!page.url.startsWith(needs.homeUrl)) throw new Error(`no consent page, but ${page.url}: ${titleOf(page)}`);
  tell?.(`consent page of ${new URL(page.url).host}: "${titleOf(page)}"`);
  const ticked = page.html
    .querySelectorAll('input[name=field]')
    .map((box) => box.getAttribute('value') ?? '')
    .filter((value) => !needs.leaveOut?.includes(value));
  page = await visitor.submit('/consent', { decision: 'allow', field: ticked });
  tell?.(`receipt: "${titleOf(page)}"`);
  const onward = page.html.querySelectorAll('a').find((link) => /\/eid\/auth\//.test(link.getAttribute('href') ?? ''));
  if (!onward) throw new Error(`no receipt: ${page.html.querySelector('[role=alert]')?.text ?? titleOf(page)}`);
  page = await visitor.open(onward.getAttribute('href')!);
  tell?.(`back at ${new URL(page.url).host}: "${titleOf(page)}"`);
  if (!page.url.endsWith('/evidence'))
    throw new Error(`evidence did not arrive: ${page.html.querySelector('main')?.text}`);
  return page;
}

/** Waits until the case's document and credential are there; they are made by a job after the decision. */
export async function waitForDocument(visitor: Visitor, caseUrl: string): Promise<Page> {
  for (let attempt = 0; attempt < 120; attempt += 1) {
    const page = await visitor.open(caseUrl);
    if (page.html.querySelectorAll('a').some((link) => (link.getAttribute('href') ?? '').endsWith('/document.pdf')))
      return page;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error('the document of the decision did not appear within a minute');
}

/** Sound answers to the questions of the degree service, by form page. */
export const degreeAnswers: Record<string, Record<string, string>> = {
  purpose: { purpose: 'work' },
  profession: { profession: 'Software engineer', sector: 'private' },
  contact: { email: 'sample.person@example.com', mobile: '+97333123456', language: 'ar' },
  declaration: { declaration: 'yes' },
};

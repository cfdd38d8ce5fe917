import type { Browser, BrowserContext, Page } from 'playwright-core';
import { takeOneTimeCode } from '../../apps/federation/one-time-codes.ts';
import type { SamplePerson } from '../../apps/federation/phone.ts';
import { type Watch, watchPage } from '../support/browser.ts';
import type { TestFederation } from '../support/federation.ts';

export type Language = 'ar' | 'en';
export type Visit = { name: string; language: Language; page: Page };
export type EachVisit = (visit: Visit) => Promise<void>;

export const serviceId = 'degree-recognition';

/** A person with a browser: what they open is shown to `each` in both languages. */
export type Walker = {
  page: Page;
  context: BrowserContext;
  watch: Watch;
  /** Shows what `load` brings, in both languages; without it, the page that is open is loaded again. */
  show(name: string, load?: () => Promise<unknown>): Promise<void>;
  /** Presses the button of a form, found by the end of its action. */
  send(actionEndsWith: string, button?: string): Promise<void>;
};

/** Presses what leads to another page, and waits until that page is there. */
export async function press(page: Page, selector: string): Promise<void> {
  await Promise.all([page.waitForEvent('load'), page.locator(selector).first().click()]);
}

export type Official = { page: Page; context: BrowserContext; problems: string[] };

/** An official with a browser that runs no scripts, at the page of the services that they edit. */
export async function enterEditor(
  browser: Browser,
  federation: TestFederation,
  person: string,
  language: Language,
): Promise<Official> {
  const desk = federation.url('sa');
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await context.addCookies([{ name: 'lang', value: language, url: desk }]);
  const { problems } = watchPage(page, new Set([new URL(desk).host]));
  await page.goto(`${desk}/signin?returnTo=/office/services`);
  await press(page, 'form[action$="/signin"] [value=SA]');
  if (page.url().includes('/eid-pages/')) await identify(page, federation.person(person));
  return { page, context, problems };
}

export async function createWalker(browser: Browser, federation: TestFederation, each: EachVisit): Promise<Walker> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const places = federation.nodes.filter(({ role }) => role === 'state').map(({ publicUrl }) => publicUrl);
  const watch = watchPage(page, new Set(places.map((place) => new URL(place).host)));
  return {
    page,
    context,
    watch,
    show: async (name, load = () => page.reload()) => {
      for (const language of ['en', 'ar'] as const) {
        await context.addCookies(places.map((url) => ({ name: 'lang', value: language, url })));
        await load();
        await each({ name, language, page });
      }
    },
    send: async (actionEndsWith, button = 'button:not([name])') => {
      await press(page, `form[action$="${actionEndsWith}"] ${button}`);
    },
  };
}

const formOf = (page: Page) => new URL(page.url()).pathname;

/** Number and password, then the code: from the pages of the home state's identity, which are open. */
export async function identify(page: Page, person: SamplePerson): Promise<void> {
  await page.fill('[name=nationalId]', person.nationalId);
  await page.fill('[name=password]', person.password);
  await press(page, 'main form button:not([name])');
  await enterCode(page, person);
}

async function enterCode(page: Page, person: SamplePerson): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if ((await page.locator('[name=code]').count()) === 0)
      throw new Error(`no code page: ${await page.textContent('main')}`);
    await page.fill('[name=code]', await takeOneTimeCode(new URL(page.url()).origin, person.totpSecret));
    await press(page, 'main form button:not([name])');
    if (!formOf(page).startsWith('/eid-pages/')) return;
  }
  throw new Error('the one-time code was not accepted');
}

/** What anyone may open. */
export async function walkOpenPages({ page, show }: Walker, service: string): Promise<void> {
  const open = (path: string) => () => page.goto(service + path);
  await show('home', open('/'));
  await show('services', open('/services'));
  await show('services-found', open(`/services?q=${encodeURIComponent('شهادة')}`));
  await show('services-none', open(`/services?q=${encodeURIComponent('ظظظظ')}`));
  await show('service', open(`/services/${serviceId}`));
  await show('service-for-home', open(`/services/${serviceId}?home=BH`));
  await show('verify', open('/verify'));
  await show('verify-empty', async () => {
    await page.goto(`${service}/verify`);
    await press(page, 'form[action$="/verify"] button');
  });
  await show('verify-nonsense', async () => {
    await page.goto(`${service}/verify`);
    await page.fill('[name=text]', 'eyJhbGciOiJub25lIn0.e30.');
    await press(page, 'form[action$="/verify"] button');
  });
  await show('log', open('/log'));
  await show('status', open('/status'));
  for (const about of ['accessibility', 'privacy', 'verify', 'developers'])
    await show(`about-${about}`, open(`/about/${about}`));
  await show('not-found', open('/nowhere'));
  await show('case-of-nobody', open('/verify/SA-0000-0000'));
}

/** Chooser and identity pages with their refusals; ends signed in on the service's page. */
export async function walkSignIn({ page, show, send }: Walker, service: string, person: SamplePerson): Promise<void> {
  await show('sign-in', () => page.goto(`${service}/signin?returnTo=/services/${serviceId}`));
  await send('/signin', '[value=BH]');
  await show('eid-login');
  const login = formOf(page);
  await show('eid-login-refused', async () => {
    await page.goto(new URL(login, page.url()).href);
    await page.fill('[name=nationalId]', person.nationalId);
    await page.fill('[name=password]', 'not-the-password');
    await press(page, 'main form button:not([name])');
  });
  await page.fill('[name=nationalId]', person.nationalId);
  await page.fill('[name=password]', person.password);
  await press(page, 'main form button:not([name])');
  await show('eid-code');
  await show('eid-code-refused', async () => {
    await page.goto(new URL(login, page.url()).href);
    await page.fill('[name=code]', '12345');
    await press(page, 'main form button:not([name])');
  });
  await enterCode(page, person);
}

/** From the service's page to what arrived, on the evidence page. */
export async function walkEvidence({ page, show, send }: Walker, service: string): Promise<void> {
  await page.goto(`${service}/services/${serviceId}`);
  await send('/start');
  await show('task-list');
  await send('/evidence');
  await show('consent');
  await page.check('[value="degree-record/study_mode"]').catch(() => undefined);
  await send('/consent', '[value=allow]');
  await show('eid-receipt');
  await press(page, 'a[href*="/eid/auth/"]');
  await show('evidence');
}

/** The form: each page empty, refused and filled; then check and sent. `purpose` decides who decides. */
export async function walkForm({ page, show, send }: Walker, purpose: 'work' | 'licence'): Promise<void> {
  await press(page, 'main a[href*="/pages/"]');
  const refused = async () => {
    await page.goto(page.url());
    await press(page, 'main form button');
  };
  const name = () => `form-${formOf(page).split('/').at(-1)}`;
  await show(name());
  await show(`${name()}-refused`, refused);
  await page.check(`[name=purpose][value=${purpose}]`);
  await send('/pages/purpose', 'button >> nth=0');
  await show(name());
  await show(`${name()}-refused`, refused);
  await page.fill('[name=profession]', 'مهندسة برمجيات');
  await page.check('[name=sector][value=private]');
  await send('/pages/profession', 'button >> nth=0');
  await show(name());
  await show(`${name()}-refused`, refused);
  await page.fill('[name=email]', 'sample.person@example.com');
  await page.fill('[name=mobile]', '+97333123456');
  await page.check('[name=language][value=ar]');
  await send('/pages/contact', 'button >> nth=0');
  await show(name());
  await show(`${name()}-refused`, refused);
  await page.check('[name=declaration]');
  await send('/pages/declaration', 'button >> nth=0');
  await page.waitForURL(/\/check$/);
  await show('check');
  await send('/submit', 'button >> nth=0');
  await page.waitForURL(/\/sent$/);
  await show('sent');
}

/** A whole application, from the service's page to its own; `look` sees each page on the way. */
export async function fillQuietly(
  { page, send }: Walker,
  service: string,
  purpose: 'work' | 'licence',
  look: () => Promise<void> = async () => {},
): Promise<void> {
  await page.goto(`${service}/services/${serviceId}`);
  const steps: Array<() => Promise<unknown>> = [
    () => send('/start'),
    () => send('/evidence'),
    async () => {
      await page.check('[value="degree-record/study_mode"]');
      await send('/consent', '[value=allow]');
    },
    () => press(page, 'a[href*="/eid/auth/"]'),
    () => press(page, 'main a[href*="/pages/"]'),
    async () => {
      await page.check(`[name=purpose][value=${purpose}]`);
      await send('/pages/purpose', 'button >> nth=0');
    },
    async () => {
      await page.fill('[name=profession]', 'مهندسة برمجيات');
      await page.check('[name=sector][value=private]');
      await send('/pages/profession', 'button >> nth=0');
    },
    async () => {
      await page.fill('[name=email]', 'sample.person@example.com');
      await page.fill('[name=mobile]', '+97333123456');
      await page.check('[name=language][value=ar]');
      await send('/pages/contact', 'button >> nth=0');
    },
    async () => {
      await page.check('[name=declaration]');
      await send('/pages/declaration', 'button >> nth=0');
    },
    () => send('/submit', 'button >> nth=0'),
    () => page.goto(page.url().replace(/\/sent$/, '')),
  ];
  for (const step of steps) {
    await step();
    await look();
  }
}

/** Consents and goes no further: the consent stays open, and can be withdrawn. */
export async function leaveConsentOpen({ page, send }: Walker, service: string): Promise<void> {
  await page.goto(`${service}/services/${serviceId}`);
  await send('/start');
  await send('/evidence');
  await send('/consent', '[value=allow]');
}

export async function waitForDocument({ page }: Walker): Promise<void> {
  for (let attempt = 0; attempt < 40; attempt += 1) {
    if ((await page.locator('a[href$="/document.pdf"]').count()) > 0) return;
    await page.waitForTimeout(500);
    await page.reload();
  }
  throw new Error('the document of the decision did not appear within 20 seconds');
}

/** By the browser itself, which knows where `*.localhost` is, and is signed in. */
async function download(page: Page, url: string): Promise<Buffer> {
  const bytes = await page.evaluate(async (address) => {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${answer.status}`);
    return [...new Uint8Array(await answer.arrayBuffer())];
  }, url);
  return Buffer.from(bytes);
}

/** The decided case, its document, the wallet and verification. Starts on the case's page. */
export async function walkDecided(walker: Walker, service: string, home: string): Promise<void> {
  const { page, show, send } = walker;
  await waitForDocument(walker);
  const caseUrl = page.url();
  await show('case-decided');
  await show('cases', () => page.goto(`${service}/cases`));
  const pdf = await download(page, `${caseUrl}/document.pdf`);
  const check = (bytes: Buffer) => async () => {
    await page.goto(`${service}/verify`);
    await page.setInputFiles('#document', { name: 'decision.pdf', mimeType: 'application/pdf', buffer: bytes });
    await press(page, 'form[action$="/verify"] button');
  };
  const changed = Buffer.from(pdf);
  const middle = Math.floor(pdf.length / 2);
  changed[middle] = changed[middle]! ^ 1;
  await show('verify-good', check(pdf));
  await show('verify-bad', check(changed));
  await page.goto(`${home}/signin?returnTo=/my-data`);
  await send('/signin', '[value=BH]');
  await page.goto(caseUrl);
  await send('/wallet', 'button');
  await page.waitForURL(/\/wallet\/offer/);
  await show('wallet-offer');
  await send('/wallet/offer');
  await page.waitForURL(/\/wallet\/[0-9a-f-]{36}$/);
  await show('credential');
  await show('wallet', () => page.goto(`${home}/wallet`));
}

/** At home: uses, proof, receipt, withdrawal. */
export async function walkMyData({ page, show, send }: Walker, home: string): Promise<void> {
  await show('my-data', () => page.goto(`${home}/my-data`));
  const hrefOf = async (selector: string) => {
    const found = await page.locator(selector).first().getAttribute('href');
    return new URL(found!, home).href;
  };
  const [proof, receipt] = [await hrefOf('a[href$="/proof"]'), await hrefOf('a[href$="/receipt"]')];
  const withdrawal = await hrefOf('a[href$="/withdraw"]');
  await show('proof', () => page.goto(proof));
  await show('receipt', () => page.goto(receipt));
  await show('withdraw', () => page.goto(withdrawal));
  await send('/withdraw', 'button');
  await show('my-data-withdrawn', () => page.goto(`${home}/my-data`));
}

/** The officer's side, with one case waiting. */
export async function walkOffice(walker: Walker, service: string, officer: SamplePerson): Promise<void> {
  const { page, show, send } = walker;
  await page.goto(`${service}/signin?returnTo=/office`);
  await send('/signin', '[value=SA]');
  await identify(page, officer);
  await show('queue', () => page.goto(`${service}/office`));
  await show('queue-decided', () => page.goto(`${service}/office?show=decided`));
  await show('queue-none', () => page.goto(`${service}/office?q=zzzz`));
  await page.goto(`${service}/office`);
  await press(page, 'a[href^="/office/cases/"]');
  await show('review-free');
  await send('/take', 'button');
  await show('review');
  const review = page.url();
  await show('review-refused', async () => {
    await page.goto(review);
    await press(page, 'form[action$="/decide"] button.big');
  });
  for (const point of await page.locator('[name^=point-][value=done]').all()) await point.check();
  await page.check('[name=outcome][value=approve]');
  await page.locator('[name=reasons]').first().check();
  await page.fill('[name=words-ar]', 'راجعنا المهنة، والمؤهل يكفي لها.');
  await page.fill('[name=words-en]', 'We checked the profession, and the degree is sufficient for it.');
  await send('/decide', 'button.big');
}

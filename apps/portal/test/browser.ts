import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import chromium from '@sparticuz/chromium';
import { type Browser, type BrowserContext, type Page as BrowserPage, chromium as driver } from 'playwright-core';
import { type Assets, buildAssets } from '../look/assets.ts';
import { renderPage } from '../page.tsx';
import { looks } from './sample-states.ts';
import { type Example, frameFor } from './views.ts';

export type Language = 'ar' | 'en';

const address = 'http://portal.localhost/example';

/** Opens example pages in Chromium; everything they load comes from memory, nothing from a network. */
export type Stage = {
  page: BrowserPage;
  show(example: Example<never>, language: Language): Promise<void>;
  answer(path: string, body: string): void;
  close(): Promise<void>;
};

export async function launchBrowser(): Promise<Browser> {
  return driver.launch({
    executablePath: await chromium.executablePath(),
    // Not the package's own arguments: its --single-process dies when a page is closed.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}

export async function buildAllAssets(): Promise<Record<string, Assets>> {
  const built = await Promise.all(
    Object.entries(looks).map(async ([code, look]) => [code, await buildAssets(look, looks)] as const),
  );
  return Object.fromEntries(built);
}

export async function openStage(
  browser: Browser,
  assets: Record<string, Assets>,
  width: number,
  hasScript = true,
): Promise<Stage> {
  const context = await browser.newContext({
    viewport: { width, height: width < 600 ? 844 : 900 },
    javaScriptEnabled: hasScript,
  });
  const page = await context.newPage();
  const answers = new Map<string, string>();
  let html = '';
  let files = new Map<string, { contentType: string; bytes: Buffer }>();
  await page.route('**/*', (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === new URL(address).pathname)
      return route.fulfill({ contentType: 'text/html; charset=utf-8', headers: policy, body: html });
    const file = files.get(pathname);
    if (file) return route.fulfill({ contentType: file.contentType, body: file.bytes });
    const answer = answers.get(pathname);
    return answer
      ? route.fulfill({ contentType: 'application/json', body: answer })
      : route.fulfill({ status: 404, body: '' });
  });
  return {
    page,
    show: async (example, language) => {
      const own = assets[example.stateCode]!;
      files = own.files;
      html = renderPage(example.page, example.view, frameFor(example, language, own.links));
      await page.goto(address);
    },
    answer: (path, body) => answers.set(path, body),
    close: () => context.close(),
  };
}

// The policy a node serves its pages with: a page that needs anything inline fails here.
const policy = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
};

export async function readAxe(): Promise<string> {
  return readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
}

export type Finding = { rule: string; target: string };

type AxeWindow = {
  axe: {
    run(
      root: Document,
      options: object,
    ): Promise<{ violations: Array<{ id: string; nodes: Array<{ target: unknown }> }> }>;
  };
};

const contextsWithAxe = new WeakSet<BrowserContext>();

/** axe-core with all WCAG A and AA rules up to 2.2. Run through the driver, so the page's own CSP stays as served. */
export async function findViolations(page: BrowserPage, axe: string): Promise<Finding[]> {
  if (!(await page.evaluate(() => 'axe' in window))) {
    const context = page.context();
    // Kept by the browser from here on, which compiles it once: handed over page by page it takes longer than its checks.
    if (!contextsWithAxe.has(context)) await context.addInitScript(axe);
    contextsWithAxe.add(context);
    await page.evaluate(axe);
  }
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as AxeWindow).axe.run(document, {
      runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
      resultTypes: ['violations'],
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => ({ rule: id, target: JSON.stringify(node.target) })),
    );
  });
}

/** What axe does not see: pre-ticked boxes, missing aria-invalid, browser-language validation. */
export async function findFlaws(page: BrowserPage): Promise<string[]> {
  return page.evaluate(() => {
    const flaws: string[] = [];
    const note = (isFlaw: boolean, words: string) => {
      if (isFlaw) flaws.push(words);
    };
    const all = <Kind extends Element>(selector: string) => [...document.querySelectorAll<Kind>(selector)];
    const { lang, dir } = document.documentElement;
    note(dir !== (lang === 'ar' ? 'rtl' : 'ltr'), `direction ${dir} in ${lang}`);
    note(all('h1').length !== 1, `${all('h1').length} headings of the first level`);
    note(document.body.firstElementChild?.className !== 'seal', 'the verification bar is not first');
    note(all('main#main[tabindex="-1"]').length !== 1, 'no main to skip to');
    note(all('a.skip[href="#main"]').length !== 1, 'no skip link');
    const controls = all<HTMLInputElement>('input:not([type=hidden]), select, textarea');
    for (const control of controls) {
      note((control.labels?.length ?? 0) === 0, `no label: ${control.name}`);
      for (const id of (control.getAttribute('aria-describedby') ?? '').split(' ').filter(Boolean)) {
        note(!document.getElementById(id), `described by nothing: ${id}`);
      }
    }
    for (const form of all<HTMLFormElement>('form')) {
      // The browser would answer in its own language, not in the page's.
      note(form.querySelector('[required]') !== null && !form.noValidate, 'a form is validated by the browser');
    }
    for (const error of all('.wrong .err')) {
      const box = error.closest('.wrong');
      note(
        !box?.querySelector('[aria-invalid=true]') && box?.getAttribute('aria-invalid') !== 'true',
        `an error without aria-invalid: ${error.id}`,
      );
      note(all(`.summary a[href^="#"]`).length === 0, 'an error that the summary does not lead to');
    }
    for (const link of all<HTMLAnchorElement>('.summary a')) {
      const target = document.querySelector<HTMLInputElement>(link.getAttribute('href') ?? '');
      note(!target || !('labels' in target), `the summary leads nowhere: ${link.getAttribute('href')}`);
    }
    note(all('[style]').length > 0 || all('script:not([src]), style').length > 0, 'something inline');
    return flaws;
  });
}

/** Enlarges the text as a person's own setting would: everything in rem and em grows, the screen does not. */
export async function enlargeText(page: BrowserPage, percent: number): Promise<void> {
  await page.evaluate((size) => {
    document.documentElement.style.fontSize = size;
  }, `${percent}%`);
}

/** What makes the page scroll sideways: the innermost boxes beyond its edge. Empty when nothing does. */
export async function findOverflows(page: BrowserPage): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const isBeyond = (element: Element) => {
      const { left, right, width } = element.getBoundingClientRect();
      return width > 1 && (right > clientWidth + 1 || left < -1);
    };
    const beyond = [...document.body.querySelectorAll('*')].filter(isBeyond);
    const inner = beyond.filter((element) => ![...element.children].some(isBeyond));
    return [
      `${scrollWidth} > ${clientWidth}`,
      ...inner.slice(0, 3).map((element) => {
        const { tagName, className, textContent } = element;
        return `${tagName.toLowerCase()}.${String(className)} "${textContent?.trim().slice(0, 30)}"`;
      }),
    ];
  });
}

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page as BrowserPage } from 'playwright-core';
import { type Assets, buildAssets } from '../look/assets.ts';
import { renderPage } from '../page.tsx';
import { looks } from './sample-states.ts';
import { type Example, frameFor } from './views.ts';

export type Language = 'ar' | 'en';

/** Opens example pages in Chromium; everything they load comes from this process, nothing from a network. */
export type Stage = {
  page: BrowserPage;
  show(example: Example<never>, language: Language): Promise<void>;
  answer(path: string, body: string): void;
  close(): Promise<void>;
};

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
  // As a node does it: what carries a hash in its name may be kept, so that the browser reads a font and compiles a script once for all pages.
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost');
    const file = files.get(pathname);
    const answer = answers.get(pathname);
    if (pathname === '/example')
      response
        .writeHead(200, { ...policy, 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
        .end(html);
    else if (file)
      response
        .writeHead(200, { 'content-type': file.contentType, 'cache-control': 'public, max-age=31536000, immutable' })
        .end(file.bytes);
    else if (answer !== undefined) response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://portal.localhost:${(server.address() as AddressInfo).port}/example`;
  return {
    page,
    show: async (example, language) => {
      const own = assets[example.stateCode]!;
      files = own.files;
      html = renderPage(example.page, example.view, frameFor(example, language, own.links));
      await page.goto(address);
    },
    answer: (path, body) => answers.set(path, body),
    close: async () => {
      await context.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

// The policy a node serves its pages with: a page that needs anything inline fails here.
const policy = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
};

export { type Finding, findViolations, launchBrowser, readAxe } from './axe.ts';

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
    // One that leads to another page says in its words which.
    for (const link of all<HTMLAnchorElement>('.summary a[href^="#"]')) {
      const target = document.querySelector<HTMLInputElement>(link.getAttribute('href') ?? '');
      note(!target || !('labels' in target), `the summary leads nowhere: ${link.getAttribute('href')}`);
    }
    note(all('[style]').length > 0 || all('script:not([src]), style').length > 0, 'something inline');
    return flaws;
  });
}

/**
 * What makes the page scroll sideways: the innermost boxes beyond its edge. Empty when nothing does. The text is `percent` of its size, as by a
 * person's own setting: everything in rem and em grows, the screen does not.
 */
export async function findOverflows(page: BrowserPage, percent = 100): Promise<string[]> {
  return page.evaluate((size) => {
    document.documentElement.style.fontSize = size === 100 ? '' : `${size}%`;
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
  }, percent);
}

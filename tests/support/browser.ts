import type { Page } from 'playwright-core';

export { type Finding, findFlaws, findViolations, launchBrowser, readAxe } from '../../apps/portal/test/browser.ts';

/** What a page did that no page may do; collected while it is used. */
export type Watch = { problems: string[] };

/** Hears scripts that fail, a broken content security policy, and requests to any host that is not in `hosts`. */
export function watchPage(page: Page, hosts: ReadonlySet<string>): Watch {
  const problems: string[] = [];
  const at = () => new URL(page.url()).pathname;
  page.on('console', (message) => {
    // A page of status 4xx is said in the console too; those are asked for, and checked where they are.
    if (message.type() !== 'error' || /status of 4\d\d/.test(message.text())) return;
    problems.push(`${at()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`${at()}: ${error.message}`));
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol.startsWith('http') && !hosts.has(host)) problems.push(`${at()}: request to ${host}`);
  });
  return { problems };
}

/** Latin words that stand on an Arabic page as they are: formats, standards, and codes that are the same everywhere. */
const knownWords = ['PDF', 'eyJ', 'OpenID', 'Federation', 'SP', 'AA', 'WCAG', 'JavaScript'];

/**
 * Words in Latin letters that a reader of an Arabic page is shown as words: outside of code, of text marked as English,
 * and of the language switch. `known` are names and standards that are written so in Arabic too.
 */
export async function findLatinWords(page: Page, known: string[] = []): Promise<string[]> {
  const expected = new Set([...knownWords, ...known]);
  const texts = await page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found: string[] = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const around = node.parentElement;
      if (!around || around.closest('code, pre, script, style, textarea, [lang]:not(html)')) continue;
      if (/[A-Za-z]{2}/.test(node.textContent ?? '')) found.push(node.textContent!.trim());
    }
    return found;
  });
  return texts.filter((text) => (text.match(/[A-Za-z]{2,}/g) ?? []).some((word) => !expected.has(word)));
}

/** At 320 pixels, and with text twice as large: how far a page can be pushed sideways, in sentences. */
export async function findSidewaysScroll(page: Page): Promise<string[]> {
  const before = page.viewportSize()!;
  const found: string[] = [];
  for (const { width, percent } of [
    { width: 320, percent: 100 },
    { width: 1280, percent: 200 },
  ]) {
    await page.setViewportSize({ width, height: 900 });
    const widest = await page.evaluate((size) => {
      document.documentElement.style.fontSize = `${size}%`;
      const most = document.documentElement.scrollWidth;
      const culprit = [...document.querySelectorAll('body *')].find(
        (one) => one.getBoundingClientRect().width > window.innerWidth + 1 && !one.closest('.scroll, pre'),
      );
      document.documentElement.style.fontSize = '';
      return { most, culprit: culprit ? `${culprit.tagName.toLowerCase()}.${culprit.className}` : '' };
    }, percent);
    if (widest.most > width)
      found.push(`${widest.most} pixels wide at ${width}, text ${percent}% ${widest.culprit}`.trim());
  }
  await page.setViewportSize(before);
  return found;
}

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import chromium from '@sparticuz/chromium';
import { type Browser, type BrowserContext, type Page as BrowserPage, chromium as driver } from 'playwright-core';

/** One limit for whatever a test waits for in a browser, beside the one for tests: several browsers at a time may stand still for long. */
const waitMsMax = 120_000;

export async function launchBrowser(): Promise<Browser> {
  const browser = await driver.launch({
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
  const open = browser.newContext.bind(browser);
  browser.newContext = async (options) => {
    const context = await open(options);
    context.setDefaultTimeout(waitMsMax);
    return context;
  };
  return browser;
}

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
  // Trap: with scripts switched off a page's timers stand still, and axe never answers.
  const late = setTimeout(() => void page.close(), waitMsMax);
  const findings = page.evaluate(async () => {
    const { violations } = await (window as unknown as AxeWindow).axe.run(document, {
      runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
      resultTypes: ['violations'],
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => ({ rule: id, target: JSON.stringify(node.target) })),
    );
  });
  return findings
    .catch((error) => {
      throw page.isClosed()
        ? new Error(`axe did not answer within ${waitMsMax / 1_000} s: is script off here?`)
        : error;
    })
    .finally(() => clearTimeout(late));
}

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  findFlaws,
  findLatinWords,
  findSidewaysScroll,
  findViolations,
  launchBrowser,
  readAxe,
} from '../support/browser.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';
import { walkEverything } from './everything.ts';
import type { Walker } from './walk.ts';

let federation: TestFederation;
let browser: Browser;
let walkers: { applicant: Walker; officer: Walker };
const seen = new Set<string>();
const found = {
  axe: [] as string[],
  flaws: [] as string[],
  dead: [] as string[],
  sideways: [] as string[],
  latin: [] as string[],
  heavy: [] as string[],
};
/** What somebody with an empty cache is sent for one page, the font included: in bytes, as the design of the pages sets it. */
const bytesMax = 90_000;
/** Each address once, with the page whose link it is; and those of other states, which only a page there may fetch. */
const linksSeen = new Map<string, string>();
const linksAbroad = new Map<string, string>();
/** The records themselves say these in Latin letters. */
const inRecords =
  'Fatima Ahmed Ali Alhaddad University of Bahrain Computer engineering sample person example com'.split(' ');

beforeAll(async () => {
  [federation, browser] = await Promise.all([startTestFederation(['bh', 'sa', 'kw']), launchBrowser()]);
  const axe = await readAxe();
  walkers = await walkEverything(browser, federation, async ({ name, language, page }) => {
    const at = `${name}/${language}`;
    seen.add(at);
    const bytes = await weigh(page);
    if (bytes > bytesMax) found.heavy.push(`${at}: ${bytes}`);
    // The dearest of the checks: one size for each language, as with the example pages.
    await page.setViewportSize({ width: language === 'ar' ? 390 : 1280, height: 900 });
    for (const { rule, target } of await findViolations(page, axe)) found.axe.push(`${at}: ${rule} ${target}`);
    for (const flaw of await findFlaws(page)) found.flaws.push(`${at}: ${flaw}`);
    for (const words of await findSidewaysScroll(page)) found.sideways.push(`${at}: ${words}`);
    // What developers read are the names of standards.
    if (language === 'ar' && name !== 'about-developers')
      for (const words of await findLatinWords(page, inRecords)) found.latin.push(`${at}: ${words}`);
    await followLinks(page, at);
  });
}, 400_000);
afterAll(async () => {
  await browser?.close();
  await federation?.stop();
});

/**
 * As a first visit: what is in the cache counts as it was sent, each with the size that browsers take for headers. The checker of proofs is no
 * part of what a reader waits for: it comes after the page, so that proofs are checked without a network too.
 */
function weigh(page: Page): Promise<number> {
  return page.evaluate(async () => {
    await document.fonts.ready;
    const timings = ['navigation', 'resource']
      .flatMap((type) => performance.getEntriesByType(type))
      .filter(({ name }) => !/\/assets\/proof-[0-9a-f]+\.js$/.test(name));
    return timings.reduce((sum, one) => sum + (one as PerformanceResourceTiming).encodedBodySize + 300, 0);
  });
}

/** Asks for what the page links to, in its own session and at once: some of it is there only now. */
async function followLinks(page: Page, at: string): Promise<void> {
  const own = page.url().replace(/[?#].*$/, '');
  const isError = /^(not-found|case-of-nobody)/.test(at);
  const hrefs = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLAnchorElement>('a[href]')].map((link) => link.href.replace(/#.*$/, '')),
  );
  const fresh: string[] = [];
  for (const href of new Set(hrefs)) {
    // The way on from a receipt can be gone once.
    if (!href.startsWith('http') || /\/eid\/auth\//.test(href) || (isError && href.startsWith(own))) continue;
    if (linksSeen.has(href)) continue;
    linksSeen.set(href, at);
    if (new URL(href).origin === new URL(own).origin) fresh.push(href);
    else linksAbroad.set(href, at);
  }
  found.dead.push(...(await askFor(page, fresh)).map((answer) => `${answer} from ${at}`));
}

async function askFor(page: Page, hrefs: string[]): Promise<string[]> {
  return page.evaluate(async (addresses) => {
    const dead: string[] = [];
    for (const address of addresses) {
      const { status } = await fetch(address, { headers: { accept: 'text/html,*/*' } });
      if (status >= 400) dead.push(`${status} ${new URL(address).pathname}${new URL(address).search}`);
    }
    return dead;
  }, hrefs);
}

test('the whole journey was seen, in both languages', () => {
  expect(seen.size).toBeGreaterThan(90);
  for (const name of ['consent', 'eid-code', 'case-decided', 'proof', 'credential', 'review', 'withdraw'])
    expect([...seen]).toEqual(expect.arrayContaining([`${name}/ar`, `${name}/en`]));
});

test('no live page violates WCAG 2.2 AA as far as axe sees, narrow and wide', () => {
  expect(found.axe).toEqual([]);
});

test('every live page has its language, direction, one heading, labels, and nothing inline', () => {
  expect(found.flaws).toEqual([]);
});

test('no live page scrolls sideways at 320 pixels or with text twice as large', () => {
  expect(found.sideways).toEqual([]);
});

test('no live page is sent with more than 90 kB, the fonts included', () => {
  expect(found.heavy).toEqual([]);
});

test('an Arabic page shows no words in Latin letters', () => {
  expect([...new Set(found.latin)]).toEqual([]);
});

test('no page fails in its scripts or policy, or asks a host outside of the federation', () => {
  expect([...walkers.applicant.watch.problems, ...walkers.officer.watch.problems]).toEqual([]);
});

test('no link leads to a dead end', async () => {
  const { page } = walkers.applicant;
  for (const [href, at] of linksAbroad) {
    await page.goto(new URL(href).origin);
    found.dead.push(...(await askFor(page, [href])).map((answer) => `${answer} from ${at}`));
  }
  expect(linksSeen.size).toBeGreaterThan(60);
  expect(found.dead).toEqual([]);
});

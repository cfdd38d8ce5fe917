import type { Browser, BrowserContext } from 'playwright-core';

export type Figures = { lcpMs: number; bytes: number; shift: number };

/** The largest thing to read is there, all that was fetched, and what moved under the reader's eyes. */
export const limits: Figures = { lcpMs: 1_300, bytes: 90_000, shift: 0.02 };

/**
 * The phone and the network of Lighthouse's mobile profile: a processor four times as slow, 1.6 Mbit/s down and 0.75 up, and 150 ms there and
 * back. Chromium adds one delay to each request; two round trips are taken, as if each had to open a connection first.
 */
const phone = { viewport: { width: 412, height: 823 }, deviceScaleFactor: 1.75, isMobile: true, hasTouch: true };
const processorSlower = 4;
const bytesOf = (kilobits: number) => (kilobits * 1_000) / 8;
const network = {
  offline: false,
  latency: 2 * 150,
  downloadThroughput: bytesOf(1_638.4),
  uploadThroughput: bytesOf(750),
};

type Seen = { lcpMs: number; shift: number };

/** Opens one address once, with nothing in the browser's cache. */
export async function see(
  browser: Browser,
  {
    url,
    state,
    language,
    nodes,
  }: {
    url: string;
    state: Awaited<ReturnType<BrowserContext['storageState']>>;
    language: string;
    nodes: string[];
  },
): Promise<Figures> {
  const context = await browser.newContext({ ...phone, storageState: state });
  await context.addCookies(nodes.map((node) => ({ name: 'lang', value: language, url: node })));
  await context.addInitScript(() => {
    const seen: Seen = { lcpMs: 0, shift: 0 };
    Object.assign(globalThis, { seen });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.lcpMs = Math.max(seen.lcpMs, entry.startTime);
    }).observe({ type: 'largest-contentful-paint', buffered: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.shift += (entry as PerformanceEntry & { value: number }).value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  let bytes = 0;
  devtools.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', network);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: processorSlower });
  await page.goto(url, { waitUntil: 'networkidle' });
  const { lcpMs, shift } = await page.evaluate(() => (globalThis as unknown as { seen: Seen }).seen);
  await context.close();
  return { lcpMs, bytes, shift };
}

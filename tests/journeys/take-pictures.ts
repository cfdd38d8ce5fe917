import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startTestFederation } from '../support/federation.ts';
import { walkEverything } from './everything.ts';

// Renews docs/pictures: `PICTURES=docs npx vitest run take-pictures`. With a folder's name instead, every page is pictured
// into it, in both languages, wide and narrow.

const pictures: Record<string, string> = {
  'home/ar': 'home-ar',
  'consent/ar': 'consent-ar',
  'case-decided/ar': 'case-ar',
  'my-data/ar': 'my-data-ar',
  'verify-good/en': 'verify-en',
  'review/en': 'officer-en',
};
const folder = join(import.meta.dirname, '..', '..', 'docs', 'pictures');
const everything = process.env['PICTURES'] === 'docs' ? undefined : process.env['PICTURES'];

test('the pages, as pictures', { timeout: 600_000 }, async () => {
  if (everything) mkdirSync(everything, { recursive: true });
  const federation = await startTestFederation(['bh', 'sa', 'kw']);
  const browser = await launchBrowser();
  try {
    await walkEverything(browser, federation, async ({ name, language, page }) => {
      if (everything)
        for (const width of [390, 1280]) {
          await page.setViewportSize({ width, height: 900 });
          await page.screenshot({
            path: join(everything, `${name}-${language}-${width}.png`),
            fullPage: true,
          });
        }
      const picture = pictures[`${name}/${language}`];
      if (!picture) return;
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.screenshot({ path: join(folder, `${picture}.png`) });
    });
  } finally {
    await browser.close();
    await federation.stop();
  }
});

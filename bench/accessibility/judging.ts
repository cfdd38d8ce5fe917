import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { importBundled } from '#apps/bundled';
import { inspectFolder } from '#modules/catalogue';
import type { JudgedService } from '#modules/insights';
import { findViolations } from '../../apps/portal/test/axe.ts';

const root = join(import.meta.dirname, '..', '..');
/** A phone and a desk. */
const widths = [390, 1280];

/**
 * Every page of a service from its first to its outcome, the check before applying among them, drawn by the portal's own code from
 * the service's folder, empty and as its first test case fills it, in both languages and at two widths; what axe-core finds against
 * WCAG 2.2 A and AA. Undefined where nothing can be applied for.
 */
export async function judgeService(
  browser: Browser,
  axe: string,
  { folder, port }: { folder: string; port: number },
): Promise<JudgedService | undefined> {
  const offered = (await inspectFolder(folder)).service?.definition.offeredBy[0]?.state;
  const { service } = offered ? await inspectFolder(folder, offered) : {};
  if (!service) return undefined;
  const { startPreview } = await importBundled<typeof import('../../apps/cli/preview.ts')>('preview');
  const preview = await startPreview({ root }, { folder, port, language: 'en', state: offered });
  const faults = new Map<string, Set<string>>();
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const post = async (path: string, form: Record<string, string>) =>
      context.request.post(`${preview.url}/${path}`, { form, headers: { 'sec-fetch-site': 'same-origin' } });
    const look = async (path: string) => {
      for (const language of ['ar', 'en']) {
        await context.addCookies([{ name: 'lang', value: language, url: preview.url }]);
        for (const width of widths) {
          await page.setViewportSize({ width, height: 900 });
          await page.goto(`${preview.url}/${path}`);
          // A page that these answers do not lead to sends back to where the preview begins.
          if (!page.url().endsWith(path)) return;
          const found = faults.get(path) ?? new Set();
          faults.set(path, found);
          for (const { rule } of await findViolations(page, axe)) found.add(rule);
        }
      }
    };
    const paths = service.form.definition.pages.map(({ id }) => `pages/${encodeURIComponent(id)}`);
    await look('service');
    await look('eligibility');
    await post('start', {});
    for (const path of paths) await look(path);
    const [test] = service.tests?.cases ?? [];
    if (test) await post('evidence', { test: test.id, fill: 'yes' });
    for (const path of [...paths, 'check', 'outcome']) await look(path);
  } finally {
    await context.close();
    await preview.stop();
  }
  return {
    serviceId: service.id,
    version: service.version,
    pages: faults.size,
    pagesWithoutFault: [...faults.values()].filter((rules) => rules.size === 0).length,
    rules: [...new Set([...faults.values()].flatMap((rules) => [...rules]))].sort(),
  };
}

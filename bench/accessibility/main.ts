import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type AccessibilityFile, ownDataFolder } from '#modules/insights';
import { launchBrowser, readAxe } from '../../apps/portal/test/axe.ts';
import { judgeService } from './judging.ts';

const services = join(import.meta.dirname, '..', '..', 'services');
const file = 'accessibility.rows.json';

/**
 * Judges the pages of every service that can be applied for. `save` writes what was found beside the figures of insights, which
 * show it as long as the service's version is the one that was judged; `save FOLDER` writes it to a node's folder of imports.
 */
export async function measure([order, folder = ownDataFolder]: string[]): Promise<Record<string, unknown>> {
  const [browser, axe, port] = [await launchBrowser(), await readAxe(), await findPort()];
  const judged: AccessibilityFile['services'] = [];
  try {
    const names = readdirSync(services, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    for (const { name } of names) {
      const one = await judgeService(browser, axe, { folder: join(services, name), port });
      if (one) judged.push(one);
    }
  } finally {
    await browser.close();
  }
  const { version } = JSON.parse(
    readFileSync(createRequire(import.meta.url).resolve('axe-core/package.json'), 'utf8'),
  ) as { version: string };
  const found: AccessibilityFile = {
    judge: `axe-core ${version}`,
    judgedOn: new Date().toISOString().slice(0, 10),
    services: judged,
  };
  if (order === 'save') writeFileSync(join(folder, file), `${JSON.stringify(found, undefined, 2)}\n`);
  const sum = (of: 'pages' | 'pagesWithoutFault') => judged.reduce((all, one) => all + one[of], 0);
  return { services: judged.length, pages: sum('pages'), pagesWithoutFault: sum('pagesWithoutFault') };
}

function findPort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkService } from '#modules/catalogue';
import type { CliConfig } from './config.ts';
import { asOperator } from './operator.ts';

/** Checks one service folder, or all of them. Exit code 1 when something is missing. */
export async function checkServices(config: CliConfig, folder: string | undefined): Promise<number> {
  const all = join(config.root, 'services');
  const folders = folder
    ? [folder]
    : readdirSync(all, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => join(all, entry.name));
  let found = 0;
  for (const one of folders) {
    const findings = await checkService(one);
    found += findings.length;
    console.log(`${one}: ${findings.length === 0 ? 'complete' : `${findings.length} to mend`}`);
    for (const finding of findings) console.log(`  ${finding.file}: ${finding.problem}`);
  }
  return found === 0 ? 0 : 1;
}

type Miss = { words: string; times: number; lastAt: string };

/** Prints what people looked for in vain at a node. */
export async function showMisses(config: CliConfig, named: string | undefined): Promise<number> {
  return asOperator(config, named, async (access) => {
    const { misses } = (await access.send('GET', '/operator/search-misses')) as { misses: Miss[] };
    if (misses.length === 0) console.log('Nothing was looked for in vain by five or more.');
    for (const { words, times, lastAt } of misses)
      console.log(`${String(times).padStart(6)}  ${lastAt.slice(0, 10)}  ${words}`);
    return 0;
  });
}

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkService } from '#modules/catalogue';
import type { CliConfig } from './config.ts';

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

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

// `npm run bench -- <name>`: runs one measurement. Its last line is JSON with the headline figures.

const here = import.meta.dirname;
const names = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(here, entry.name, 'main.ts')))
  .map(({ name }) => name)
  .sort();
const [name = '', ...options] = process.argv.slice(2);
if (!names.includes(name)) {
  console.error(`Name what to measure: npm run bench -- ${names.join(' | ')}`);
  process.exit(2);
}
const { measure } = (await import(join(here, name, 'main.ts'))) as {
  measure(options: string[]): Promise<Record<string, unknown>>;
};
console.log(JSON.stringify({ bench: name, ...(await measure(options)) }));
process.exit(0);

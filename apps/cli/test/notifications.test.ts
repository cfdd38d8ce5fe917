import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import type { CliConfig } from '../config.ts';
import { operateNotifications } from '../notifications.ts';

const root = mkdtempSync(join(tmpdir(), 'jisr-words-'));
afterAll(() => rmSync(root, { recursive: true }));

async function run(...words: string[]) {
  const said: string[] = [];
  const keep = (text: string) => void said.push(text);
  const spies = [
    vi.spyOn(console, 'log').mockImplementation(keep),
    vi.spyOn(console, 'error').mockImplementation(keep),
  ];
  try {
    return { code: await operateNotifications({ language: 'en', root } as CliConfig, words), text: said.join('\n') };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

test('authors see how many text messages a notice is, and what is wrong with a service’s own words', async () => {
  const services = join(import.meta.dirname, '..', '..', '..', 'services');
  for (const name of ['vocabulary.json', 'synonyms.json', 'degree-recognition'])
    cpSync(join(services, name), join(root, 'services', name), { recursive: true });
  const fine = await run('check');
  expect(fine.code).toBe(0);
  expect(fine.text).toMatch(/case-decided +ar {2}2 {2}ucs-2 {2}\d+/);
  expect(fine.text).toMatch(/case-decided +en {2}1 {2}gsm-7 {2}\d+/);
  const own = { 'case-decided': { short: { ar: 'صدر القرار {reference}', en: 'Decided: {reference}' } } };
  writeFileSync(join(root, 'services', 'degree-recognition', 'notifications.json'), JSON.stringify(own));
  const wrong = await run('check');
  expect(wrong.code).toBe(1);
  expect(wrong.text).toContain(
    'degree-recognition/notifications.json: short of case-decided (en) says {reference}, which does not exist there: it may say {service}',
  );
  expect(wrong.text).toContain('2 to mend.');
  expect((await run('sa', 'retry')).code).toBe(2);
});

import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPortOffset } from '#tests/support/ports';
import { startPreview } from '../preview.ts';

const root = join(import.meta.dirname, '..', '..', '..');
let dir: string;
let preview: Awaited<ReturnType<typeof startPreview>>;
let cookie = '';
const folder = () => join(dir, 'gcc-school-enrolment');

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'preview-'));
  await cp(join(root, 'services'), dir, { recursive: true });
  const port = 4_000 + (await findPortOffset('127.0.0.1'));
  preview = await startPreview({ root }, { folder: folder(), port, language: 'en', state: 'SA' });
});
afterAll(async () => {
  await preview.stop();
  await rm(dir, { recursive: true });
});

async function send(
  path: string,
  form?: Record<string, string> | FormData,
): Promise<{ status: number; html: string; to: string }> {
  const body = form && (form instanceof FormData ? form : new URLSearchParams(form));
  const answer = await fetch(preview.url + path, {
    redirect: 'manual',
    headers: { cookie, 'sec-fetch-site': 'same-origin' },
    ...(body ? { method: 'POST', body } : {}),
  });
  const set = answer.headers.get('set-cookie');
  if (set) cookie = set.split(';')[0]!;
  const location = answer.headers.get('location') ?? '';
  return { status: answer.status, html: await answer.text(), to: location.replace('/preview', '') };
}

describe('a service that is looked at before it is published', () => {
  test('is walked through by the real form: conditions, refusals, entries and files, and judged by the real rules', async () => {
    expect((await send('/service')).html).toContain('action="/preview/start"');
    // The check before applying, by the same page.
    expect((await send('/service')).html).toContain('href="/preview/eligibility"');
    expect((await send('/eligibility', {})).status).toBe(422);
    const told = await send('/eligibility', { age: 'below-four' });
    expect(told.html).toContain('Admission begins in the year in which the child becomes 4.');
    expect(told.html).toContain('action="/preview/start"');
    expect((await send('')).html).toContain('Test cases of the check before applying');
    expect((await send('/start', {})).to).toBe('/pages/stage');
    const wrong = await send('/pages/stage', { stage: 'university' });
    expect(wrong.status).toBe(422);
    expect(wrong.html).toContain('aria-invalid="true"');
    // Kindergarten asks for no reports: from the group straight to the contact details.
    expect((await send('/pages/stage', { stage: 'kindergarten' })).to).toBe('/pages/home');
    expect((await send('/pages/home', {})).to).toBe('/pages/school');
    // No register is asked: one entry stands for all of it.
    expect((await send('/pages/school')).html).toContain('value="example"');
    expect((await send('/pages/school', { school: 'P-0001' })).status).toBe(422);
    expect((await send('/pages/school', { school: 'example' })).to).toBe('/pages/siblings');
    expect((await send('/pages/siblings', {})).to).toBe('/pages/contact');
    expect((await send('/pages/stage', { stage: 'primary' })).to).toBe('/pages/home');
    expect((await send('/pages/school', {})).to).toBe('/pages/siblings');
    expect((await send('/pages/siblings/entries/new', { name: 'علي' })).status).toBe(422);
    const entry = { name: 'علي', school: 'النور', stage: 'primary' };
    expect((await send('/pages/siblings/entries/new', entry)).to).toBe('/pages/siblings');
    expect((await send('/pages/siblings')).html).toContain('النور');
    expect((await send('/pages/siblings', {})).to).toBe('/pages/reports');
    const text = new FormData();
    text.set('reports', new File(['not a document'], 'report.pdf'));
    text.set('then', 'attach');
    expect((await send('/pages/reports/files', text)).status).toBe(422);
    const open = await send('/check');
    expect(open.html).toContain('role="alert"');
    expect((await send('/submit', {})).to).toBe('/check');
    expect((await send('/evidence', { test: 'primary', fill: 'yes' })).to).toBe('');
    expect((await send('/submit', {})).to).toBe('/outcome');
    expect((await send('/outcome')).html).toContain('Approved at once');
    expect((await send('/evidence', { test: 'too-young', fill: 'yes' })).to).toBe('');
    expect((await send('/outcome')).html).toContain('Refused at once');
    const pdf = await fetch(`${preview.url}/document.pdf`, { headers: { cookie } });
    expect(
      Buffer.from(await pdf.arrayBuffer())
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-');
  });

  test('is read anew on each request, says its problems in place, and lives on', async () => {
    const file = join(folder(), 'texts.json');
    const before = await readFile(file, 'utf8');
    await writeFile(file, before.replace(/("beforeYouStart": \{\s*"ar": )"[^"]*"/, '$1""'));
    const softly = await send('/service');
    expect(softly.html).toContain('beforeYouStart: the Arabic text is empty');
    expect(softly.html).toContain('action="/preview/start"');
    await writeFile(file, '{');
    const broken = await send('/pages/stage');
    expect(broken.status).toBe(200);
    expect(broken.html).toContain('this is not JSON');
    await writeFile(file, before);
    const template = join(folder(), 'certificate.typ');
    const look = await readFile(template, 'utf8');
    await writeFile(template, `#nobody\n${look}`);
    expect((await send('/service')).html).toContain('line 1, column 2: unknown variable: nobody');
    await writeFile(template, look);
    expect((await send('/pages/stage')).html).not.toContain('this is not JSON');
  });

  test('a cookie that somebody else wrote is no cookie', async () => {
    const kept = cookie;
    for (const forged of ['preview=x', `preview=${'A'.repeat(3000)}`, 'preview=q1ZKzCtOLVKyUsoqzs9Tqh0A']) {
      cookie = forged;
      expect((await send('/check')).status).toBe(200);
    }
    cookie = kept;
  });
});

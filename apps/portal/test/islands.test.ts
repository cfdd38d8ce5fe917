import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import { createHttpServer, mountContract } from '#kernel/http';
import { createHttpClient } from '#kernel/http-client';
import { canonicalJson } from '#kernel/ids';
import { memoryKeys } from '#kernel/keys';
import { silentLog } from '#kernel/log';
import { createLedger, type InclusionProof, ledgerMigrations, type Neighbour, openTileFolder } from '#modules/ledger';
import { openTestDatabase } from '#tests/support/database';
import proofVector from '../../../protocol/vectors/proof-file.json' with { type: 'json' };
import type { Assets } from '../look/assets.ts';
import type { MyDataView } from '../pages/index.ts';
import { buildAllAssets, launchBrowser, openStage } from './browser.ts';
import { states } from './sample-states.ts';
import { type Example, exampleViews } from './views.ts';

const closers: Array<() => unknown> = [];
let browser: Browser;
let assets: Record<string, Assets>;
let proof: InclusionProof;
let policy: { logKey: string; witnesses: string[]; quorum: number };

const filled = exampleViews.find(({ page, example }) => page.name === 'my-data' && example === 'filled')!;
const view = filled.view as MyDataView;
const address = `/my-data/uses/${view.uses[0]!.useId}/proof`;
const example = {
  ...filled,
  view: { ...view, witnessNames: { 'sa.example/witness': states.SA.names } },
} as unknown as Example<never>;

/** A log and a witness with a server of its own. */
async function openState(name: string, neighbours: () => Neighbour[]) {
  const folder = mkdtempSync(join(tmpdir(), 'jisr-portal-'));
  const database = await openTestDatabase(ledgerMigrations);
  const [keys, clock, http] = [memoryKeys(), fixedClock('2026-11-22T10:00:00Z'), createHttpClient()];
  const ledger = createLedger({
    database,
    clock,
    http,
    log: silentLog,
    logSigner: await keys.signer('ledger', 'Ed25519'),
    witnessSigner: await keys.signer('witness', 'Ed25519'),
    origin: `${name}.example/ledger`,
    witnessName: `${name}.example/witness`,
    tiles: openTileFolder(folder),
    neighbours: async () => neighbours(),
    quorum: 1,
  });
  const server = createHttpServer({
    publicUrl: `http://${name}.localhost`,
    log: silentLog,
    clock,
    identify: async () => ({ kind: 'anyone' }),
  });
  mountContract(server, ledger.contract, ledger.handlers);
  const { port } = await server.listen({ port: 0, host: '127.0.0.1' });
  closers.push(async () => {
    await ledger.stop();
    await server.close();
    await http.close();
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const neighbour: Neighbour = {
    origin: `${name}.example/ledger`,
    ledgerKey: ledger.keys.ledgerKey,
    ledgerUrl: `http://${name}.localhost:${port}/ledger`,
    witnessUrl: `http://${name}.localhost:${port}/witness`,
    witnessKey: ledger.keys.witnessKey,
  };
  return { ledger, database, neighbour };
}

beforeAll(async () => {
  [browser, assets] = await Promise.all([launchBrowser(), buildAllAssets()]);
  const all: Neighbour[] = [];
  const [bh, sa] = [await openState('bh', () => all), await openState('sa', () => all)];
  all.push(bh.neighbour, sa.neighbour);
  const { entryId } = await bh.database.transaction((tx) =>
    bh.ledger.append(tx, { kind: 'evidence-answered', record: { purpose: 'degree-recognition' } }),
  );
  await bh.ledger.integrate();
  await bh.ledger.gatherCosignatures();
  proof = (await bh.ledger.findProof(entryId))!;
  policy = { logKey: bh.neighbour.ledgerKey, witnesses: [sa.neighbour.witnessKey], quorum: 1 };
});
afterAll(async () => {
  await browser?.close();
  for (const close of closers) await close();
});

async function verifyFirstUse(
  language: 'ar' | 'en',
  answer: object | undefined,
): Promise<{ words: string; tone: string; link: string }> {
  const stage = await openStage(browser, assets, 1280);
  if (answer) stage.answer(address, JSON.stringify(answer));
  await stage.show(example, language);
  await stage.page.locator('a[data-proof]').first().click();
  const note = stage.page.locator('[data-proof-answer] .note:not(.info)').first();
  await note.waitFor();
  const found = {
    words: (await note.innerText()).replace(/[\u2068\u2069]/g, '').replace(/\n+/g, '\n'),
    tone: (await note.getAttribute('class'))!,
    link: await stage.page.locator('[data-proof-words]').first().innerText(),
  };
  await stage.close();
  return found;
}

test('what is typed is kept and told politely, and a failure is told too, without a word of what was typed', async () => {
  const form = exampleViews.find(({ page, example }) => page.name === 'form-page' && example === 'kept')!;
  const stage = await openStage(browser, assets, 1280);
  await stage.show(form as unknown as Example<never>, 'en');
  const field = stage.page.locator('form[data-keep] input[type=text], form[data-keep] textarea').first();
  const says = stage.page.locator('[data-keep-says]');
  expect(await says.getAttribute('role')).toBe('status');
  await field.fill('An engineer');
  await says.filter({ hasText: 'could not be kept just now' }).waitFor();
  stage.answer('/cases/x/pages/work/kept', '{}');
  await field.fill('An engineer of cars');
  await says.filter({ hasText: 'What you typed is kept' }).waitFor();
  await stage.close();
});

test.each([
  ['form-page', 'kept', 'ar', 'لا اتصال بالشبكة الآن', 'عاد الاتصال'],
  ['case-step', undefined, 'en', 'There is no connection now', 'The connection is back'],
] as const)('what was typed stays while there is no connection: %s', async (name, example, language, away, back) => {
  const form = exampleViews.find((one) => one.page.name === name && (!example || one.example === example))!;
  const stage = await openStage(browser, assets, 390);
  await stage.show(form as unknown as Example<never>, language);
  const { page } = stage;
  const posted: string[] = [];
  page.on('request', (request) => request.method() === 'POST' && posted.push(new URL(request.url()).pathname));
  const says = page.locator('[data-line]');
  expect([await says.getAttribute('role'), await says.textContent()]).toEqual(['status', '']);
  const field = page.locator('main form input[type=text], main form textarea').first();
  const button = page.locator('main form[method=post] button').first();
  await field.fill('مهندسة');
  await page.context().setOffline(true);
  await button.click();
  await says.filter({ hasText: away }).waitFor();
  expect(await field.inputValue()).toBe('مهندسة');
  expect(posted.filter((path) => !path.endsWith('/kept'))).toEqual([]);
  await page.context().setOffline(false);
  await says.filter({ hasText: back }).waitFor();
  const action = new URL((await page.getAttribute('main form[method=post]', 'action'))!, page.url()).pathname;
  await button.click();
  await expect.poll(() => posted).toContain(action);
  await stage.close();
});

test('a browser that believes in a line is asked to wait, once something did not get through', async () => {
  const form = exampleViews.find(({ page, example }) => page.name === 'form-page' && example === 'kept')!;
  const stage = await openStage(browser, assets, 390);
  await stage.show(form as unknown as Example<never>, 'en');
  const { page } = stage;
  let isDown = true;
  await page.route('**/*', (route) => (isDown ? route.abort('connectionfailed') : route.fallback()));
  await page.locator('main form textarea, main form input[type=text]').first().fill('An engineer');
  await page.locator('[data-keep-says]').filter({ hasText: 'could not be kept' }).waitFor();
  const button = page.locator('main form[method=post] button').first();
  await button.click();
  await page.locator('[data-line]').filter({ hasText: 'There is no connection now' }).waitFor();
  isDown = false;
  const sent = page.waitForRequest((request) => request.isNavigationRequest() && request.method() === 'POST');
  await button.click();
  // Which button was pressed goes along.
  expect((await sent).postData()).toContain('then=continue');
  await stage.close();
});

test('a real proof is checked in the browser and told as a sentence in the language of the page', async () => {
  const ar = await verifyFirstUse('ar', { proof, ...policy });
  expect(ar).toEqual({
    words: 'تم التحقق في متصفحك\nالقيد رقم ٠ موجود في سجل البحرين، بشهادة السعودية.',
    tone: 'note good',
    link: 'عرض الإثبات',
  });
  const en = await verifyFirstUse('en', { proof, ...policy });
  expect(en.words).toContain('Entry 0 is in the log of Bahrain, witnessed by Saudi Arabia.');
});

test('a proof with one changed record is refused in plain words', async () => {
  const forged = {
    ...proof,
    opening: { ...proof.opening, record: { ...proof.opening.record, purpose: 'something-else' } },
  };
  const answer = await verifyFirstUse('en', { proof: forged, ...policy });
  expect(answer.tone).toBe('note bad');
  expect(answer.words).toContain('The proof does not hold');
});

test('an entry that too few states have co-signed is said to be waiting, not to be wrong', async () => {
  expect(await verifyFirstUse('ar', { proof, ...policy, quorum: 2, witnesses: [...policy.witnesses] })).toMatchObject({
    tone: 'note warn',
  });
  expect((await verifyFirstUse('en', undefined)).words).toContain('not co-signed it yet');
});

test('without JavaScript the button is a link to the proof checked by the server', async () => {
  const stage = await openStage(browser, assets, 390, false);
  await stage.show(example, 'ar');
  expect(await stage.page.locator('a[data-proof]').first().getAttribute('href')).toBe(
    `/my-data/uses/${view.uses[0]!.useId}/proof`,
  );
  await stage.close();
});

test('a dropped file lands in the file field, and its name is shown', async () => {
  const stage = await openStage(browser, assets, 1280);
  const empty = exampleViews.find(({ page, example: name }) => page.name === 'verify' && name === 'empty')!;
  await stage.show(empty, 'ar');
  await stage.page.locator('[data-drop]').evaluate((area) => {
    const dropped = new DataTransfer();
    dropped.items.add(new File(['%PDF-'], 'decision.pdf', { type: 'application/pdf' }));
    area.dispatchEvent(new DragEvent('drop', { dataTransfer: dropped, bubbles: true, cancelable: true }));
  });
  expect(await stage.page.locator('[data-drop-name]').innerText()).toBe('decision.pdf');
  expect(await stage.page.locator('#document').evaluate((input) => (input as HTMLInputElement).files?.length)).toBe(1);
  await stage.close();
});

describe('a proof of an exchange, on the verify page', () => {
  const text = canonicalJson(proofVector.valid[0]);
  const empty = exampleViews.find(({ page, example: name }) => page.name === 'verify' && name === 'empty')!;
  const choose = async (language: 'ar' | 'en', content: string) => {
    const stage = await openStage(browser, assets, 1280);
    await stage.show(empty, language);
    // Whatever the script would ask for from here on does not arrive.
    await stage.page.context().setOffline(true);
    await stage.page
      .locator('#document')
      .setInputFiles({ name: 'jisr-proof.json', mimeType: 'application/json', buffer: Buffer.from(content) });
    const answer = stage.page.locator('[data-proof-answer]');
    await answer.locator('.note').waitFor();
    const found = {
      words: await answer.locator('.note').innerText(),
      tone: await answer.locator('.note').getAttribute('class'),
      links: await answer.locator('li').count(),
      broken: await answer.locator('li.no').allInnerTexts(),
    };
    await stage.close();
    return found;
  };

  test('is checked in the browser without a network, under the page’s content security policy', async () => {
    const en = await choose('en', text);
    expect(en).toMatchObject({ tone: 'note good', links: 29, broken: [] });
    expect(en.words).toContain('The proof holds and is complete');
    expect(en.words).toContain('Not all time-stamps were checked here');
    expect(en.words).toContain('nothing was sent');
    expect((await choose('ar', text)).words).toContain('الإثبات صحيح وكامل');
  });

  test('that was changed is refused, and the first link that does not hold is named', async () => {
    const bad = await choose('en', text.replace('"gpa":3.61', '"gpa":3.91'));
    expect(bad.tone).toBe('note bad');
    expect(bad.words).toContain('First link that does not hold: The values are those that were given');
    expect(bad.broken).toHaveLength(1);
  });
});

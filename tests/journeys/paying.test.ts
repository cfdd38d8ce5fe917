import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#kernel/clock';
import { silentLog } from '#kernel/log';
import { playPort, readPlayAccounts } from '../../apps/federation/payments.ts';
import { type RunningPaymentSimulator, startPaymentSimulator } from '../../apps/payment-simulator/index.ts';
import { launchBrowser } from '../support/browser.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';
import { identify, press } from './walk.ts';

let federation: TestFederation;
let browser: Browser;
let simulator: RunningPaymentSimulator;
const service = () => federation.url('kw');

beforeAll(async () => {
  [federation, browser] = await Promise.all([startTestFederation(['bh', 'kw']), launchBrowser()]);
  const anchor = federation.nodes.find(({ role }) => role === 'anchor')!;
  simulator = await startPaymentSimulator({
    accounts: readPlayAccounts(federation.nodes, federation.config.dataFolder),
    ...{ host: '127.0.0.1', port: playPort(anchor.port), clock: systemClock, log: silentLog },
  });
});
afterAll(async () => {
  await browser?.close();
  await simulator?.stop();
  await federation?.stop();
});

const send = (page: Page, action: string, button = 'button:not([name])') =>
  press(page, `form[action$="${action}"] ${button}`);
const main = (page: Page) => page.textContent('main');

/** From the service's page to the page before sending, without JavaScript. */
async function fill(page: Page): Promise<void> {
  await page.goto(`${service()}/services/degree-recognition`);
  expect(await main(page)).toContain('٥٫٠٠٠');
  await send(page, '/start');
  await send(page, '/signin', '[value=BH]');
  if (page.url().includes('/eid-pages/')) await identify(page, federation.person('fatima'));
  if (!page.url().includes('/cases/')) await send(page, '/start');
  await send(page, '/evidence');
  await page.check('[value="degree-record/study_mode"]');
  await send(page, '/consent', '[value=allow]');
  await press(page, 'a[href*="/eid/auth/"]');
  await press(page, 'main a[href*="/pages/"]');
  await page.check('[name=purpose][value=work]');
  await send(page, '/pages/purpose', 'button >> nth=0');
  await page.fill('[name=profession]', 'مهندسة برمجيات');
  await page.check('[name=sector][value=private]');
  await send(page, '/pages/profession', 'button >> nth=0');
  await page.fill('[name=email]', 'sample.person@example.com');
  await page.fill('[name=mobile]', '+97333123456');
  await page.check('[name=language][value=ar]');
  await send(page, '/pages/contact', 'button >> nth=0');
  await page.check('[name=declaration]');
  await send(page, '/pages/declaration', 'button >> nth=0');
}

test('Fatima pays a Kuwaiti fee in Arabic without JavaScript: told before, declined once, paid once, sent at once', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false, locale: 'ar' });
  await context.addCookies(['bh', 'kw'].map((id) => ({ name: 'lang', value: 'ar', url: federation.url(id) })));
  const page = await context.newPage();
  await fill(page);
  expect(await main(page)).toContain('٥٫٠٠٠');
  // For other answers she would pay nothing, and is told why before she sends anything; nobody leads her to a payment then.
  const ofCase = page.url().replace(/\/check$/, '');
  const choose = async (purpose: string) => {
    await page.goto(`${ofCase}/pages/purpose`);
    await page.check(`[name=purpose][value=${purpose}]`);
    await send(page, '/pages/purpose', 'button >> nth=0');
  };
  await choose('study');
  await page.goto(`${ofCase}/check`);
  expect(await main(page)).toMatch(/تدفع ٠٫٠٠٠ .*بدلًا من ٥٫٠٠٠ .*من يطلب الاعتراف لإكمال دراسته لا يدفع رسمًا/);
  await page.goto(`${ofCase}/pay`);
  expect(page.url()).not.toMatch(/\/pay$/);
  await choose('work');
  await page.fill('[name=profession]', 'مهندسة برمجيات');
  await page.check('[name=sector][value=private]');
  await send(page, '/pages/profession', 'button >> nth=0');
  await page.goto(`${ofCase}/check`);
  await send(page, '/submit', 'button >> nth=0');
  expect(page.url()).toMatch(/\/pay$/);
  const payUrl = page.url();
  expect(await main(page)).toContain('نقود تجريبية');

  // A provider that is down is said on the page, and nothing is lost.
  simulator.setFault('down', 1);
  await send(page, '/pay', 'button >> nth=0');
  expect(await main(page)).toContain('لم يجب مزوّد الدفع');
  await page.goto(payUrl);
  await send(page, '/pay', 'button >> nth=0');
  expect(new URL(page.url()).host).toMatch(/^pay\.localhost/);
  await press(page, '[value=decline]');
  expect(await main(page)).toContain('رُفضت البطاقة');

  // The provider falls silent just when she is back; the portal says what to do, and finds out.
  simulator.setFault('message-none', 1);
  simulator.setFault('down', 1);
  await press(page, '[value=pay]');
  expect(await main(page)).toContain('لا تدفع مرة أخرى');
  await press(page, 'main a[href*="/payments/return/"]');
  expect(page.url()).toMatch(/\/sent$/);

  await page.goto(`${service()}/payments`);
  expect(await main(page)).toContain('مدفوع');
  await press(page, 'main a[href^="/payments/"]');
  expect(await main(page)).toMatch(/KW-P-\d{4}-00001/);
  expect(await main(page)).toContain('٥٫٠٠٠');
  // The receipt as a file: sealed by the office, good for the page that anyone checks documents on, and for other people's software.
  const receiptUrl = page.url();
  const bytes = await page.evaluate(async (address) => {
    const answer = await fetch(address);
    return { status: answer.status, body: [...new Uint8Array(await answer.arrayBuffer())] };
  }, `${receiptUrl}/receipt.pdf`);
  expect(bytes.status).toBe(200);
  const receipt = join(federation.config.dataFolder, 'receipt.pdf');
  writeFileSync(receipt, Buffer.from(bytes.body));
  const judged = spawnSync('pdfsig', [receipt], { encoding: 'utf8' });
  if (!judged.error) {
    expect(judged.stdout).toContain('Signature is Valid');
    expect(judged.stdout).toContain('Total document signed');
  }
  const text = spawnSync('pdftotext', [receipt, '-'], { encoding: 'utf8' });
  if (!text.error) for (const said of ['KW-P-', '5.000', 'Recognition']) expect(text.stdout).toContain(said);
  await page.goto(`${service()}/verify`);
  await page.setInputFiles('#document', receipt);
  await press(page, 'form[action$="/verify"] button');
  expect(await main(page)).toContain('الختم سليم');
  await page.goto(receiptUrl);
  await press(page, 'main a[href^="/cases/"]');
  expect(await page.locator('main a[href^="/payments/"]').count()).toBeGreaterThan(0);
  await page.goto(receiptUrl);
  const proof = await page.locator('main a[href^="/ledger/proof/"]').getAttribute('href');
  await expect.poll(async () => (await page.goto(`${service()}${proof}`))?.status()).toBe(200);
  await page.goto(payUrl);
  expect(page.url()).toMatch(/\/payments\/[0-9a-f-]{36}$/);
});

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { createHttpClient } from '#kernel/http-client';
import { spawnNodes, startInTurn, waitUntilAcquainted } from '../../apps/federation/launcher.ts';
import { takeOneTimeCode } from '../../apps/federation/one-time-codes.ts';
import { type SamplePerson, samplePeople } from '../../apps/federation/phone.ts';
import { launchBrowser } from '../../apps/portal/test/axe.ts';
import { prepareNodes } from '../federation.ts';
import { percentile } from '../figures.ts';
import { type Figures, limits, see } from './phone.ts';

const times = 5;
const languages = ['ar', 'en'];
const serviceId = 'degree-recognition';
type State = Awaited<ReturnType<BrowserContext['storageState']>>;
type Place = { name: string; url: string; state: State };

/**
 * What a person with a phone waits for: the pages from the home page to the consent page, of nodes as `npm start` starts them, each opened
 * five times with nothing kept from before, in both languages. Says the median of each, and the worst as a share of its limit.
 * `names` are those of pages; without any, all are seen.
 */
export async function measure(names: string[]): Promise<Record<string, unknown>> {
  const folder = mkdtempSync(join(tmpdir(), 'jisr-bench-pages-'));
  const http = createHttpClient();
  const { nodes, config } = await prepareNodes(folder, undefined, () => undefined);
  const running: Array<ReturnType<typeof spawnNodes>> = [];
  const browser = await launchBrowser();
  try {
    const health = await startInTurn(nodes, (node) => running.push(spawnNodes([node], config, report, report)), http);
    if (!health.every(({ isHealthy }) => isHealthy) || !(await waitUntilAcquainted(nodes, http, 60_000)))
      throw new Error('the nodes do not start');
    const urlOf = (id: string) => nodes.find((node) => node.id === id)!.publicUrl;
    const person = samplePeople(config.statesFolder).find(({ key }) => key === 'fatima')!;
    const places = await walk(browser, person, urlOf('sa'));
    const pages: Record<string, Figures> = {};
    for (const place of places.filter(({ name }) => names.length === 0 || names.includes(name)))
      for (const language of languages) {
        const name = `${place.name}/${language}`;
        pages[name] = await median(
          browser,
          place,
          language,
          nodes.map(({ publicUrl }) => publicUrl),
        );
        const { lcpMs, bytes, shift } = pages[name];
        console.log(`${name}: ${lcpMs} ms, ${(bytes / 1_000).toFixed(1)} kB, shift ${shift}`);
      }
    const bare = await startBare();
    const floor = await median(browser, { name: 'bare', url: bare.url, state: { cookies: [], origins: [] } }, 'en', []);
    await bare.stop();
    console.log(`bare: ${floor.lcpMs} ms`);
    const worst = (of: keyof Figures) =>
      Math.round((Math.max(...Object.values(pages).map((one) => one[of])) / limits[of]) * 1_000) / 1_000;
    return {
      ...{
        ratio: worst('lcpMs'),
        bytesRatio: worst('bytes'),
        shiftRatio: worst('shift'),
        lcpMsOfBarePage: floor.lcpMs,
      },
      ...{ limits, pages },
    };
  } finally {
    await browser.close();
    await Promise.all(running.map((one) => one.stop()));
    await http.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Up to the consent page as a person goes, without haste; each place with what the browser then holds. */
async function walk(browser: Browser, person: SamplePerson, service: string): Promise<Place[]> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const places: Place[] = [];
  const keep = async (name: string) => places.push({ name, url: page.url(), state: await context.storageState() });
  const fill = (name: string, value: string) => page.fill(`[name=${name}]`, value);

  await page.goto(service);
  await keep('home');
  await page.goto(`${service}/services/${serviceId}`);
  await keep('service');
  await page.goto(`${service}/signin?returnTo=/services/${serviceId}`);
  await keep('sign-in');
  await press(page, 'form[action$="/signin"] [value=BH]');
  await keep('identity');
  await fill('nationalId', person.nationalId);
  await fill('password', person.password);
  await press(page, 'main form button:not([name])');
  await keep('code');
  await fill('code', await takeOneTimeCode(new URL(page.url()).origin, person.totpSecret));
  await press(page, 'main form button:not([name])');
  await press(page, 'form[action$="/start"] button');
  await press(page, 'form[action$="/evidence"] button');
  await keep('consent');
  await context.close();
  return places;
}

/** What phone and network alone take: a page of one line and a stylesheet as long as ours, of a server that does nothing else. */
async function startBare(): Promise<{ url: string; stop(): Promise<unknown> }> {
  const style = `h1{color:#123}/*${randomBytes(3_800).toString('hex')}*/`;
  const server = createServer((request, response) => {
    const isStyle = request.url === '/look.css';
    response.setHeader('content-type', isStyle ? 'text/css' : 'text/html');
    response.end(isStyle ? style : '<!doctype html><link rel="stylesheet" href="/look.css"><h1>Peace be upon you</h1>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://bare.localhost:${port}/`, stop };
}

async function press(page: Page, button: string): Promise<void> {
  await Promise.all([page.waitForEvent('load'), page.locator(button).first().click()]);
}

async function median(browser: Browser, { url, state }: Place, language: string, nodes: string[]): Promise<Figures> {
  const seen: Figures[] = [];
  for (let time = 0; time < times; time += 1) seen.push(await see(browser, { url, state, language, nodes }));
  const of = (figure: keyof Figures) =>
    percentile(
      seen.map((one) => one[figure]),
      0.5,
    );
  return { lcpMs: Math.round(of('lcpMs')), bytes: of('bytes'), shift: Math.round(of('shift') * 10_000) / 10_000 };
}

const report = (id: string, what: unknown) => console.error(`${id}: ${what}`);

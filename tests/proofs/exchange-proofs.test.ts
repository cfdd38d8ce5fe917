import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readNodeConfig, startNode } from '#apps/state-node';
import { createHttpClient } from '#kernel/http-client';
import { canonicalJson, sha256 } from '#kernel/ids';
import { openKeyFolder } from '#kernel/keys';
import { verifyProof } from '#modules/exchange';
import { signIn } from '../../apps/federation/journey.ts';
import { createVisitor } from '../../apps/federation/visitor.ts';
import { type ProvedWorld, startProvedWorld, statesOf, untilWhole } from './world.ts';

const root = join(import.meta.dirname, '..', '..');
const judgeFile = join(root, 'tests', 'conformance', 'proof-files', 'judge.py');
const hasJudge =
  spawnSync('python3', ['--version']).status === 0 &&
  /^OpenSSL 3/.test(String(spawnSync('openssl', ['version']).stdout));
if (!hasJudge) console.log('skipped: Python 3 and OpenSSL 3 are needed to judge proof files');
const judge = (file: string, quorum = world.trust.quorum) =>
  spawnSync('python3', [judgeFile], {
    input: JSON.stringify({ anchor: world.trust.anchor, quorum, file }),
    encoding: 'utf8',
    timeout: 60_000,
  }).stdout.trim();

/** A command line started several times, on a machine that has other work too. */
const startsMs = 180_000;
let world: ProvedWorld;
const made: Record<'asker' | 'person' | 'provider', string> = { asker: '', person: '', provider: '' };
const node = (id: string) => world.federation.running.get(id)!;
const check = (text: string) => verifyProof(text, world.trust);
const askerProof = () =>
  node('sa').doors.exchange.proveQuestion({
    officeId: 'moe',
    questionId: world.questionId,
    form: 'whole',
    values: world.values,
  });

beforeAll(async () => {
  world = await startProvedWorld();
  const { questionId, personId } = world;
  const { exchange } = node('bh').doors;
  made.asker = await untilWhole(askerProof, check);
  made.person = await untilWhole(() => exchange.proveUse({ questionId, form: 'whole', personId }), check);
  made.provider = await untilWhole(() => exchange.proveUse({ questionId, form: 'shareable', officeId: 'moe' }), check);
}, startsMs);
afterAll(() => world?.stop());

test('the asking office proves question, answer, values and three entries that two other states have cosigned', async () => {
  const verdict = await check(made.asker);
  expect(statesOf(verdict)).toMatchObject({ values: 'holds', 'answer-body': 'holds', 'received-cosigned': 'holds' });
  expect(verdict.state).toBe('whole');
  expect(verdict.facts?.values).toEqual(world.values);
  expect(verdict.links.find(({ id }) => id === 'answered-cosigned')?.count).toBe(2);
});

test('every entry is time-stamped: when, and by which of the authorities that the anchor names', async () => {
  for (const text of Object.values(made)) {
    const { links } = await check(text);
    const stamps = links.filter(({ id, state }) => id.endsWith('-stamped') && state !== 'absent');
    expect(stamps.length).toBe(JSON.parse(text).entries.length);
    for (const { state, stampedAt, authority } of stamps) {
      expect([state, authority]).toEqual(['holds', 'development']);
      expect(Math.abs(Date.parse(stampedAt!) - Date.now())).toBeLessThan(startsMs);
    }
  }
});

test('a stamp of somebody else proves no time, and one over another checkpoint is refused', async () => {
  const { needsStamps: _, ...trust } = world.trust;
  const stranger = { ...trust, authorities: [] };
  expect(statesOf(await verifyProof(made.person, stranger))['answered-stamped']).toBe('unchecked: authority-unknown');
  expect((await verifyProof(made.person, stranger)).state).toBe('whole');
  expect((await verifyProof(made.person, { ...stranger, needsStamps: true })).state).toBe('incomplete');
  const file = JSON.parse(made.asker);
  const stamps = file.entries.map((entry: { inclusion: { stamp: { checkpoint: string } } }) => entry.inclusion.stamp);
  const [own, their] = [stamps[0], stamps.find(({ checkpoint }: typeof own) => checkpoint.startsWith('bh.'))!];
  [own.token, their.token] = [their.token, own.token];
  expect(statesOf(await check(canonicalJson(file)))['answered-stamped']).toBe('broken: other-imprint');
  [own.token, their.token] = [their.token, own.token];
  their.treeSize += 1;
  expect(statesOf(await check(canonicalJson(file)))['answered-stamped']).toBe('broken: inclusion-invalid');
  for (const stamp of stamps) delete stamp.token;
  expect((await check(canonicalJson(file))).firstBroken).toBe('file');
});

test('a witness that signs with two keys counts once, under either of them', async () => {
  const without = (length: 'short' | 'long' | 'none') => {
    const file = JSON.parse(made.person);
    const { inclusion } = file.entries[0];
    const lines = inclusion.checkpoint.split('\n') as string[];
    const own = lines.findIndex((line) => line.startsWith('— '));
    const isGone = (line: string, at: number) =>
      at > own && line !== '' && (line.length > 1_000 ? 'long' : 'short') === length;
    inclusion.checkpoint = lines.filter((line, at) => !isGone(line, at)).join('\n');
    return { text: canonicalJson(file), lines: inclusion.checkpoint.split('\n').length };
  };
  expect(without('none').lines - without('long').lines).toBe(2);
  expect(without('none').lines - without('short').lines).toBe(2);
  for (const length of ['none', 'short', 'long'] as const) {
    const { links, state } = await check(without(length).text);
    expect(links.find(({ id }) => id === 'answered-cosigned')).toMatchObject({ state: 'holds', count: 2 });
    expect(state).toBe('whole');
  }
  const { subtle } = globalThis.crypto;
  const complete = subtle.importKey.bind(subtle) as (...args: unknown[]) => unknown;
  const older = vi.spyOn(subtle, 'importKey').mockImplementation((async (...args: unknown[]) => {
    if ((args[2] as { name?: string }).name === 'ML-DSA-44') throw new DOMException('', 'NotSupportedError');
    return complete(...args);
  }) as never);
  const seen = async (length: 'short' | 'none') => {
    const { links, state } = await check(without(length).text);
    return { count: links.find(({ id }) => id === 'answered-cosigned')?.count, state };
  };
  expect(await seen('none')).toEqual({ count: 2, state: 'whole' });
  expect(await seen('short')).toEqual({ count: 0, state: 'incomplete' });
  older.mockRestore();
});

test('the person and the answering office prove the same exchange, without a value in it', async () => {
  for (const text of [made.person, made.provider]) {
    const verdict = await check(text);
    expect(verdict.state).toBe('whole');
    expect(statesOf(verdict)).toMatchObject({ 'answer-signature': 'holds', 'answer-bound': 'holds', values: 'absent' });
    for (const value of Object.values(world.values).filter((one) => typeof one === 'string' && one.length > 8))
      expect(text).not.toContain(value);
  }
  expect(statesOf(await check(made.person))['consent-receipt']).toBe('holds');
  expect(statesOf(await check(made.provider))['consent-receipt']).toBe('absent');
});

test.skipIf(!hasJudge)(
  'software of another author agrees: Python and openssl accept each file, and refuse changed ones',
  { timeout: startsMs },
  () => {
    for (const text of Object.values(made))
      expect(judge(text)).toMatch(new RegExp(`^accepted .* ${JSON.parse(text).entries.length} stamps$`));
    expect(judge(made.asker, 3)).toBe('refused quorum');
    const file = JSON.parse(made.asker);
    file.values.fields.gpa = 4;
    const changes: string[] = [
      JSON.stringify(file),
      made.asker.replace('"purpose":"degree-recognition"', '"purpose":"degree-recognitioN"'),
      made.person.replace(/"hashes":\["./, (start) => `${start.slice(0, -1)}${start.endsWith('A') ? 'B' : 'A'}`),
      made.person.replace(/("token":"M.{200})./, (start, head) => `${head}${start.endsWith('A') ? 'B' : 'A'}`),
      made.person.replace(/(signature":"answer=:)./, (start, head) => `${head}${start.endsWith('A') ? 'B' : 'A'}`),
    ];
    for (const changed of changes) expect(judge(changed)).toMatch(/^refused/);
  },
);

test('jisr verify says each link in both languages, offline, and its exit code is the verdict', {
  timeout: startsMs,
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'jisr-proof-'));
  const anchor = join(folder, 'anchor.json');
  writeFileSync(anchor, JSON.stringify(world.trust.anchor));
  const run = (text: string, language: string, ...more: string[]) => {
    const file = join(folder, 'proof.json');
    writeFileSync(file, text);
    const done = spawnSync(process.execPath, [join(root, 'apps/cli/main.ts'), 'verify', file, ...more], {
      encoding: 'utf8',
      // Nothing is known of any node here, so nothing can be asked.
      env: { PATH: process.env['PATH'], LANG: language, JISR_DATA: folder },
    });
    return { code: done.status, words: done.stdout + done.stderr };
  };
  const good = run(made.asker, 'en_GB.UTF-8', '--anchor', anchor, '--stamped');
  expect(good.words).toContain('The proof holds and is complete');
  expect(good.words).toContain('✓ Signature of the question');
  expect(good.words).toMatch(/✓ .*: an authority has time-stamped the log: [-\d]+ [:\d]+ UTC · development/);
  expect(good.code).toBe(0);
  const changed = made.asker.replace('bachelor', 'bacheloR');
  const bad = run(changed, 'ar_SA.UTF-8', '--anchor', anchor);
  expect(bad.words).toContain('أول حلقة غير صحيحة: نص الجواب يطابق بصمته الموقّعة');
  expect(bad.code).toBe(1);
  expect(run(made.asker, 'en', '--anchor', anchor, '--quorum', '3')).toMatchObject({ code: 3 });
  writeFileSync(anchor, JSON.stringify({ ...world.trust.anchor, timeStampAuthorities: [] }));
  const doubted = run(made.asker, 'en', '--anchor', anchor);
  expect(doubted.words).toContain(
    '? Entry of the answer at the answering state: an authority has time-stamped the log',
  );
  expect(doubted).toMatchObject({ code: 0, words: expect.stringContaining('Not all time-stamps were checked') });
  const stranger = { keys: [{ kty: 'EC', crv: 'P-256', x: 'a', y: 'b', kid: 'c' }] };
  writeFileSync(anchor, JSON.stringify(stranger));
  const strange = run(made.asker, 'en', '--anchor', anchor);
  expect(strange.words).toContain('First link that does not hold: Trust chains');
  expect(strange.words).toContain('If the secretariat has changed its key');
  expect(run(made.asker, 'ar_SA.UTF-8', '--anchor', anchor).words).toContain('قد غيّرت مفتاحها');
  expect(run(made.asker, 'en').code).toBe(2);
  rmSync(folder, { recursive: true, force: true });
});

test('a person downloads the proof from "my data", and the verify page of a third state accepts it without JavaScript', async () => {
  const { visitor, homeUrl } = world.journey;
  const page = await visitor.open(`${homeUrl}/my-data/uses/${world.questionId}/proof`);
  const links = page.html.querySelectorAll('a[download]').map((link) => link.getAttribute('href')!);
  expect(links.map((href) => href.split('/').at(-1))).toEqual([
    'proof-whole.json',
    'proof-shareable.json',
    'proof.txt',
  ]);
  const whole = await visitor.open(new URL(links[0]!, homeUrl).href);
  expect((await check(whole.body.toString('utf8'))).state).toBe('whole');
  const shareable = (await visitor.open(new URL(links[1]!, homeUrl).href)).body.toString('utf8');
  expect(JSON.parse(shareable).consentReceipt).toBeUndefined();
  await visitor.open(`${world.federation.url('kw')}/verify`);
  const verdict = await visitor.submit('/verify', { text: shareable });
  expect(verdict.html.querySelector('h1, h2')?.text).toContain('The proof holds and is complete');
  const broken = await visitor.submit('/verify', { text: shareable.replace('degree-record', 'degree-recorD') });
  expect(broken.html.querySelector('main')?.text).toContain('First link that does not hold');
});

test('an officer of the office in charge downloads the proof beside the evidence, with the values and without', async () => {
  const http = createHttpClient({ timeoutMs: 30_000 });
  const { serviceUrl, serviceId } = world.journey;
  const officer = {
    visitor: createVisitor(http, 'en'),
    person: world.federation.person('noura'),
    homeUrl: serviceUrl,
    serviceUrl,
    homeState: 'SA',
    serviceId,
  };
  await signIn(officer, serviceUrl, '/office');
  const page = await officer.visitor.open(`${serviceUrl}/office/cases/${world.caseUrl.split('/').at(-1)}`);
  const hrefs = page.html.querySelectorAll('a[download]').map((link) => link.getAttribute('href')!);
  const [whole, shareable] = hrefs.filter((href) => href.includes(`${world.questionId}/proof-`));
  const read = async (href: string) => {
    const { body, status } = await officer.visitor.open(new URL(href, serviceUrl).href);
    expect(status).toBe(200);
    return statesOf(await check(body.toString('utf8')));
  };
  expect(await read(whole!)).toMatchObject({ values: 'holds', 'answer-body': 'holds', 'answered-cosigned': 'holds' });
  expect(await read(shareable!)).toMatchObject({
    values: 'absent',
    'answer-body': 'absent',
    'answer-signature': 'holds',
  });
  // The scan of the diploma, streamed from the other state, and never shown in this state's name.
  const scan = hrefs.find((href) => href.endsWith(`${world.questionId}/documents/diploma_scan`))!;
  const { body, headers } = await officer.visitor.open(new URL(scan, serviceUrl).href);
  expect(body.subarray(0, 5).toString()).toBe('%PDF-');
  expect(headers).toMatchObject({
    'content-type': 'application/pdf',
    'content-disposition': 'attachment; filename="diploma_scan.pdf"',
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
  });
  // The same address for a case that this exchange does not belong to, and for whoever is no officer.
  const stranger = whole!.replace(/cases\/[^/]+/, 'cases/019ab0c0-7c00-7000-8000-00000000ffff');
  expect((await officer.visitor.open(new URL(stranger, serviceUrl).href)).status).toBe(404);
  expect((await world.journey.visitor.open(new URL(whole!, serviceUrl).href)).status).not.toBe(200);
  await http.close();
});

test('jisr verify reads the c2sp tlog-proof that a person downloads, with its opening', {
  timeout: startsMs,
}, async () => {
  const http = createHttpClient({ timeoutMs: 30_000 });
  const { visitor, homeUrl } = world.journey;
  const { body } = await visitor.open(`${homeUrl}/my-data/uses/${world.questionId}/proof.txt`);
  expect(body.toString('utf8')).toMatch(/^c2sp\.org\/tlog-proof@v1\nextra /);
  const folder = mkdtempSync(join(tmpdir(), 'jisr-proof-'));
  const file = join(folder, 'use.tlog-proof');
  const run = async (text: string, language = 'en', ...more: string[]) => {
    writeFileSync(file, text);
    const env = { PATH: process.env['PATH'], LANG: language, JISR_DATA: folder, JISR_NODE: homeUrl };
    // Not spawnSync: the node that is asked for keys lives in this process.
    const child = spawn(process.execPath, [join(root, 'apps/cli/main.ts'), 'verify', file, ...more], { env });
    let words = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (part) => {
        words += part;
      });
    const code = await new Promise((resolve) => child.on('close', resolve));
    return { code, words };
  };
  const good = await run(body.toString('utf8'));
  expect(good.words).toContain(`"questionId": "${world.questionId}"`);
  expect(good.code).toBe(0);
  const changed = body.toString('utf8').replace(/index (\d+)/, 'index 1$1');
  const refused = await run(changed, 'ar_SA.UTF-8');
  expect(refused.words).toContain('القيد ليس في السجل الذي وقّعه صاحبه');
  expect(refused.code).toBe(1);
  const noPolicy = await run(body.toString('utf8'), 'ar_SA.UTF-8', '--policy', join(folder, 'nowhere'));
  expect(noPolicy).toMatchObject({ code: 2, words: expect.stringContaining('تعذّرت قراءة') });

  // The page of a third state checks what the first one gave: in both languages, and under its own view of the federation.
  const read = async (language: 'ar' | 'en', text: string) => {
    const reader = createVisitor(http, language);
    await reader.open(`${world.federation.url('kw')}/verify`);
    const { html, status } = await reader.submit('/verify', { text });
    expect(status).toBe(200);
    return html.querySelector('main')!.text.replaceAll(/\s+/g, ' ');
  };
  const told = await read('en', body.toString('utf8'));
  expect(told).toContain('The proof holds and is complete');
  expect(told).toMatch(/Entry \d+ is in the log of \u2068bh\.localhost:\d+\/ledger\u2069 \(\d+ entries\), cosigned by/);
  expect(told).toContain('University degree record');
  expect(await read('ar', body.toString('utf8'))).toMatch(/الإثبات صحيح وكامل.*القيد رقم/);
  expect(await read('ar', changed)).toMatch(/الإثبات غير صحيح.*القيد ليس في السجل الذي وقّعه صاحبه/);
  expect(await read('en', body.toString('utf8').replace('\nbh.', '\nyy.'))).toContain(
    'names a log that no state of this federation keeps',
  );
  await http.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the evidence of a breach is judged by the verify page of any state, under the key of the accused log', async () => {
  const { ledger } = node('kw').doors;
  const signer = await openKeyFolder(join(world.federation.config.dataFolder, 'kw', 'keys')).signer(
    'ledger.log',
    'Ed25519',
  );
  const [name = '', id = ''] = ledger.keys.ledgerKey.split('+');
  const note = async (size: number, root: string) => {
    const text = `${ledger.origin}\n${size}\n${sha256(root).toString('base64')}\n`;
    const signature = await signer.sign(Buffer.from(text));
    return `${text}\n— ${name} ${Buffer.concat([Buffer.from(id, 'hex'), signature]).toString('base64')}\n`;
  };
  const evidence = (...notes: string[]) =>
    JSON.stringify({ format: 'jisr/ledger-breach/v1', origin: ledger.origin, logKey: 'said by whoever', notes });
  const http = createHttpClient({ timeoutMs: 30_000 });
  const read = async (language: 'ar' | 'en', text: string) => {
    const reader = createVisitor(http, language);
    await reader.open(`${world.federation.url('sa')}/verify`);
    return (await reader.submit('/verify', { text })).html.querySelector('main')!.text;
  };
  const [one, other] = [await note(7, 'one history'), await note(7, 'another')];
  expect(await read('en', evidence(one, other))).toContain('signed two histories that exclude each other');
  expect(await read('ar', evidence(one, other))).toContain('على تاريخين ينفي أحدهما الآخر');
  expect(await read('en', evidence(one, await note(9, 'later')))).toContain('need not contradict each other');
  expect(await read('ar', evidence(one, other.replace('\n7\n', '\n8\n')))).toContain('رأس السجل غير موقّع بمفتاحه');
  await http.close();
});

test('files stay good, and can be made again, after the office rolled its key and the answering state is gone', async () => {
  const { configFile, dataFolder } = {
    ...world.federation.nodes.find(({ id }) => id === 'sa')!,
    dataFolder: join(world.federation.config.dataFolder, 'sa'),
  };
  const kidOf = async () => (await node('sa').doors.officeClient('moe')).signer.kid;
  const before = await kidOf();
  await node('sa').stop();
  rmSync(join(dataFolder, 'keys', 'office.moe.es256.pem'));
  world.federation.running.set('sa', await startNode(readNodeConfig(configFile)));
  expect(await kidOf()).not.toBe(before);
  await node('bh').stop();
  world.federation.running.delete('bh');
  expect((await check(made.asker)).state).toBe('whole');
  const again = await untilWhole(askerProof, check);
  expect(statesOf(await check(again))).toMatchObject({ 'question-signature': 'holds', 'answered-cosigned': 'holds' });
});

import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttpClient } from '#kernel/http-client';
import { contentDigest } from '#protocol/http-signatures';
import {
  createJisrClient,
  type DocumentReference,
  type JisrRefusal,
  UnverifiableAnswer,
} from '../../apps/client/index.ts';
import { buildClient } from '../../apps/client/pack.ts';
import { apply, degreeAnswers, type JourneyNeeds, signIn, waitForDocument } from '../../apps/federation/journey.ts';
import { createVisitor, type Page } from '../../apps/federation/visitor.ts';
import { startTestFederation, type TestFederation } from '../support/federation.ts';
import { secretIn } from '../support/ministry.ts';

// The how-to is the test: its command, its program with the package as it is handed out, and what the person and an officer see of it.

const root = join(import.meta.dirname, '..', '..');
const howTo = readFileSync(join(root, 'docs', 'how-to', 'work-on-cases-from-a-system.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'jisr-back-office-'));
const http = createHttpClient({ timeoutMs: 30_000 });
let federation: TestFederation;
let secret: string;

const words = ({ html }: Page) => html.querySelector('main')?.text.replace(/\s+/g, ' ') ?? '';
const needsOf = (key: string, homeState: string): JourneyNeeds => ({
  visitor: createVisitor(http, 'en'),
  person: federation.person(key),
  homeUrl: federation.url(homeState.toLowerCase()),
  serviceUrl: federation.url('sa'),
  homeState,
  serviceId: 'degree-recognition',
});

beforeAll(async () => {
  federation = await startTestFederation(['bh', 'sa']);
  const line = /npm run jisr -- (systems add .*)$/m.exec(howTo)![1]!;
  const args = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);
  secret = secretIn(await systems(...args.slice(1)))!;
  const made = join(folder, 'node_modules', '@jisr', 'client');
  mkdirSync(made, { recursive: true });
  await buildClient(join(folder, 'package'));
  cpSync(join(folder, 'package'), made, { recursive: true });
  const program = /```js\n([\s\S]+?)```/.exec(howTo)![1]!;
  writeFileSync(join(folder, 'work.mjs'), program.replace(/^ {3}/gm, ''));
});
afterAll(async () => {
  await federation?.stop();
  await http.close();
  rmSync(folder, { recursive: true, force: true });
});

async function systems(...args: string[]): Promise<string> {
  const { configFile } = federation.nodes.find(({ id }) => id === 'sa')!;
  const command = [join(root, 'apps', 'cli', 'main.ts'), 'systems', ...args, '--node', configFile];
  return (await promisify(execFile)(process.execPath, command, { cwd: root })).stdout;
}

/** One run of the how-to's program: what it did, by reference. */
async function work(): Promise<string[]> {
  const env = { ...process.env, JISR_NODE: federation.url('sa'), JISR_SECRET: secret };
  const { stdout } = await promisify(execFile)(process.execPath, ['work.mjs'], { cwd: folder, env });
  return stdout.split('\n').filter(Boolean);
}

test('a system takes a case, asks for more, and brings the decision of an officer to the person', async () => {
  // Yousif studied at a distance: no rule decides.
  const his = needsOf('yousif', 'BH');
  await signIn(his, his.serviceUrl);
  const caseUrl = (await apply(his, degreeAnswers)).url;
  const caseId = caseUrl.split('/').at(-1)!;

  const asked = await work();
  expect(asked).toEqual([expect.stringMatching(/^SA-\d{4}-\d+ waiting-for-person$/)]);
  expect(await work()).toEqual([]);
  await his.visitor.open(`${caseUrl}/request`);
  const answered = await his.visitor.submit('/request', { text: 'On embedded systems, by Dr Salem, in 2019.' });
  expect(words(answered)).toContain('You sent your answer to the office');

  expect(await work()).toEqual([asked[0]!.replace('waiting-for-person', 'approved')]);
  expect(await work()).toEqual([]);
  await waitForDocument(his.visitor, caseUrl);
  const { body } = await his.visitor.open(`${caseUrl}/document.pdf`);
  const verified = await http.request({
    method: 'POST',
    url: `${federation.url('bh')}/api/verify`,
    headers: { 'content-type': 'application/octet-stream' },
    body,
  });
  expect(JSON.parse(verified.body.toString('utf8'))).toMatchObject({ ok: true });
  const decided = words(await his.visitor.open(caseUrl));
  expect(decided).not.toMatch(/Ministry casework|Noura/);
  const myData = words(await his.visitor.open(`${federation.url('sa')}/my-data`));
  expect(myData).toContain('its information system Ministry casework');

  const hers = needsOf('noura', 'SA');
  await signIn({ ...hers, homeUrl: federation.url('sa') }, hers.serviceUrl, '/office');
  const history = words(await hers.visitor.open(`${federation.url('sa')}/office/cases/${caseId}`));
  expect(history).toContain('The case was taken The system Ministry casework');
  expect(history).toMatch(/approved [^·]{3,60} through the system Ministry casework/i);
  const audit = words(await hers.visitor.open(`${federation.url('sa')}/office/audit`));
  expect(audit).toContain('The system Ministry casework');
});

test('the client reads what belongs to a case with a key of its own, and tells each refusal by its code', async () => {
  const pair = generateKeyPairSync('ed25519');
  writeFileSync(join(folder, 'public.pem'), pair.publicKey.export({ type: 'spki', format: 'pem' }));
  await systems('rotate', 'SA/GOV/moe/casework', '--key', join(folder, 'public.pem'));
  const { cases } = createJisrClient({
    nodeUrl: federation.url('sa'),
    clientId: 'SA/GOV/moe/casework',
    credential: { key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string },
    anchors: {},
  });
  const { caseId } = (await cases.follow()).cases[0]!;
  const { evidence, version } = await cases.read(caseId);
  const { questionId } = evidence.find(({ evidenceType }) => evidenceType === 'degree-record')!;
  const proof = JSON.parse(await cases.readProof(caseId, questionId!)) as { format?: string };
  expect(Object.keys(proof).length).toBeGreaterThan(3);
  const scan = evidence.flatMap(({ fields }) => fields).find(({ name }) => name === 'diploma_scan')!
    .value as DocumentReference;
  const ofScan = { caseId, questionId: questionId!, field: 'diploma_scan', reference: scan };
  const diploma = await cases.readDocument(ofScan);
  expect([contentDigest(Buffer.from(diploma.bytes)), diploma.mediaType]).toEqual([scan.digest, scan.mediaType]);
  const path = join(folder, 'diploma');
  await cases.saveDocument(ofScan, path);
  expect(readFileSync(path).equals(diploma.bytes)).toBe(true);
  // Of another document than the one it names there is nothing to read, and no file.
  const other = { ...ofScan, reference: { ...scan, digest: contentDigest(Buffer.from('another')) } };
  await expect(cases.readDocument(other)).rejects.toBeInstanceOf(UnverifiableAnswer);
  await expect(cases.saveDocument(other, `${path}-other`)).rejects.toBeInstanceOf(UnverifiableAnswer);
  expect(readdirSync(folder).filter((name) => name.startsWith('diploma'))).toEqual(['diploma']);
  const documentAt = (field: string) =>
    http.request({
      method: 'GET',
      url: `${federation.url('sa')}/api/systems/cases/${caseId}/questions/${questionId}/documents/${field}`,
      // The secret that came before the key still holds for a day.
      headers: { 'x-road-client': 'SA/GOV/moe/casework', authorization: `Bearer ${secret}` },
    });
  const { headers, body } = await documentAt('diploma_scan');
  expect(headers['content-type']).toBe(scan.mediaType);
  expect(contentDigest(body)).toBe(scan.digest);
  for (const field of ['gpa', 'constructor', 'nothing'])
    expect(JSON.parse((await documentAt(field)).body.toString('utf8')).code).toBe('evidence-not-in-case');
  const codeOf = async (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error) => (error as JisrRefusal).code,
    );
  expect(await codeOf(cases.take(caseId, { expectedVersion: version }))).toBe('case-step-refused');
  expect(await codeOf(cases.note(caseId, { expectedVersion: version - 1, text: 'x' }))).toBe('case-changed-since');
  expect(await codeOf(cases.readFile(caseId, caseId))).toBe('file-unknown');
  expect(await codeOf(cases.readProof(caseId, caseId))).toBe('evidence-not-in-case');
  expect(await codeOf(cases.follow('999999'))).toBe('feed-place-unknown');
  const signedNote = { id: 'signed', expectedVersion: version, text: 'By a key' };
  expect(await cases.note(caseId, signedNote)).toEqual(await cases.note(caseId, signedNote));
});

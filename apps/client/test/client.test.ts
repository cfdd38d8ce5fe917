import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#kernel/ids';
import { startTestFederation, type TestFederation } from '#tests/support/federation';
import { type Ministry, startMinistry } from '#tests/support/ministry';
import { describeCatalogue } from '../describe.ts';
import { describeCases } from '../describe-cases.ts';
import {
  createJisrClient,
  type JisrClient,
  type JisrClientOptions,
  JisrRefusal,
  UnverifiableAnswer,
} from '../index.ts';
import { buildClient } from '../pack.ts';
import { type Got, send } from '../sending.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const clientId = 'SA/GOV/moe/verifying';
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
let folder: string;
let federation: TestFederation;
let ministry: Ministry;
let anchors: JisrClientOptions['anchors'];
let jisr: JisrClient;
let consentId: string;

const optionsFor = (changes: Partial<JisrClientOptions> = {}): JisrClientOptions => ({
  nodeUrl: federation.url('sa'),
  clientId,
  credential: { key: pem },
  anchors,
  deadlineMs: 5_000,
  ...changes,
});
const ask = (client: JisrClient, changes: { id?: string; provider?: string } = {}) =>
  client.ask({
    provider: 'BH/GOV/moe',
    evidence: 'degree-record',
    fields: ['degree_level', 'gpa'],
    consentId,
    ...changes,
  });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jisr-package-'));
  federation = await startTestFederation(['bh', 'sa']);
  const { configFile } = federation.nodes.find(({ role }) => role === 'state')!;
  const { anchor } = JSON.parse(readFileSync(configFile, 'utf8'));
  anchors = { [anchor.entityId]: { keys: anchor.keys } };
  writeFileSync(join(folder, 'public.pem'), pair.publicKey.export({ type: 'spki', format: 'pem' }));
  ministry = await startMinistry(federation, clientId, '--key', join(folder, 'public.pem'));
  jisr = createJisrClient(optionsFor());
  const { personUrl } = await jisr.requestConsent(ministry.wanted('SA-CLIENT-1'));
  consentId = (await ministry.decide('fatima', personUrl, 'allow')).get('consent')!;
});
afterAll(async () => {
  await ministry?.stop();
  await federation?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Something between a system and its node, with a secret of its own, that changes what passes. */
async function between(change: (got: Got, count: number) => Got | undefined) {
  const sent: string[] = [];
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', async () => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      sent.push(headers['x-road-id']!);
      const target = new URL(federation.url('sa'));
      const got = await send(
        {
          method: 'POST',
          url: `${target.origin}${request.url}`,
          headers: { ...headers, host: target.host },
          body: Buffer.concat(parts).toString('utf8'),
        },
        10_000,
      );
      const changed = change(got, sent.length);
      if (changed === undefined) return void request.socket.destroy();
      response.writeHead(changed.status, { 'content-type': 'application/json' }).end(changed.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}`, sent, close: () => server.close() };
}

describe('a client', () => {
  test('asks with its own key, and reads an answer that has proved itself', async () => {
    const evidence = await ask(jisr);
    expect(evidence.fields.degree_level).toBe('bachelor');
    expect(evidence.provider).toMatchObject({ id: 'BH/GOV/moe', entityId: `${federation.url('bh')}/offices/moe` });
    expect(evidence.consentId).toBe(consentId);
    expect(evidence.receipts.own.record['providerLeafHash']).toBe(evidence.receipts.provider.leafHash);
    const again = await ask(jisr, { id: 'one-call' });
    expect((await ask(jisr, { id: 'one-call' })).questionId).toBe(again.questionId);
  });

  test('is refused with a code and both languages', async () => {
    const refusalOf = async (work: Promise<unknown>) => {
      const error = await work.then(() => undefined).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(JisrRefusal);
      const { code, messages } = error as JisrRefusal;
      expect(messages.ar).toMatch(/\p{Script=Arabic}/u);
      return code;
    };
    expect(
      await refusalOf(jisr.ask({ provider: 'BH/GOV/moe', evidence: 'degree-record', fields: ['gpa'], caseId: 'SA-0' })),
    ).toBe('consent-not-held');
    expect(await refusalOf(ask(jisr, { provider: 'KW/GOV/moe' }))).toBe('member-unknown');
    const other = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }) as Record<string, unknown>;
    expect(await refusalOf(ask(createJisrClient(optionsFor({ credential: { key: other } }))))).toBe(
      'caller-not-recognised',
    );
    const nowhere = createJisrClient(optionsFor({ nodeUrl: 'http://127.0.0.1:1', deadlineMs: 300 }));
    expect(await refusalOf(ask(nowhere))).toBe('node-unreachable');
  });

  test('tries again under the same id what may pass, and the question counts once', async () => {
    const { secret } = await startedWithSecret('SA/GOV/moe/patient');
    const proxy = await between((got, count) =>
      count === 1 ? undefined : count === 2 ? { ...got, status: 503, body: 'a gateway' } : got,
    );
    const patient = createJisrClient(
      optionsFor({ nodeUrl: proxy.url, clientId: 'SA/GOV/moe/patient', credential: { secret } }),
    );
    const evidence = await ask(patient);
    proxy.close();
    expect(evidence.fields.degree_level).toBe('bachelor');
    expect(proxy.sent).toHaveLength(3);
    expect(new Set(proxy.sent).size).toBe(1);
    const { identity, exchange } = federation.running.get('bh')!.doors;
    const uses = await exchange.listUses(
      (await identity.persons.findByNationalId(federation.person('fatima').nationalId))!.personId,
    );
    expect(uses.filter(({ questionId }) => questionId === evidence.questionId)).toHaveLength(1);
  });

  test('does not read an answer of which anything was changed, or that belongs to another call', async () => {
    const { secret } = await startedWithSecret('SA/GOV/moe/deceived');
    // biome-ignore lint/suspicious/noExplicitAny: a test changes what it likes
    const attempt = async (change: (answer: any) => void, changes: Partial<JisrClientOptions> = {}, id?: string) => {
      const proxy = await between((got) => {
        const answer = JSON.parse(got.body);
        change(answer);
        return { ...got, body: JSON.stringify(answer) };
      });
      const options = { nodeUrl: proxy.url, clientId: 'SA/GOV/moe/deceived', credential: { secret }, ...changes };
      const error = await ask(createJisrClient(optionsFor(options)), id ? { id } : {})
        .then(() => 'read')
        .catch((reason: unknown) => (reason instanceof UnverifiableAnswer ? reason.where : String(reason)));
      proxy.close();
      return error;
    };
    expect(await attempt(() => undefined)).toBe('read');
    expect(
      await attempt((answer) => {
        answer.answer.body = answer.answer.body.replace('bachelor', 'doctorate');
      }),
    ).toBe('digest-mismatch');
    expect(
      await attempt((answer) => {
        answer.question.body = answer.question.body.replace('gpa', 'study_mode');
      }),
    ).toBe('digest-mismatch');
    expect(
      await attempt((answer) => {
        answer.answer.headers.signature = answer.answer.headers.signature.replace(/:(.)/, (_: string, one: string) =>
          one === 'A' ? ':B' : ':A',
        );
      }),
    ).toBe('signature');
    expect(
      await attempt((answer) => {
        answer.question.url = answer.question.url.replace('/r1/', '/r2/');
      }),
    ).toBe('address');
    expect(
      await attempt((answer) => {
        answer.trustChain[0] = `${answer.trustChain[0].slice(0, -8)}AAAAAAAA`;
      }),
    ).toBe('trust chain');
    expect(
      await attempt((answer) => {
        answer.stateTrustChain = answer.trustChain;
      }),
    ).toBe('trust chain');
    expect(
      await attempt((answer) => {
        answer.ownReceipt.record.receivedAt = '2020-01-01T00:00:00.000Z';
      }),
    ).toBe('receipt');
    expect(
      await attempt((answer) => {
        delete answer.trustChain;
      }),
    ).toBe('form');
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
    const [anchorId] = Object.keys(anchors);
    const kid = anchors[anchorId!]!.keys[0]!.kid!;
    const wrong = { anchors: { [anchorId!]: { keys: [{ ...stranger, kid }] } } };
    expect(await attempt(() => undefined, wrong)).toBe('trust chain');
    expect(await attempt(() => undefined, { anchors: {} })).toBe('anchor');

    // biome-ignore lint/suspicious/noExplicitAny: as above
    let earlier: any;
    await attempt(
      (answer) => {
        earlier = structuredClone(answer);
      },
      {},
      newId(),
    );
    expect(await attempt((answer) => void Object.assign(answer, earlier))).toBe('question');
    expect(await attempt((answer) => void Object.assign(answer, earlier, { questionId: answer.questionId }))).toBe(
      'answer',
    );
  });

  test('fetches a document that the answer names, and has nothing of it to read unless every byte is right', async () => {
    const asked = { provider: 'BH/GOV/moe', evidence: 'degree-record', fields: ['diploma_scan'], consentId } as const;
    const evidence = await jisr.ask(asked);
    const reference = evidence.fields.diploma_scan!;
    const document = await jisr.readDocument(evidence, 'diploma_scan');
    expect(document).toMatchObject(reference);
    expect(Buffer.from(document.bytes.subarray(0, 5)).toString()).toBe('%PDF-');
    const path = join(folder, 'diploma.pdf');
    expect(await jisr.saveDocument(evidence, 'diploma_scan', path)).toMatchObject({ path, ...reference });
    expect(readFileSync(path).equals(document.bytes)).toBe(true);
    await expect(jisr.saveDocument(evidence, 'diploma_scan', path)).rejects.toThrow(/EEXIST/);

    // The proof of the exchange knows the document too.
    const { exchange } = federation.running.get('sa')!.doors;
    const { questionId, fields } = evidence;
    const proof = join(folder, 'proof.json');
    writeFileSync(proof, await exchange.proveQuestion({ officeId: 'moe', questionId, form: 'whole', values: fields }));
    const anchor = join(folder, 'anchor.json');
    writeFileSync(anchor, JSON.stringify({ keys: Object.values(anchors)[0]!.keys }));
    const judge = (...more: string[]) =>
      spawnSync(
        process.execPath,
        [join(root, 'apps', 'cli', 'main.ts'), 'verify', proof, '--anchor', anchor, '--quorum', '0', ...more],
        { encoding: 'utf8', env: { ...process.env, LANG: 'en' } },
      );
    const alone = judge();
    expect([0, 3], alone.stderr).toContain(alone.status);
    const right = judge('--document', path);
    expect(right.status).toBe(alone.status);
    expect(right.stdout).toContain(`${path} is the “Scan of the diploma” of this answer`);
    expect(judge('--document', proof)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('no document of this'),
    });
    expect(judge('--document', join(folder, 'nothing')).status).toBe(2);

    // Something on the way that sends another document of the same length, or only its beginning.
    const forged = Buffer.from(document.bytes);
    forged[forged.length - 1]! ^= 1;
    for (const sent of [forged, forged.subarray(0, 100), Buffer.concat([forged, forged])]) {
      const server = createServer((_request, response) => void response.writeHead(200).end(sent));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as { port: number };
      const deceived = createJisrClient(optionsFor({ nodeUrl: `http://127.0.0.1:${port}` }));
      const target = join(folder, 'forged.pdf');
      await expect(deceived.readDocument(evidence, 'diploma_scan')).rejects.toThrow(UnverifiableAnswer);
      await expect(deceived.saveDocument(evidence, 'diploma_scan', target)).rejects.toThrow(UnverifiableAnswer);
      expect(readdirSync(folder).filter((name) => name.startsWith('forged'))).toEqual([]);
      server.close();
    }

    const refused = createJisrClient(optionsFor({ clientId: 'SA/GOV/moe/nobody' }));
    await expect(refused.readDocument(evidence, 'diploma_scan')).rejects.toMatchObject({
      code: 'caller-not-recognised',
    });
    const unknown = { ...evidence, questionId: newId() };
    await expect(jisr.readDocument(unknown, 'diploma_scan')).rejects.toMatchObject({ code: 'exchange-unknown' });
  });

  const startedWithSecret = async (id: string) => {
    const said = await ministry.jisr('add', 'moe', id, 'Another system');
    return { secret: /^ {2}([A-Za-z0-9_-]{43})$/m.exec(said)![1]! };
  };
});

describe('the package', () => {
  const npm = (args: string[], cwd: string) =>
    execFileSync('npm', [...args, '--no-audit', '--no-fund', '--offline', '--cache', join(folder, 'cache')], {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}` },
    });
  let user: string;
  beforeAll(async () => {
    await buildClient(join(folder, 'package'));
    const tarball = npm(['pack', '--silent', '--pack-destination', folder], join(folder, 'package')).trim();
    user = join(folder, 'user');
    mkdirSync(user);
    writeFileSync(join(user, 'package.json'), JSON.stringify({ name: 'user', private: true, type: 'module' }));
    npm(['install', join(folder, tarball)], user);
  });

  test('runs the example of its own README, in a folder where nothing else is', async () => {
    const readme = readFileSync(join(user, 'node_modules', '@jisr', 'client', 'README.md'), 'utf8');
    const example = /```js\n([\s\S]+?)```/.exec(readme)![1]!;
    writeFileSync(join(user, 'example.js'), example);
    const said = await ministry.jisr('add', 'moe', 'SA/GOV/moe/records', 'Student records');
    const env = {
      JISR_NODE: federation.url('sa'),
      JISR_SECRET: /^ {2}([A-Za-z0-9_-]{43})$/m.exec(said)![1]!,
      JISR_ANCHORS: JSON.stringify(anchors),
      CONSENT: consentId,
    };
    const { stdout } = await promisify(execFile)(process.execPath, ['example.js'], { cwd: user, env });
    expect(stdout).toMatch(/^bachelor [0-9a-f]{64}\n$/);
  });

  test('brings what it needs and names whose work that is', () => {
    const folderOf = join(user, 'node_modules', '@jisr', 'client');
    const { dependencies } = JSON.parse(readFileSync(join(folderOf, 'package.json'), 'utf8'));
    expect(dependencies).toBeUndefined();
    const imports = [
      ...readFileSync(join(folderOf, 'dist', 'index.js'), 'utf8').matchAll(
        /^\} ?from "([^"]+)"|^import .* from "([^"]+)"/gm,
      ),
    ];
    expect(imports.length).toBeGreaterThan(2);
    for (const [, one, two] of imports) expect(one ?? two).toMatch(/^node:/);
    const notices = readFileSync(join(folderOf, 'NOTICES.txt'), 'utf8');
    for (const name of ['typebox', 'structured-headers', 'canonicalize']) expect(notices).toContain(`${name}\n`);
  });

  test('has types made from the catalogue and the contract of cases as they are today (else: node apps/client/types-main.ts)', () => {
    expect(readFileSync(join(root, 'apps', 'client', 'catalogue.ts'), 'utf8')).toBe(describeCatalogue());
    expect(readFileSync(join(root, 'apps', 'client', 'case-types.ts'), 'utf8')).toBe(describeCases());
  });

  const before = `import { createJisrClient, type Evidence, type UnverifiedAnswer, type Verified } from '@jisr/client';
const jisr = createJisrClient({ nodeUrl: '', clientId: '', credential: { secret: '' }, anchors: {} });
const asked = { provider: 'BH/GOV/moe', evidence: 'degree-record', fields: ['degree_level'] } as const;
const scan = { ...asked, fields: ['diploma_scan'] } as const;
const decide = (evidence: Verified<Evidence<'degree-record', 'degree_level'>>) => evidence.fields.degree_level === 'master';
`;
  const forbidden: Array<[name: string, text: string, error: RegExp]> = [
    ['reads an answer before it is verified', '(await jisr.fetch(asked)).fields;', /TS2339.*'fields'/],
    ['decides on an answer before it is verified', 'decide(await jisr.fetch(asked));', /TS2345/],
    [
      'makes up a verified answer',
      "decide({ fields: { degree_level: 'master' }, evidence: 'degree-record', version: '1.0', provider: { id: '', entityId: '', names: { ar: '', en: '' } }, answeredAt: new Date(), questionId: '', consentId: '', caseId: '', receipts: {} as never });",
      /TS2345.*\[verified\]/s,
    ],
    ['reads a field that was not asked for', '(await jisr.ask(asked)).fields.gpa;', /TS2339.*'gpa'/],
    ['asks for a field that does not exist', "jisr.ask({ ...asked, fields: ['salary'] });", /TS2322.*salary/],
    [
      'fetches a document of an answer that is not verified',
      "jisr.readDocument(await jisr.fetch(scan), 'diploma_scan');",
      /TS2345/,
    ],
    [
      'takes a field for a document that is none',
      "jisr.readDocument(await jisr.ask(asked), 'degree_level');",
      /TS2345/,
    ],
    ['asks for evidence that does not exist', "jisr.ask({ ...asked, evidence: 'tax-return' });", /TS2322.*tax-return/],
  ];
  const allowed = `const level: 'diploma' | 'bachelor' | 'master' | 'doctorate' | undefined = (await jisr.ask(asked)).fields.degree_level;
const later: UnverifiedAnswer<'degree-record', 'degree_level'> = await jisr.fetch(asked);
const bytes: Uint8Array = (await jisr.readDocument(await jisr.ask(scan), 'diploma_scan')).bytes;
export const result = [bytes, level, decide(jisr.verify(later)), decide(await jisr.ask(asked))];`;

  test('compiles a program that reads only what was verified, and none that goes round that', () => {
    const programs = [['allowed', allowed] as const, ...forbidden.map(([name, text]) => [fileOf(name), text] as const)];
    for (const [name, text] of programs) writeFileSync(join(user, `${name}.ts`), `${before}${text}\nexport {};\n`);
    const options = { strict: true, module: 'nodenext', target: 'es2022', noEmit: true, types: [] };
    const files = programs.map(([name]) => `${name}.ts`);
    writeFileSync(join(user, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files }));
    const tsc = join(root, 'node_modules', 'typescript-7', 'bin', 'tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', user, '--pretty', 'false'], { encoding: 'utf8' });
    // One error begins a line; what explains it is indented below.
    const errors = stdout.split(/\n(?=\S)/);
    const of = (name: string) => errors.filter((error) => error.includes(`${name}.ts(`));
    expect(of('allowed')).toEqual([]);
    for (const [name, , expected] of forbidden) {
      const found = of(fileOf(name));
      expect(found, `${name}: ${stdout}`).toHaveLength(1);
      expect(found[0]).toMatch(expected);
    }
  });

  const fileOf = (name: string) => name.replaceAll(' ', '-');
});

import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { newId } from '#kernel/ids';

// The how-to is the test: its files, its commands, and a registry that nobody here wrote (json-server).

const root = join(import.meta.dirname, '..', '..');
const howTo = readFileSync(join(root, 'docs', 'how-to', 'connect-a-registry.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'jisr-connect-'));
const database = process.env['DATABASE_URL'];
if (database === undefined) console.log('No PostgreSQL server in DATABASE_URL: connecting one is not tried here.');
const registries = join(folder, 'states', 'bh', 'registries');
let server: ReturnType<typeof spawn>;
let address: string;

const run = (args: string[], input = '', language = 'en_GB') =>
  new Promise<{ code: number | null; out: string; err: string }>((done) => {
    const child = spawn(process.execPath, [join(root, 'apps', 'cli', 'main.ts'), ...args], {
      cwd: folder,
      env: { ...process.env, JISR_DATA: join(folder, 'data'), LANG: `${language}.UTF-8` },
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (part) => {
      out += part;
    });
    child.stderr.on('data', (part) => {
      err += part;
    });
    child.on('close', (code) => done({ code, out, err }));
    child.stdin.end(input);
  });

const onServer = async (url: string, ...statements: string[]) => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
};

/** The words of a command line, quoted ones whole. */
const wordsOf = (line: string) => [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);
const commands = howTo
  .split('\n')
  .filter((line) => line.startsWith('npm run jisr -- connect ') && !line.includes('secret:'))
  .map((line) => wordsOf(line.replace('npm run jisr -- ', '')));

beforeAll(async () => {
  const port = await new Promise<number>((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const found = (probe.address() as AddressInfo).port;
      probe.close(() => done(found));
    });
  });
  address = `http://localhost:${port}`;
  for (const [, name, content] of howTo.matchAll(/^`([\w.-]+)`:\n\n```\w+\n([\s\S]*?)```/gm))
    writeFileSync(join(folder, name!), content!.replaceAll('http://localhost:3000', address));
  mkdirSync(registries, { recursive: true });
  writeFileSync(join(registries, '..', 'offices.json'), JSON.stringify([{ id: 'moe', provides: [] }]));
  server = spawn(
    process.execPath,
    [
      join(root, 'node_modules', 'json-server', 'lib', 'cli', 'bin.js'),
      '--port',
      String(port),
      '--host',
      '127.0.0.1',
      '--quiet',
      'graduates.json',
    ],
    { cwd: folder, stdio: 'ignore' },
  );
  await vi.waitFor(
    async () => {
      expect((await fetch(`http://127.0.0.1:${port}/graduates`)).status).toBe(200);
    },
    { timeout: 60_000, interval: 100 },
  );
});
afterAll(() => {
  server.kill();
  rmSync(folder, { recursive: true });
});

describe('jisr connect', () => {
  test('the how-to holds: every command of it works as it stands, and shows the record that would leave', async () => {
    expect(commands.length).toBe(5);
    const said: string[] = [];
    for (const command of commands) {
      const { code, out, err } = await run(command);
      expect({ command, code, err }).toEqual({ command, code: 0, err: '' });
      said.push(out);
    }
    expect(said[0]).toContain('findGraduates  query:civilNo?');
    for (const out of said.slice(1)) expect(out).toMatch(/degree_level: bachelor\n.*field_of_study: /s);
    expect(said[1]).toContain('graduation_year: 2015');
    expect(said[1]).toContain('Still to do: name degree-record under "provides" of the office moe');
    const written = JSON.parse(readFileSync(join(registries, 'graduates.json'), 'utf8'));
    expect(written).toMatchObject({
      adapter: 'openapi',
      server: address,
      evidence: [{ person: { in: 'query', name: 'civilNo' }, identifiedBy: '/civilNo', noRecord: ['empty-list'] }],
    });
  });

  const whole = () => [
    ...['connect', 'graduates.openapi.json', '--type', 'degree-record', '--office', 'moe', '--id', 'again'],
    ...['--folder', 'states/bh/registries'],
  ];

  test('asks for what it was not told, and takes what was typed', async () => {
    const args = ['connect', 'graduates.csv', '--ask', '--folder', 'states/bh/registries'];
    const typed = ['degree-record', 'awarded', 'degree_typed', 'moe', 'سجل', 'Register', '', ''];
    const { code, out } = await run(
      [...args, '--set', 'degree_level=degree', '--values', 'degree_level:Licence=bachelor'],
      typed.join('\n'),
    );
    expect(out).toContain('Evidence type (person-identity, degree-record, ');
    expect(out).toContain('What is graduation_year?');
    expect({ code, isWritten: existsSync(join(registries, 'degree_typed.json')) }).toEqual({
      code: 0,
      isWritten: true,
    });
  });

  test.each([
    ['nothing to connect', ['connect'], 2, 'jisr connect <source>'],
    ['an option that it does not know', ['connect', 'graduates.csv', '--colour', 'red'], 2, '--colour'],
    ['no evidence type', ['connect', 'graduates.csv'], 2, 'Say it with --type'],
    [
      'an evidence type that is none',
      ['connect', 'graduates.csv', '--type', 'shoe-size'],
      2,
      'There are: person-identity',
    ],
    ['a file that is not there', ['connect', 'absent.csv', '--type', 'degree-record'], 1, 'Name a file that is there'],
    ['a separator that is none', ['connect', 'graduates.csv', '--list', '--separator', 'x'], 2, '--encoding one of'],
    [
      'a way to be known that is none',
      ['connect', 'http://127.0.0.1:9/a', '--auth', 'oauth:x:login'],
      2,
      'oauth:SECRET:TOKEN_URL',
    ],
    [
      'a calendar without a format',
      ['connect', 'graduates.csv', '--type', 'degree-record', '--calendar', 'x=umm-al-qura'],
      2,
      '--date x=FORMAT',
    ],
    ['a secret that is not there', ['connect', 'secret:absent', '--list'], 1, 'Put it into'],
    [
      'a field that it cannot guess',
      ['connect', 'graduates.csv', '--type', 'degree-record', '--key', 'civil_no'],
      1,
      '--set graduation_year',
    ],
    [
      'an operation that is not there',
      ['connect', 'graduates.openapi.json', '--type', 'degree-record', '--from', 'x'],
      2,
      'findGraduates',
    ],
  ])('says what to do about %s', async (_, args, expected, sentence) => {
    const { code, err } = await run(args);
    expect(err).toContain(sentence);
    expect(code).toBe(expected);
  });

  test('asks for a document as the registry is asked, by a file of the operator', async () => {
    const guarded = createHttpServer((request, response) => {
      const isKnown = request.headers.authorization === 'Bearer word of the ministry';
      response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' });
      const about = readFileSync(join(folder, 'graduates.openapi.json'), 'utf8').replace(
        /"servers":.*/,
        '"servers": [{ "url": "/" }],',
      );
      const { graduates } = JSON.parse(readFileSync(join(folder, 'graduates.json'), 'utf8'));
      response.end(isKnown ? (request.url === '/openapi' ? about : JSON.stringify(graduates)) : '{}');
    });
    await new Promise<void>((done) => guarded.listen(0, '127.0.0.1', done));
    try {
      mkdirSync(join(folder, 'data', 'bh', 'secrets'), { recursive: true });
      writeFileSync(join(folder, 'data', 'bh', 'secrets', 'ministry'), 'word of the ministry', { mode: 0o600 });
      const url = `http://127.0.0.1:${(guarded.address() as AddressInfo).port}/openapi`;
      const args = [
        'connect',
        url,
        '--type',
        'degree-record',
        '--office',
        'moe',
        '--id',
        'guarded',
        '--test',
        '900000001',
      ];
      const inFolder = ['--folder', 'states/bh/registries'];
      expect((await run([...args, ...inFolder])).err).toContain('wants to know who asks (401)');
      const { code, out, err } = await run([...args, ...inFolder, '--auth', 'bearer:ministry']);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toContain('degree_level: bachelor');
      expect(readFileSync(join(registries, 'guarded.json'), 'utf8')).not.toContain('word of the ministry');
    } finally {
      guarded.closeAllConnections();
      guarded.close();
    }
  });

  test.skipIf(database === undefined)('connects a table of a PostgreSQL server by a secret', async () => {
    const name = `ministry_${newId().replaceAll('-', '')}`;
    const at = new URL(database!);
    at.pathname = `/${name}`;
    await onServer(database!, `create database ${name}`, `create role ${name} login password 'word'`);
    try {
      await onServer(
        at.href,
        `create table "Graduates" ("civil no" text primary key, degree_level text, field_of_study text, field_code text,
          university_ar text, university_en text, university_id text, graduation_year smallint)`,
        `insert into "Graduates" values ('1', 'master', 'Law', '0421', 'جامعة', 'University', 'uni', 1999)`,
        `grant select on "Graduates" to ${name}`,
      );
      at.username = name;
      at.password = 'word';
      mkdirSync(join(folder, 'data', 'bh', 'secrets'), { recursive: true });
      writeFileSync(join(folder, 'data', 'bh', 'secrets', 'reader'), at.href, { mode: 0o600 });
      const args = ['connect', 'secret:reader', '--type', 'degree-record', '--office', 'moe', '--id', 'graduates_db'];
      const { code, out, err } = await run([...args, '--test', '1', '--folder', 'states/bh/registries']);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toContain('graduation_year: 1999');
      expect(out + readFileSync(join(registries, 'graduates_db.json'), 'utf8')).not.toContain('word@');
    } finally {
      await onServer(database!, `drop database ${name} with (force)`, `drop role ${name}`);
    }
  });

  test('writes nothing that does not work, and replaces nothing unasked', async () => {
    const away = await run([...whole(), '--server', 'http://127.0.0.1:9']);
    expect(away.code).toBe(1);
    expect(away.out).toContain('BROKEN  again: The registry at http://127.0.0.1:9 does not answer');
    const inArabic = await run([...whole(), '--server', 'http://127.0.0.1:9'], '', 'ar_BH');
    expect(inArabic.out).toContain('السجل على العنوان http://127.0.0.1:9 لا يجيب');
    expect((await run(['connect', 'absent.csv', '--type', 'degree-record'], '', 'ar_BH')).err).toContain(
      'اذكر ملفًا موجودًا',
    );
    const nobody = await run([...whole(), '--test', '1']);
    expect(nobody.code).toBe(1);
    expect(nobody.out).toContain('The registry has no such record for this person');
    expect(existsSync(join(registries, 'again.json'))).toBe(false);
    expect((await run(whole())).code).toBe(0);
    expect((await run(whole())).err).toContain('--force');
    expect((await run([...whole(), '--force'])).code).toBe(0);
  });
});

test('jisr service check says which states do not hold the register that a form looks something up in', async () => {
  const own = join(folder, 'services', 'social-insurance-extension');
  mkdirSync(join(folder, 'services'));
  for (const name of ['social-insurance-extension', 'vocabulary.json', 'synonyms.json'])
    cpSync(join(root, 'services', name), join(folder, 'services', name), { recursive: true });
  expect(await run(['service', 'check', own])).toMatchObject({ code: 0, err: '' });
  const form = readFileSync(join(own, 'form.json'), 'utf8');
  writeFileSync(join(own, 'form.json'), form.replace('"register": "employers"', '"register": "shipyards"'));
  const { code, out } = await run(['service', 'check', own]);
  expect(code).toBe(1);
  for (const state of ['BH', 'KW', 'OM', 'QA', 'SA', 'AE'])
    expect(out).toContain(`'employer' is looked up in 'shipyards', which no registry of ${state} offers`);
});

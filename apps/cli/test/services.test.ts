import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { checkServices } from '../services.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const config = { root, dataFolder: root, nodeUrl: undefined, language: 'en' as const };
const lines: string[] = [];
const listen = (to: 'log' | 'error') =>
  vi.spyOn(console, to).mockImplementation((line) => void lines.push(String(line)));

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'services-'));
  for (const name of ['degree-recognition', 'vocabulary.json', 'synonyms.json'])
    cpSync(join(root, 'services', name), join(dir, name), { recursive: true });
});
afterAll(() => rmSync(dir, { recursive: true }));
afterEach(() => {
  vi.restoreAllMocks();
  lines.length = 0;
});

test('jisr service check says what to do about a folder that is not there, and about a file', async () => {
  listen('error');
  for (const named of [join(root, 'services', 'nothing'), join(root, 'package.json')])
    expect(await checkServices(config, named)).toBe(2);
  expect(lines).toEqual([
    expect.stringContaining('nothing is no folder. Name that of a service'),
    expect.stringContaining('package.json is no folder. Name that of a service'),
  ]);
});

test('jisr service check names what a mistake in a folder is, and what there is to choose from; the folder may stand anywhere', async () => {
  listen('log');
  const folder = join(mkdtempSync(join(tmpdir(), 'own-')), 'good-conduct-certificate');
  const said = async (file: string, from: string, to: string) => {
    cpSync(join(root, 'services', 'good-conduct-certificate'), folder, { recursive: true });
    const source = readFileSync(join(folder, file), 'utf8');
    expect(source).toContain(from);
    writeFileSync(join(folder, file), source.replace(from, to));
    lines.length = 0;
    await checkServices(config, folder);
    return lines.join('\n');
  };
  // No vocabulary stands beside it: that of the platform counts.
  expect(await said('service.json', '"id"', '"id"')).toMatch(/: complete$/);
  expect(await said('form.json', '"kind": "radios"', '"kind": "radio"')).toMatch(/use\.kind is none of text, .*radios/);
  expect(await said('decision.dmn', '<text>"approve"<', '<text>"aprove"<')).toContain(
    `row 1 of 'GoodConduct' gives "aprove", which is none of refuse, review, approve`,
  );
  expect(await said('decision.dmn', '<text>convictions<', '<text>convicions<')).toContain(
    "'GoodConduct' reads 'convicions', which is no input and no decision",
  );
  // A name that is not agreed was the end of the command itself.
  expect(await said('service.json', '"person-identity"', '"person-identiy"')).toContain(
    "the evidence type 'person-identiy' is not agreed between the states",
  );
  expect(await said('service.json', '"office": "interior"', '"office": "home-affairs"')).toMatch(
    /BH has no office 'home-affairs': it has interior/,
  );
  expect(await said('service.json', '"office": "interior"', '"office": "commerce"')).toContain(
    "BH: the office 'commerce' may not ask for 'conviction-record.convictions' for the purpose 'good-conduct'",
  );
  rmSync(join(folder, '..'), { recursive: true });
});

describe('jisr service check draws the document of a service', () => {
  const folder = () => join(dir, 'degree-recognition');
  const source = readFileSync(join(root, 'services', 'degree-recognition', 'certificate.typ'), 'utf8');
  const last = source.trimEnd().split('\n').length;
  /** What is said of the service when this stands below its template. */
  const checkWith = async (more: string) => {
    lines.length = 0;
    writeFileSync(join(folder(), 'certificate.typ'), `${source.trimEnd()}\n${more}\n`);
    const code = await checkServices(config, folder());
    return { code, said: lines.slice(1).join('\n') };
  };

  test('and of every service here it can be set', async () => {
    listen('log');
    expect(await checkServices(config, undefined)).toBe(0);
    expect(lines.length).toBeGreaterThan(50);
    expect(lines.filter((line) => !line.endsWith(': complete'))).toEqual([]);
  });

  test('and names line and column of what does not compile, in an approval or a refusal, in either language', async () => {
    listen('log');
    const faulty = async (more: string) => (await checkWith(more)).said.trim();
    expect(await faulty('// another look')).toBe('');
    expect(await faulty('  #nobody(data.title)')).toBe(
      `certificate.typ: line ${last + 1}, column 4: unknown variable: nobody`,
    );
    expect(await faulty('#let x = (1,')).toBe(`certificate.typ: line ${last + 1}, column 10: unclosed delimiter`);
    expect(await faulty('#if language == "en" { data.nothing }')).toContain(`line ${last + 1}, column `);
    expect(await faulty('#if data.outcomeText.en != "Recognised" { data.nothing }')).toContain(
      `line ${last + 1}, column `,
    );
    expect(await checkWith('#read("/etc/hostname")')).toMatchObject({
      code: 1,
      said: expect.not.stringContaining('/modules/'),
    });
  });

  test('and one that takes too much is ended within the limits of the editor’s page', async () => {
    listen('log');
    const { code, said } = await checkWith('#let x = range(100000000)\n#x.len()');
    expect({ code, said }).toEqual({
      code: 1,
      said: expect.stringContaining(
        'certificate.typ: the document cannot be set: the typesetting process ended: it took too much memory',
      ),
    });
  });
});

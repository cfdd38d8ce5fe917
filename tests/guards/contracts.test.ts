import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { root } from './cruise.ts';
import { listFiles } from './sources.ts';

type Problems = Record<string, { status: number; ar: string; en: string }>;
type Endpoint = { method: string; path: string; summary: string; access: string; refusals: string[] };
type Contract = { module: string; problems: unknown; endpoints: Record<string, Endpoint> };

const arabic = /\p{Script=Arabic}/u;
const accesses = ['anyone', 'person', 'officer', 'signed-message', 'operator', 'app'];
const files = listFiles('modules', 'apps', 'kernel').filter((path) =>
  /(^|\/)(contract|problem|http-client)\.ts$/.test(path),
);

const problems: Array<[string, string, Problems[string]]> = [];
const contracts = new Map<string, Contract>();

const isCatalogue = (value: unknown): value is Problems =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).length > 0 &&
  Object.values(value).every(
    (one) => typeof one === 'object' && one !== null && 'status' in one && 'en' in one && 'ar' in one,
  );

beforeAll(async () => {
  for (const path of files)
    for (const [name, value] of Object.entries(await import(pathToFileURL(join(root, path)).href))) {
      const catalogue = (value as { catalogue?: unknown } | undefined)?.catalogue;
      if (isCatalogue(catalogue)) for (const [code, one] of Object.entries(catalogue)) problems.push([path, code, one]);
      if (typeof value === 'object' && value !== null && 'endpoints' in value && 'module' in value)
        contracts.set(`${path} ${name}`, value as Contract);
    }
});

const placeholders = (text: string) => [...text.matchAll(/\{(\w+)/g)].map((match) => match[1]!).sort();

test('the contracts of the modules were found', () => {
  expect(contracts.size).toBeGreaterThanOrEqual(6);
  expect(problems.length).toBeGreaterThan(30);
});

describe('every refusal', () => {
  test('speaks Arabic and English, in whole sentences', () => {
    for (const [path, code, { ar, en }] of problems) {
      expect(ar, `${path} ${code}`).toMatch(arabic);
      expect(en, `${path} ${code}`).toMatch(/^\p{Lu}|^\{/u);
      expect(en, `${path} ${code}`).not.toMatch(arabic);
      for (const text of [ar, en]) expect(text.trim(), `${path} ${code}`).toMatch(/[.؟?!»)]$/);
    }
  });

  test('says the same in both languages, as far as a program can tell', () => {
    for (const [path, code, { ar, en }] of problems)
      expect(placeholders(ar), `${path} ${code}: parameters differ`).toEqual(placeholders(en));
  });

  test('has a code of words and a status of refusal', () => {
    for (const [path, code, { status }] of problems) {
      expect(code, path).toMatch(/^[a-z]+([-_][a-z0-9]+)*$/);
      expect(status, `${path} ${code}`).toBeGreaterThanOrEqual(400);
      expect(status, `${path} ${code}`).toBeLessThan(600);
    }
  });
});

describe('every endpoint', () => {
  const each = (check: (endpoint: Endpoint, where: string, contract: Contract) => void) => {
    for (const [where, contract] of contracts)
      for (const [name, endpoint] of Object.entries(contract.endpoints)) check(endpoint, `${where}.${name}`, contract);
  };

  test('says who may call it and what it does', () => {
    each(({ access, summary }, where) => {
      expect(accesses, where).toContain(access);
      expect(summary, where).toMatch(/\S{2,}/);
    });
  });

  test('has an address of its own', () => {
    const seen = new Map<string, string>();
    each(({ method, path }, where) => {
      const address = `${method} ${path.replace(/:\w+/g, ':x')}`;
      expect(seen.get(address), `${where} shares ${address}`).toBeUndefined();
      seen.set(address, where);
    });
  });
});

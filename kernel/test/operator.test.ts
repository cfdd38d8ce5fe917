import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openOperatorFolder, readOperatorFolder } from '#kernel/operator';

const folder = mkdtempSync(join(tmpdir(), 'jisr-operator-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const modeOf = (path: string) => (statSync(join(folder, path)).mode & 0o777).toString(8);

test('the secret of an operator is made once, for the own account alone, and told to whoever may read the folder', () => {
  expect(readOperatorFolder(folder)).toBeUndefined();
  const first = openOperatorFolder(folder);
  expect(readOperatorFolder(folder), 'no address before the node listens').toBeUndefined();
  first.announce('http://127.0.0.1:4501');
  expect([modeOf('operator'), modeOf('operator/secret'), modeOf('operator/address')]).toEqual(['700', '600', '600']);
  expect(first.secret).toHaveLength(43);
  expect(openOperatorFolder(folder).secret).toBe(first.secret);
  expect(readOperatorFolder(folder)).toEqual({ url: 'http://127.0.0.1:4501', secret: first.secret });
  expect(readdirSync(join(folder, 'operator')).sort()).toEqual(['address', 'secret']);
  first.withdraw();
  expect(readOperatorFolder(folder)).toBeUndefined();
});

test('only the secret itself is the secret', () => {
  const { isSecret, secret } = openOperatorFolder(folder);
  expect(isSecret(secret)).toBe(true);
  for (const wrong of ['', secret.slice(1), `${secret}x`, secret.toUpperCase(), '\u0000'])
    expect(isSecret(wrong)).toBe(false);
  writeFileSync(join(folder, 'operator', 'secret'), '\n');
  expect(() => openOperatorFolder(folder)).toThrow('too short');
  expect(readFileSync(join(folder, 'operator', 'secret'), 'utf8')).toBe('\n');
});

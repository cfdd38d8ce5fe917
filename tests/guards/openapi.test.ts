import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const files = readdirSync(join(root, 'openapi'));

test('the committed descriptions are what the contracts say today', () => {
  // Throws with the command's words when one of them is not.
  execFileSync(process.execPath, [join(root, 'apps', 'cli', 'main.ts'), 'openapi', '--check'], { encoding: 'utf8' });
});

describe('somebody else’s validator accepts as OpenAPI 3.1', () => {
  test.each(files)('%s', async (file) => {
    const { valid, errors } = await new Validator().validate(
      JSON.parse(readFileSync(join(root, 'openapi', file), 'utf8')),
    );
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
  });
});

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
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

/** Every schema of a description, with where it stands. */
function listSchemas(node: unknown, at = ''): Array<[string, object]> {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => {
    const place = `${at}/${key}`;
    if (key === 'schema' || at === '/components/schemas') return [[place, value as object]];
    return listSchemas(value, place);
  });
}

// The validator above does not look into schemas; generators of clients do.
test.each(files)('each schema of %s is JSON Schema 2020-12', (file) => {
  const judge = new Ajv2020({ strict: false });
  const schemas = listSchemas(JSON.parse(readFileSync(join(root, 'openapi', file), 'utf8')));
  expect(schemas.length).toBeGreaterThan(0);
  const wrong = schemas.filter(([, schema]) => !judge.validateSchema(schema)).map(([place]) => place);
  expect(wrong).toEqual([]);
});

test('what an app may send has a type that a generator of clients can write', () => {
  const wrong = files.flatMap((file) => {
    const { paths } = JSON.parse(readFileSync(join(root, 'openapi', file), 'utf8'));
    return Object.entries(paths as Record<string, Record<string, never>>).flatMap(([path, operations]) =>
      Object.values(operations as Record<string, { security?: object[]; requestBody?: { content: object } }>)
        .filter(({ security = [] }) => security.some((one) => 'app' in one))
        .filter(({ requestBody }) => requestBody && '*/*' in requestBody.content)
        .map(() => path),
    );
  });
  expect(wrong).toEqual([]);
});

test('says of each call how it may be refused before anybody looks at it', () => {
  type Operation = {
    'x-access': string;
    security?: object[];
    requestBody?: object;
    responses: Record<string, { description: string }>;
  };
  const wrong = files.flatMap((file) => {
    const { paths } = JSON.parse(readFileSync(join(root, 'openapi', file), 'utf8'));
    return Object.values(paths as Record<string, Record<string, Operation>>).flatMap((operations) =>
      Object.values(operations).flatMap((operation) => {
        const says = (status: string, code: string) => operation.responses[status]?.description.includes(`\`${code}\``);
        const isForApps = (operation.security ?? []).some((one) => 'app' in one);
        return [
          ...(operation.requestBody && !says('413', 'request-too-large') ? ['request-too-large'] : []),
          ...(operation['x-access'] === 'person' && !isForApps && !says('403', 'app-not-permitted')
            ? ['app-not-permitted']
            : []),
        ];
      }),
    );
  });
  expect(wrong).toEqual([]);
});

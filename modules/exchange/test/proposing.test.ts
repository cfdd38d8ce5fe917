import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createHttpClient } from '#kernel/http-client';
import { exploreSource, openSecretFolder, proposeEvidence } from '../index.ts';

const folder = mkdtempSync(join(tmpdir(), 'jisr-proposing-'));
const http = createHttpClient();
afterAll(async () => {
  await http.close();
  rmSync(folder, { recursive: true });
});

const explore = (name: string, content: string) => {
  writeFileSync(join(folder, name), content);
  return exploreSource({ http, secrets: openSecretFolder(folder) }, join(folder, name));
};
const propose = async (name: string, content: string, given: { key?: string; timeZone?: string } = {}) => {
  const [found] = await explore(name, content);
  return proposeEvidence(found!, 'person-identity', given);
};

const text = { type: 'string' };
const nullType = { type: 'null' };
const person = {
  type: 'object',
  properties: {
    civilNo: text,
    name: { anyOf: [{ $ref: '#/components/schemas/Name' }, nullType] },
    birthDate: { anyOf: [{ type: 'string', format: 'date-time' }, nullType] },
    nationality: { type: ['string', 'null'] },
  },
};
const name = { type: 'object', properties: { fullNameAr: text, fullNameLatin: { oneOf: [nullType, text] } } };
const documentOf = (openapi: string, schemas: object, changes: object = {}) => ({
  openapi,
  paths: {
    '/people/{civil_no}': {
      get: {
        parameters: [{ name: 'civil_no', in: 'path', required: true, schema: text }],
        responses: {
          200: { content: { 'application/json; charset=utf-8': { schema: { $ref: '#/components/schemas/Person' } } } },
        },
        ...changes,
      },
    },
  },
  servers: [
    { url: 'https://{zone}.example/v{version}', variables: { zone: { default: 'civil' }, version: { default: '2' } } },
  ],
  components: { schemas },
});

describe('what a source is proposed to be', () => {
  test('of an OpenAPI 3.1 document as generators write it: without ids, with everything that may be null', async () => {
    const document = documentOf('3.1.0', { Person: person, Name: name });
    const [found] = await explore('people.json', `\ufeff${JSON.stringify(document)}`);
    expect(found).toMatchObject({ name: 'GET /people/{civil_no}', origin: { server: 'https://civil.example/v2' } });
    const { evidence, key, missing } = proposeEvidence(found!, 'person-identity', { timeZone: 'Asia/Riyadh' });
    expect({ key, missing }).toEqual({ key: 'civil_no', missing: [] });
    expect(evidence).toMatchObject({
      operationId: 'GET /people/{civil_no}',
      person: { in: 'path', name: 'civil_no' },
      map: {
        full_name_ar: '/name/fullNameAr',
        full_name_latin: '/name/fullNameLatin',
        birth_date: { from: '/birthDate', day: 'Asia/Riyadh' },
        nationality: '/nationality',
      },
    });
  });

  test('of an OpenAPI 3.0 document, where what may be null is written otherwise', async () => {
    const nullable = { nullable: true };
    const properties = {
      ...person.properties,
      name: { ...nullable, allOf: [{ $ref: '#/components/schemas/Name' }] },
      birthDate: { type: 'string', format: 'date', ...nullable },
      nationality: { ...text, ...nullable },
    };
    const document = documentOf(
      '3.0.3',
      { Person: { ...person, properties }, Name: name },
      { operationId: 'findPerson' },
    );
    const { evidence, missing } = await propose('people.json', JSON.stringify(document));
    expect(missing).toEqual([]);
    expect(evidence).toMatchObject({
      operationId: 'findPerson',
      map: { full_name_ar: '/name/fullNameAr', birth_date: '/birthDate' },
    });
  });

  test.each([
    ['Hijri days', '12/05/1410;30/02/1415', { date: 'DD/MM/YYYY', calendar: 'umm-al-qura' }],
    ['Hijri days in Arabic digits', '١٤١٠/٠٥/١٢', { date: 'YYYY/MM/DD', calendar: 'umm-al-qura' }],
    ['Gregorian days', '12/05/1990', { date: 'DD/MM/YYYY' }],
    ['moments', '1990-05-11T21:00:00Z', { day: 'Asia/Riyadh' }],
    ['days with a time of no zone', '1990-05-12 00:00:00', { date: 'YYYY-MM-DD*' }],
  ])('of a file with %s', async (_, days, conversion) => {
    const lines = days.split(';').map((day, index) => `${index},علي,Ali,${day},BH`);
    const { evidence } = await propose(
      'people.csv',
      ['no,full_name_ar,full_name_latin,birth_date,nationality', ...lines].join('\n'),
      {
        timeZone: 'Asia/Riyadh',
      },
    );
    expect(evidence.map['birth_date']).toEqual({ from: 'birth_date', ...conversion });
  });

  test('of a Swagger 2 document is to convert it first', async () => {
    const swagger = JSON.stringify({ swagger: '2.0', paths: {} });
    await expect(explore('old.json', swagger)).rejects.toMatchObject({
      message: expect.stringContaining('Swagger 2'),
      words: { ar: expect.stringContaining('حوّله') },
    });
  });

  test('of a JSON file that begins with a byte order mark', async () => {
    const people = [{ civilNo: '1', fullNameAr: 'علي', birthDate: '1990-05-12' }];
    const { evidence } = await propose('list.json', `\ufeff${JSON.stringify(people)}`);
    expect(evidence.map).toMatchObject({ full_name_ar: '/fullNameAr', birth_date: '/birthDate' });
  });
});

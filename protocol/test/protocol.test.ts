import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import {
  evidenceTypes,
  findEvidence,
  findEvidenceType,
  findPurpose,
  purposes,
  requirements,
} from '#protocol/catalogue';
import { eventTypes } from '#protocol/event-types';
import { laws } from '#protocol/laws';
import { messageSchemas, schemaFiles } from '#protocol/schemas';

const addFormats = addFormatsModule as unknown as (ajv: Ajv2020) => void;
const folder = (name: string) => new URL(`../${name}/`, import.meta.url);
const read = (name: string, file: string) => readFileSync(new URL(file, folder(name)), 'utf8');

describe('the JSON Schemas', () => {
  test('are those made from the shapes (else: node protocol/write-schemas.ts)', () => {
    const made = schemaFiles();
    expect(readdirSync(folder('schemas')).sort()).toEqual(Object.keys(made).sort());
    for (const [name, text] of Object.entries(made)) expect(read('schemas', name), name).toBe(text);
  });

  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  const vectorFiles = readdirSync(folder('vectors')).filter((name) => name.replace('.json', '') in messageSchemas);

  test('have vectors for every message that crosses the border', () => {
    const records = ['evidence-type', 'event-type', 'purpose', 'requirement', 'law'];
    expect(vectorFiles.map((name) => name.replace('.json', '')).sort()).toEqual(
      Object.keys(messageSchemas)
        .filter((name) => !records.includes(name))
        .sort(),
    );
  });

  test.each(vectorFiles)('%s: every valid message passes and every invalid one is refused', (file) => {
    const validate = ajv.compile(JSON.parse(read('schemas', file)));
    const { valid, invalid } = JSON.parse(read('vectors', file));
    expect(valid.length).toBeGreaterThan(0);
    expect(invalid.length).toBeGreaterThan(0);
    for (const message of valid) expect(validate(message), JSON.stringify(validate.errors)).toBe(true);
    for (const { why, message } of invalid) expect(validate(message), why).toBe(false);
  });

  test('accept every entry of the catalogue', () => {
    for (const [name, entries] of [
      ['evidence-type', evidenceTypes],
      ['event-type', eventTypes],
      ['purpose', purposes],
      ['requirement', requirements],
      ['law', laws],
    ] as const) {
      const validate =
        ajv.getSchema(`urn:jisr:protocol:${name}`) ?? ajv.compile(JSON.parse(read('schemas', `${name}.json`)));
      for (const entry of entries) expect(validate(entry), `${entry.id} ${JSON.stringify(validate.errors)}`).toBe(true);
    }
  });
});

describe('the catalogue', () => {
  test('lists every file of its folders', () => {
    const ids = (name: string) =>
      readdirSync(folder(name))
        .map((file) => file.replace('.json', ''))
        .sort();
    expect(evidenceTypes.map(({ id }) => id).sort()).toEqual(ids('evidence'));
    expect(eventTypes.map(({ id }) => id).sort()).toEqual(ids('events'));
    expect(purposes.map(({ id }) => id).sort()).toEqual(ids('purposes'));
    expect(requirements.map(({ id }) => id).sort()).toEqual(ids('requirements'));
    expect(laws.map(({ id }) => id).sort()).toEqual(ids('laws'));
  });

  test('words in place of codes are given for every code of a field, or for none', () => {
    const fields = evidenceTypes.flatMap((type) => Object.entries(type.fields));
    const worded = fields.filter(([, { values, schema }]) => values && schema['enum']);
    expect(worded.length).toBeGreaterThan(0);
    for (const [name, { values, schema }] of worded)
      expect(Object.keys(values!).sort(), name).toEqual([...(schema['enum'] as string[])].sort());
  });

  test('a nationality is written as a word, not as a code', () => {
    const nationalities = evidenceTypes
      .flatMap((type) => Object.entries(type.fields))
      .filter(([name]) => name.endsWith('nationality'));
    expect(nationalities.length).toBeGreaterThan(1);
    for (const [name, { values }] of nationalities)
      expect(values?.['BH'], name).toEqual({ ar: 'بحرينية', en: 'Bahraini' });
  });

  test('lets events be told only for purposes that exist', () => {
    const known = purposes.map(({ id }) => id);
    for (const type of eventTypes) expect(known, type.id).toEqual(expect.arrayContaining(type.purposes));
  });

  test('requirements name only evidence and fields that exist', () => {
    for (const { evidence } of requirements)
      for (const proof of Object.values(evidence).flat())
        expect(Object.keys(findEvidenceType(proof.type)?.fields ?? {})).toEqual(expect.arrayContaining(proof.fields));
  });

  test('has laws that ground only evidence, fields and purposes that exist', () => {
    for (const { id, grounds } of laws)
      for (const { evidenceType, fields, purposes: named } of grounds) {
        expect(Object.keys(findEvidenceType(evidenceType)?.fields ?? {}), id).toEqual(expect.arrayContaining(fields));
        for (const purpose of named) expect(findPurpose(purpose), `${id} ${purpose}`).toBeDefined();
      }
  });

  test('says which evidence of a state proves a requirement, and nothing for one it does not know', () => {
    expect(findEvidence('proof-of-degree', 'BH')[0]?.type).toBe('degree-record');
    expect(findEvidence('proof-of-magic', 'BH')).toEqual([]);
  });
});

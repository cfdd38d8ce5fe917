import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import jsonld from 'jsonld';
import { Parser, Store } from 'n3';
import SHACLValidator from 'rdf-validate-shacl';
import { describe, expect, test } from 'vitest';
import { loadServices } from '#modules/catalogue';
import { catalogueOf } from '../linked-data/cpsv-ap.ts';
import { findOffer } from '../listings.ts';

const { published, concepts } = await loadServices(join(import.meta.dirname, '..', '..', '..', 'services'));
const shapes = new Store(
  new Parser().parse(readFileSync(join(import.meta.dirname, 'cpsv-ap-3.2.0', 'cpsv-ap-SHACL.ttl'), 'utf8')),
);
const validator = new SHACLValidator(shapes as never);

const graphOf = (state: string, decimals: number) =>
  catalogueOf(
    published.map(({ listing }) => listing).filter((listing) => findOffer(listing, state)),
    concepts.vocabulary,
    {
      state: {
        code: state,
        names: { ar: 'دولة', en: state },
        currency: { code: decimals === 3 ? 'KWD' : 'SAR', decimals },
      },
      publicUrl: 'https://portal.example',
    },
  );

async function judge(graph: object): Promise<{ triples: number; faults: string[] }> {
  const quads = (await jsonld.toRDF(graph as never, { format: 'application/n-quads' })) as unknown as string;
  const data = new Store(new Parser({ format: 'application/n-quads' }).parse(quads));
  const report = await validator.validate(data as never);
  const faults = report.results.map(
    ({ focusNode, path, message }) => `${focusNode?.value} ${(path as { value?: string })?.value} ${message[0]?.value}`,
  );
  return { triples: data.size, faults };
}

describe('the catalogue as CPSV-AP 3.2', () => {
  test.each(['AE', 'BH', 'KW', 'OM', 'QA', 'SA'])('of %s holds to the published shapes', async (state) => {
    const { triples, faults } = await judge(graphOf(state, 3));
    expect(faults).toEqual([]);
    expect(triples).toBeGreaterThan(200);
  });

  test('is refused by the shapes without a title, with a title of no language, or with a concept that is none', async () => {
    const broken = async (edit: (service: Record<string, unknown>) => void) => {
      const graph = structuredClone(graphOf('SA', 2)) as { '@graph': Array<Record<string, unknown>> };
      edit(graph['@graph'].find((node) => node['@type'] === 'cpsv:PublicService')!);
      return (await judge(graph)).faults;
    };
    expect(await broken((service) => delete service['dct:title'])).toHaveLength(1);
    expect(await broken((service) => Object.assign(service, { 'dct:title': 'no language' }))).toHaveLength(1);
    expect(
      await broken((service) => Object.assign(service, { 'cv:thematicArea': { '@id': 'https://elsewhere.example/' } })),
    ).toHaveLength(1);
  });

  test('gives money in the currency’s own decimals, and says everything in both languages', () => {
    const text = JSON.stringify(graphOf('KW', 3));
    expect(text).toContain('"@value":"0.000","@type":"xsd:double"');
    const languages = [...text.matchAll(/"@language":"(ar|en)"/g)].map(([, language]) => language);
    expect(languages.filter((language) => language === 'ar').length).toBeGreaterThan(50);
  });
});

import { Parser, Store } from 'n3';
import SHACLValidator from 'rdf-validate-shacl';

/** What a property may hold: a class whose members stand in the graph, a kind of value, or a list that somebody else keeps. */
type Range =
  | 'literal'
  | 'date'
  | 'iri'
  | 'foaf:Agent'
  | 'dcat:Dataset'
  | 'dcat:Distribution'
  | 'language'
  | 'frequency'
  | 'theme'
  | 'media-type';
type Property = readonly [path: string, range: Range, min?: number, max?: number];

/**
 * The classes of DCAT-AP 3.0 that the catalogue has, with their mandatory properties and the cardinality and range of the others
 * that it uses, as the specification's tables have them (https://semiceu.github.io/DCAT-AP/releases/3.0.0/).
 */
const classes: Record<string, readonly Property[]> = {
  'dcat:Catalog': [
    ['dct:title', 'literal', 1],
    ['dct:description', 'literal', 1],
    ['dct:publisher', 'foaf:Agent', 1, 1],
    ['dcat:dataset', 'dcat:Dataset', 1],
    ['dct:modified', 'date', 0, 1],
    ['dct:issued', 'date', 0, 1],
    ['dct:language', 'language'],
    ['foaf:homepage', 'iri', 0, 1],
    ['dct:license', 'iri', 0, 1],
  ],
  'dcat:Dataset': [
    ['dct:title', 'literal', 1],
    ['dct:description', 'literal', 1],
    ['dct:publisher', 'foaf:Agent', 0, 1],
    ['dcat:distribution', 'dcat:Distribution'],
    ['dcat:theme', 'theme'],
    ['dct:language', 'language'],
    ['dct:accrualPeriodicity', 'frequency', 0, 1],
    ['dct:modified', 'date', 0, 1],
    ['dct:issued', 'date', 0, 1],
    ['dct:source', 'dcat:Dataset'],
    ['dcat:landingPage', 'iri'],
    ['dct:conformsTo', 'iri'],
  ],
  'dcat:Distribution': [
    ['dcat:accessURL', 'iri', 1],
    ['dct:title', 'literal'],
    ['dct:description', 'literal'],
    ['dcat:downloadURL', 'iri'],
    ['dcat:mediaType', 'media-type', 0, 1],
    ['dct:license', 'iri', 0, 1],
    ['dct:modified', 'date', 0, 1],
    ['dct:conformsTo', 'iri'],
  ],
  'foaf:Agent': [['foaf:name', 'literal', 1]],
};

const authority = 'http://publications.europa.eu/resource/authority';
const listed = (start: string) => `sh:nodeKind sh:IRI ; sh:pattern "^${start}" `;
const ranges: Record<string, string> = {
  literal: 'sh:nodeKind sh:Literal ',
  date: 'sh:or ([ sh:datatype xsd:date ] [ sh:datatype xsd:dateTime ] [ sh:datatype xsd:gYear ]) ',
  iri: 'sh:nodeKind sh:IRI ',
  language: listed(`${authority}/language/[A-Z]{3}$`),
  frequency: listed(`${authority}/frequency/[A-Z_]+$`),
  theme: listed(`${authority}/data-theme/[A-Z]{4}$`),
  'media-type': listed('https?://www.iana.org/assignments/media-types/[a-z]+/'),
};

const turtle = `
  @prefix sh: <http://www.w3.org/ns/shacl#> .
  @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
  @prefix dcat: <http://www.w3.org/ns/dcat#> .
  @prefix dct: <http://purl.org/dc/terms/> .
  @prefix foaf: <http://xmlns.com/foaf/0.1/> .
  ${Object.entries(classes)
    .map(
      ([name, properties]) =>
        `[] a sh:NodeShape ; sh:targetClass ${name} ; ${properties
          .map(
            ([path, range, min, max]) =>
              `sh:property [ sh:path ${path} ; ${ranges[range] ?? `sh:class ${range} ; sh:nodeKind sh:BlankNodeOrIRI `}
              ${min ? `; sh:minCount ${min} ` : ''}${max ? `; sh:maxCount ${max} ` : ''}]`,
          )
          .join(' ; ')} .`,
    )
    .join('\n')}
  # A catalogue describes at least one data set, and nothing in it is of no class.
  [] a sh:NodeShape ; sh:targetObjectsOf dcat:distribution ; sh:class dcat:Distribution .
  [] a sh:NodeShape ; sh:targetObjectsOf dcat:dataset ; sh:class dcat:Dataset .`;

const validator = new SHACLValidator(new Store(new Parser().parse(turtle)) as never);

/** What DCAT-AP 3.0 objects to in a graph of N-Quads: node, property and why. */
export async function findDcatFaults(quads: string): Promise<string[]> {
  const data = new Store(new Parser({ format: 'application/n-quads' }).parse(quads));
  const report = await validator.validate(data as never);
  return report.results.map(
    ({ focusNode, path, sourceConstraintComponent }) =>
      `${focusNode?.value} ${(path as { value?: string })?.value ?? ''} ${sourceConstraintComponent?.value.split('#')[1]}`,
  );
}

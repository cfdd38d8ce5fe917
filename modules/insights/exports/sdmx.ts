import type { Text } from '#kernel/languages';
import { pointsPerOne } from '../surveys/survey.ts';
import { csvLine } from '../tables/csv.ts';
import type { Figures } from '../tables/folder.ts';
import { indicators, type Observation } from './observations.ts';
import { printed } from './scores-csv.ts';

/** Who keeps the artefacts: an agency of one's own, because the UN maintains none for these tables. */
export const maintainer = 'JISR';
export const version = '1.0';
const flow = `${maintainer}:EGDI(${version})`;
const urn = (kind: string, what: string) => `urn:sdmx:org.sdmx.infomodel.${kind}=${what}`;
const dataflowUrn = urn('datastructure.Dataflow', flow);
const schemaUrl = 'https://json.sdmx.org/2.1/sdmx-json';

const concepts = [
  { id: 'REF_AREA', names: { ar: 'الدولة', en: 'Reference area' } },
  { id: 'INDICATOR', names: { ar: 'المؤشر', en: 'Indicator' } },
  { id: 'TIME_PERIOD', names: { ar: 'سنة المسح', en: 'Survey year' } },
  { id: 'OBS_VALUE', names: { ar: 'القيمة', en: 'Value' } },
  { id: 'OBS_STATUS', names: { ar: 'حالة القيمة', en: 'Observation status' } },
  { id: 'SOURCE', names: { ar: 'المصدر', en: 'Source' } },
] as const;
/** SDMX's cross-domain code list: a normal value, and one that is missing. */
const statuses = [
  { id: 'A', names: { ar: 'قيمة عادية', en: 'Normal value' } },
  { id: 'O', names: { ar: 'لا قيمة', en: 'Missing value' } },
] as const;
const nameOf = (id: (typeof concepts)[number]['id']) => concepts.find((one) => one.id === id)!.names;
const named = (names: Text) => ({ name: names.en, names: { en: names.en, ar: names.ar } });

/** SDMX-CSV 2.0: one observation a line. */
export function sdmxCsv(observations: readonly Observation[]): string {
  const header = 'STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,OBS_STATUS,SOURCE';
  const lines = observations.map((one) =>
    csvLine(['dataflow', flow, 'I', one.area, one.indicator, one.year, valueText(one), statusOf(one), one.source]),
  );
  return `${[header, ...lines].join('\r\n')}\r\n`;
}

/** An SDMX-JSON 2 data message, time series by area and indicator. `prepared` is when it was made. */
export function sdmxJson(observations: readonly Observation[], figures: Figures, prepared: Date): object {
  const areas = [...new Set(observations.map(({ area }) => area))];
  const wanted = indicators.filter(({ id }) => observations.some(({ indicator }) => indicator === id));
  const years = [...new Set(observations.map(({ year }) => year))].sort((one, other) => one - other);
  const sources = [...new Set(observations.map(({ source }) => source))];
  const [areaAt, yearAt, sourceAt] = [areas, years, sources].map(
    (list) => new Map(list.map((one, at) => [one, at] as const)),
  );
  const series: Record<string, { observations: Record<string, Array<number | null>> }> = {};
  for (const one of observations) {
    const key = `${areaAt!.get(one.area as never)}:${wanted.findIndex(({ id }) => id === one.indicator)}`;
    series[key] ??= { observations: {} };
    series[key].observations[String(yearAt!.get(one.year as never))] = [
      one.value === undefined ? null : numberOf(one),
      one.value === undefined ? 1 : 0,
      sourceAt!.get(one.source as never)!,
    ];
  }
  return {
    $schema: `${schemaUrl}-data-schema.json`,
    meta: metaOf(prepared),
    data: {
      structures: [
        {
          ...named({ ar: 'مؤشر تطور الحكومة الإلكترونية', en: 'E-Government Development Index' }),
          dataSets: [0],
          links: [{ rel: 'dataflow', urn: dataflowUrn }],
          dimensions: {
            series: [
              {
                id: 'REF_AREA',
                ...named(nameOf('REF_AREA')),
                keyPosition: 0,
                values: areas.map((id) => ({ id, ...named(figures.areas.find(id)!.names) })),
              },
              {
                id: 'INDICATOR',
                ...named(nameOf('INDICATOR')),
                keyPosition: 1,
                values: wanted.map(({ id, names }) => ({ id, ...named(names) })),
              },
            ],
            observation: [
              {
                id: 'TIME_PERIOD',
                ...named(nameOf('TIME_PERIOD')),
                keyPosition: 2,
                roles: ['TIME_PERIOD'],
                values: years.map((year) => ({ id: String(year), name: String(year) })),
              },
            ],
          },
          measures: { observation: [{ id: 'OBS_VALUE', ...named(nameOf('OBS_VALUE')) }] },
          attributes: {
            observation: [
              {
                id: 'OBS_STATUS',
                ...named(nameOf('OBS_STATUS')),
                relationship: { observation: {} },
                values: statuses.map(({ id, names }) => ({ id, ...named(names) })),
              },
              {
                id: 'SOURCE',
                ...named(nameOf('SOURCE')),
                relationship: { observation: {} },
                values: sources.map((value) => ({ value })),
              },
            ],
          },
        },
      ],
      dataSets: [{ structure: 0, action: 'Information', series }],
    },
  };
}

/** An SDMX-JSON 2 structure message: the dataflow with everything that it refers to. */
export function sdmxStructure(figures: Figures, prepared: Date): object {
  const maintained = { ['agencyID']: maintainer, version };
  const concept = (id: string) => urn('conceptscheme.Concept', `${maintainer}:CS_EGDI(${version}).${id}`);
  const codelist = (id: string) => urn('codelist.Codelist', `${maintainer}:${id}(${version})`);
  const coded = (id: string, list: string) => ({
    id,
    conceptIdentity: concept(id),
    localRepresentation: { enumeration: codelist(list) },
  });
  return {
    $schema: `${schemaUrl}-structure-schema.json`,
    meta: metaOf(prepared),
    data: {
      dataflows: [
        {
          id: 'EGDI',
          ...maintained,
          ...named({ ar: 'مؤشر تطور الحكومة الإلكترونية', en: 'E-Government Development Index' }),
          structure: urn('datastructure.DataStructure', `${maintainer}:DSD_EGDI(${version})`),
        },
      ],
      dataStructures: [
        {
          id: 'DSD_EGDI',
          ...maintained,
          ...named({ ar: 'بنية المؤشر', en: 'Structure of the index' }),
          dataStructureComponents: {
            dimensionList: {
              id: 'DimensionDescriptor',
              dimensions: [
                { ...coded('REF_AREA', 'CL_AREA'), position: 0 },
                { ...coded('INDICATOR', 'CL_INDICATOR'), position: 1 },
              ],
              timeDimension: {
                id: 'TIME_PERIOD',
                conceptIdentity: concept('TIME_PERIOD'),
                localRepresentation: { format: { dataType: 'ObservationalTimePeriod' } },
              },
            },
            measureList: {
              id: 'MeasureDescriptor',
              measures: [{ id: 'OBS_VALUE', conceptIdentity: concept('OBS_VALUE'), usage: 'optional' }],
            },
            attributeList: {
              id: 'AttributeDescriptor',
              attributes: [
                {
                  ...coded('OBS_STATUS', 'CL_OBS_STATUS'),
                  usage: 'mandatory',
                  attributeRelationship: { observation: {} },
                },
                {
                  id: 'SOURCE',
                  conceptIdentity: concept('SOURCE'),
                  usage: 'mandatory',
                  attributeRelationship: { observation: {} },
                },
              ],
            },
          },
        },
      ],
      conceptSchemes: [
        {
          id: 'CS_EGDI',
          ...maintained,
          ...named({ ar: 'المفاهيم', en: 'Concepts' }),
          concepts: concepts.map(({ id, names }) => ({ id, ...named(names) })),
        },
      ],
      codelists: [
        listOf('CL_AREA', { ar: 'الدول', en: 'Areas' }, figures.areas.list),
        listOf('CL_INDICATOR', { ar: 'المؤشرات', en: 'Indicators' }, indicators),
        listOf('CL_OBS_STATUS', { ar: 'حالات القيم', en: 'Observation statuses' }, statuses),
      ],
    },
  };
}

function listOf(id: string, names: Text, codes: ReadonlyArray<{ id: string; names: Text }>) {
  return {
    id,
    ['agencyID']: maintainer,
    version,
    ...named(names),
    codes: codes.map((code) => ({ id: code.id, ...named(code.names) })),
  };
}

function metaOf(prepared: Date) {
  return {
    id: `IDREF${prepared.getTime()}`,
    prepared: prepared.toISOString(),
    contentLanguages: ['en', 'ar'],
    sender: { id: maintainer, ...named({ ar: 'جسر', en: 'Jisr' }) },
  };
}

function numberOf({ indicator, value }: Observation): number {
  return indicator === 'RANK' ? value! : value! / pointsPerOne;
}

function valueText(one: Observation): string {
  return one.indicator === 'RANK' ? String(one.value ?? '') : printed(one.value);
}

function statusOf({ value }: Observation): 'A' | 'O' {
  return value === undefined ? 'O' : 'A';
}

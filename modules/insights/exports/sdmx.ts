import type { Text } from '#kernel/languages';
import { csvLine } from '../tables/csv.ts';
import { type Flow, type FlowValue, statuses } from './flows.ts';

/** Who keeps the artefacts: an agency of one's own, because the UN maintains none for these tables. */
export const maintainer = 'JISR';
export const version = '1.0';
const urn = (kind: string, what: string) => `urn:sdmx:org.sdmx.infomodel.${kind}=${what}`;
const nameOf = (id: string) => `${maintainer}:${id}(${version})`;
const schemaUrl = 'https://json.sdmx.org/2.1/sdmx-json';

/** What stands in every flow beside its two dimensions. */
const shared = {
  value: { id: 'OBS_VALUE', names: { ar: 'القيمة', en: 'Value' } },
  status: { id: 'OBS_STATUS', names: { ar: 'حالة القيمة', en: 'Observation status' } },
  source: { id: 'SOURCE', names: { ar: 'المصدر', en: 'Source' } },
};
const named = (names: Text) => ({ name: names.en, names: { en: names.en, ar: names.ar } });

const described = ({ id, names }: { id: string; names: Text }) => ({ id, ...named(names) });

/** SDMX-CSV 2.0: one observation a line. */
export function sdmxCsv({ id, subject, indicator }: Flow, values: readonly FlowValue[]): string {
  const header = `STRUCTURE,STRUCTURE_ID,ACTION,${subject.id},${indicator.id},TIME_PERIOD,OBS_VALUE,OBS_STATUS,SOURCE`;
  const lines = values.map((one) =>
    csvLine(['dataflow', nameOf(id), 'I', one.subject, one.indicator, one.period, one.text, one.status, one.source]),
  );
  return `${[header, ...lines].join('\r\n')}\r\n`;
}

/** An SDMX-JSON 2 data message, time series by subject and indicator. `prepared` is when it was made. */
export function sdmxJson(flow: Flow, values: readonly FlowValue[], prepared: Date): object {
  const subjects = [...new Set(values.map(({ subject }) => subject))];
  const wanted = flow.indicator.codes.filter(({ id }) => values.some(({ indicator }) => indicator === id));
  const periods = [...new Set(values.map(({ period }) => period))].sort();
  const sources = [...new Set(values.map(({ source }) => source))];
  const places = (list: readonly string[]) => new Map(list.map((one, at) => [one, at] as const));
  const [subjectAt, indicatorAt] = [places(subjects), places(wanted.map(({ id }) => id))];
  const [periodAt, sourceAt] = [places(periods), places(sources)];
  const statusAt = places(statuses.map(({ id }) => id));
  const names = new Map(flow.subject.codes.map((code) => [code.id, code.names]));
  const series: Record<string, { observations: Record<string, Array<number | null>> }> = {};
  for (const one of values) {
    const key = `${subjectAt.get(one.subject)}:${indicatorAt.get(one.indicator)}`;
    series[key] ??= { observations: {} };
    series[key].observations[String(periodAt.get(one.period))] = [
      one.value ?? null,
      statusAt.get(one.status)!,
      sourceAt.get(one.source)!,
    ];
  }
  return {
    $schema: `${schemaUrl}-data-schema.json`,
    meta: metaOf(prepared),
    data: {
      structures: [
        {
          ...named(flow.names),
          dataSets: [0],
          links: [{ rel: 'dataflow', urn: urn('datastructure.Dataflow', nameOf(flow.id)) }],
          dimensions: {
            series: [
              {
                ...described(flow.subject),
                keyPosition: 0,
                values: subjects.map((id) => ({ id, ...named(names.get(id) ?? { ar: id, en: id }) })),
              },
              {
                ...described(flow.indicator),
                keyPosition: 1,
                values: wanted.map(described),
              },
            ],
            observation: [
              {
                id: 'TIME_PERIOD',
                ...named(flow.periodNames),
                keyPosition: 2,
                roles: ['TIME_PERIOD'],
                // A day with a duration is no identifier, and stands as a value.
                values: periods.map((one) => (/^\d+$/.test(one) ? { id: one, name: one } : { value: one })),
              },
            ],
          },
          measures: { observation: [described(shared.value)] },
          attributes: {
            observation: [
              {
                ...described(shared.status),
                relationship: { observation: {} },
                values: statuses.map(described),
              },
              {
                ...described(shared.source),
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
export function sdmxStructure(flow: Flow, prepared: Date): object {
  const maintained = { ['agencyID']: maintainer, version };
  const time = { id: 'TIME_PERIOD', names: flow.periodNames };
  const scheme = `CS_${flow.id}`;
  const concept = (id: string) => urn('conceptscheme.Concept', `${nameOf(scheme)}.${id}`);
  const codelist = (id: string) => urn('codelist.Codelist', nameOf(id));
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
          id: flow.id,
          ...maintained,
          ...named(flow.names),
          structure: urn('datastructure.DataStructure', nameOf(`DSD_${flow.id}`)),
        },
      ],
      dataStructures: [
        {
          id: `DSD_${flow.id}`,
          ...maintained,
          ...named(flow.structureNames),
          dataStructureComponents: {
            dimensionList: {
              id: 'DimensionDescriptor',
              dimensions: [
                { ...coded(flow.subject.id, flow.subject.list.id), position: 0 },
                { ...coded(flow.indicator.id, flow.indicator.list.id), position: 1 },
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
          id: scheme,
          ...maintained,
          ...named({ ar: 'المفاهيم', en: 'Concepts' }),
          concepts: [flow.subject, flow.indicator, time, ...Object.values(shared)].map(described),
        },
      ],
      codelists: [
        listOf(flow.subject.list, flow.subject.codes),
        listOf(flow.indicator.list, flow.indicator.codes),
        listOf({ id: 'CL_OBS_STATUS', names: { ar: 'حالات القيم', en: 'Observation statuses' } }, statuses),
      ],
    },
  };
}

function listOf({ id, names }: { id: string; names: Text }, codes: ReadonlyArray<{ id: string; names: Text }>) {
  return {
    id,
    ['agencyID']: maintainer,
    version,
    ...named(names),
    codes: codes.map(described),
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

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv2019 from 'ajv/dist/2019.js';
import addFormats from 'ajv-formats';
import jsonld from 'jsonld';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import { createHttpServer, type HttpServer, mountContract } from '#kernel/http';
import { silentLog } from '#kernel/log';
import {
  createInsights,
  createInsightsService,
  type ImportOutcome,
  type Insights,
  insightsMigrations,
  type Mapping,
  readImport,
  saveImport,
} from '#modules/insights';
import { openTestDatabase } from '#tests/support/database';
import { findDcatFaults } from './dcat-ap.ts';
import { unobserved } from './support.ts';

const clock = fixedClock('2026-11-29T08:00:00Z');
const folder = mkdtempSync(join(tmpdir(), 'insights-'));
const fixture = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
const needs = {
  clock,
  publicUrl: 'http://insights.example',
  state: { code: 'OM', names: { ar: 'عُمان', en: 'Oman' } },
  importsFolder: join(folder, 'imports'),
};
let insights: Insights;
let database: Database;
const { areas, methods } = createInsightsService(needs).figures();
let server: HttpServer;
let url: string;
beforeAll(async () => {
  database = await openTestDatabase(insightsMigrations);
  const ledger = {
    append: async () => {
      throw new Error('no round is opened here');
    },
  };
  insights = createInsights({
    ...needs,
    ...unobserved(database),
    database,
    ledger,
    listServices: () => [
      {
        serviceId: 'degree-recognition',
        version: 'v2',
        title: { ar: 'الاعتراف بشهادة', en: 'Recognition of a degree' },
        officeId: 'moe',
        evidenceTypes: [],
      },
    ],
    listOfficers: () => [],
    measureFacts: async () => [],
    measureDecided: async () => [
      { serviceId: 'degree-recognition', decided: 12, atOncePercent: 75, medianWorkingDays: 0, p90WorkingDays: 3 },
    ],
  });
  server = createHttpServer({
    publicUrl: needs.publicUrl,
    log: silentLog,
    clock,
    identify: async () => ({ kind: 'anyone' }),
  });
  mountContract(server, insights.contract, insights.handlers);
  url = `http://127.0.0.1:${(await server.listen({ port: 0, host: '127.0.0.1' })).port}`;
});
afterAll(async () => {
  await server?.close();
  await database?.close();
  rmSync(folder, { recursive: true });
});

const get = async (path: string, accept = 'application/json') => {
  const answer = await fetch(`${url}${path}`, { headers: { accept } });
  return { status: answer.status, type: answer.headers.get('content-type') ?? '', text: await answer.text() };
};
const post = async (path: string, body: object) => {
  const answer = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, json: (await answer.json()) as Record<string, never> };
};
const read = (text: string, name: string, mapping?: Mapping): ImportOutcome =>
  readImport(text, name, { areas, years: methods.map(({ year }) => year), ...(mapping ? { mapping } : {}) });
const faultsOf = (outcome: ImportOutcome) =>
  'faults' in outcome ? outcome.faults.map(({ line, code }) => `${line} ${code}`) : [];
const rowsOf = (outcome: ImportOutcome) => ('read' in outcome ? outcome.read.rows : []);

describe('an import', () => {
  test.each(['2010', '2022'])(
    'of the UN’s export of %s as published gives exactly the rows that are shipped',
    (year) => {
      const outcome = read(fixture(`exports/un-export-${year}.csv`), 'export.csv');
      expect(faultsOf(outcome)).toEqual([]);
      const rows = rowsOf(outcome);
      expect(rows).toHaveLength(193);
      const { survey } = insights.surveyOf(Number(year));
      const bySources = (list: Array<{ area: string; source: string; rank?: number }>) =>
        new Map(
          list.map(({ source: _, rank, ...row }) => [row.area, { ...row, rank: 'egdi' in row ? rank : undefined }]),
        );
      expect(bySources(rows.map(({ row }) => row))).toEqual(bySources(survey.rows));
      expect(rows[0]!.row.source).toBe('export.csv:2');
    },
  );

  test('reads past a byte order mark, padded names, blank ranks and zeros that mean no score', () => {
    const text = `\uFEFFSurvey Year,Country Name,E-Government Rank,E-Government Index,E-Participation Index,Online Service Index,Human Capital Index,Telecommunication Infrastructure Index\n2010,"Kiribati  ",,0.00000,0.01428,0.02857,0.00000,0.01482\n2022,Turkey ,48,0.79830,0.8,0.8600,0.87220,0.66260\n`;
    expect(rowsOf(read(text, 'x.csv')).map(({ row }) => row)).toEqual([
      { area: 'KIR', source: 'x.csv:2', epi: 1428, osi: 2857, tii: 1482 },
      { area: 'TUR', source: 'x.csv:3', rank: 48, egdi: 79_830, epi: 80_000, osi: 86_000, hci: 87_220, tii: 66_260 },
    ]);
  });

  test('names every bad line, in both languages, and takes nothing', () => {
    const text =
      'y,who,v\n2024,Oman,0.9\n2023,Oman,0.8\n2024,Atlantis,0.7\n2024,Qatar,0.123456\n2024,OMN,0.9\n2024,Kuwait,abc\n';
    const outcome = read(text, 'own.csv', { year: 'y', area: 'who', egdi: 'v' });
    expect(faultsOf(outcome)).toEqual([
      '3 year-unknown',
      '4 area-unknown',
      '5 value-wrong',
      '6 twice',
      '7 value-wrong',
    ]);
    expect('faults' in outcome && outcome.faults[1]!.words).toEqual({
      ar: 'لا تُعرف دولة باسم «Atlantis».',
      en: 'No state is known by the name “Atlantis”.',
    });
    expect(faultsOf(read('a,b\n1,2\n', 'own.csv'))).toEqual(['1 mapping-needed']);
    expect(faultsOf(read('a,b\n1,2\n', 'own.csv', { year: '2024', area: 'a', egdi: 'c' }))).toEqual([
      '1 column-absent',
    ]);
    expect(faultsOf(read('a,b\n1,"2\n', 'own.csv'))).toEqual(['2 not-csv']);
    expect(faultsOf(read('a,b\n1,2,3\n', 'own.csv'))).toEqual(['2 not-csv']);
    expect(faultsOf(read('', 'own.csv'))).toEqual(['1 empty']);
  });

  test('of somebody’s own file wins over what is shipped, at once, with its own source, and can be taken away again', () => {
    const before = insights.listStandings(2024).find(({ area }) => area === 'OMN')!;
    const outcome = read('state;\n', 'own.csv');
    expect(faultsOf(outcome)).toEqual(['1 empty']);
    const mapped = read('state,score,o,t,h\nسلطنة عمان,0.9,0.9,0.9,0.9\n', 'own.csv', {
      year: '2024',
      area: 'state',
      egdi: 'score',
      osi: 'o',
      tii: 't',
      hci: 'h',
    });
    expect(faultsOf(mapped)).toEqual(['2 area-unknown']);
    const taken = read('state,score,o,t,h\nعُمان,0.9,0.9,0.9,0.9\n', 'own.csv', {
      year: '2024',
      area: 'state',
      egdi: 'score',
      osi: 'o',
      tii: 't',
      hci: 'h',
    });
    const path = saveImport(needs.importsFolder, (taken as Extract<ImportOutcome, { read: object }>).read, areas);
    const after = insights.listStandings(2024).find(({ area }) => area === 'OMN')!;
    expect([before.egdi, before.source, after.egdi, after.source, after.rankPrinted]).toEqual([
      0.85759,
      'egdi',
      0.9,
      'own.csv:2',
      27,
    ]);
    rmSync(path);
    expect(insights.listStandings(2024).find(({ area }) => area === 'OMN')).toEqual(before);
  });
});

test('an assumed weight is changed by a register of one’s own, at once, and a broken one is refused whole', () => {
  const gain = () =>
    insights.findGoal({ year: 2024, area: 'KWT', rank: 40 }).levers.find(({ part }) => part === 'egl')?.gain;
  const path = join(needs.importsFolder, 'methods.rows.json');
  const register = readFileSync(new URL('../data/methods.rows.json', import.meta.url), 'utf8');
  const shipped = gain();
  const changed = JSON.parse(register) as {
    methods: Array<{ year: number; parts: { hci: Array<{ id: string; weight: number }> } }>;
  };
  changed.methods.find(({ year }) => year === 2024)!.parts.hci.find(({ id }) => id === 'egl')!.weight = 4;
  writeFileSync(path, JSON.stringify(changed));
  expect(gain()! / shipped!).toBeCloseTo(4 / 8 / (1 / 5), 9);
  writeFileSync(path, register.replace('"hci": 1', '"hci": -1'));
  expect(gain).toThrow('methods.rows.json');
  rmSync(path);
  expect(gain()).toBe(shipped);
});

test('how pages were judged is told of the version that was judged and of no other', async () => {
  const lineOf = async (version: string) => {
    const services = [{ serviceId: 'degree-recognition', version, pages: 7, pagesWithoutFault: 6, rules: ['label'] }];
    writeFileSync(
      join(needs.importsFolder, 'accessibility.rows.json'),
      JSON.stringify({ judge: 'axe-core 4.14.1', judgedOn: '2026-11-30', services }),
    );
    clock.advance(61_000);
    return (await get('/api/insights/services.csv')).text.trim().split('\n').at(-1);
  };
  expect(await lineOf('v1')).toBe('degree-recognition,12,75,,,,0,3,,,,,,,,,,,');
  expect(await lineOf('v2')).toBe('degree-recognition,12,75,,,,0,3,,,,,,,,7,6,axe-core 4.14.1,2026-11-30');
  rmSync(join(needs.importsFolder, 'accessibility.rows.json'));
  clock.advance(61_000);
});

describe('SDMX', () => {
  const ajv = addFormats.default(new Ajv2019.default({ strict: false, allErrors: false, logger: false }));
  const compiled = Object.fromEntries(
    (['data', 'structure'] as const).map((kind) => [
      kind,
      ajv.compile(JSON.parse(fixture(`schemas/sdmx-json-${kind}-schema.json`))),
    ]),
  );
  const validate = (kind: 'data' | 'structure') => compiled[kind]!;
  const path = '/api/insights/sdmx/data/dataflow/JISR/EGDI/1.0';

  test('data and structure hold to the published JSON Schemas, which see a broken message', async () => {
    const data = validate('data');
    const answer = await get(`${path}/all`);
    expect(answer.type).toContain('application/vnd.sdmx.data+json');
    const message = JSON.parse(answer.text) as { data: { dataSets: Array<{ series: object }>; structures: unknown } };
    expect([data(message), data.errors]).toEqual([true, null]);
    expect(Object.keys(message.data.dataSets[0]!.series)).toHaveLength(193 * 6);
    expect(data({ ...message, data: { ...message.data, structures: 5 } })).toBe(false);
    const structure = validate('structure');
    const described = JSON.parse((await get('/api/insights/sdmx/structure/dataflow/JISR/EGDI/1.0')).text) as {
      data: { dataflows: object[] };
    };
    expect([structure(described), structure.errors]).toEqual([true, null]);
    expect(structure({ ...described, data: { ...described.data, dataflows: [{ id: 'no version' }] } })).toBe(false);
  });

  test('a key and a period choose, and what was given out as CSV reads back as the same rows', async () => {
    const chosen = JSON.parse((await get(`${path}/KWT+SAU.EGDI+RANK?startPeriod=2022`)).text) as {
      data: { dataSets: Array<{ series: Record<string, { observations: Record<string, unknown[]> }> }> };
    };
    expect(chosen.data.dataSets[0]!.series['0:0']!.observations).toEqual({ 0: [0.7484, 0, 0], 1: [0.7812, 0, 0] });
    expect(chosen.data.dataSets[0]!.series['1:1']!.observations['1']).toEqual([6, 0, 0]);
    const csv = await get(`${path}/all?startPeriod=2008&endPeriod=2010`, 'text/csv');
    expect(csv.type).toContain('application/vnd.sdmx.data+csv');
    const back = rowsOf(read(csv.text, 'sdmx.csv'));
    expect(back).toHaveLength(386);
    for (const { year, row } of back) {
      const shipped = insights.surveyOf(year).survey.rows.find(({ area }) => area === row.area)!;
      expect({ ...row, source: '' }).toEqual({ ...shipped, source: '' });
    }
    expect((await get(`${path}/KWT`)).status).toBe(400);
  });

  test('the measures of services are a flow of their own, in which what is withheld or was not observed says so', async () => {
    const services = '/api/insights/sdmx/data/dataflow/JISR/SERVICES/1.0';
    const message = JSON.parse((await get(`${services}/all`)).text) as {
      data: { dataSets: Array<{ series: Record<string, { observations: Record<string, unknown[]> }> }> };
    };
    const data = validate('data');
    expect([data(message), data.errors]).toEqual([true, null]);
    expect(Object.keys(message.data.dataSets[0]!.series)).toHaveLength(14);
    const structure = validate('structure');
    const described = JSON.parse((await get('/api/insights/sdmx/structure/dataflow/JISR/SERVICES/1.0')).text);
    expect([structure(described), structure.errors]).toEqual([true, null]);
    const csv = await get(`${services}/degree-recognition.AT_ONCE+CROSS_BORDER+AVAILABLE`, 'text/csv');
    expect(csv.text.split('\r\n').slice(1, -1)).toEqual(
      ['AT_ONCE,2025-11-29/P365D,75,A', 'CROSS_BORDER,2025-11-29/P365D,,Q', 'AVAILABLE,2025-11-29/P365D,,O'].map(
        (line) => `dataflow,JISR:SERVICES(1.0),I,degree-recognition,${line},http://insights.example`,
      ),
    );
    expect((await get(`${services}/a.b.c`)).status).toBe(400);
  });
});

describe('the catalogue of data as DCAT-AP 3.0', () => {
  type Graph = { '@graph': Array<Record<string, unknown>> };
  const catalogue = async () => JSON.parse((await get('/api/insights/catalogue.jsonld')).text) as Graph;
  const quadsOf = async (graph: Graph) =>
    (await jsonld.toRDF(graph as never, { format: 'application/n-quads' })) as unknown as string;

  test('holds to the mandatory properties and ranges of the specification, and what it gives can be fetched', async () => {
    const quads = await quadsOf(await catalogue());
    expect(await findDcatFaults(quads)).toEqual([]);
    const downloads = [...quads.matchAll(/<http:\/\/www\.w3\.org\/ns\/dcat#downloadURL> <([^>]+)>/g)];
    expect(downloads).toHaveLength(6);
    for (const [, address] of downloads) {
      const { pathname, search } = new URL(address!);
      expect((await get(pathname + search)).status, pathname).toBe(200);
    }
  });

  test.each<[string, string, (node: Record<string, unknown>) => void, string]>([
    ['a data set without a title', 'dcat:Dataset', (node) => delete node['dct:title'], 'MinCount'],
    ['one without a description', 'dcat:Dataset', (node) => delete node['dct:description'], 'MinCount'],
    ['a catalogue of nobody', 'dcat:Catalog', (node) => delete node['dct:publisher'], 'MinCount'],
    ['a distribution that is nowhere', 'dcat:Distribution', (node) => delete node['dcat:accessURL'], 'MinCount'],
    ['an agent without a name', 'foaf:Agent', (node) => delete node['foaf:name'], 'MinCount'],
    [
      'a publisher that is only a name',
      'dcat:Catalog',
      (node) => Object.assign(node, { 'dct:publisher': 'the state' }),
      'Class',
    ],
    ['a day that is no date', 'dcat:Catalog', (node) => Object.assign(node, { 'dct:modified': 'today' }), 'Or'],
    [
      'a theme of one’s own',
      'dcat:Dataset',
      (node) => Object.assign(node, { 'dcat:theme': { '@id': 'https://elsewhere.example/' } }),
      'Pattern',
    ],
  ])('is refused with %s', async (_name, type, breakIt, component) => {
    const graph = await catalogue();
    const nodes = graph['@graph'].flatMap((node) => [
      node,
      ...[node['dcat:distribution'] ?? []].flat().map((one) => one as Record<string, unknown>),
    ]);
    breakIt(nodes.find((node) => node['@type'] === type)!);
    const faults = await findDcatFaults(await quadsOf(graph));
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.join()).toContain(`${component}ConstraintComponent`);
  });
});

test('the API answers a scenario, a goal and a history, and refuses with a code in both languages', async () => {
  const scenario = {
    year: 2024,
    area: 'KWT',
    mode: 'frozen',
    changes: [{ depth: 'questions', part: 'epi', more: 20 }],
  };
  expect((await post('/api/insights/simulations', scenario)).json).toMatchObject({
    before: { rank: 66 },
    after: { rank: 56 },
  });
  expect((await post('/api/insights/goals', { year: 2024, area: 'OMN', rank: 30 })).json).toMatchObject({
    overtakes: expect.any(String),
  });
  expect((await post('/api/insights/simulations', { ...scenario, area: 'ZZZ' })).json).toMatchObject({
    status: 404,
    code: 'area-unknown',
  });
  expect((await post('/api/insights/simulations', { ...scenario, year: 2023 })).json).toMatchObject({
    code: 'year-unknown',
  });
  expect(
    (await post('/api/insights/simulations', { ...scenario, changes: [{ depth: 'index', index: 'osi', value: 2 }] }))
      .status,
  ).toBe(400);
  expect((await get('/api/insights/areas/OMN')).status).toBe(200);
  expect(JSON.parse((await get('/api/insights/surveys/2022')).text)).toMatchObject({
    fits: [{ index: 'tii' }, { index: 'hci' }],
  });
  expect((await get('/api/insights/services.csv')).text).toBe(
    'service,decided,at_once_percent,cross_border_percent,approved_percent,approved_in_part_percent,median_working_days,p90_working_days,satisfaction_of_5,ratings,available_percent,node_available_percent,observed_from,observed_intervals,asked_intervals,pages_judged,pages_without_fault,judge,judged_on\ndegree-recognition,12,75,,,,0,3,,,,,,,,,,,\n',
  );
});

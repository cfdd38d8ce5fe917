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

const clock = fixedClock('2026-11-29T08:00:00Z');
const folder = mkdtempSync(join(tmpdir(), 'insights-'));
const fixture = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
const needs = {
  clock,
  publicUrl: 'http://insights.example',
  state: { code: 'OM', names: { ar: 'عُمان', en: 'Oman' } },
  importsFolder: join(folder, 'imports'),
  measureServices: async () => [
    { serviceId: 'degree-recognition', decided: 12, atOncePercent: 75, medianWorkingDays: 0, p90WorkingDays: 3 },
  ],
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
  insights = createInsights({ ...needs, database, ledger, listOfficers: () => [], measureFacts: async () => [] });
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

describe('SDMX', () => {
  const ajv = addFormats.default(new Ajv2019.default({ strict: false, allErrors: false, logger: false }));
  const validate = (kind: 'data' | 'structure') =>
    ajv.compile(JSON.parse(fixture(`schemas/sdmx-json-${kind}-schema.json`)));
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
});

test('the catalogue of data is DCAT-AP: every data set has title, description and publisher, and what it gives can be fetched', async () => {
  const catalogue = JSON.parse((await get('/api/insights/catalogue.jsonld')).text) as object;
  const quads = (await jsonld.toRDF(catalogue as never)) as Array<
    Record<'subject' | 'predicate' | 'object', { value: string }>
  >;
  const of = (predicate: string) => quads.filter((quad) => quad.predicate.value === predicate);
  const types = of('http://www.w3.org/1999/02/22-rdf-syntax-ns#type');
  const datasets = types
    .filter(({ object }) => object.value.endsWith('dcat#Dataset'))
    .map(({ subject }) => subject.value);
  expect(datasets.length).toBeGreaterThan(8);
  for (const needed of ['title', 'description', 'publisher'])
    expect(new Set(of(`http://purl.org/dc/terms/${needed}`).map(({ subject }) => subject.value))).toEqual(
      new Set([...of(`http://purl.org/dc/terms/${needed}`).map(({ subject }) => subject.value), ...datasets]),
    );
  const downloads = of('http://www.w3.org/ns/dcat#downloadURL').map(({ object }) => new URL(object.value));
  expect(downloads).toHaveLength(4);
  for (const { pathname, search } of downloads) expect((await get(pathname + search)).status, pathname).toBe(200);
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
    'service,decided,at_once_percent,cross_border_percent,median_working_days,p90_working_days,satisfaction_of_5,ratings\ndegree-recognition,12,75,,0,3,,\n',
  );
});

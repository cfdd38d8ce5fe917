import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Static, type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { Text } from '#kernel/languages';
import { FactRule } from '../assessment/facts.ts';
import { type Method, MethodFile } from '../methods/contract.ts';
import { checkMethods } from '../methods/rules.ts';
import { type Points, pointsOf, type Row, type Survey } from '../surveys/survey.ts';
import { AccessibilityFile } from './accessibility.ts';
import { Area, type Areas, createAreas } from './areas.ts';
import { readCsv } from './csv.ts';
import { QuestionFile } from './questions.ts';
import { Source } from './sources.ts';

/** Raw inputs by area and column. */
export type InputTable = {
  id: string;
  values: Map<string, Map<string, number>>;
  words: Map<string, Map<string, string>>;
};

/** Everything the module computes from, as the folder of data gives it. */
export type Figures = {
  areas: Areas;
  sources: Source[];
  methods: Method[];
  assumptions: MethodFile['assumptions'];
  surveys: Survey[];
  inputs: Map<string, InputTable>;
  questions: QuestionFile;
  /** Arabic titles of the questions, by the title that the toolkit prints. */
  questionNames: Record<string, string>;
  /** Which fact of a node answers which question. */
  factRules: FactRule[];
  /** GovTech Maturity Index and OECD tables: area, variable, value. */
  others(table: 'gtmi-2022' | 'oecd-dgi-2023'): Map<string, Map<string, number>>;
  /** Names of the columns of other indices. */
  otherNames: Record<string, Text>;
  landOutline: string;
  accessibility: AccessibilityFile;
};

export const scoreColumns = ['egdi', 'osi', 'tii', 'hci', 'epi'] as const;

/**
 * Reads the folder of data, and over it the rows of imported files (`<imports>/*.csv`), which win. Throws an Error that names
 * the file and line: figures that cannot be read whole are not shown in part. A `methods.rows.json` among the imports stands for
 * the register that is shipped: that is how an assumed weight is changed, or a new survey year gets its method. So does an
 * `accessibility.rows.json`.
 */
export function readFigures(folder: string, importsFolder?: string): Figures {
  const areas = createAreas(readJson(folder, 'areas.rows.json', Type.Array(Area)));
  const readOwn = <Schema extends TSchema>(name: string, schema: Schema) =>
    readJson(importsFolder && existsSync(join(importsFolder, name)) ? importsFolder : folder, name, schema);
  const { assumptions, methods } = readOwn('methods.rows.json', MethodFile);
  const faults = checkMethods({ assumptions, methods });
  if (faults.length > 0) throw new Error(`methods.rows.json: ${faults.join('; ')}`);
  const rows = new Map<string, { year: number; row: Row }>();
  const keep = (file: string, text: string) => {
    for (const { year, row } of readScores(file, text, areas)) rows.set(`${year} ${row.area}`, { year, row });
  };
  keep('egdi.csv', readText(folder, 'egdi.csv'));
  if (importsFolder && existsSync(importsFolder))
    for (const name of readdirSync(importsFolder).sort())
      if (name.endsWith('.csv')) keep(name, readText(importsFolder, name));
  const byYear = Map.groupBy(rows.values(), ({ year }) => year);
  const surveys = [...byYear]
    .sort(([one], [other]) => one - other)
    .map(([year, found]) => ({ year, rows: found.map(({ row }) => row) }));
  for (const { year } of surveys)
    if (!methods.some((method) => method.year === year)) throw new Error(`no method says how ${year} is computed`);
  const inputs = ['qog-2022', 'undp-2016-2022'].map((id) => readInputs(id, readText(folder, `inputs/${id}.csv`)));
  const others = new Map<string, Map<string, Map<string, number>>>();
  return {
    areas,
    sources: readJson(folder, 'sources.rows.json', Type.Array(Source)),
    methods: methods.toSorted((one, other) => one.year - other.year),
    assumptions,
    surveys,
    inputs: new Map(inputs.map((table) => [table.id, table])),
    questions: readJson(folder, 'questions-2024.rows.json', QuestionFile),
    questionNames: readJson(folder, 'question-names.rows.json', Type.Record(Type.String(), Type.String())),
    factRules: readJson(folder, 'facts.rows.json', Type.Array(FactRule)),
    others: (table) => {
      const known = others.get(table) ?? readLong(readText(folder, `${table}.csv`));
      others.set(table, known);
      return known;
    },
    otherNames: readJson(folder, 'other-indices.rows.json', Type.Record(Type.String(), Text)),
    landOutline: readText(folder, 'land.rows.json'),
    accessibility: readOwn('accessibility.rows.json', AccessibilityFile),
  };
}

/** The module's own form: survey_year, iso3, rank, egdi, osi, tii, hci, epi, and perhaps flag and source. */
export function readScores(file: string, text: string, areas: Areas): Array<{ year: number; row: Row }> {
  return readCsv(text).lines.map(({ line, cells }) => {
    const fault = (what: string) => new Error(`${file}:${line}: ${what}`);
    const year = Number(cells['survey_year']);
    const area = areas.find(cells['iso3'] ?? '');
    if (!area || !Number.isInteger(year)) throw fault('names no area or no year');
    const hasScore = !cells['flag'];
    const values: Partial<Record<(typeof scoreColumns)[number], Points>> = {};
    for (const column of scoreColumns) {
      const cell = cells[column]?.trim() ?? '';
      if (cell === '' || (column === 'egdi' && !hasScore)) continue;
      const points = pointsOf(cell);
      if (points === undefined) throw fault(`${column} is no value`);
      // Where there is no score, a printed 0 is no value either.
      if (!hasScore && points === 0) continue;
      values[column] = points;
    }
    const rank = Number(cells['rank']);
    const source = cells['source'] || basename(file, '.csv');
    return { year, row: { area: area.id, ...(hasScore && rank > 0 ? { rank } : {}), ...values, source } };
  });
}

function readInputs(id: string, text: string): InputTable {
  const values = new Map<string, Map<string, number>>();
  const words = new Map<string, Map<string, string>>();
  for (const { cells } of readCsv(text).lines) {
    const area = cells['iso3'] ?? cells['ccodealp'] ?? '';
    const texts = Object.entries(cells).filter(([, cell]) => cell.trim() !== '');
    words.set(area, new Map(texts));
    values.set(
      area,
      new Map(texts.map(([name, cell]) => [name, Number(cell)] as const).filter(([, value]) => Number.isFinite(value))),
    );
  }
  return { id, values, words };
}

/** cc_iso3c, ref_year, variable, value. */
function readLong(text: string): Map<string, Map<string, number>> {
  const found = new Map<string, Map<string, number>>();
  for (const { cells } of readCsv(text).lines) {
    const [area = '', variable = '', value = ''] = [cells['cc_iso3c'], cells['variable'], cells['value']];
    if (value.trim() === '' || !Number.isFinite(Number(value))) continue;
    const of = found.get(area) ?? new Map<string, number>();
    of.set(variable, Number(value));
    found.set(area, of);
  }
  return found;
}

function readText(folder: string, name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}

function readJson<Schema extends TSchema>(folder: string, name: string, schema: Schema): Static<Schema> {
  const value: unknown = JSON.parse(readText(folder, name));
  const check = Compile(schema);
  if (check.Check(value)) return value as Static<Schema>;
  const [first] = check.Errors(value);
  throw new Error(`${name}${first?.instancePath ?? ''}: ${first?.message ?? 'has another form'}`);
}

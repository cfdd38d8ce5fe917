import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '#kernel/clock';
import type { Text } from '#kernel/languages';
import {
  type Change,
  createInsightsService,
  egdiFlow,
  listObservations,
  type Mapping,
  readImport,
  readKey,
  saveImport,
  scoresCsv,
  sdmxCsv,
  sdmxJson,
  sdmxStructure,
} from '#modules/insights';
import { assessmentUsage, operateAssessment } from './assessment.ts';
import type { CliConfig } from './config.ts';

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const fileBytesMax = 8 * 1024 * 1024;

const usage: Text = {
  ar: `jisr insights ranking [السنة] [--group gcc]      الترتيب محسوبًا من جديد مع الباقي
jisr insights gap KWT SAU [--year 2024]        من أين تأتي الفجوة
jisr insights what-if KWT [--year 2024] [--mode frozen|full] osi=0.9 epi=0.8 more:epi=10 input:mean-years=9
jisr insights goal KWT 40 [--year 2024] [--costs epi=2,sp=5]
jisr insights uncertainty [السنة] [--spread 20] مدى المراتب
jisr insights import <ملف> --to <مجلد> [--map year=2024,area=state,egdi=score] [--dry-run]
jisr insights export csv|sdmx-json|sdmx-csv|sdmx-structure [KWT+SAU.EGDI]
${assessmentUsage.ar}
--json للبرامج`,
  en: `jisr insights ranking [year] [--group gcc]      the ranking computed again, with what is left over
jisr insights gap KWT SAU [--year 2024]        where a gap comes from
jisr insights what-if KWT [--year 2024] [--mode frozen|full] osi=0.9 epi=0.8 more:epi=10 input:mean-years=9
jisr insights goal KWT 40 [--year 2024] [--costs epi=2,sp=5]
jisr insights uncertainty [year] [--spread 20] rank intervals
jisr insights import <file> --to <folder> [--map year=2024,area=state,egdi=score] [--dry-run]
jisr insights export csv|sdmx-json|sdmx-csv|sdmx-structure [KWT+SAU.EGDI]
${assessmentUsage.en}
--json for programs`,
};

/** The UN index on the command line, from the files alone: no node has to run. Exit code 1 when a file is refused. */
export async function operateInsights(config: CliConfig, words: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      year: text,
      group: text,
      mode: text,
      costs: text,
      spread: text,
      to: text,
      map: text,
      'dry-run': flag,
      json: flag,
    },
  });
  const [what = 'help', first = '', ...rest] = positionals;
  const insights = createInsightsService({
    clock: systemClock,
    publicUrl: 'http://localhost',
    state: { code: '', names: { ar: '', en: '' } },
  });
  const figures = insights.figures();
  const years = figures.surveys.map(({ year }) => year);
  const yearOf = (given: string | undefined) => Number(given || years.at(-1));
  const nameOf = (id: string) => insights.areaOf(id).names[config.language];
  const show = (value: object, lines: string[]) => console.log(values.json ? JSON.stringify(value) : lines.join('\n'));
  const commands: Record<string, () => number> = {
    assessment: () =>
      operateAssessment(insights, {
        language: config.language,
        words: positionals.slice(1),
        ...(values.year ? { year: values.year } : {}),
        isJson: values.json ?? false,
      }),
    ranking: () => {
      const inGroup = values.group ? figures.areas.inGroup(values.group).map(({ id }) => id) : undefined;
      const standings = insights
        .listStandings(yearOf(first))
        .filter(({ area }) => inGroup?.includes(area) ?? true)
        .sort((one, other) => (one.rank ?? 999) - (other.rank ?? 999));
      show(
        standings,
        standings.map(({ rank, area, egdi, osi, tii, hci, epi, residual }) =>
          [
            String(rank ?? '-').padStart(3),
            area,
            ...[egdi, osi, tii, hci, epi].map((value) => value?.toFixed(5) ?? '      -'),
            residual === undefined ? '' : `${residual >= 0 ? '+' : ''}${residual.toFixed(6)}`,
            nameOf(area),
          ].join('  '),
        ),
      );
      return 0;
    },
    gap: () => {
      const gap = insights.explainGap(yearOf(values.year), first.toUpperCase(), (rest[0] ?? '').toUpperCase());
      const line = (name: string, value: number) => `${name.padEnd(10)} ${value >= 0 ? '+' : ''}${value.toFixed(5)}`;
      show(gap, [...gap.pieces.map(({ of, egdi }) => line(of, egdi)), line('=', gap.gap)]);
      return 0;
    },
    'what-if': () => {
      const mode = values.mode === 'full' ? 'full' : 'frozen';
      const changes = rest.map(readChange);
      if (changes.length === 0 || changes.includes(undefined)) return fail(config, usage);
      const outcome = insights.simulate({
        year: yearOf(values.year),
        area: first.toUpperCase(),
        mode,
        changes: changes as Change[],
      });
      const line = (name: string, { rank, egdi }: { rank: number; egdi: number }) =>
        `${name.padEnd(8)} ${String(rank).padStart(3)}  ${egdi.toFixed(5)}`;
      show(outcome, [
        `${nameOf(first.toUpperCase())} (${mode})`,
        line('before', outcome.before),
        line('after', outcome.after),
        ...outcome.assumptions.map((id) => `! ${figures.assumptions[id]?.[config.language] ?? id}`),
      ]);
      return 0;
    },
    goal: () => {
      const rank = Number(rest[0]);
      const costs = Object.entries(pairsOf(values.costs) ?? {}).map(([part, cost]) => [part, Number(cost)] as const);
      const isWhole = (value: number, most: number) => Number.isInteger(value) && value >= 1 && value <= most;
      if (!isWhole(rank, 193) || !costs.every(([, cost]) => isWhole(cost, 100))) return fail(config, usage);
      const goal = insights.findGoal({
        year: yearOf(values.year),
        area: first.toUpperCase(),
        rank,
        costs: Object.fromEntries(costs),
      });
      show(goal, [
        `+${goal.needed.toFixed(5)}${goal.overtakes ? `  > ${nameOf(goal.overtakes)}` : ''}`,
        ...goal.alone.map(
          ({ index, value, isAttainable }) => `${index}  ${value.toFixed(5)}  ${isAttainable ? 'ok' : '> 1'}`,
        ),
        ...(goal.cheapest
          ? [
              `${goal.cheapest.cost}: ${Object.entries(goal.cheapest.units)
                .map((unit) => unit.join(' '))
                .join(', ')}`,
            ]
          : []),
      ]);
      return 0;
    },
    uncertainty: () => {
      const spread = Number(values.spread ?? 20);
      if (!(spread >= 0 && spread <= 50)) return fail(config, usage);
      const { intervals, ...drawn } = insights.measureUncertainty(yearOf(first), spread);
      show(
        { ...drawn, intervals },
        intervals
          .toSorted((one, other) => one.median - other.median)
          .map(
            ({ area, median, low, high, best, worst }) =>
              `${String(median).padStart(3)}  ${area}  ${low}-${high}  (${best}-${worst})  ${nameOf(area)}`,
          ),
      );
      return 0;
    },
    import: () => {
      if (!first || (!values.to && !values['dry-run'])) return fail(config, usage);
      if (statSync(first).size > fileBytesMax) return fail(config, tooLarge);
      const mapping = pairsOf(values.map) as Mapping | undefined;
      const outcome = readImport(readFileSync(first, 'utf8'), basename(first), {
        areas: figures.areas,
        years: figures.methods.map(({ year }) => year),
        ...(mapping ? { mapping } : {}),
      });
      if ('faults' in outcome) {
        for (const { line, words: said } of outcome.faults) console.error(`${first}:${line}: ${said[config.language]}`);
        return 1;
      }
      const { read } = outcome;
      const path = values['dry-run'] ? '-' : saveImport(values.to!, read, figures.areas);
      console.log(`${read.format}  ${read.rows.length}  ${path}`);
      return 0;
    },
    export: () => {
      const selection = readKey(rest[0] ?? 'all');
      if (!selection) return fail(config, usage);
      const formats: Record<string, () => string> = {
        csv: () =>
          scoresCsv(
            figures.surveys.flatMap(({ year, rows }) => rows.map((row) => ({ year, row }))),
            figures.areas,
          ),
        'sdmx-json': () =>
          JSON.stringify(sdmxJson(egdiFlow(figures), listObservations(figures, selection), systemClock.now())),
        'sdmx-csv': () => sdmxCsv(egdiFlow(figures), listObservations(figures, selection)),
        'sdmx-structure': () => JSON.stringify(sdmxStructure(egdiFlow(figures), systemClock.now())),
      };
      const write = formats[first];
      if (!write) return fail(config, usage);
      process.stdout.write(write());
      return 0;
    },
  };
  return commands[what]?.() ?? fail(config, usage);
}

const tooLarge: Text = { ar: 'الملف أكبر من 8 ميغابايت.', en: 'The file is larger than 8 megabytes.' };

function fail(config: CliConfig, words: Text): number {
  console.error(words[config.language]);
  return 2;
}

/** `osi=0.9`, `epi=0.8`, `more:sp=5`, `input:mean-years=9`. */
function readChange(word: string): Change | undefined {
  const match = /^(?:(more|input):)?([a-z-]+)=(-?\d+(?:\.\d+)?)$/.exec(word);
  if (!match) return undefined;
  const [, kind, name = '', given] = match;
  const value = Number(given);
  if (kind === 'more') return { depth: 'questions', part: name, more: Math.round(value) };
  if (kind === 'input') return { depth: 'input', part: name, value };
  if (value < 0 || value > 1) return undefined;
  if (name === 'epi') return { depth: 'part', part: 'epi', value };
  return name === 'osi' || name === 'tii' || name === 'hci' ? { depth: 'index', index: name, value } : undefined;
}

/** `a=b,c=d` as an object. */
function pairsOf(given: string | undefined): Record<string, string> | undefined {
  if (!given) return undefined;
  return Object.fromEntries(
    given.split(',').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
}

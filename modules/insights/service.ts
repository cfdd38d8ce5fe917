import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '#kernel/clock';
import type { Text } from '#kernel/languages';
import type { DryRun } from './assessment/contract.ts';
import { listCodes } from './assessment/questionnaire.ts';
import { scoreSheet } from './assessment/score.ts';
import type { ChangeOverTime, Gap } from './comparing/contract.ts';
import { explainChange, explainGap } from './comparing/rules.ts';
import { type InputFit, problem, type Standing } from './contract.ts';
import { dcatCatalogue } from './exports/dcat.ts';
import { indexIds, type Method, type Part } from './methods/contract.ts';
import type { ProposalOutcome } from './proposals/contract.ts';
import { proposeHumanCapital } from './proposals/rules.ts';
import { computeFromInputs, fitOf } from './recomputing/inputs.ts';
import { isKnownError } from './surveys/checking.ts';
import { type Recomputed, recomputeSurvey } from './surveys/ranking.ts';
import { isScored, levelOf, pointsPerOne, type ScoredRow, type Survey } from './surveys/survey.ts';
import type { Area } from './tables/areas.ts';
import { type Figures, readFigures } from './tables/folder.ts';
import type { Swing, Uncertainty } from './uncertainty/contract.ts';
import { measureUncertainty } from './uncertainty/monte-carlo.ts';
import { measureSwings } from './uncertainty/tornado.ts';
import type { Goal, GoalAnswer, Outcome, Scenario } from './what-if/contract.ts';
import { findGoal } from './what-if/goals.ts';
import { ChangeRefused, simulate } from './what-if/simulating.ts';

export type InsightsNeeds = {
  clock: Clock;
  publicUrl: string;
  state: { code: string; names: Text };
  /** The folder of data; the module's own unless told otherwise. */
  dataFolder?: string;
  /** Imported files, which win over the folder of data; it need not exist. */
  importsFolder?: string;
};

/** The folder of data that comes with the module. */
export const ownDataFolder = join(import.meta.dirname, 'data');

/** One figure of another index, as its publisher printed it. */
export type OtherFigure = { table: 'gtmi-2022' | 'oecd-dgi-2023'; id: string; names: Text; value: number };

/** Draws on a page or an endpoint: enough for steady intervals, few enough for a tenth of a second. */
const runs = 2_000;
const seed = 2024;
/** The only openly published figures on digital skills strategies for nearly all states. */
const proposedIndicator = 'gtmi_digitalskills';

export type InsightsService = ReturnType<typeof createInsightsService>;

export function createInsightsService(needs: InsightsNeeds) {
  const { dataFolder = ownDataFolder, importsFolder } = needs;
  let read: { stamp: string; figures: Figures; drawn: Map<string, Uncertainty> } | undefined;

  /** Read once, and again when an import has changed the folder. */
  const current = () => {
    const stamp = stampOf(importsFolder);
    if (read?.stamp !== stamp) read = { stamp, figures: readFigures(dataFolder, importsFolder), drawn: new Map() };
    return read;
  };
  const figures = () => current().figures;

  const surveyOf = (year: number): { survey: Survey; method: Method } => {
    const { surveys, methods } = figures();
    const survey = surveys.find((one) => one.year === year);
    const method = methods.find((one) => one.year === year);
    if (!survey || !method) throw problem('year-unknown', { years: surveys.map((one) => one.year).join(', ') });
    return { survey, method };
  };
  const areaOf = (id: string): Area => {
    const area = figures().areas.list.find((one) => one.id === id);
    if (!area) throw problem('area-unknown');
    return area;
  };
  const rowOf = (survey: Survey, area: string): ScoredRow => {
    const row = survey.rows.find((one) => one.area === areaOf(area).id);
    if (!row || !isScored(row)) throw problem('area-unscored', { what: area });
    return row;
  };

  /** The data sets as DCAT-AP 3 in JSON-LD. */
  const describeDataSets = () =>
    dcatCatalogue(figures().sources, {
      publicUrl: needs.publicUrl,
      state: needs.state,
      modified: needs.clock.now().toISOString().slice(0, 10),
    });

  const listStandings = (year: number): Standing[] => {
    const { survey, method } = surveyOf(year);
    return recomputeSurvey(survey, method).map((one) => standingOf(one, areaOf(one.row.area), method));
  };

  const listFits = (year: number): InputFit[] => {
    const { survey, method } = surveyOf(year);
    return indexIds.flatMap((index) => {
      const computed = computeFromInputs(method, index, figures());
      if (!computed) return [];
      const values = survey.rows.flatMap((row) => {
        const value = computed.values.get(row.area);
        if (value === undefined || row[index] === undefined) return [];
        const published = row[index] / pointsPerOne;
        return [{ area: row.area, computed: value, published, residual: value - published }];
      });
      return [{ index, ...fitOf(values), missing: computed.missing.map(({ id }) => id), values }];
    });
  };

  return {
    figures,
    /** Every yes-or-no code that is asked, in the order of the UN's toolkit. */
    listCodes: () => listCodes(figures()),
    /** What a sheet with these yeses would make of an area, by the last method that is not younger than the year. */
    scoreSheet: (year: number, area: string | undefined, yes: ReadonlySet<string>): Omit<DryRun, 'isApproved'> => {
      const years = figures().surveys.map((survey) => survey.year);
      const { survey, method } = surveyOf(years.findLast((one) => one <= year) ?? years.at(-1)!);
      const row = survey.rows.find((one) => one.area === area);
      return scoreSheet(listCodes(figures()), yes, {
        method,
        assumptions: figures().assumptions,
        ...(row && isScored(row) ? { row } : {}),
        simulate: (value, mode) =>
          simulate(survey, method, figures(), {
            area: area!,
            mode,
            changes: [{ depth: 'index', index: 'osi', value }],
          }),
      });
    },
    describeDataSets,
    /** The data sets that are given out here; cited ones of others are not among them. */
    listDataSets: (): object[] => describeDataSets()['@graph'].filter((one) => 'dcat:distribution' in one),
    areaOf,
    surveyOf,
    listStandings,
    listFits,

    /** All years of one area, and the split of every change between two scored ones. */
    describeArea: (id: string) => {
      const area = areaOf(id);
      const years = figures().surveys.flatMap(({ year }) => {
        const standing = listStandings(year).find((one) => one.area === id);
        return standing ? [{ year, standing }] : [];
      });
      const editions = years.flatMap(({ year, standing }) => {
        const { survey, method } = surveyOf(year);
        const row = survey.rows.find((one) => one.area === id)!;
        return isScored(row) ? [{ year, method, row, rank: standing.rank ?? standing.rankPrinted! }] : [];
      });
      const changes = editions.slice(1).map((to, at): ChangeOverTime => explainChange(editions[at]!, to, figures()));
      return { area, years, changes };
    },

    explainGap: (year: number, area: string, peer: string): Gap => {
      const { survey, method } = surveyOf(year);
      return explainGap(year, method, rowOf(survey, area), rowOf(survey, peer));
    },

    simulate: (scenario: Scenario): Outcome => {
      const { survey, method } = surveyOf(scenario.year);
      areaOf(scenario.area);
      return refusing(() => simulate(survey, method, figures(), scenario));
    },

    findGoal: (goal: Goal): GoalAnswer => {
      const { survey, method } = surveyOf(goal.year);
      areaOf(goal.area);
      return refusing(() => findGoal(survey, method, goal));
    },

    /** The same question gets the same draws, so it is drawn once. */
    measureUncertainty: (year: number, spreadPercent = 20): Uncertainty => {
      const { survey, method } = surveyOf(year);
      const { drawn } = current();
      const key = `${year} ${spreadPercent}`;
      const known = drawn.get(key) ?? measureUncertainty(survey, method, { runs, spread: spreadPercent / 100, seed });
      drawn.set(key, known);
      return known;
    },

    /** The raw inputs of one area that can be changed: those an index of this year is really computed from. */
    listInputs: (year: number, area: string): Array<{ part: Part; value: number }> => {
      const { method } = surveyOf(year);
      return indexIds.flatMap((index) => {
        const computed = computeFromInputs(method, index, figures());
        if (!computed?.values.has(area)) return [];
        return computed.parts.flatMap((part) => {
          const value = computed.inputs.get(part.id)!.get(area);
          return value === undefined ? [] : [{ part, value }];
        });
      });
    },

    /**
     * A proposed method, marked as nobody's: digital skills strategies and programmes, as the GovTech Maturity Index has them, as
     * one more part of human capital.
     */
    simulateProposal: (year: number, weightPercent = 20): ProposalOutcome => {
      const { survey, method } = surveyOf(year);
      const { others, otherNames } = figures();
      const values = new Map(
        [...others('gtmi-2022')].flatMap(([area, groups]) => {
          const value = groups.get(proposedIndicator);
          return value === undefined ? [] : [[area, value] as const];
        }),
      );
      const { shifted, absent } = proposeHumanCapital(survey, method, values, weightPercent / 100);
      return {
        year,
        indicator: proposedIndicator,
        names: otherNames[proposedIndicator] ?? { ar: proposedIndicator, en: proposedIndicator },
        weightPercent,
        shifted: shifted.map((one) => ({ ...one, names: areaOf(one.area).names })),
        absent,
      };
    },

    /** Other indices as published, never added up: question groups of the GovTech Maturity Index, parts of the OECD's index. */
    listOthers: (area: string): OtherFigure[] => {
      const { others, otherNames } = figures();
      return (['gtmi-2022', 'oecd-dgi-2023'] as const).flatMap((table) =>
        [...(others(table).get(area) ?? [])].map(([id, value]) => ({
          table,
          id,
          names: otherNames[id] ?? { ar: id, en: id },
          value,
        })),
      );
    },

    measureSwings: (year: number, area: string): Swing[] => {
      const { survey, method } = surveyOf(year);
      areaOf(area);
      return refusing(() => measureSwings(survey, method, area));
    },
  };
}

/** Changes whenever a file of the folder does; the folder need not exist. */
function stampOf(folder: string | undefined): string {
  if (folder === undefined || !existsSync(folder)) return '';
  return readdirSync(folder)
    .map((name) => `${name} ${statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs}`)
    .join();
}

function refusing<Result>(compute: () => Result): Result {
  try {
    return compute();
  } catch (error) {
    if (error instanceof ChangeRefused) throw problem(error.why, { what: error.what });
    throw error;
  }
}

function standingOf({ row, ...computed }: Recomputed, area: Area, method: Method): Standing {
  const one = (points: number) => points / pointsPerOne;
  const values = Object.fromEntries(
    (['egdi', 'osi', 'tii', 'hci', 'epi'] as const).flatMap((column) =>
      row[column] === undefined ? [] : [[column, one(row[column])]],
    ),
  );
  const ranks = Object.fromEntries(
    (['rankPrinted', 'rankComputed', 'rankBest', 'rankWorst'] as const).flatMap((rank) =>
      computed[rank] === undefined ? [] : [[rank, computed[rank]]],
    ),
  );
  return {
    area: area.id,
    names: area.names,
    ...(row.rank === undefined ? {} : { rank: row.rank }),
    ...values,
    ...(row.egdi === undefined ? {} : { level: levelOf(row.egdi) }),
    source: row.source,
    ...(computed.egdi === undefined ? {} : { computed: one(computed.egdi), residual: one(computed.residual!) }),
    ...ranks,
    isKnownError: isKnownError(method, area.id),
  };
}

import type { Text } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import { type Area, type Change, type InsightsService, indexIds, type Mode } from '#modules/insights';
import type { Knob, NamedArea, SimulatorView } from '../pages/index.ts';
import { type InsightsKey, insightsTexts } from '../texts/insights.ts';

const textOf = (key: InsightsKey): Text => ({ ar: insightsTexts.ar[key], en: insightsTexts.en[key] });
const named = ({ id, names }: Area): NamedArea => ({ id, names });
/** A slider stands on thousandths, so a published value of five decimals that was not touched comes back this near. */
const sliderStep = 0.001;
const cited = ['egdi', 'questions-2024', 'qog-2022', 'undp-2016-2022'];

/** Reads the simulator's form from the address, computes what it asks, and fills the form again. */
export function simulatorView(
  insights: InsightsService,
  query: Record<string, string>,
  federation: readonly Area[],
  year: number,
): SimulatorView {
  const { areas, surveys, assumptions } = insights.figures();
  const area = areas.list.find(({ id }) => id === query['area']) ?? federation[0]!;
  const { method } = insights.surveyOf(year);
  const standing = insights.listStandings(year).find((one) => one.area === area.id)!;
  const mode: Mode = query['mode'] === 'full' ? 'full' : 'frozen';
  // Another state or year was chosen: what stands in the fields is about the one before.
  const isSame = query['from'] === undefined || query['from'] === `${area.id}-${year}`;
  const numberIn = (name: string) => (isSame ? readNumber(query[name]) : undefined);
  const hasEpi = method.parts.osi.some(({ id }) => id === 'epi');
  const sliders = [...indexIds, ...(hasEpi ? (['epi'] as const) : [])].map((name): Knob => {
    const published = standing[name];
    const value = numberIn(name);
    const isMoved = value !== undefined && Math.abs(value - (published ?? 0)) > sliderStep;
    return {
      name,
      label: textOf(name),
      min: 0,
      max: 1,
      step: sliderStep,
      ...(published === undefined ? {} : { published }),
      ...(isMoved ? { value: Math.min(1, Math.max(0, value)) } : {}),
    };
  });
  const parts = indexIds.flatMap((index) => method.parts[index]);
  const questionParts = parts.filter(({ kind }) => kind === 'questions');
  const questions = questionParts.map((part): Knob => {
    const value = numberIn(`more-${part.id}`);
    return {
      name: `more-${part.id}`,
      label: part.names,
      min: -200,
      max: 200,
      step: 1,
      ...(value ? { value: Math.min(200, Math.max(-200, Math.round(value))) } : {}),
    };
  });
  const inputs = insights.listInputs(year, area.id).map(({ part, value: published }): Knob => {
    const value = numberIn(`input-${part.id}`);
    return {
      name: `input-${part.id}`,
      label: part.names,
      min: 0,
      max: 1_000_000,
      step: 0.1,
      published,
      ...(value === undefined ? {} : { value: Math.min(1_000_000, Math.max(0, value)) }),
    };
  });
  const costs = questionParts.map((part): Knob => {
    const value = readNumber(query[`cost-${part.id}`]);
    return {
      name: `cost-${part.id}`,
      label: part.names,
      min: 1,
      max: 100,
      step: 1,
      ...(value === undefined ? {} : { value: Math.min(100, Math.max(1, Math.round(value))) }),
    };
  });
  const changes: Change[] = [
    ...sliders.flatMap(({ name, value }): Change[] =>
      value === undefined
        ? []
        : [name === 'epi' ? { depth: 'part', part: 'epi', value } : { depth: 'index', index: name as 'osi', value }],
    ),
    ...questions.flatMap(({ name, value }): Change[] =>
      value === undefined ? [] : [{ depth: 'questions', part: name.slice('more-'.length), more: value }],
    ),
    ...inputs.flatMap(({ name, value }): Change[] =>
      value === undefined ? [] : [{ depth: 'input', part: name.slice('input-'.length), value }],
    ),
  ];
  const rank = readNumber(query['goal']);
  const goalRank = rank !== undefined && rank >= 1 && rank <= 193 ? Math.round(rank) : undefined;
  const computed = compute(insights, { year, area: area.id, mode, changes, goalRank, costs });
  const used = new Set([...(computed.outcome?.assumptions ?? []), ...(computed.goal?.assumptions ?? [])]);
  return {
    year,
    years: surveys.map((survey) => survey.year),
    area: named(area),
    mode,
    federation: federation.map(named),
    all: areas.list.map(named),
    names: areas.list.map(named),
    sliders,
    questions,
    inputs,
    costs,
    ...(goalRank === undefined ? {} : { goalRank }),
    ...computed,
    assumptions: Object.entries(assumptions).flatMap(([id, words]) => (used.has(id) ? [words] : [])),
    parts: Object.fromEntries(parts.map(({ id, names }) => [id, names])),
    sources: insights.figures().sources.filter(({ id }) => cited.includes(id)),
  };
}

function compute(
  insights: InsightsService,
  wanted: { year: number; area: string; mode: Mode; changes: Change[]; goalRank: number | undefined; costs: Knob[] },
): Pick<SimulatorView, 'outcome' | 'goal' | 'refused'> {
  const { goalRank, changes, costs, ...rest } = wanted;
  const said = costs.flatMap(({ name, value }) =>
    value === undefined ? [] : [[name.slice('cost-'.length), value] as const],
  );
  try {
    return {
      ...(changes.length > 0 ? { outcome: insights.simulate({ ...rest, changes }) } : {}),
      ...(goalRank === undefined
        ? {}
        : {
            goal: insights.findGoal({
              year: rest.year,
              area: rest.area,
              rank: goalRank,
              ...(said.length > 0 ? { costs: Object.fromEntries(said) } : {}),
            }),
          }),
    };
  } catch (error) {
    if (error instanceof Problem) return { refused: error.messages };
    throw error;
  }
}

/** A number as people type it, in either digits; undefined when there is none. */
function readNumber(text: string | undefined): number | undefined {
  const latin = (text ?? '')
    .trim()
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[٫,]/, '.')
    .replace('−', '-');
  return /^-?\d{1,7}(\.\d{1,12})?$/.test(latin) ? Number(latin) : undefined;
}

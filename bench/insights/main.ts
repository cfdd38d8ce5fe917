import { createInsightsService } from '#modules/insights';
import { recomputeSurvey } from '../../modules/insights/surveys/ranking.ts';
import { isScored, pointsPerOne } from '../../modules/insights/surveys/survey.ts';
import { drawRanks } from '../../modules/insights/uncertainty/monte-carlo.ts';
import { percentile } from '../figures.ts';

const runs = 10_000;
const rounds = 15;

/**
 * The whole history computed again, ten thousand draws of one year with ranks (beside a bare loop that draws the same weights,
 * computes the same sums and sorts them), and the slowest kind of answer of the simulator: raw inputs, everybody moving.
 */
export async function measure(): Promise<Record<string, unknown>> {
  const insights = createInsightsService({
    clock: { now: () => new Date(0) },
    publicUrl: 'http://bench.example',
    state: { code: 'XX', names: { ar: '', en: '' } },
  });
  const { surveys, methods } = insights.figures();
  const recomputed = timed(rounds, () => {
    for (const survey of surveys) recomputeSurvey(survey, methods.find(({ year }) => year === survey.year)!);
  });
  const { survey, method } = insights.surveyOf(2024);
  const options = { runs, spread: 0.2, seed: 2024 };
  const drawn = timed(5, () => drawRanks(survey.rows, method, options));
  const rows = survey.rows.filter(isScored);
  const columns = (['osi', 'tii', 'hci'] as const).map((index) =>
    Float64Array.from(rows, (row) => row[index] / pointsPerOne),
  ) as [Float64Array, Float64Array, Float64Array];
  const bare = timed(5, () => bareLoop(...columns));
  const simulated = timed(rounds, () =>
    insights.simulate({
      year: 2022,
      area: 'KWT',
      mode: 'full',
      changes: [
        { depth: 'input', part: 'fixed-broadband', value: 30 },
        { depth: 'input', part: 'mean-years', value: 9 },
        { depth: 'questions', part: 'epi', more: 10 },
      ],
    }),
  );
  const goal = timed(rounds, () =>
    insights.findGoal({ year: 2024, area: 'KWT', rank: 30, costs: { sp: 100, epi: 60 } }),
  );
  return {
    recomputeAllMs: recomputed,
    drawsMs: drawn,
    bareLoopMs: bare,
    drawsPerBareLoop: round2(drawn / bare),
    simulateMs: simulated,
    goalMs: goal,
    rows: surveys.reduce((sum, one) => sum + one.rows.length, 0),
    runs,
  };
}

/** The least anybody could do: weights, sums, an order. No ties, no absent parts, no counts by area. */
function bareLoop(osi: Float64Array, tii: Float64Array, hci: Float64Array): number {
  const scores = new Float64Array(osi.length);
  let state = 1;
  const draw = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
  let kept = 0;
  for (let run = 0; run < runs; run += 1) {
    const [a, b, c] = [0.8 + 0.4 * draw(), 0.8 + 0.4 * draw(), 0.8 + 0.4 * draw()];
    const sum = a + b + c;
    for (let at = 0; at < scores.length; at += 1) scores[at] = (a * osi[at]! + b * tii[at]! + c * hci[at]!) / sum;
    scores.sort();
    kept += scores[0]!;
  }
  return kept;
}

/** The median of several rounds, in milliseconds; the first, which compiles, does not count. */
function timed(times: number, work: () => unknown): number {
  const durationsMs: number[] = [];
  for (let round = 0; round <= times; round += 1) {
    const at = performance.now();
    work();
    durationsMs.push(performance.now() - at);
  }
  return round2(percentile(durationsMs.slice(1), 0.5));
}

const round2 = (value: number) => Math.round(value * 100) / 100;

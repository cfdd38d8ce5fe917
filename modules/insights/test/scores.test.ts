import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import { createInsightsService, indexIds } from '#modules/insights';
import { printed } from '../exports/scores-csv.ts';
import { checkMethods, shareOf, shareOfPart } from '../methods/rules.ts';
import { distanceFromSteps } from '../surveys/checking.ts';
import { recomputeSurvey, weightedSum } from '../surveys/ranking.ts';
import { isScored, pointsOf } from '../surveys/survey.ts';
import { drawRanks, quantileOf } from '../uncertainty/monte-carlo.ts';
import type { Change } from '../what-if/contract.ts';
import { listMixes } from '../what-if/goals.ts';

const insights = createInsightsService({
  clock: fixedClock('2026-11-29T08:00:00Z'),
  publicUrl: 'http://insights.example',
  state: { code: 'OM', names: { ar: 'عُمان', en: 'Oman' } },
});
const { methods, assumptions, surveys } = insights.figures();
const years = surveys.map(({ year }) => year);
const areas = insights.figures().areas.list.map(({ id }) => id);

test('the register and the tables cover 193 states in twelve surveys', () => {
  expect(years).toEqual([2003, 2004, 2005, 2008, 2010, 2012, 2014, 2016, 2018, 2020, 2022, 2024]);
  for (const { rows } of surveys) expect(new Set(rows.map(({ area }) => area)).size).toBe(193);
});

test('the index of every row is its parts, within a ten-thousandth, but for two rows of 2008 that contradict themselves', () => {
  const off = years.flatMap((year) =>
    insights.listStandings(year).flatMap((one) => (Math.abs(one.residual ?? 0) > 1e-4 ? [{ year, ...one }] : [])),
  );
  expect(off.map(({ year, area }) => `${year} ${area}`)).toEqual(['2008 CMR', '2008 KHM']);
  expect(off.every(({ isKnownError }) => isKnownError)).toBe(true);
});

test('the ranks of the printed index are the printed ranks, but for four ties of 2020', () => {
  const off = years.flatMap((year) =>
    insights
      .listStandings(year)
      .flatMap((one) => (one.rank !== undefined && one.rank !== one.rankPrinted ? [`${year} ${one.area}`] : [])),
  );
  expect(off).toEqual(['2020 AND', '2020 HUN', '2020 MKD', '2020 TLS']);
});

test('where the parts leave a rank open, the printed rank is within what they allow', () => {
  for (const year of years.filter((one) => one !== 2008))
    for (const { area, rank, rankBest, rankWorst } of insights.listStandings(year)) {
      if (rank === undefined) continue;
      expect(rank, `${year} ${area}`).toBeGreaterThanOrEqual(rankBest!);
      expect(rank, `${year} ${area}`).toBeLessThanOrEqual(rankWorst!);
    }
});

test('73 rows have no score: their zeros are not taken for values', () => {
  const rows = surveys.flatMap((survey) => survey.rows.filter(({ egdi }) => egdi === undefined));
  expect(rows).toHaveLength(73);
  expect(rows.flatMap(({ osi, tii, hci, epi }) => [osi, tii, hci, epi]).filter((value) => value === 0)).toEqual([]);
});

test('weights add up to one in every year and every index, and a register that does not hold together is refused', () => {
  for (const method of methods) {
    expect(indexIds.reduce((sum, index) => sum + shareOf(method, index), 0)).toBeCloseTo(1, 12);
    for (const index of indexIds) {
      const parts = method.parts[index];
      if (parts.length > 0) expect(parts.reduce((sum, part) => sum + shareOfPart(parts, part), 0)).toBeCloseTo(1, 12);
    }
  }
  expect(checkMethods({ assumptions, methods })).toEqual([]);
  const [first] = methods;
  const nothing = {
    ...first!,
    aggregation: { ...first!.aggregation, weights: { osi: 0, tii: 0, hci: 0 } },
    assumptions: ['unsaid'],
  };
  expect(checkMethods({ assumptions, methods: [first!, nothing] })).toEqual([
    'a survey year has two methods',
    '2003: the weights of the three indices are all zero',
    '2003: the assumption unsaid is not explained',
  ]);
});

test('published columns fall into the steps that the register states, and into no others', () => {
  for (const method of methods)
    for (const column of ['osi', 'epi'] as const) {
      const steps = method.steps[column];
      if (steps === undefined) continue;
      const { survey } = insights.surveyOf(method.year);
      expect(distanceFromSteps(survey, column, steps), `${method.year} ${column}`).toBeLessThan(0.02);
      expect(distanceFromSteps(survey, column, steps - 1), `${method.year} ${column}`).toBeGreaterThan(0.1);
    }
});

test('points hold five decimals exactly, both ways', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 150_000 }), (points) => {
      expect(pointsOf(printed(points))).toBe(points);
    }),
  );
  expect(['0.123456', '1e-3', '', 'x', '.5', '0,5'].map(pointsOf)).toEqual(Array(6).fill(undefined));
});

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    depth: fc.constant('index' as const),
    index: fc.constantFrom(...indexIds),
    value: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  fc.record({
    depth: fc.constant('questions' as const),
    part: fc.constantFrom('if', 'cp', 'sp', 'epi', 'tec', 'egl'),
    more: fc.integer({ min: -60, max: 60 }),
  }),
);

test('ranks are a permutation but for ties: one more than the number of states above, whatever the values; shares of weights sum to one', () => {
  for (const { survey, method } of [2010, 2024].map((year) => insights.surveyOf(year))) {
    const total = Object.values(method.aggregation.weights).reduce((sum, weight) => sum + weight, 0);
    const shares = Object.values(method.aggregation.weights).map((weight) => weight / total);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    // Few values, so that there are many ties.
    const points = fc.integer({ min: 0, max: 6 }).map((steps) => steps * 15_000);
    fc.assert(
      fc.property(fc.array(points, { minLength: 30, maxLength: 30 }), (values) => {
        const rows = survey.rows.filter(isScored).slice(0, 30);
        const drawn = rows.map((row, at) => ({ ...row, osi: values[at]!, tii: values[29 - at]!, hci: values[at]! }));
        const ranked = recomputeSurvey({ ...survey, rows: drawn }, method);
        const sums = drawn.map((row) => weightedSum(row, method));
        for (const [at, { rankComputed }] of ranked.entries())
          expect(rankComputed).toBe(1 + sums.filter((sum) => sum > sums[at]!).length);
      }),
      { numRuns: 40 },
    );
  }
});

test('frozen, an improvement never lowers the own index or rank, and nobody else’s value moves', () => {
  fc.assert(
    fc.property(fc.constantFrom(...areas), change, (area, one) => {
      const outcome = insights.simulate({ year: 2024, area, mode: 'frozen', changes: [one] });
      const isBetter =
        one.depth === 'index' ? one.value >= outcome.before[one.index] : one.depth === 'questions' && one.more >= 0;
      const gain = outcome.after.egdi - outcome.before.egdi;
      if (isBetter) {
        expect(gain).toBeGreaterThanOrEqual(-1e-12);
        expect(outcome.after.rank).toBeLessThanOrEqual(outcome.before.rank);
      } else expect(gain).toBeLessThanOrEqual(1e-12);
      expect(outcome.moved.every(({ egdi }) => egdi === 0)).toBe(true);
      for (const index of indexIds) expect(outcome.after[index]).toBeLessThanOrEqual(1);
    }),
    { numRuns: 60 },
  );
});

test('before any change the simulator stands on the printed ranks; a full recomputation moves others and keeps a span of one', () => {
  const nothing = insights.simulate({
    year: 2020,
    area: 'HUN',
    mode: 'full',
    changes: [{ depth: 'index', index: 'osi', value: 0.7471 }],
  });
  expect(nothing.before).toEqual({ egdi: 0.7745, rank: 52, osi: 0.7471, tii: 0.7255, hci: 0.8509, epi: 0.6786 });
  expect(nothing).toMatchObject({ after: { rank: 52 }, movedCount: 0 });
  // Korea alone holds the highest online service index: when it falls, the others are stretched up.
  const fall = { year: 2024, area: 'KOR', changes: [{ depth: 'index', index: 'osi', value: 0.9 }] } as const;
  const full = insights.simulate({ ...fall, mode: 'full', changes: [...fall.changes] });
  expect(full.moved.every(({ egdi }) => egdi >= 0)).toBe(true);
  expect(full.movedCount).toBeGreaterThan(150);
  expect(
    insights.simulate({ ...fall, mode: 'frozen', changes: [...fall.changes] }).moved.every(({ egdi }) => egdi === 0),
  ).toBe(true);
});

test('a raw input moves the own index the same way in both modes, and what was not published is refused', () => {
  const changes = [{ depth: 'input', part: 'fixed-broadband', value: 30 }] as const;
  const [frozen, full] = (['frozen', 'full'] as const).map((mode) =>
    insights.simulate({ year: 2022, area: 'KWT', mode, changes: [...changes] }),
  ) as [ReturnType<typeof insights.simulate>, ReturnType<typeof insights.simulate>];
  expect(frozen.after.tii - frozen.before.tii).toBeGreaterThan(0.1);
  expect(Math.abs(frozen.after.tii - full.after.tii)).toBeLessThan(0.001);
  expect(full.movedCount).toBeGreaterThan(150);
  expect(frozen.assumptions).toContain('mobile-cap');
  expect(() =>
    insights.simulate({
      year: 2024,
      area: 'KWT',
      mode: 'full',
      changes: [{ depth: 'input', part: 'affordability', value: 1 }],
    }),
  ).toThrow('input-unknown');
  expect(() =>
    insights.simulate({
      year: 2010,
      area: 'KWT',
      mode: 'full',
      changes: [{ depth: 'questions', part: 'epi', more: 1 }],
    }),
  ).toThrow('part-unknown');
  expect(() =>
    insights.simulate({ year: 2003, area: 'CAF', mode: 'full', changes: [{ depth: 'index', index: 'osi', value: 1 }] }),
  ).toThrow('area-unscored');
});

test('a goal is reached by what it says, and by nothing cheaper', () => {
  for (const [area, rank] of [
    ['KWT', 40],
    ['OMN', 30],
    ['COM', 150],
    ['TUN', 70],
  ] as const) {
    const goal = insights.findGoal({ year: 2024, area, rank, costs: { sp: 3, egl: 5 } });
    const osi = goal.alone.find(({ index }) => index === 'osi')!;
    if (osi.isAttainable) {
      const reached = insights.simulate({
        year: 2024,
        area,
        mode: 'frozen',
        changes: [{ depth: 'index', index: 'osi', value: osi.value }],
      });
      expect(reached.after.rank, area).toBe(rank);
    }
    const { cheapest } = goal;
    expect(cheapest?.rank, area).toBeLessThanOrEqual(rank);
    const changes = Object.entries(cheapest!.units).map(([part, more]): Change => ({ depth: 'questions', part, more }));
    expect(insights.simulate({ year: 2024, area, mode: 'frozen', changes }).after.rank, area).toBe(cheapest!.rank);
    expect(goal.frontier.filter((mix) => mix.cost < cheapest!.cost && mix.rank <= rank)).toEqual([]);
  }
  expect(insights.findGoal({ year: 2024, area: 'DNK', rank: 1 })).toMatchObject({ needed: 0, frontier: [] });
});

test('no mix of the frontier is beaten by any other mix of few levers', () => {
  const levers = [
    { part: 'a', index: 'osi' as const, gain: 0.005, open: 3, isEstimate: false, cost: 3 },
    { part: 'b', index: 'osi' as const, gain: 0.002, open: 4, isEstimate: false, cost: 1 },
    { part: 'c', index: 'hci' as const, gain: 0.009, open: 2, isEstimate: false, cost: 7 },
  ];
  const all = [0, 1, 2, 3].flatMap((a) =>
    [0, 1, 2, 3, 4].flatMap((b) =>
      [0, 1, 2].map((c) => ({ cost: 3 * a + b + 7 * c, gain: 0.005 * a + 0.002 * b + 0.009 * c })),
    ),
  );
  for (const mix of listMixes(levers, 1))
    expect(all.filter(({ cost, gain }) => cost <= mix.cost && gain > mix.gain + 1e-12)).toEqual([]);
});

test('the pieces of a gap and of a change add up to it', () => {
  for (const [year, area, peer] of [
    [2024, 'KWT', 'SAU'],
    [2010, 'OMN', 'KOR'],
    [2016, 'TUN', 'EST'],
  ] as const) {
    const gap = insights.explainGap(year, area, peer);
    expect(gap.pieces.reduce((sum, { egdi }) => sum + egdi, 0)).toBeCloseTo(gap.gap, 12);
  }
  const { changes } = insights.describeArea('OMN');
  for (const { egdi, indices, weights, residual } of changes)
    expect(indices.reduce((sum, one) => sum + one.egdi, weights + residual)).toBeCloseTo(egdi, 12);
  const last = changes.at(-1)!;
  expect(last.indices.map(({ index, isSeparable }) => [index, isSeparable])).toEqual([
    ['osi', false],
    ['tii', false],
    ['hci', true],
  ]);
  expect(changes.find(({ to }) => to === 2012)!.weights).not.toBe(0);
});

test('draws are repeatable, every run hands out each place once, and without spread the ranks are those of the parts', () => {
  const { survey, method } = insights.surveyOf(2024);
  const options = { runs: 200, spread: 0.3, seed: 7 };
  const drawn = drawRanks(survey.rows, method, options);
  expect(drawRanks(survey.rows, method, options)).toEqual(drawn);
  const { areas: count, counts } = drawn;
  for (let area = 0; area < count; area += 1)
    expect(counts.subarray(area * count, (area + 1) * count).reduce((sum, one) => sum + one, 0)).toBe(200);
  const still = drawRanks(survey.rows, method, { runs: 1, spread: 0, seed: 7 });
  const standings = insights.listStandings(2024);
  standings.forEach((one, at) => {
    const rank = quantileOf(still, at, 1);
    expect(rank).toBeGreaterThanOrEqual(one.rankBest!);
    expect(rank).toBeLessThanOrEqual(one.rankWorst!);
  });
});

test('states without a score are drawn from the others and get the widest intervals', () => {
  const { intervals } = insights.measureUncertainty(2003);
  const drawn = intervals.filter((one) => one.drawn.length > 0);
  expect(drawn.length).toBeGreaterThan(5);
  const width = (list: typeof intervals) => list.reduce((sum, { low, high }) => sum + high - low, 0) / list.length;
  expect(width(drawn)).toBeGreaterThan(3 * width(intervals.filter((one) => one.drawn.length === 0)));
});

test('a tornado puts the widest first, and moving a weight moves it the other way on the other side', () => {
  const swings = insights.measureSwings(2024, 'OMN');
  const widths = swings.map(({ low, high }) => Math.abs(high.egdi - low.egdi));
  expect(widths).toEqual(widths.toSorted((one, other) => other - one));
  expect(swings).toHaveLength(7);
});

test('a proposed part of human capital moves everybody under its own name; with no weight it moves nobody', () => {
  const none = insights.simulateProposal(2024, 0);
  expect(none.shifted.filter(({ change, rankBefore, rankAfter }) => change !== 0 || rankBefore !== rankAfter)).toEqual(
    [],
  );
  const fifth = insights.simulateProposal(2024, 20);
  expect(fifth).toMatchObject({ indicator: 'gtmi_digitalskills', weightPercent: 20, absent: [] });
  expect(fifth.shifted.map(({ area }) => area).toSorted()).toEqual(areas.toSorted());
  expect(fifth.shifted.filter(({ change }) => change !== 0).length).toBeGreaterThan(180);
  const other = insights.simulateProposal(2024, 40);
  const moved = ({ shifted }: typeof other) => shifted.reduce((sum, { change }) => sum + Math.abs(change), 0);
  expect(moved(other)).toBeGreaterThan(moved(fifth));
});

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import { createInsightsService, ownDataFolder } from '#modules/insights';

type Judged = {
  egdi: Record<string, number>;
  residual: Record<string, number>;
  rankComputed: Record<string, number>;
  rankPrinted: Record<string, number>;
  fromInputs: Record<string, Record<string, number>>;
};

const judged = JSON.parse(
  execFileSync('python3', [join(import.meta.dirname, 'judge.py'), ownDataFolder], {
    encoding: 'utf8',
    timeout: 120_000,
    maxBuffer: 16_777_216,
  }),
) as Record<string, Judged>;
const insights = createInsightsService({
  clock: fixedClock('2026-11-29T08:00:00Z'),
  publicUrl: 'http://insights.example',
  state: { code: 'OM', names: { ar: 'عُمان', en: 'Oman' } },
});

test('a second program in another language computes the same index, residual and ranks for every row of every survey', () => {
  let rows = 0;
  for (const [year, judge] of Object.entries(judged))
    for (const standing of insights.listStandings(Number(year))) {
      if (standing.egdi === undefined) {
        expect(judge.egdi, `${year} ${standing.area}`).not.toHaveProperty(standing.area);
        continue;
      }
      const { area } = standing;
      expect(Math.abs(standing.computed! - judge.egdi[area]!), `${year} ${area}`).toBeLessThan(1e-12);
      expect(Math.abs(standing.residual! - judge.residual[area]!), `${year} ${area}`).toBeLessThan(1e-12);
      expect([standing.rankComputed, standing.rankPrinted], `${year} ${area}`).toEqual([
        judge.rankComputed[area],
        judge.rankPrinted[area],
      ]);
      rows += 1;
    }
  expect(rows).toBe(2316 - 73);
});

test('and the same indices from raw inputs', () => {
  for (const year of [2022, 2024]) {
    const fits = insights.listFits(year);
    expect(fits.map(({ index }) => index).sort()).toEqual(Object.keys(judged[year]!.fromInputs).sort());
    for (const { index, values } of fits)
      for (const { area, computed } of values)
        expect(Math.abs(computed - judged[year]!.fromInputs[index]![area]!), `${year} ${index} ${area}`).toBeLessThan(
          1e-9,
        );
  }
});

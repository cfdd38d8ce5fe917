import { PDF } from '@libpdf/core';
import { expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import { createInsightsService } from '#modules/insights';
import { createDocuments } from '../../../modules/signatures/documents.ts';
import { areaView, overviewView } from '../routes/insights.ts';
import { makeBrief } from '../routes/insights-brief.ts';
import { simulatorView } from '../routes/insights-simulator.ts';

const clock = fixedClock('2026-11-29T08:00:00Z');
const insights = createInsightsService({
  clock,
  publicUrl: 'http://om.localhost',
  state: { code: 'OM', names: { ar: 'عُمان', en: 'Oman' } },
});
const federation = ['OMN', 'BHR', 'KWT', 'QAT', 'SAU', 'ARE'].map(insights.areaOf);

test('the brief is a PDF of two pages in either language, also for a state without a score', async () => {
  const documents = createDocuments({ clock });
  const state = { digits: 'arab', timeZone: 'Asia/Muscat', names: { ar: 'سلطنة عُمان', en: 'Sultanate of Oman' } };
  const needs = { makeDocument: documents.make, state } as unknown as Parameters<typeof makeBrief>[0];
  for (const [area, year, language] of [
    ['OMN', 2024, 'ar'],
    ['KWT', 2022, 'en'],
    ['CAF', 2003, 'ar'],
  ] as const) {
    const areas = [insights.areaOf(area), ...federation.filter(({ id }) => id !== area)];
    const brief = await makeBrief(
      needs,
      areaView(insights, areas[0]!, year, undefined, areas),
      overviewView(insights, year, areas),
      language,
    );
    const pdf = await PDF.load(brief);
    expect(pdf.getPageCount(), `${area} ${year}`).toBe(2);
  }
});

test('the simulator’s form takes Arabic digits, leaves an untouched slider alone, and forgets what was about another state', () => {
  const view = (query: Record<string, string>) => simulatorView(insights, query, federation, 2024);
  expect(view({ area: 'KWT', osi: '0.637', tii: '0.999', hci: '0.708', epi: '0.301' }).outcome).toBeUndefined();
  const asked = view({ area: 'KWT', 'more-epi': '٢٠', from: 'KWT-2024' });
  expect(asked.outcome).toMatchObject({ before: { rank: 66 }, after: { rank: 56 } });
  expect(asked.assumptions.length).toBeGreaterThan(1);
  expect(view({ area: 'KWT', 'more-epi': '20', from: 'OMN-2024' }).outcome).toBeUndefined();
  expect(view({ area: 'KWT', 'more-epi': 'x', goal: '-3' })).not.toHaveProperty('goal');
  expect(view({ goal: '٣٠' }).goal?.overtakes).toBeDefined();
  // Where e-participation is dear, the cheapest way to a rank goes round it.
  const plain = view({ area: 'KWT', goal: '40' });
  const dear = view({ area: 'KWT', goal: '40', 'cost-epi': '٩٠', 'cost-sp': 'x' });
  expect(plain.goal!.cheapest!.units['epi']).toBeGreaterThan(0);
  expect(dear.goal!.cheapest!.units['epi'] ?? 0).toBeLessThan(plain.goal!.cheapest!.units['epi']!);
  expect(dear.costs.filter(({ value }) => value !== undefined)).toMatchObject([{ name: 'cost-epi', value: 90 }]);
  expect(simulatorView(insights, { area: 'CAF', osi: '1' }, federation, 2003).refused?.ar).toContain(
    'لم ينشر المسح درجة',
  );
});

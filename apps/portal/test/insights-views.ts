import { fixedClock } from '#kernel/clock';
import { createInsightsService } from '#modules/insights';
import type { Page } from '../page.tsx';
import { pages } from '../pages/index.ts';
import { areaView, methodsView, overviewView, proposalView } from '../routes/insights.ts';
import { simulatorView } from '../routes/insights-simulator.ts';
import { states } from './sample-states.ts';
import type { Example } from './views.ts';

const insights = createInsightsService({
  clock: fixedClock('2026-11-29T08:00:00Z'),
  publicUrl: 'http://om.localhost',
  state: { code: 'OM', names: { ar: 'عُمان', en: 'Oman' } },
});
const federation = (['OM', 'BH', 'KW', 'QA', 'SA', 'AE'] as const).map((code) => ({
  ...insights.figures().areas.find(code)!,
  names: states[code].names,
}));

/** Real figures; a table of all states is cut to a few, for its rows are all alike. */
const few = <View extends { standings: unknown[] }>(view: View): View => ({
  ...view,
  standings: view.standings.slice(0, 12),
});
const whole = overviewView(insights, 2024, federation);
const examples: Example<never>[] = [];
const add = <View>(page: Page<View>, example: string, view: View) =>
  examples.push({ page, example, view, stateCode: 'OM', isSignedIn: false } as unknown as Example<never>);

add(pages.insights, 'filled', {
  ...whole,
  services: [
    {
      serviceId: 'degree-recognition',
      title: { ar: 'الاعتراف بشهادة جامعية', en: 'Recognition of a university degree' },
      decided: 128,
      atOncePercent: 74,
      crossBorderPercent: 38,
      medianWorkingDays: 0,
      p90WorkingDays: 4,
      satisfaction: 4.6,
      ratings: 41,
      availability: {
        percent: 99.2,
        nodePercent: 99.7,
        from: '2026-02-11',
        intervals: 83_808,
        askedIntervals: 214,
      },
      accessibility: { pages: 7, pagesWithoutFault: 7, judge: 'axe-core 4.14.1', judgedOn: '2026-11-30' },
    },
    {
      serviceId: 'good-conduct-certificate',
      title: { ar: 'شهادة حسن السيرة', en: 'Certificate of good conduct' },
      availability: { percent: 99.7, nodePercent: 99.7, from: '2026-02-11', intervals: 83_808, askedIntervals: 0 },
    },
  ],
  standings: whole.standings.filter(({ area }, at) => at < 8 || federation.some(({ id }) => id === area)),
});
add(pages.insights, 'empty', few(overviewView(insights, 2003, [insights.areaOf('CAF'), ...federation])));
add(pages.insightsArea, 'filled', areaView(insights, insights.areaOf('KWT'), 2024, 'SAU', federation));
add(pages.insightsArea, 'empty', areaView(insights, insights.areaOf('CAF'), 2003, undefined, federation));
add(pages.simulator, 'empty', simulatorView(insights, {}, federation, 2024));
add(
  pages.simulator,
  'filled',
  simulatorView(
    insights,
    { area: 'KWT', 'more-epi': '٣٠', osi: '0.9', mode: 'full', goal: '40', 'cost-epi': '5' },
    federation,
    2024,
  ),
);
add(pages.simulator, 'refused', simulatorView(insights, { area: 'CAF', osi: '1' }, federation, 2003));
const proposed = proposalView(insights, 2024, 20, federation);
add(pages.proposal, 'filled', {
  ...proposed,
  outcome: { ...proposed.outcome, shifted: proposed.outcome.shifted.slice(0, 70) },
});
add(pages.insightsMethods, 'filled', methodsView(insights));

export const insightsViews = examples;

import { Problem } from '#kernel/problem';
import { type Area, type InsightsService, indexIds } from '#modules/insights';
import type { Draw } from '../frame.ts';
import { listStateNames, type PortalNeeds } from '../needs.ts';
import type { InsightsView, MeasuredService, NamedArea, ProposalView } from '../pages/index.ts';
import { pages } from '../pages/index.ts';
import type { PageContext, PageRoute } from '../routing.ts';
import { makeBrief } from './insights-brief.ts';
import { simulatorView } from './insights-simulator.ts';

const cited = ['egdi', 'natural-earth', 'cldr'];
const citedInDetail = ['egdi', 'questions-2024', 'qog-2022', 'undp-2016-2022', 'gtmi-2022', 'oecd-dgi-2023'];

/** The UN index as pages: ranking and map, one state in detail, the simulator, the methods, and the brief on paper. */
export function insightsRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { insights } = needs;
  const years = () => insights.figures().surveys.map(({ year }) => year);
  /** The year that was asked for, or the last; a page need not refuse what it can put right. */
  const yearOf = ({ query }: PageContext) => {
    const asked = Number(query['year']);
    return years().includes(asked) ? asked : years().at(-1)!;
  };

  return [
    {
      method: 'GET',
      path: '/insights',
      access: 'anyone',
      handle: async (context) =>
        draw(
          pages.insights,
          {
            ...overviewView(insights, yearOf(context), await federationAreas(needs)),
            services: await measuredServices(needs),
          },
          context,
        ),
    },
    {
      method: 'GET',
      path: '/insights/simulator',
      access: 'anyone',
      handle: async (context) => {
        const federation = await federationAreas(needs);
        return draw(pages.simulator, simulatorView(insights, context.query, federation, yearOf(context)), context);
      },
    },
    {
      method: 'GET',
      path: '/insights/methods',
      access: 'anyone',
      handle: async (context) => draw(pages.insightsMethods, methodsView(insights), context),
    },
    {
      method: 'GET',
      path: '/insights/proposal',
      access: 'anyone',
      handle: async (context) => {
        const federation = await federationAreas(needs);
        const weight = Number(context.query['weight'] ?? '20');
        const weightPercent = Number.isInteger(weight) && weight >= 0 && weight <= 50 ? weight : 20;
        return draw(pages.proposal, proposalView(insights, yearOf(context), weightPercent, federation), context);
      },
    },
    {
      method: 'GET',
      path: '/insights/areas/:area',
      access: 'anyone',
      handle: async (context) => {
        const area = insights.areaOf(context.params['area']!);
        const federation = await federationAreas(needs);
        return draw(
          pages.insightsArea,
          areaView(insights, area, yearOf(context), context.query['peer'], federation),
          context,
        );
      },
    },
    {
      method: 'GET',
      path: '/insights/areas/:area/brief.pdf',
      access: 'anyone',
      handle: async (context) => {
        const area = insights.areaOf(context.params['area']!);
        const federation = await federationAreas(needs);
        const view = areaView(insights, area, yearOf(context), context.query['peer'], federation);
        const overview = overviewView(insights, view.year, [area, ...federation.filter(({ id }) => id !== area.id)]);
        return {
          bytes: await makeBrief(needs, view, overview, context.language),
          contentType: 'application/pdf',
          headers: { 'content-disposition': `inline; filename="insights-${area.id}-${view.year}.pdf"` },
        };
      },
    },
  ];
}

/** The areas of the federation's states, the own first; the own alone when the federation cannot be reached. */
async function federationAreas(needs: PortalNeeds): Promise<Area[]> {
  const { areas } = needs.insights.figures();
  const states = await listStateNames(needs);
  // The federation's own short names: what a neighbour is called every day.
  const found = states.flatMap(({ code, names }) => {
    const area = areas.list.find(({ iso2 }) => iso2 === code);
    return area ? [{ ...area, names }] : [];
  });
  return found.toSorted(
    (one, other) => Number(other.iso2 === needs.state.code) - Number(one.iso2 === needs.state.code),
  );
}

async function measuredServices({ insights, catalogue }: PortalNeeds): Promise<MeasuredService[]> {
  const services = catalogue.listServices();
  return (await insights.measureServices()).flatMap((one) => {
    const service = services.find(({ id }) => id === one.serviceId);
    return service ? [{ ...one, title: service.title }] : [];
  });
}

export const named = ({ id, names }: Area): NamedArea => ({ id, names });

export function sourcesOf(insights: InsightsService, ids: readonly string[]) {
  return insights.figures().sources.filter(({ id }) => ids.includes(id));
}

export function overviewView(insights: InsightsService, year: number, federation: readonly Area[]): InsightsView {
  const { surveys, areas, methods, landOutline } = insights.figures();
  return {
    year,
    years: surveys.map((survey) => survey.year),
    own: named(federation[0]!),
    federation: federation.map(named),
    standings: insights.listStandings(year),
    histories: federation.map(({ id }) => ({
      area: id,
      points: surveys.map((survey) => {
        const rank = survey.rows.find(({ area }) => area === id)?.rank;
        return { year: survey.year, ...(rank === undefined ? {} : { rank }) };
      }),
    })),
    breaks: methods.filter(({ breaks }) => breaks.length > 0).map((method) => method.year),
    places: areas.list.map(({ id, at }) => ({ area: id, at })),
    outline: landOutline,
    services: [],
    sources: sourcesOf(insights, cited),
  };
}

export function areaView(
  insights: InsightsService,
  area: Area,
  year: number,
  asked: string | undefined,
  federation: readonly Area[],
) {
  const { surveys, areas } = insights.figures();
  const standings = insights.listStandings(year);
  const best = standings
    .filter((one) => one.area !== area.id && federation.some(({ id }) => id === one.area) && one.rank !== undefined)
    .sort((one, other) => one.rank! - other.rank!)[0];
  const peerId = areas.list.some(({ id }) => id === asked) && asked !== area.id ? asked! : (best?.area ?? 'DNK');
  const { intervals, runs } = insights.measureUncertainty(year);
  const interval = intervals.find((one) => one.area === area.id);
  return {
    year,
    years: surveys.map((survey) => survey.year),
    area: named(area),
    standing: standings.find((one) => one.area === area.id)!,
    peer: named(federation.find(({ id }) => id === peerId) ?? insights.areaOf(peerId)),
    federation: federation.map(named),
    all: areas.list.map(named),
    ...orNothing('gap', () => insights.explainGap(year, area.id, peerId)),
    changes: insights.describeArea(area.id).changes,
    ...(interval ? { interval } : {}),
    runs,
    swings: orNothing('swings', () => insights.measureSwings(year, area.id)).swings ?? [],
    others: insights.listOthers(area.id),
    sources: sourcesOf(insights, citedInDetail),
  };
}

/** A year without a score leaves a figure out; the page says so. */
function orNothing<Name extends string, Value>(name: Name, compute: () => Value): { [Key in Name]?: Value } {
  try {
    return { [name]: compute() } as { [Key in Name]?: Value };
  } catch (error) {
    if (error instanceof Problem && error.code === 'area-unscored') return {};
    throw error;
  }
}

export function proposalView(
  insights: InsightsService,
  year: number,
  weightPercent: number,
  federation: readonly Area[],
): ProposalView {
  return {
    years: insights.figures().surveys.map((survey) => survey.year),
    outcome: insights.simulateProposal(year, weightPercent),
    federation: federation.map(named),
    sources: sourcesOf(insights, ['egdi', 'gtmi-2022']),
  };
}

export function methodsView(insights: InsightsService) {
  const { methods, assumptions, areas, surveys, sources } = insights.figures();
  return {
    methods,
    assumptions,
    fits: surveys
      .map(({ year }) => year)
      .toReversed()
      .flatMap((year) =>
        insights.listFits(year).map(({ values, ...fit }) => {
          const largest = values.reduce((most, one) => (Math.abs(one.residual) > Math.abs(most.residual) ? one : most));
          return { year, ...fit, largest: { area: named(insights.areaOf(largest.area)), residual: largest.residual } };
        }),
      )
      .sort((one, other) => other.year - one.year || indexIds.indexOf(one.index) - indexIds.indexOf(other.index)),
    names: areas.list.map(named),
    sources: sources.filter(({ id }) => id !== 'natural-earth'),
  };
}

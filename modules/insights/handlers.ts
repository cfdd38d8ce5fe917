import type { Handlers, RequestFacts } from '#kernel/contract';
import { createAssessmentHandlers } from './assessment/handlers.ts';
import type { Assessments } from './assessment/service.ts';
import type { AvailabilityNeeds } from './availability/service.ts';
import { type InsightsContract, problem } from './contract.ts';
import { type Flow, type FlowValue, readKey, type Selection } from './exports/flows.ts';
import { egdiFlow, listObservations } from './exports/observations.ts';
import { scoresCsv } from './exports/scores-csv.ts';
import { sdmxCsv, sdmxJson, sdmxStructure } from './exports/sdmx.ts';
import { listServiceValues, servicesFlow } from './exports/service-values.ts';
import { servicesCsv } from './exports/services-csv.ts';
import type { ServiceMeasure } from './measures.ts';
import type { InsightsNeeds, InsightsService } from './service.ts';

/** Media types of SDMX-JSON and SDMX-CSV, as the SDMX REST API names them. */
const sdmxTypes = {
  json: 'application/vnd.sdmx.data+json;version=2.0.0',
  csv: 'application/vnd.sdmx.data+csv;version=2.0.0',
};

export function createHandlers(
  insights: InsightsService,
  assessments: Assessments,
  needs: InsightsNeeds & Pick<AvailabilityNeeds, 'listServices'> & { measureServices(): Promise<ServiceMeasure[]> },
): Handlers<InsightsContract> {
  const { figures } = insights;
  const titles = () => new Map(needs.listServices().map(({ serviceId, title }) => [serviceId, title]));
  const selectionOf = ({ key }: { key: string }): Selection => {
    const selection = readKey(key);
    if (!selection) throw problem('key-malformed');
    return selection;
  };
  const formatOf = ({ format }: { format?: 'json' | 'csv' }, { headers }: RequestFacts) =>
    format ?? (headers['accept']?.includes('csv') ? 'csv' : 'json');
  const data = (flow: Flow, values: readonly FlowValue[], format: 'json' | 'csv') =>
    format === 'csv'
      ? { bytes: sdmxCsv(flow, values), contentType: sdmxTypes.csv }
      : { bytes: JSON.stringify(sdmxJson(flow, values, needs.clock.now())), contentType: sdmxTypes.json };
  const structure = (flow: Flow) => ({
    bytes: JSON.stringify(sdmxStructure(flow, needs.clock.now())),
    contentType: 'application/vnd.sdmx.structure+json;version=2.0.0',
  });
  return {
    ...createAssessmentHandlers(assessments),
    listMethods: async () => {
      const { methods, assumptions, sources } = figures();
      return { methods, assumptions, sources };
    },
    listAreas: async () => ({ areas: [...figures().areas.list] }),
    getSurvey: async ({ params }) => {
      const year = Number(params.year);
      const { method } = insights.surveyOf(year);
      return { year, method, standings: insights.listStandings(year), fits: insights.listFits(year) };
    },
    getHistory: async ({ params }) => insights.describeArea(params.area),
    explainGap: async ({ params, query }) => insights.explainGap(Number(params.year), query.area, query.peer),
    simulate: async ({ body }) => insights.simulate(body),
    findGoal: async ({ body }) => insights.findGoal(body),
    measureUncertainty: async ({ params, query }) =>
      insights.measureUncertainty(Number(params.year), query.spreadPercent),
    measureSwings: async ({ params, query }) => ({ swings: insights.measureSwings(Number(params.year), query.area) }),
    simulateProposal: async ({ params, query }) => insights.simulateProposal(Number(params.year), query.weightPercent),
    readScores: async () => {
      const { surveys, areas } = figures();
      return {
        bytes: scoresCsv(
          surveys.flatMap(({ year, rows }) => rows.map((row) => ({ year, row }))),
          areas,
        ),
      };
    },
    readServices: async () => ({ bytes: servicesCsv(await needs.measureServices()) }),
    readSdmxData: async ({ params, query, request }) =>
      data(
        egdiFlow(figures()),
        listObservations(figures(), {
          ...selectionOf(params),
          ...(query.startPeriod ? { from: Number(query.startPeriod) } : {}),
          ...(query.endPeriod ? { to: Number(query.endPeriod) } : {}),
        }),
        formatOf(query, request),
      ),
    readSdmxStructure: async () => structure(egdiFlow(figures())),
    readServicesData: async ({ params, query, request }) =>
      data(
        servicesFlow(titles()),
        listServiceValues(await needs.measureServices(), selectionOf(params), {
          now: needs.clock.now(),
          source: needs.publicUrl,
        }),
        formatOf(query, request),
      ),
    readServicesStructure: async () => structure(servicesFlow(titles())),
    exportCatalogue: async () => ({
      bytes: JSON.stringify(insights.describeDataSets(), undefined, 1),
    }),
  };
}

import type { Handlers } from '#kernel/contract';
import { createAssessmentHandlers } from './assessment/handlers.ts';
import type { Assessments } from './assessment/service.ts';
import { type InsightsContract, problem } from './contract.ts';
import { listObservations, readKey } from './exports/observations.ts';
import { scoresCsv } from './exports/scores-csv.ts';
import { sdmxCsv, sdmxJson, sdmxStructure } from './exports/sdmx.ts';
import { servicesCsv } from './exports/services-csv.ts';
import type { InsightsNeeds, InsightsService } from './service.ts';

/** Media types of SDMX-JSON and SDMX-CSV, as the SDMX REST API names them. */
const sdmxTypes = {
  json: 'application/vnd.sdmx.data+json;version=2.0.0',
  csv: 'application/vnd.sdmx.data+csv;version=2.0.0',
};

export function createHandlers(
  insights: InsightsService,
  assessments: Assessments,
  needs: InsightsNeeds,
): Handlers<InsightsContract> {
  const { figures } = insights;
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
    readSdmxData: async ({ params, query, request }) => {
      const selection = readKey(params.key);
      if (!selection) throw problem('key-malformed');
      const found = listObservations(figures(), {
        ...selection,
        ...(query.startPeriod ? { from: Number(query.startPeriod) } : {}),
        ...(query.endPeriod ? { to: Number(query.endPeriod) } : {}),
      });
      const format = query.format ?? (request.headers['accept']?.includes('csv') ? 'csv' : 'json');
      return format === 'csv'
        ? { bytes: sdmxCsv(found), contentType: sdmxTypes.csv }
        : { bytes: JSON.stringify(sdmxJson(found, figures(), needs.clock.now())), contentType: sdmxTypes.json };
    },
    readSdmxStructure: async () => ({
      bytes: JSON.stringify(sdmxStructure(figures(), needs.clock.now())),
      contentType: 'application/vnd.sdmx.structure+json;version=2.0.0',
    }),
    exportCatalogue: async () => ({
      bytes: JSON.stringify(insights.describeDataSets(), undefined, 1),
    }),
  };
}

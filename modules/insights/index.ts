import { insightsContract } from './contract.ts';
import { createHandlers } from './handlers.ts';
import { createInsightsService, type InsightsNeeds } from './service.ts';

/** The index of the UN computed, explained and simulated, beside what the services of this state showed. Keeps no database. */
export function createInsights(needs: InsightsNeeds) {
  const service = createInsightsService(needs);
  return { ...service, contract: insightsContract, handlers: createHandlers(service, needs) };
}

export type Insights = ReturnType<typeof createInsights>;

export type { ChangeOfIndex, ChangeOverTime, Gap, Piece } from './comparing/contract.ts';
export { type InputFit, type InsightsContract, insightsContract, type Standing } from './contract.ts';
export { listObservations, readKey } from './exports/observations.ts';
export { scoresCsv } from './exports/scores-csv.ts';
export { sdmxCsv, sdmxJson, sdmxStructure } from './exports/sdmx.ts';
export type { ImportFault, Mapping } from './imports/contract.ts';
export { type ImportOutcome, readImport } from './imports/reading.ts';
export { saveImport } from './imports/saving.ts';
export { type IndexId, indexIds, type Method, type Part } from './methods/contract.ts';
export type { ProposalOutcome } from './proposals/contract.ts';
export {
  createInsightsService,
  type InsightsNeeds,
  type OtherFigure,
  ownDataFolder,
  type ServiceMeasure,
} from './service.ts';
export type { Area } from './tables/areas.ts';
export type { Source } from './tables/sources.ts';
export type { RankInterval, Swing, Uncertainty } from './uncertainty/contract.ts';
export type { Change, Goal, GoalAnswer, Lever, Mix, Mode, Outcome, Scenario, Standpoint } from './what-if/contract.ts';

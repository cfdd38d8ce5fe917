import type { ModuleMigrations } from '#kernel/database';
import type { RoundNeeds } from './assessment/needs.ts';
import { createAssessments } from './assessment/service.ts';
import { type AvailabilityNeeds, createAvailability } from './availability/service.ts';
import { insightsContract } from './contract.ts';
import { createHandlers } from './handlers.ts';
import { createMeasures, type MeasureNeeds } from './measures.ts';
import * as assessmentTables from './migrations/0001-assessments.ts';
import * as availabilityTables from './migrations/0002-availability.ts';
import * as formerTables from './migrations/0003-former-people.ts';
import { createInsightsService, type InsightsNeeds } from './service.ts';

export const insightsMigrations: ModuleMigrations = {
  module: 'insights',
  migrations: {
    '0001-assessments': assessmentTables,
    '0002-availability': availabilityTables,
    '0003-former-people': formerTables,
  },
};

/** The index of the UN computed, explained and simulated, beside what the services of this state showed, and assessed as the UN does it. */
export function createInsights(needs: InsightsNeeds & RoundNeeds & AvailabilityNeeds & MeasureNeeds) {
  const service = createInsightsService(needs);
  const assessments = createAssessments({ ...needs, insights: service });
  const { observe, measureAvailability, start, stop } = createAvailability(needs);
  const measureServices = createMeasures(needs, measureAvailability, () => service.figures().accessibility);
  return {
    ...service,
    assessments,
    observe,
    measureServices,
    start,
    stop,
    contract: insightsContract,
    handlers: createHandlers(service, assessments, { ...needs, measureServices }),
  };
}

export type Insights = ReturnType<typeof createInsights>;

export type {
  AnswerValue,
  DryRun,
  HistoryEntry,
  LeftRound,
  Proposal,
  Replacement,
  Role,
  Round,
  RoundState,
  SavedAnswer,
  Settlement,
  Side,
} from './assessment/contract.ts';
export type { NodeFact } from './assessment/facts.ts';
export { pictureHeaders } from './assessment/handlers.ts';
export type { AskedCode } from './assessment/questionnaire.ts';
export { type Actor, listDifferences, pictureBytesMax, whoSettles } from './assessment/rules.ts';
export type { Assessments } from './assessment/service.ts';
export { readSheet, sheetCsv } from './assessment/sheets.ts';
export type { Availability } from './availability/contract.ts';
export type { ChangeOfIndex, ChangeOverTime, Gap, Piece } from './comparing/contract.ts';
export { type InputFit, type InsightsContract, insightsContract, type Standing } from './contract.ts';
export { readKey } from './exports/flows.ts';
export { egdiFlow, listObservations } from './exports/observations.ts';
export { scoresCsv } from './exports/scores-csv.ts';
export { sdmxCsv, sdmxJson, sdmxStructure } from './exports/sdmx.ts';
export type { ImportFault, Mapping } from './imports/contract.ts';
export { type ImportOutcome, readImport } from './imports/reading.ts';
export { saveImport } from './imports/saving.ts';
export type { DecidedMeasure, ServiceMeasure } from './measures.ts';
export { type IndexId, indexIds, type Method, type Part } from './methods/contract.ts';
export type { ProposalOutcome } from './proposals/contract.ts';
export {
  createInsightsService,
  type InsightsNeeds,
  type InsightsService,
  type OtherFigure,
  ownDataFolder,
} from './service.ts';
export type { AccessibilityFile, JudgedService } from './tables/accessibility.ts';
export type { Area } from './tables/areas.ts';
export type { Source } from './tables/sources.ts';
export type { RankInterval, Swing, Uncertainty } from './uncertainty/contract.ts';
export type { Change, Goal, GoalAnswer, Lever, Mix, Mode, Outcome, Scenario, Standpoint } from './what-if/contract.ts';

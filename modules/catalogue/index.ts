import type { ModuleMigrations } from '#kernel/database';
import { up as versions } from './migrations/0001-versions.ts';
import { up as searchMisses } from './migrations/0002-search-misses.ts';

export const catalogueMigrations: ModuleMigrations = {
  module: 'catalogue',
  migrations: { '0001-versions': { up: versions }, '0002-search-misses': { up: searchMisses } },
};

export type { Casework, DecisionKind, PartnerTask, SharingGround } from './casework/contract.ts';
export * from './contract.ts';
export type { DecisionResult, FiredRule } from './decisions/contract.ts';
export { evaluateDecision } from './decisions/rules.ts';
export { Audience } from './descriptions/contract.ts';
export { type FeeAmount, FeeCurrency, type FeeDefinition, type FeeExemption } from './fees/contract.ts';
export { findExemption, findFee } from './fees/rules.ts';
export { checkService, loadServices } from './folders.ts';
export type {
  Answer,
  AnswerRow,
  Entry,
  EntryModel,
  FieldError,
  FormDefinition,
  PageModel,
  PostedBody,
  Question,
  QuestionKind,
  QuestionModel,
} from './forms/contract.ts';
export { Answers, AttachedFile, FileType, fileBytesMax, PageShape } from './forms/contract.ts';
export { describePage, type PageFacts, stateOfEntry } from './forms/models.ts';
export { readAmount, writeAmount } from './forms/numbers.ts';
export {
  describeAnswers,
  type Form,
  itemsMax,
  keepAsked,
  listPages,
  openForm,
  putEntry,
  validateAnswers,
  validatePage,
} from './forms/rules.ts';
export { readPosted } from './forms/values.ts';
export type { OfferedTo, OfferRule, OfferRules } from './offers/contract.ts';
export { dayFieldOf } from './offers/rules.ts';
export { type ValueSource, valueAt } from './paths.ts';
export { type Catalogue, type CatalogueNeeds, createCatalogue, describeAsked, type Wanted } from './service.ts';
export { findOffering, type Service } from './services.ts';

import type { ModuleMigrations } from '#kernel/database';
import { up as versions } from './migrations/0001-versions.ts';
import { up as searchMisses } from './migrations/0002-search-misses.ts';
import { up as publications } from './migrations/0003-publications.ts';

export const catalogueMigrations: ModuleMigrations = {
  module: 'catalogue',
  migrations: {
    '0001-versions': { up: versions },
    '0002-search-misses': { up: searchMisses },
    '0003-publications': { up: publications },
  },
};

export type { Casework, DecisionKind, PartnerTask, SharingGround } from './casework/contract.ts';
export * from './contract.ts';
export type { DecisionModel, DecisionResult, DecisionTable, FiredRule } from './decisions/contract.ts';
export { type Judged, judge } from './decisions/judging.ts';
export { readDecisions } from './decisions/read.ts';
export { evaluateDecision } from './decisions/rules.ts';
export { type TableRow, writeTable } from './decisions/write.ts';
export { describeAsked, describeDraft } from './describing.ts';
export { Audience } from './descriptions/contract.ts';
export {
  type FeeAmount,
  FeeCurrency,
  type FeeDefinition,
  type FeeExemption,
  type RefundOccasion,
  type RefundReasonChoice,
  type RefundRule,
} from './fees/contract.ts';
export { type AskedFee, askedFee, isFeeKnown, offOf } from './fees/exemptions.ts';
export { findFee, refundShareOf } from './fees/rules.ts';
export { findingWords } from './findings/words.ts';
export { checkService, inspectFolder, loadServices } from './folders.ts';
export { type CaseContact, contactIn } from './forms/contacts.ts';
export type {
  Answer,
  AnswerRow,
  Entry,
  EntryModel,
  EntryQuestion,
  FieldError,
  FormDefinition,
  Held,
  HeldEntry,
  LookedUp,
  PageModel,
  PostedBody,
  Question,
  QuestionModel,
} from './forms/contract.ts';
export { Answers, AttachedFile, FileType, fileBytesMax, itemsMost, PageShape, QuestionKind } from './forms/contract.ts';
export { aloneKinds } from './forms/findings.ts';
export { describePage, type PageFacts, stateOfEntry } from './forms/models.ts';
export { amountInWords, readAmount, writeAmount } from './forms/numbers.ts';
export { findUnheld } from './forms/registers.ts';
export {
  describeAnswers,
  type Form,
  heldCodes,
  itemsMax,
  keepAsked,
  listPages,
  openForm,
  postedCodes,
  putEntry,
  validateAnswers,
  validatePage,
} from './forms/rules.ts';
export { readPosted, unlistedControl, unlistedValue } from './forms/values.ts';
export type { KnownVersion } from './in-force.ts';
export type { OfferedTo, OfferRule, OfferRules } from './offers/contract.ts';
export { dayFieldOf } from './offers/rules.ts';
export { type ValueSource, valueAt } from './paths.ts';
export { type Catalogue, type CatalogueNeeds, createCatalogue, type Wanted } from './service.ts';
export { findOffering, type Opened, type Service, type ServiceFiles, versionOf } from './services.ts';
export { refusedWord, templateLengthMax } from './template.ts';
export {
  type Expected,
  type ServiceTests,
  TestCase,
  type TestDifference,
  type TestResult,
} from './testing/contract.ts';
export { fillIn, runTests } from './testing/rules.ts';

import type { ModuleMigrations } from '#kernel/database';
import { up as versions } from './migrations/0001-versions.ts';
import { up as searchMisses } from './migrations/0002-search-misses.ts';
import { up as publications } from './migrations/0003-publications.ts';
import { up as pauses } from './migrations/0005-pauses.ts';
import { up as announcedPauses } from './migrations/0006-announced-pauses.ts';

export const catalogueMigrations: ModuleMigrations = {
  module: 'catalogue',
  migrations: {
    '0001-versions': { up: versions },
    '0002-search-misses': { up: searchMisses },
    '0003-publications': { up: publications },
    '0005-pauses': { up: pauses },
    '0006-announced-pauses': { up: announcedPauses },
  },
};

export { type Casework, DecisionKind, type PartnerTask, type SharingGround } from './casework/contract.ts';
export * from './contract.ts';
export type { DecisionModel, DecisionResult, DecisionTable, FiredRule } from './decisions/contract.ts';
export { type Judged, judge } from './decisions/judging.ts';
export { readDecisions } from './decisions/read.ts';
export { evaluateDecision } from './decisions/rules.ts';
export { type TableRow, writeInputs, writeTable } from './decisions/write.ts';
export { describeAsked, describeDraft } from './describing.ts';
export { Audience } from './descriptions/contract.ts';
export { answerEligibility, describeEligibility } from './eligibility/answers.ts';
export { EligibilityCase, type EligibilityDefinition, type EligibilityOutcome } from './eligibility/contract.ts';
export { eligibilityFile, eligibilityTables, unknownValue } from './eligibility/rules.ts';
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
export { codeControl, isAddressHere, savedEntry } from './forms/address-model.ts';
export { type EvidenceValues, evidenceIn, questionsIn, waysOf } from './forms/conditions.ts';
export { type CaseContact, contactIn } from './forms/contacts.ts';
export type {
  Answer,
  AnswerRow,
  Comparison,
  Condition,
  Entry,
  EntryModel,
  EntryQuestion,
  FieldError,
  FinderModel,
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
export { givable, validateGiven } from './forms/given.ts';
export { type Item, itemsIn } from './forms/items.ts';
export { describePage, type PageFacts, stateOfEntry } from './forms/models.ts';
export { amountInWords, readAmount, writeAmount } from './forms/numbers.ts';
export { findUnheld } from './forms/registers.ts';
export {
  askedOn,
  type CaseForm,
  describeAnswers,
  type Form,
  formFor,
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
  type TestedCase,
  type TestResult,
} from './testing/contract.ts';
export { runEligibilityTests } from './testing/eligibility.ts';
export { fillIn, runTests } from './testing/rules.ts';

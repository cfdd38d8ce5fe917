import type { Handlers } from '#kernel/contract';
import type { ModuleMigrations } from '#kernel/database';
import { createLoop } from '#kernel/loop';
import { createBeginning } from './beginning/service.ts';
import { type PublishingContract, publishingContract } from './contract.ts';
import * as drafts from './migrations/0001-drafts.ts';
import * as begunServices from './migrations/0002-begun-services.ts';
import { createPausing } from './pausing.ts';
import { createDrafts, type PublishingNeeds } from './service.ts';

export type { Beginning, NewService } from './beginning/service.ts';
export {
  type DraftState,
  editorRole,
  type Official,
  type PublishedVersion,
  publisherRole,
  publishingContract,
  type Step,
} from './contract.ts';
export type { Difference } from './differences/values.ts';
export { compareFiles } from './differences.ts';
export { type Look, looks } from './documents/looks.ts';
export { findUnset, refusalOf } from './documents/service.ts';
export { type EligibilityShape, eligibilityShapeOf, putEligibility } from './edits/eligibility.ts';
export { channelKinds, type Facts, factsOf, levels, putFacts } from './edits/facts.ts';
export { editForm, type FormEdit, type Place } from './edits/form.ts';
export {
  currencies,
  fileMegabytesMax,
  fileTypes,
  megabyte,
  pickKinds,
  questionKinds,
  type Settings,
  statedKinds,
  statesOfForms,
} from './edits/kinds.ts';
export { putReasons, type ReasonShape, reasonsOf } from './edits/reasons.ts';
export { refuse as refuseSetting } from './edits/refusals.ts';
export {
  type Askable,
  type AskedEvidence,
  askableFor,
  checkGrants,
  type EvidenceGrant,
  purposesOf,
  putRequirements,
} from './edits/requirements.ts';
export { putRows, type RowEdit, tableFileOf } from './edits/rows.ts';
export { templateFile } from './edits/template.ts';
export { type ExemptionTerms, percentOf, putTerms, type Terms, termsOf } from './edits/terms.ts';
export { putEligibilityTest, putTest, removeEligibilityTest, removeTest } from './edits/tests.ts';
export { listTextsOf, putTexts } from './edits/texts.ts';
export { type CaseValue, putInputs, putShown, readableIn, showableIn, shownIn } from './edits/values.ts';
export { fileTypeNames, kindNames } from './names.ts';
export type { PauseOfService } from './pausing.ts';
export { fileNames, type TextPlace, textFiles, wordsOf } from './places.ts';
export type {
  Draft,
  DraftSummary,
  EditableService,
  PublishingNeeds,
} from './service.ts';

export const publishingMigrations: ModuleMigrations = {
  module: 'publishing',
  migrations: { '0001-drafts': drafts, '0002-begun-services': begunServices },
};

/** How soon another process of the node, and a moment that has come, are noticed. */
const lookEveryMs = 5_000;

/** Changing services with four eyes. */
export function createPublishing(needs: PublishingNeeds) {
  const service = createDrafts(needs);
  const pausing = createPausing(needs);
  const beginning = createBeginning(needs);
  const looking = createLoop({
    work: () => needs.catalogue.refresh().then(() => false),
    everyMs: lookEveryMs,
    log: needs.log,
    failed: 'it could not be seen which versions of services are in force',
  });
  const handlers: Handlers<PublishingContract> = {
    listVersions: async ({ params }) => ({ versions: await service.listVersions(params.serviceId) }),
  };
  return {
    ...service,
    ...pausing,
    ...beginning,
    start: () => looking.start(),
    stop: () => looking.stop(),
    contract: publishingContract,
    handlers,
  };
}

export type Publishing = ReturnType<typeof createPublishing>;

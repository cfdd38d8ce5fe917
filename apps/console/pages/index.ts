import { roundHistory } from './assessment/history.tsx';
import { assessedQuestion } from './assessment/question.tsx';
import { dryRun } from './assessment/result.tsx';
import { round } from './assessment/round.tsx';
import { rounds } from './assessment/rounds.tsx';
import { caseMessages } from './case-messages.tsx';
import { officeStep } from './case-step.tsx';
import { copy } from './copy.tsx';
import { counter, counterVisit } from './counter.tsx';
import { decided } from './decided.tsx';
import { absences } from './desk/absences.tsx';
import { audit } from './desk/audit.tsx';
import { compare } from './desk/compare.tsx';
import { workload } from './desk/workload.tsx';
import { identityDesk } from './identity-desk.tsx';
import { inquiries, inquiryAnswer, inquiryForm } from './inquiry.tsx';
import { matchingQueue } from './matching-queue.tsx';
import { matchingTask } from './matching-task.tsx';
import { newService } from './publishing/beginning.tsx';
import { draft } from './publishing/draft.tsx';
import { draftFields, draftTests } from './publishing/fields.tsx';
import { draftForm } from './publishing/form.tsx';
import { draftRules } from './publishing/rules.tsx';
import { editableService, editableServices } from './publishing/services.tsx';
import { draftTemplate } from './publishing/template.tsx';
import { draftTexts } from './publishing/texts.tsx';
import { question } from './question.tsx';
import { questions } from './questions.tsx';
import { queue } from './queue.tsx';
import { recoveries } from './recoveries.tsx';
import { recovery } from './recovery.tsx';
import { review } from './review.tsx';
import { officeShared } from './shared-case.tsx';
import { sharedQueue } from './shared-cases.tsx';

/** The officer's pages: `renderPage(consolePages.queue, view, frame)`. */
export const consolePages = {
  /** GET /office?show=&service=&q=&page=, and after POST /office/bulk and /office/views */
  queue,
  /** GET /office/workload */
  workload,
  /** GET|POST /office/absences */
  absences,
  /** GET /office/audit?officer=&before= */
  audit,
  /** GET /office/cases/:caseId/compare?with= */
  compare,
  /** GET /office/cases/:caseId, and POST .../decide when something is missing or has changed */
  review,
  /** GET /office/cases/:caseId/copy */
  copy,
  /** GET|POST /office/counter */
  counter,
  /** GET|POST /office/counter/:visitId */
  counterVisit,
  /** after POST /office/cases/:caseId/decide */
  decided,
  /** GET /office/cases/:caseId/told */
  caseMessages,
  /** GET|POST /office/cases/:caseId/ask, /appeal, /correct, /reopen and /cancel */
  officeStep,
  /** GET /office/shared */
  sharedQueue,
  /** GET /office/shared/:shareId, and POST …/answer when something is missing */
  officeShared,
  /** GET /office/questions */
  questions,
  /** GET /office/questions/:useId */
  question,
  /** GET|POST /office/identities */
  identityDesk,
  /** GET /office/inquiries */
  inquiries,
  /** GET /office/inquiries/new, and POST when something is missing or was refused */
  inquiryForm,
  /** after POST /office/inquiries/new */
  inquiryAnswer,
  /** GET /office/matching, and after what is decided there */
  matchingQueue,
  /** GET /office/matching/:attemptId, and when a decision was refused */
  matchingTask,
  /** GET|POST /office/recoveries */
  recoveries,
  /** GET|POST /office/recoveries/:recoveryId */
  recovery,
  /** GET|POST /office/assessments */
  rounds,
  /** GET /office/assessments/:roundId, and after each step */
  round,
  /** GET|POST /office/assessments/:roundId/questions/:code */
  assessedQuestion,
  /** GET /office/assessments/:roundId/history */
  roundHistory,
  /** GET /office/assessments/:roundId/result */
  dryRun,
  /** GET /office/services */
  editableServices,
  /** GET|POST /office/new-service */
  newService,
  /** GET /office/services/:serviceId */
  editableService,
  /** GET /office/drafts/:draftId, and after each step */
  draft,
  /** GET|POST /office/drafts/:draftId/texts/:file */
  draftTexts,
  /** GET|POST /office/drafts/:draftId/rules/:table */
  draftRules,
  /** GET|POST /office/drafts/:draftId/terms, …/tests/:test, …/facts, …/evidence, …/reasons, …/inputs and …/shown */
  draftFields,
  /** GET /office/drafts/:draftId/tests */
  draftTests,
  /** GET|POST /office/drafts/:draftId/form */
  draftForm,
  draftTemplate,
};

export type { RoundHistoryView } from './assessment/history.tsx';
export type { AssessedQuestionView } from './assessment/question.tsx';
export type { DryRunView } from './assessment/result.tsx';
export type { RoundLine, RoundView } from './assessment/round.tsx';
export type { RoundsView } from './assessment/rounds.tsx';
export type { CaseMessagesView } from './case-messages.tsx';
export type { OfficeStepView } from './case-step.tsx';
export type { ChecklistView } from './checklist.tsx';
export type { CounterView, CounterVisitView } from './counter.tsx';
export type { Dealings } from './dealings.tsx';
export type { DecidedView } from './decided.tsx';
export type { AbsencesView } from './desk/absences.tsx';
export type { AuditView } from './desk/audit.tsx';
export type { ComparedCase, CompareView } from './desk/compare.tsx';
export type { WorkloadView } from './desk/workload.tsx';
export type { IdentityDeskView } from './identity-desk.tsx';
export type { InquiriesView, InquiryAnswerView, InquiryFormView } from './inquiry.tsx';
export type { MatchingQueueView } from './matching-queue.tsx';
export type { MatchingTaskView } from './matching-task.tsx';
export type { NewServiceView } from './publishing/beginning.tsx';
export type { DraftView } from './publishing/draft.tsx';
export type { DraftFieldsView, DraftTestsView } from './publishing/fields.tsx';
export type { DraftFormView } from './publishing/form.tsx';
export type { DraftHead } from './publishing/parts.tsx';
export type { DraftRulesView } from './publishing/rules.tsx';
export type { EditableServicesView, EditableServiceView } from './publishing/services.tsx';
export type { DraftTemplateView } from './publishing/template.tsx';
export type { DraftTextsView, TextField } from './publishing/texts.tsx';
export type { QuestionView } from './question.tsx';
export type { QuestionRow, QuestionsView } from './questions.tsx';
export type { QueueFilter, QueueRow, QueueView } from './queue.tsx';
export type { RecoveriesView } from './recoveries.tsx';
export type { RecoveryToConfirmView } from './recovery.tsx';
export { isDecidingNow, type ReviewView } from './review.tsx';
export type { OfficeSharedView, Partner } from './shared-case.tsx';
export type { SharedQueueView } from './shared-cases.tsx';

import { type Static, Type } from 'typebox';
import { bytes, defineContract } from '#kernel/contract';
import { Text } from '#kernel/languages';
import { AttachedFile, DecisionKind, type PageModel, PageShape } from '#modules/catalogue';
import { MandateKind } from '#protocol/representation';
import { absenceEndpoints } from './absences/contract.ts';
import { StillOpen } from './afterwards/contract.ts';
import { againEndpoints, BegunFrom } from './again/contract.ts';
import { AppealView, appealEndpoints } from './appeals/contract.ts';
import { assigningEndpoints } from './assigning/contract.ts';
import { auditEndpoints } from './audit/contract.ts';
import { ChangeChoices, ChangeView, changeEndpoints } from './changes/contract.ts';
import { ChecklistPoint, checklistEndpoints } from './checklist/contract.ts';
import { comparingEndpoints } from './comparing/contract.ts';
import { Decision, decisionEndpoints, OfficerDecision, Proposal } from './decisions/contract.ts';
import { draftEndpoints, FormError } from './drafts/contract.ts';
import { EvidenceView } from './evidence/contract.ts';
import { fileEndpoints } from './files/contract.ts';
import { RuleFinding, RulesRun } from './findings/contract.ts';
import { lookUpEndpoints } from './look-ups/contract.ts';
import { ServiceMeasures, Stars } from './measures/contract.ts';
import { Message, messageEndpoints, Note } from './messages/contract.ts';
import { problem } from './problems.ts';
import { processEndpoints } from './process/contract.ts';
import { queueEndpoints } from './queue/contract.ts';
import { RequestChoices, RequestView, requestEndpoints } from './requests/contract.ts';
import { LegalHold, retentionEndpoints } from './retention/contract.ts';
import { Duty } from './roles/contract.ts';
import { savedViewEndpoints } from './saved-views/contract.ts';
import { CaseParams, Uuid, Version } from './standing.ts';
import { CaseState } from './states.ts';
import { Assignment, CaseSummary, Task, TimelineEntry } from './summary.ts';
import { HistoryEntry } from './visits/contract.ts';
import { workloadEndpoints } from './workload/contract.ts';

export type { Appeal, AppealDecision, AppealView } from './appeals/contract.ts';
export type { ChangeChoices, ChangeView, Correction, Reasoned } from './changes/contract.ts';
export type { ChecklistPoint, Mark, Marking } from './checklist/contract.ts';
export type {
  Confirmation,
  DecidedItem,
  Decision,
  DecisionReason,
  ItemDecision,
  OfficerDecision,
  Proposal,
} from './decisions/contract.ts';
export { EvidenceView, type ReceivedEvidence } from './evidence/contract.ts';
export { RuleFinding, RulesRun } from './findings/contract.ts';
export type { Message, Note } from './messages/contract.ts';
export { problem } from './problems.ts';
export type { QueueCounts, QueueFilters, QueueItem, QueueSearch, StepOfMany } from './queue/contract.ts';
export { manyMax, Queue } from './queue/contract.ts';
export type { AskedFile, AskForMore, RequestAnswer, RequestChoices, RequestView } from './requests/contract.ts';
export { filesOfOneMax } from './requests/contract.ts';
export type { HoldAsked, LegalHold } from './retention/contract.ts';
export { CaseRole, Duty } from './roles/contract.ts';
export type { Standing } from './standing.ts';
export { CaseState } from './states.ts';
export { Assignment, CaseSummary, Task, TimelineEntry } from './summary.ts';
export type { HistoryEntry } from './visits/contract.ts';

export const DocumentKind = Type.Enum(['pdf', 'credential']);
export type DocumentKind = Static<typeof DocumentKind>;

const Moment = Type.String();

export const AnswerView = Type.Object({
  pageId: Type.String(),
  questionId: Type.String(),
  label: Text,
  value: Text,
  /** Of an attached file: what it is; the value is its name. */
  file: Type.Optional(AttachedFile),
  /** Of a question that is looked up: the entry of the register as it is kept; without a code, what the person named and no register has. */
  entry: Type.Optional(Type.Object({ code: Type.Optional(Type.String()), ar: Type.String(), en: Type.String() })),
});
export type AnswerView = Static<typeof AnswerView>;

export const CaseView = Type.Object({
  ...CaseSummary.properties,
  /** ISO 8601. Of a draft as in the list; of a case that ended, the last day on which the office keeps what it holds. */
  keptUntil: Type.Optional(Type.String()),
  serviceVersion: Type.String(),
  homeState: Type.String(),
  version: Type.Integer(),
  whoseTurn: Type.Enum(['person', 'office', 'nobody']),
  tasks: Type.Array(Task),
  answers: Type.Array(AnswerView),
  evidence: Type.Array(EvidenceView),
  /** What came with a consent that was withdrawn before the decision: it is neither shown nor decided upon. */
  withdrawnEvidence: Type.Array(
    Type.Object({ evidenceType: Type.String(), names: Text, providerState: Type.String(), withdrawnAt: Moment }),
  ),
  /** The case stands still, as it cannot be decided without what was withdrawn: the last day to consent again, ISO 8601. */
  consentBy: Type.Optional(Type.String()),
  /** What the rules found, once the case was submitted; after a correction, what they found then. */
  findings: Type.Array(RuleFinding),
  /** The one that counts now, or that was cancelled; those before it are in `earlierDecisions`, the oldest first. */
  decision: Type.Optional(Decision),
  earlierDecisions: Type.Array(Decision),
  /** Of the decision that counts now. */
  documents: Type.Array(
    Type.Object({ kind: DocumentKind, id: Type.String(), mediaType: Type.String(), attachedAt: Moment }),
  ),
  /** What the office asked for after the case was sent, the oldest first. */
  requests: Type.Array(RequestView),
  appeals: Type.Array(AppealView),
  /** The last day for an appeal against the decision, ISO 8601; absent when there is none. `isAppealOpen`: it has not passed. */
  appealUntil: Type.Optional(Type.String()),
  isAppealOpen: Type.Optional(Type.Boolean()),
  /** The law of an appeal, and what comes after it. */
  appealWords: Type.Optional(Type.Object({ article: Text, afterwards: Text })),
  changes: Type.Array(ChangeView),
  messages: Type.Array(Message),
  timeline: Type.Array(TimelineEntry),
  mayWithdraw: Type.Boolean(),
  stillOpen: Type.Optional(StillOpen),
  /** It came to nothing, so that it may be begun anew, with what of `answers` still fits. */
  mayApplyAgain: Type.Boolean(),
  begunFrom: Type.Optional(BegunFrom),
  /** Somebody else applied for the person: by which kind of mandate. */
  representedBy: Type.Optional(MandateKind),
});
export type CaseView = Static<typeof CaseView>;

export const OfficerCaseView = Type.Object({
  ...CaseView.properties,
  /** The case is about this officer, or they had a part in it for somebody else. */
  isParty: Type.Boolean(),
  /** What the roles of this officer allow here; to a party of the case, to read what its person reads. */
  duties: Type.Array(Duty),
  workingDaysLeft: Type.Optional(Type.Integer()),
  applicant: Type.Optional(Text),
  assignment: Type.Optional(Assignment),
  /** Reasons the officer may choose from, by outcome. */
  reasonChoices: Type.Array(Type.Object({ id: Type.String(), outcome: Type.Enum(['approve', 'refuse']), text: Text })),
  /** What is decided one by one: each thing that the case asks for, or on an appeal each that was refused. */
  itemChoices: Type.Array(Type.Object({ id: Type.String(), label: Text })),
  conditionChoices: Type.Array(Type.Object({ id: Type.String(), text: Text })),
  /** Kinds of decision that a second officer has to confirm. */
  secondOfficerFor: Type.Array(DecisionKind),
  /** While it waits for the second officer. */
  proposal: Type.Optional(Proposal),
  /** This officer may not confirm, or decide on the appeal, as the decision was theirs. */
  hadAHand: Type.Boolean(),
  requestChoices: Type.Optional(RequestChoices),
  changeChoices: Type.Optional(ChangeChoices),
  /** For a supervisor: to whom the case can be given now. */
  assignees: Type.Array(Type.Object({ personId: Uuid, names: Text })),
  /** What the rules found before the facts were changed, the oldest first; `findings` is the last. */
  earlierRuns: Type.Array(RulesRun),
  /** When and on what the rules were applied last. */
  lastRun: Type.Optional(RulesRun),
  notes: Type.Array(Note),
  /** What officers check by hand; empty where the service has no checklist. `mayCheck`: this officer may mark its points now. */
  checklist: Type.Array(ChecklistPoint),
  mayCheck: Type.Boolean(),
  history: Type.Array(HistoryEntry),
  /** What keeps an ended case beyond its time. `mayHold`: this officer may set that, change it and end it now. */
  hold: Type.Optional(LegalHold),
  mayHold: Type.Boolean(),
});
export type OfficerCaseView = Static<typeof OfficerCaseView>;

/** Of the case that somebody has before them; without it, as it stands now. */
const SeenVersion = Type.Object({ expectedVersion: Type.Optional(Version) });

export const casesContract = defineContract({
  module: 'cases',
  title: { ar: 'الطلبات', en: 'Cases' },
  problems: problem,
  endpoints: {
    startCase: {
      method: 'POST',
      path: '/api/cases',
      summary: 'Begin an application for a service, or go on with the draft there is',
      access: 'person',
      scope: 'cases:write',
      body: Type.Object({ serviceId: Type.String({ maxLength: 64 }) }),
      answer: CaseView,
      status: 201,
      refusals: [
        'service-unknown',
        'service-for-own-people',
        'service-for-companies',
        'application-repeated',
        'stronger-sign-in-needed',
      ],
    },
    listMyCases: {
      method: 'GET',
      path: '/api/cases',
      summary: 'My applications, newest first; `state` chooses among them: the drafts, say',
      access: 'person',
      scope: 'cases:read',
      query: Type.Object({ state: Type.Optional(CaseState) }),
      answer: Type.Object({ cases: Type.Array(CaseSummary) }),
      refusals: [],
    },
    getMyCase: {
      method: 'GET',
      path: '/api/cases/:caseId',
      summary: 'One of my applications: tasks, answers, evidence, decision, timeline',
      access: 'person',
      scope: 'cases:read',
      params: CaseParams,
      answer: CaseView,
      refusals: ['case-unknown'],
    },
    getPage: {
      method: 'GET',
      path: '/api/cases/:caseId/pages/:pageId',
      summary: 'One page of the form, ready to draw in one language: questions, what is known, what comes next',
      access: 'person',
      scope: 'cases:read',
      params: Type.Object({ caseId: Uuid, pageId: Type.String({ maxLength: 64 }) }),
      query: Type.Object({ language: Type.Optional(Type.Enum(['ar', 'en'])) }),
      answer: Type.Unsafe<PageModel>(PageShape),
      refusals: ['case-unknown', 'page-unknown', 'case-not-open', 'page-not-opened', 'case-step-refused'],
    },
    saveAnswers: {
      method: 'PUT',
      path: '/api/cases/:caseId/answers/:pageId',
      summary: 'Save the answers of one page; with errors nothing is saved',
      access: 'person',
      scope: 'cases:write',
      params: Type.Object({ caseId: Uuid, pageId: Type.String({ maxLength: 64 }) }),
      query: SeenVersion,
      body: Type.Record(Type.String(), Type.Unknown()),
      answer: Type.Object({
        saved: Type.Boolean(),
        errors: Type.Array(FormError),
        /** After it was saved: of the case, and the page to go on with, unless this was the last one. */
        version: Type.Optional(Type.Integer()),
        nextPageId: Type.Optional(Type.String()),
      }),
      refusals: ['case-unknown', 'page-unknown', 'case-not-open', 'page-not-opened', 'case-changed-since'],
    },
    ...draftEndpoints,
    ...lookUpEndpoints,
    ...fileEndpoints,
    submitCase: {
      method: 'POST',
      path: '/api/cases/:caseId/submit',
      summary: 'Send the application: published rules decide clear cases at once, an officer the others',
      access: 'person',
      scope: 'cases:write',
      params: CaseParams,
      query: SeenVersion,
      answer: CaseView,
      refusals: [
        'case-unknown',
        'case-not-open',
        'case-changed-since',
        'evidence-missing',
        'answers-incomplete',
        'look-up-gone',
        'look-up-unavailable',
        'fee-due',
        'fee-risen',
        'service-for-companies',
        'application-repeated',
        'second-signature-needed',
        'evidence-stands-no-more',
        'stronger-sign-in-needed',
      ],
    },
    withdrawCase: {
      method: 'POST',
      path: '/api/cases/:caseId/withdraw',
      summary: 'Withdraw an application that is not decided yet',
      access: 'person',
      scope: 'cases:write',
      params: CaseParams,
      answer: CaseView,
      refusals: ['case-unknown', 'case-step-refused'],
    },
    renewCase: {
      method: 'POST',
      path: '/api/cases/:caseId/renew',
      summary: 'Begin the application that renews what ends soon, with what I wrote the last time filled in',
      access: 'person',
      scope: 'cases:write',
      params: CaseParams,
      answer: CaseView,
      status: 201,
      refusals: ['case-unknown', 'renewal-early', 'renewal-begun', 'service-unknown', 'stronger-sign-in-needed'],
    },
    readDocument: {
      method: 'GET',
      path: '/api/cases/:caseId/documents/:kind',
      summary: 'A document of one of my decided applications',
      access: 'person',
      scope: 'documents:read',
      params: Type.Object({ caseId: Uuid, kind: DocumentKind }),
      answer: bytes('application/octet-stream'),
      refusals: ['case-unknown', 'document-unknown', 'case-erased'],
    },
    ...againEndpoints(CaseView),
    rateService: {
      method: 'PUT',
      path: '/api/cases/:caseId/rating',
      summary: 'Say how it went, from one to five stars, once the case is decided',
      access: 'person',
      params: CaseParams,
      body: Type.Object({ stars: Stars }),
      answer: Type.Object({ stars: Stars }),
      refusals: ['case-unknown', 'case-step-refused'],
    },
    listMeasures: {
      method: 'GET',
      path: '/api/service-measures',
      summary: 'How long services really take, how many are decided at once, and how people rate them',
      access: 'anyone',
      answer: Type.Object({ services: Type.Array(ServiceMeasures) }),
      refusals: [],
    },
    ...processEndpoints,
    ...queueEndpoints,
    ...savedViewEndpoints,
    ...absenceEndpoints,
    ...workloadEndpoints,
    ...auditEndpoints,
    ...comparingEndpoints,
    getCaseForOfficer: {
      method: 'GET',
      path: '/api/office/cases/:caseId',
      summary: 'One case of my office with its evidence, its proof and the rules that fired',
      access: 'officer',
      params: CaseParams,
      answer: OfficerCaseView,
      refusals: ['case-unknown', 'role-needed'],
    },
    takeCase: {
      method: 'POST',
      path: '/api/office/cases/:caseId/take',
      summary: 'Take a case, or take it over from a colleague on purpose',
      access: 'officer',
      params: CaseParams,
      body: Type.Object({ takeOver: Type.Optional(Type.Boolean()) }),
      answer: OfficerCaseView,
      refusals: ['case-unknown', 'case-taken', 'case-step-refused', 'own-case', 'own-decision', 'role-needed'],
    },
    releaseCase: {
      method: 'POST',
      path: '/api/office/cases/:caseId/release',
      summary: 'Give a case back to the queue',
      access: 'officer',
      params: CaseParams,
      answer: OfficerCaseView,
      refusals: ['case-unknown', 'case-not-taken', 'case-step-refused', 'role-needed', 'own-case'],
    },
    decideCase: {
      method: 'POST',
      path: '/api/office/cases/:caseId/decide',
      summary: 'Decide a case with reasons, on the version that was looked at',
      access: 'officer',
      params: CaseParams,
      body: OfficerDecision,
      answer: OfficerCaseView,
      refusals: [
        'case-unknown',
        'case-changed-since',
        'case-not-taken',
        'case-step-refused',
        'reasons-missing',
        'condition-not-offered',
        'items-not-decided',
        'item-reason-missing',
        'items-all-refused',
        'text-too-long',
        'own-case',
        'fee-due',
        'partner-awaited',
        'points-open',
        'evidence-stands-no-more',
        'role-needed',
      ],
    },
    visitCase: {
      method: 'POST',
      path: '/api/office/cases/:caseId/visit',
      summary: 'Open a case as an officer: what is new since my last visit, which this one becomes',
      access: 'officer',
      params: CaseParams,
      answer: OfficerCaseView,
      refusals: ['case-unknown', 'role-needed'],
    },
    ...assigningEndpoints,
    ...checklistEndpoints,
    ...decisionEndpoints,
    ...requestEndpoints,
    ...appealEndpoints,
    ...changeEndpoints,
    ...messageEndpoints,
    ...retentionEndpoints,
  },
});
export type CasesContract = typeof casesContract;

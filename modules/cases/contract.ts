import { Type } from 'typebox';
import { bytes, defineContract } from '#kernel/contract';
import { type PageModel, PageShape } from '#modules/catalogue';
import { absenceEndpoints } from './absences/contract.ts';
import { againEndpoints } from './again/contract.ts';
import { appealEndpoints } from './appeals/contract.ts';
import { assigningEndpoints } from './assigning/contract.ts';
import { auditEndpoints } from './audit/contract.ts';
import { CaseView, DocumentKind, OfficerCaseView } from './case-view.ts';
import { changeEndpoints } from './changes/contract.ts';
import { checklistEndpoints } from './checklist/contract.ts';
import { comparingEndpoints } from './comparing/contract.ts';
import { decisionEndpoints, OfficerDecision } from './decisions/contract.ts';
import { draftEndpoints, FormError } from './drafts/contract.ts';
import { fileEndpoints } from './files/contract.ts';
import { lookUpEndpoints } from './look-ups/contract.ts';
import { ServiceMeasures, Stars } from './measures/contract.ts';
import { messageEndpoints } from './messages/contract.ts';
import { problem } from './problems.ts';
import { processEndpoints } from './process/contract.ts';
import { queueEndpoints } from './queue/contract.ts';
import { requestEndpoints } from './requests/contract.ts';
import { retentionEndpoints } from './retention/contract.ts';
import { savedViewEndpoints } from './saved-views/contract.ts';
import { CaseParams, Uuid, Version } from './standing.ts';
import { CaseState } from './states.ts';
import { CaseSummary } from './summary.ts';
import { readingRefusals, systemEndpoints } from './systems/contract.ts';
import { workloadEndpoints } from './workload/contract.ts';

export type { Appeal, AppealDecision, AppealView } from './appeals/contract.ts';
export { AnswerView, CaseView, DocumentKind, OfficerCaseView } from './case-view.ts';
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
    ...systemEndpoints,
    getCaseForSystem: {
      method: 'GET',
      path: '/api/systems/cases/:caseId',
      summary: 'For an information system: one case of its office, as an officer with its roles reads it',
      access: 'signed-message',
      params: CaseParams,
      answer: OfficerCaseView,
      refusals: readingRefusals,
    },
  },
});
export type CasesContract = typeof casesContract;

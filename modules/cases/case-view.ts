import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';
import { AttachedFile, DecisionKind } from '#modules/catalogue';
import { MandateKind } from '#protocol/representation';
import { StillOpen } from './afterwards/contract.ts';
import { BegunFrom } from './again/contract.ts';
import { AppealView } from './appeals/contract.ts';
import { ChangeChoices, ChangeView } from './changes/contract.ts';
import { ChecklistPoint } from './checklist/contract.ts';
import { Decision, Proposal } from './decisions/contract.ts';
import { EvidenceView } from './evidence/contract.ts';
import { RuleFinding, RulesRun } from './findings/contract.ts';
import { Message, Note } from './messages/contract.ts';
import { RequestChoices, RequestView } from './requests/contract.ts';
import { LegalHold } from './retention/contract.ts';
import { Duty } from './roles/contract.ts';
import { Uuid } from './standing.ts';
import { Assignment, CaseSummary, Task, TimelineEntry } from './summary.ts';
import { HistoryEntry } from './visits/contract.ts';

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

export const CaseView = Type.Object(
  {
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
    /** Evidence could not be fetched as its source did not answer: since when. The person is told once it does. */
    awaitsSourceSince: Type.Optional(Moment),
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
  },
  { title: 'CaseView' },
);
export type CaseView = Static<typeof CaseView>;

export const OfficerCaseView = Type.Object(
  {
    ...CaseView.properties,
    /** The case is about this officer, or they had a part in it for somebody else. */
    isParty: Type.Boolean(),
    /** What the roles of this officer allow here; to a party of the case, to read what its person reads. */
    duties: Type.Array(Duty),
    workingDaysLeft: Type.Optional(Type.Integer()),
    applicant: Type.Optional(Text),
    assignment: Type.Optional(Assignment),
    /** Reasons the officer may choose from, by outcome. */
    reasonChoices: Type.Array(
      Type.Object({ id: Type.String(), outcome: Type.Enum(['approve', 'refuse']), text: Text }),
    ),
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
  },
  { title: 'OfficerCaseView' },
);
export type OfficerCaseView = Static<typeof OfficerCaseView>;

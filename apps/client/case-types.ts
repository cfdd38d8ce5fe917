// Made from the contract of cases by `node apps/client/types-main.ts`; change that, not this.
import type { Names } from './answers.ts';

export type CaseState = 'draft' | 'submitted' | 'in-review' | 'waiting-for-person' | 'to-confirm' | 'approved' | 'refused' | 'under-appeal' | 'cancelled' | 'withdrawn' | 'expired' | 'stopped';

/** What changed in the cases of the office: go on from `next`. */
export type CaseFeed = {
  cases: {
    caseId: string;
    reference: string;
    serviceId: string;
    serviceVersion: string;
    homeState: string;
    state: CaseState;
    version: number;
    submittedAt: string;
    dueOn?: string;
    takenBy?: string;
    erasedAt?: string;
  }[];
  next: string;
  hasMore: boolean;
};

/** The officers of the office, whom a system can name. */
export type OfficeOfficers = { officers: { officerId: string; names: Names; roles: string[] }[] };

/** One case as an officer with the roles of the system reads it. */
export type OfficeCase = {
  id: string;
  reference: string;
  serviceId: string;
  serviceTitle: Names;
  officeNames: Names;
  state: CaseState;
  stateText: Names;
  decidedAs?: 'approved' | 'approved-in-part' | 'refused';
  updatedAt: string;
  submittedAt?: string;
  dueOn?: string;
  stoppedWorkingDaysLeft?: number;
  keptUntil?: string;
  isEndingSoon?: boolean;
  erasedAt?: string;
  validity?: {
    until: string;
    hasEnded: boolean;
    renewableFrom: string;
    mayRenew: boolean;
    renewedBy?: { caseId: string; state: CaseState };
  };
  serviceVersion: string;
  homeState: string;
  version: number;
  whoseTurn: 'person' | 'office' | 'nobody';
  tasks: { id: string; title: Names; status: 'done' | 'next' | 'later'; pageId?: string }[];
  answers: {
    pageId: string;
    questionId: string;
    label: Names;
    value: Names;
    file?: {
      id: string;
      name: string;
      mediaType: 'application/pdf' | 'image/png' | 'image/jpeg';
      size: number;
      sha256: string;
      scan: 'unscanned' | 'waiting' | 'clean' | 'infected';
    };
    entry?: { code?: string; ar: string; en: string };
  }[];
  evidence: {
    evidenceType: string;
    names: Names;
    providerState: string;
    providerOffice?: string;
    receivedAt: string;
    consentId?: string;
    questionId?: string;
    fields: { name: string; names: Names; value: unknown }[];
    receipts?: Record<string, unknown>;
  }[];
  withdrawnEvidence: { evidenceType: string; names: Names; providerState: string; withdrawnAt: string }[];
  consentBy?: string;
  awaitsSourceSince?: string;
  findings: { reason: string; outcome: 'approve' | 'review' | 'refuse'; text: Names }[];
  decision?: {
    number: string;
    outcome: 'approved' | 'approved-in-part' | 'refused';
    decidedBy: 'rules' | 'officer' | 'silence';
    decidedAt: string;
    outcomeText: Names;
    reasons: { id: string; text: Names }[];
    conditions: { id: string; text: Names }[];
    ownWords?: Names;
    items?: {
      id: string;
      label: Names;
      outcome: 'approved' | 'refused';
      reasons: { id: string; text: Names }[];
      ownWords?: Names;
    }[];
    article?: Names;
    ifRefused?: Names;
    replaces?: string;
    because?: 'appeal' | 'correction' | 'reopening';
    endedAs?: 'superseded' | 'cancelled';
  };
  earlierDecisions: {
    number: string;
    outcome: 'approved' | 'approved-in-part' | 'refused';
    decidedBy: 'rules' | 'officer' | 'silence';
    decidedAt: string;
    outcomeText: Names;
    reasons: { id: string; text: Names }[];
    conditions: { id: string; text: Names }[];
    ownWords?: Names;
    items?: {
      id: string;
      label: Names;
      outcome: 'approved' | 'refused';
      reasons: { id: string; text: Names }[];
      ownWords?: Names;
    }[];
    article?: Names;
    ifRefused?: Names;
    replaces?: string;
    because?: 'appeal' | 'correction' | 'reopening';
    endedAs?: 'superseded' | 'cancelled';
  }[];
  documents: { kind: 'pdf' | 'credential'; id: string; mediaType: string; attachedAt: string }[];
  requests: {
    id: string;
    askedAt: string;
    things: { id: string; text: Names }[];
    ownWords?: Names;
    pages: { id: string; title: Names; isSaved: boolean }[];
    files: {
      id: string;
      names: Names;
      filesMax: number;
      accept: Array<'application/pdf' | 'image/png' | 'image/jpeg'>;
      bytesMax: number;
      attached: {
        id: string;
        name: string;
        mediaType: 'application/pdf' | 'image/png' | 'image/jpeg';
        size: number;
        sha256: string;
        scan: 'unscanned' | 'waiting' | 'clean' | 'infected';
      }[];
    }[];
    answerBy: string;
    isOpen: boolean;
    outcome?: 'answered' | 'unanswered' | 'ended';
    endedAt?: string;
    answer?: string;
    changes: { pageId: string; label: Names; before?: Names; after?: Names }[];
  }[];
  appeals: {
    decisionNumber: string;
    filedAt: string;
    words: string;
    dueOn: string;
    outcome?: 'upheld' | 'replaced';
    decidedAt?: string;
    ownWords?: Names;
  }[];
  appealUntil?: string;
  isAppealOpen?: boolean;
  appealWords?: { article: Names; afterwards: Names };
  changes: { kind: 'corrected' | 'reopened' | 'cancelled'; at: string; reason: Names; ownWords?: Names }[];
  messages: { writtenBy: 'person' | 'officer'; name?: string; text: string; writtenAt: string }[];
  timeline: { at: string; kind: string; text: Names }[];
  mayWithdraw: boolean;
  stillOpen?: {
    answers: { how: 'now' | 'when-asked' | 'no'; until?: string; names: Names[] };
    papers: { how: 'now' | 'when-asked' | 'no'; until?: string; names: Names[] };
    withdrawal: { how: 'now' | 'when-asked' | 'no'; until?: string };
    workingDays?: number;
  };
  mayApplyAgain: boolean;
  begunFrom?: { caseId: string; left: { label: Names; why: 'not-asked' | 'does-not-fit' | 'anew' | 'file' }[] };
  representedBy?: 'guardian' | 'signatory' | 'agent';
  isParty: boolean;
  duties: Array<'read' | 'work' | 'decide' | 'confirm' | 'refund' | 'answer' | 'supervise' | 'audit'>;
  workingDaysLeft?: number;
  applicant?: Names;
  assignment?: { officerId: string; officerName: string; assignedAt: string };
  reasonChoices: { id: string; outcome: 'approve' | 'refuse'; text: Names }[];
  itemChoices: { id: string; label: Names }[];
  conditionChoices: { id: string; text: Names }[];
  secondOfficerFor: Array<'approve' | 'approve-with-conditions' | 'approve-in-part' | 'refuse'>;
  proposal?: {
    outcome: 'approve' | 'refuse';
    reasons: { id: string; text: Names }[];
    conditions: { id: string; text: Names }[];
    ownWords?: Names;
    items?: {
      id: string;
      label: Names;
      outcome: 'approved' | 'refused';
      reasons: { id: string; text: Names }[];
      ownWords?: Names;
    }[];
    proposedAt: string;
    proposedBy: string;
  };
  hadAHand: boolean;
  requestChoices?: {
    things: { id: string; text: Names }[];
    pages: { id: string; title: Names }[];
    workingDays: number;
    workingDaysMax: number;
  };
  changeChoices?: {
    corrections: { id: string; text: Names }[];
    fields: { path: string; label: Names; value: string }[];
    reopenings: { id: string; text: Names }[];
    cancellations: { id: string; text: Names }[];
  };
  assignees: { personId: string; names: Names }[];
  earlierRuns: {
    at: string;
    because: 'sent' | 'answers-corrected' | 'evidence-asked-again';
    findings: { reason: string; outcome: 'approve' | 'review' | 'refuse'; text: Names }[];
  }[];
  lastRun?: {
    at: string;
    because: 'sent' | 'answers-corrected' | 'evidence-asked-again';
    findings: { reason: string; outcome: 'approve' | 'review' | 'refuse'; text: Names }[];
  };
  notes: { name: string; text: string; writtenAt: string }[];
  checklist: {
    id: string;
    text: Names;
    hint?: Names;
    before: Array<'approve' | 'approve-with-conditions' | 'approve-in-part' | 'refuse'>;
    mark: 'open' | 'done' | 'not-applicable';
    by?: string;
    at?: string;
    reason?: string;
    sequence: number;
    isBeforeAnswer: boolean;
  }[];
  mayCheck: boolean;
  history: {
    sequence: number;
    at: string;
    kind: string;
    text: Names;
    about?: Names;
    officerId?: string;
    who?: string;
    through?: string;
    confirmedBy?: string;
    isNew: boolean;
  }[];
  hold?: { untilOn: string; reason: string; setBy: string };
  mayHold: boolean;
};

/** Where a case stands after a write. */
export type CaseStanding = { caseId: string; state: CaseState; version: number };

/** Takes a case, for the system or for the officer named. */
export type TakeCase = { officerId?: string; expectedVersion: number; takeOver?: boolean };

/** Asks the person for what the service lists, for papers, or in own words. */
export type AskForMore = {
  thingIds: string[];
  pageIds?: string[];
  files?: {
    nameAr: string;
    nameEn: string;
    filesMax?: number;
    accept?: Array<'application/pdf' | 'image/png' | 'image/jpeg'>;
  }[];
  ownWordsAr?: string;
  ownWordsEn?: string;
  workingDays?: number;
  expectedVersion: number;
  officerId?: string;
};

/** Marks a point of the checklist that the officer named has checked. */
export type MarkPoint = {
  mark: 'open' | 'done' | 'not-applicable';
  reason?: string;
  seen: number;
  officerId: string;
  expectedVersion: number;
};

/** The decision of the officer named. */
export type DecideCase = {
  officerId: string;
  expectedVersion: number;
  outcome: 'approve' | 'refuse';
  reasonIds: string[];
  conditionIds?: string[];
  ownWordsAr?: string;
  ownWordsEn?: string;
};

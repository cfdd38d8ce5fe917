import { dateIn, type Text } from '#kernel/languages';
import {
  type Answers,
  describeAnswers,
  fileBytesMax,
  findOffering,
  keepAsked,
  listPages,
  type Service,
} from '#modules/catalogue';
import { findEvidenceType } from '#protocol/catalogue';
import { stillOpenIn } from './afterwards/rules.ts';
import { mayApplyAgainFrom } from './again/rules.ts';
import { appealableUntil } from './appeals/rules.ts';
import type { AppealRow } from './appeals/store.ts';
import type { Calendar } from './calendar.ts';
import type { CorrectionRow } from './changes/store.ts';
import { mayTake, whoseTurn } from './chart.ts';
import type {
  AnswerView,
  AppealView,
  CaseSummary,
  CaseView,
  ChangeView,
  EvidenceView,
  RequestView,
  TimelineEntry,
} from './contract.ts';
import { decisionsOf } from './decisions/rules.ts';
import type { DocumentRow } from './documents/store.ts';
import { draftEnd } from './drafts/rules.ts';
import { formWith } from './evidence/conditions.ts';
import type { EvidenceRow, WithdrawnEvidence } from './evidence/store.ts';
import { describeFile } from './files/answers.ts';
import type { FileRow } from './files/store.ts';
import { runsOf } from './findings/rules.ts';
import type { MessageRow } from './messages/store.ts';
import type { Prefill } from './prefills/store.ts';
import { describeChanges } from './requests/rules.ts';
import type { RequestRow } from './requests/store.ts';
import { isErased, keptUntil } from './retention/rules.ts';
import type { LegalHold } from './retention/store.ts';
import { listTasks, missingEvidence } from './rules.ts';
import type { CaseRow, EventRow } from './store.ts';
import { inPartWords, stateWords, timelineWords, wordsOfEvent } from './words.ts';

/** Everything known of one case, as it lies in the store. */
export type CaseFile = {
  row: CaseRow;
  service: Service;
  /** What counts; `withdrawn`: what does not any more, as its consent was withdrawn. */
  evidence: EvidenceRow[];
  withdrawn: WithdrawnEvidence[];
  answers: Answers;
  savedPages: string[];
  /** First values of a draft that was begun from an offer. */
  prefills: Prefill[];
  events: EventRow[];
  documents: Array<Omit<DocumentRow, 'bytes'>>;
  requests: RequestRow[];
  /** All that was ever attached, given or not. */
  files: FileRow[];
  /** Corrected by the person for the request that is open, and not given yet. */
  correctedPages: Record<string, Answers>;
  appeals: AppealRow[];
  corrections: CorrectionRow[];
  messages: MessageRow[];
  /** What keeps it beyond its time, once it has ended. */
  hold: LegalHold | undefined;
  /** Since when the person cannot go on, because a source of evidence does not answer. */
  awaitsSourceSince: Date | undefined;
};

/** Where and when a case is looked at. */
export type Here = { state: string; calendar: Calendar; now: Date };

export function describeSummary(row: CaseRow, service: Service, here: Here): CaseSummary {
  return {
    id: row.id,
    reference: row.reference,
    serviceId: row.serviceId,
    serviceTitle: service.definition.title,
    officeNames: findOffering(service, here.state)!.names,
    state: row.state,
    stateText: row.state === 'approved' && row.decidedAs === 'approved-in-part' ? inPartWords : stateWords[row.state],
    ...(row.decidedAs ? { decidedAs: row.decidedAs } : {}),
    updatedAt: row.updatedAt.toISOString(),
    ...(row.submittedAt ? { submittedAt: row.submittedAt.toISOString() } : {}),
    ...(row.dueOn && row.workingDaysLeft === undefined ? { dueOn: row.dueOn } : {}),
    ...(row.workingDaysLeft === undefined ? {} : { stoppedWorkingDaysLeft: row.workingDaysLeft }),
    ...(isErased(row) ? { erasedAt: row.erasedAt!.toISOString() } : {}),
    ...(row.state === 'draft' ? draftEnd(row.updatedAt, here.now, here.calendar.timeZone) : {}),
  };
}

export function describeCase(file: CaseFile, here: Here): CaseView {
  const { row, service } = file;
  const missing = missingEvidence(service, file.evidence);
  const decisions = decisionsOf(file);
  const decision = decisions.at(-1);
  const isGone = isErased(row);
  const requests = file.requests.map((request) => describeRequest(file, request));
  const stillOpen = stillOpenIn(row, service, requests);
  const kept = keptUntil(row, service, here.calendar.timeZone);
  return {
    ...describeSummary(row, service, here),
    ...(kept === undefined ? {} : { keptUntil: file.hold && file.hold.untilOn > kept ? file.hold.untilOn : kept }),
    serviceVersion: row.serviceVersion,
    homeState: row.homeState,
    version: row.version,
    whoseTurn: row.consentBy === undefined ? whoseTurn(row.state) : 'person',
    tasks: isGone
      ? []
      : listTasks(formWith(service.form, file.evidence), {
          state: row.state,
          missing,
          answers: file.answers,
          savedPages: file.savedPages,
        }),
    answers: answersOf(file),
    evidence: isGone ? [] : file.evidence.map(describeEvidence),
    withdrawnEvidence: (isGone ? [] : file.withdrawn).map(({ evidenceType, providerState, withdrawnAt }) => ({
      evidenceType,
      names: findEvidenceType(evidenceType)?.names ?? { ar: evidenceType, en: evidenceType },
      providerState,
      withdrawnAt: withdrawnAt.toISOString(),
    })),
    ...(row.consentBy === undefined ? {} : { consentBy: row.consentBy }),
    ...(file.awaitsSourceSince ? { awaitsSourceSince: file.awaitsSourceSince.toISOString() } : {}),
    findings: runsOf(file).at(-1)?.findings ?? [],
    ...(decision ? { decision } : {}),
    earlierDecisions: decisions.slice(0, -1),
    documents: (isGone ? [] : file.documents)
      .filter((document) => document.decision === decisions.length)
      .map(({ kind, id, mediaType, attachedAt }) => ({ kind, id, mediaType, attachedAt: attachedAt.toISOString() })),
    requests,
    ...(stillOpen ? { stillOpen } : {}),
    appeals: file.appeals.map(describeAppeal),
    ...appealOf(file, here),
    changes: changesOf(file),
    messages: file.messages.map(({ writtenBy, text, writtenAt }) => ({
      writtenBy,
      text,
      writtenAt: writtenAt.toISOString(),
    })),
    timeline: timelineOf(file),
    mayWithdraw: mayTake(row.state, 'withdraw') && !row.decidedAt,
    mayApplyAgain: mayApplyAgainFrom(row.state) && row.erasedAt === undefined,
    ...begunFromOf(file),
    ...(row.representative ? { representedBy: row.representative.kind } : {}),
  };
}

/** Told while it is a draft: what was sent is the person's own, wherever it was written first. */
function begunFromOf({ row, events }: CaseFile): Pick<CaseView, 'begunFrom'> {
  const event = row.state === 'draft' ? events.find(({ kind }) => kind === 'case-applies-again') : undefined;
  return event ? { begunFrom: event.body as CaseView['begunFrom'] & object } : {};
}

/** Until when the person may appeal, and under which words; nothing where there is no appeal. */
function appealOf(file: CaseFile, { calendar, now }: Here) {
  const until = appealableUntil(file, calendar);
  const rules = file.service.casework.appeals;
  return {
    ...(until ? { appealUntil: until, isAppealOpen: dateIn(now, calendar.timeZone) <= until } : {}),
    ...(rules ? { appealWords: { article: rules.article, afterwards: rules.afterwards } } : {}),
  };
}

function describeAppeal(appeal: AppealRow): AppealView {
  const { decisionNumber, filedAt, words, dueOn, decidedAt, outcome, ownWords } = appeal;
  return {
    decisionNumber,
    filedAt: filedAt.toISOString(),
    words,
    dueOn,
    ...(outcome ? { outcome } : {}),
    ...(decidedAt ? { decidedAt: decidedAt.toISOString() } : {}),
    ...(ownWords ? { ownWords } : {}),
  };
}

function describeRequest(file: CaseFile, request: RequestRow): RequestView {
  const { things } = file.service.casework.requests!;
  const form = formWith(file.service.form, file.evidence);
  const corrected = request.endedAt ? {} : file.correctedPages;
  const answers = Object.assign({}, file.answers, ...Object.values(corrected)) as Answers;
  return {
    id: request.id,
    askedAt: request.askedAt.toISOString(),
    things: request.thingIds.map((id) => ({ id, text: things[id]!.text })),
    ...(request.ownWords ? { ownWords: request.ownWords } : {}),
    pages: listPages(form, answers)
      .filter(({ id }) => request.pageIds.includes(id))
      .map(({ id, title }) => ({ id, title, isSaved: id in corrected })),
    files: request.files.map(({ names, filesMax, accept }, at) => ({
      id: `request.${at + 1}`,
      names,
      filesMax,
      accept,
      bytesMax: fileBytesMax,
      attached: file.files
        .filter(({ questionId, addedIn }) => addedIn === request.id && questionId === `request.${at + 1}`)
        .map(describeFile),
    })),
    answerBy: request.answerBy,
    isOpen: !request.endedAt,
    ...(request.outcome ? { outcome: request.outcome } : {}),
    ...(request.endedAt ? { endedAt: request.endedAt.toISOString() } : {}),
    ...(request.answer === undefined ? {} : { answer: request.answer }),
    changes: request.before && request.after ? describeChanges(form, request.before, request.after) : [],
  };
}

const changeKinds: Record<string, ChangeView['kind']> = {
  'decision-corrected': 'corrected',
  'case-reopened': 'reopened',
  'case-cancelled': 'cancelled',
};

function changesOf(file: CaseFile): ChangeView[] {
  const { corrections = {}, reopenings = {}, cancellations = {} } = file.service.casework.changes ?? {};
  const offered = { corrected: corrections, reopened: reopenings, cancelled: cancellations };
  return file.events.flatMap(({ kind: name, body, happenedAt }) => {
    const kind = changeKinds[name];
    if (!kind) return [];
    const { reasonId, ownWords } = body as { reasonId?: string; ownWords?: Text };
    // The reason was erased with the case.
    if (reasonId === undefined) return [];
    const reason = offered[kind][reasonId]!.text;
    return [{ kind, at: happenedAt.toISOString(), reason, ...(ownWords ? { ownWords } : {}) }];
  });
}

export function timelineOf(file: CaseFile): TimelineEntry[] {
  return file.events.flatMap((event) => {
    const { kind, happenedAt } = event;
    const text = wordsOfEvent(timelineWords, event);
    return text ? [{ at: happenedAt.toISOString(), kind, text }] : [];
  });
}

export function answersOf(file: CaseFile): AnswerView[] {
  const form = formWith(file.service.form, file.evidence);
  const answers = keepAsked(form, file.answers);
  const english = describeAnswers(form, answers, 'en');
  return describeAnswers(form, answers, 'ar').map((row, at) => ({
    pageId: row.pageId,
    questionId: row.questionId,
    label: { ar: row.label, en: english[at]!.label },
    value: { ar: row.value, en: english[at]!.value },
    ...(row.file ? { file: row.file } : {}),
    ...(row.entry ? { entry: row.entry } : {}),
  }));
}

export function describeEvidence(evidence: EvidenceRow): EvidenceView {
  const type = findEvidenceType(evidence.evidenceType);
  const nameless = { ar: evidence.evidenceType, en: evidence.evidenceType };
  return {
    evidenceType: evidence.evidenceType,
    names: type?.names ?? nameless,
    providerState: evidence.providerState,
    receivedAt: evidence.receivedAt.toISOString(),
    ...(evidence.providerOffice ? { providerOffice: evidence.providerOffice } : {}),
    ...(evidence.consentId ? { consentId: evidence.consentId } : {}),
    ...(evidence.questionId ? { questionId: evidence.questionId } : {}),
    ...(evidence.receipts ? { receipts: evidence.receipts } : {}),
    fields: Object.entries(evidence.values).map(([name, value]) => ({
      name,
      names: type?.fields[name]?.names ?? { ar: name, en: name },
      value,
    })),
  };
}

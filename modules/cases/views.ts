import { dateIn, type Text } from '#kernel/languages';
import { type Answers, describeAnswers, findOffering, keepAsked, type Service } from '#modules/catalogue';
import { findEvidenceType } from '#protocol/catalogue';
import { type Calendar, countWorkingDays } from './calendar.ts';
import type {
  AnswerView,
  CaseSummary,
  CaseView,
  Decision,
  EvidenceView,
  OfficerCaseView,
  QueueItem,
  RuleFinding,
  TimelineEntry,
} from './contract.ts';
import { draftEnd } from './drafts/rules.ts';
import { listTasks, mayTake, missingEvidence, whoseTurn } from './rules.ts';
import type { CaseRow, DocumentRow, EventRow, EvidenceRow } from './store.ts';
import { stateWords, timelineWords } from './words.ts';

/** Everything known of one case, as it lies in the store. */
export type CaseFile = {
  row: CaseRow;
  service: Service;
  evidence: EvidenceRow[];
  answers: Answers;
  savedPages: string[];
  events: EventRow[];
  documents: Array<Omit<DocumentRow, 'bytes'>>;
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
    stateText: stateWords[row.state],
    updatedAt: row.updatedAt.toISOString(),
    ...(row.submittedAt ? { submittedAt: row.submittedAt.toISOString() } : {}),
    ...(row.dueOn ? { dueOn: row.dueOn } : {}),
    ...(row.state === 'draft' ? draftEnd(row.updatedAt, here.now, here.calendar.timeZone) : {}),
  };
}

export function describeCase(file: CaseFile, here: Here): CaseView {
  const { row, service } = file;
  const missing = missingEvidence(service, file.evidence);
  const decision = decisionOf(file);
  return {
    ...describeSummary(row, service, here),
    serviceVersion: row.serviceVersion,
    homeState: row.homeState,
    version: row.version,
    whoseTurn: whoseTurn(row.state),
    tasks: listTasks(service.form, { state: row.state, missing, answers: file.answers, savedPages: file.savedPages }),
    answers: answersOf(file),
    evidence: file.evidence.map(describeEvidence),
    findings: findingsOf(file),
    ...(decision ? { decision } : {}),
    documents: file.documents.map(({ kind, id, mediaType, attachedAt }) => ({
      kind,
      id,
      mediaType,
      attachedAt: attachedAt.toISOString(),
    })),
    timeline: timelineOf(file),
    mayWithdraw: mayTake(row.state, 'withdraw'),
    ...(row.representative ? { representedBy: row.representative.kind } : {}),
  };
}

export function describeForOfficer(file: CaseFile, here: Here): OfficerCaseView {
  const { row, service } = file;
  const { calendar, now } = here;
  const choices = Object.entries(service.reasons).flatMap(([id, { outcome, text, forOfficer }]) =>
    forOfficer && outcome !== 'review' ? [{ id, outcome, text }] : [],
  );
  return {
    ...describeCase(file, here),
    ...(applicantOf(file) ? { applicant: applicantOf(file) } : {}),
    ...(row.dueOn ? { workingDaysLeft: countWorkingDays(dateIn(now, calendar.timeZone), row.dueOn, calendar) } : {}),
    ...assignmentOf(row),
    reasonChoices: choices,
  };
}

export function describeQueueItem(file: CaseFile, here: Here): QueueItem {
  const { row, service } = file;
  const { calendar, now } = here;
  const why = findingsOf(file).find(({ outcome }) => outcome === 'review')?.text;
  const applicant = applicantOf(file);
  return {
    ...describeSummary(row, service, here),
    homeState: row.homeState,
    version: row.version,
    workingDaysLeft: countWorkingDays(dateIn(now, calendar.timeZone), row.dueOn!, calendar),
    ...(applicant ? { applicant } : {}),
    ...(why ? { why } : {}),
    ...assignmentOf(row),
  };
}

/** The name as the home state gave it with consent; nothing else here knows who the person is. */
function applicantOf(file: CaseFile): Text | undefined {
  const values = file.evidence.find(({ evidenceType }) => evidenceType === 'person-identity')?.values ?? {};
  const [ar, en] = [values['full_name_ar'], values['full_name_latin']];
  if (typeof ar !== 'string' && typeof en !== 'string') return undefined;
  return { ar: String(ar ?? en), en: String(en ?? ar) };
}

export function decisionOf(file: CaseFile): Decision | undefined {
  const event = file.events.find(({ kind }) => kind === 'case-approved' || kind === 'case-refused');
  if (!event) return undefined;
  const { number, reasonIds, ownWords, decidedBy } = event.body as {
    number: string;
    reasonIds: string[];
    ownWords?: { ar: string; en: string };
    decidedBy: 'rules' | 'officer';
  };
  const { texts, reasons } = file.service;
  const isApproved = event.kind === 'case-approved';
  return {
    number,
    outcome: isApproved ? 'approved' : 'refused',
    decidedBy,
    decidedAt: event.happenedAt.toISOString(),
    outcomeText: isApproved ? texts.outcomeApproved : texts.outcomeRefused,
    reasons: reasonIds.map((id) => ({ id, text: reasons[id]!.text })),
    ...(ownWords ? { ownWords } : {}),
    ...(isApproved ? {} : { ifRefused: texts.ifRefused }),
  };
}

function findingsOf(file: CaseFile): RuleFinding[] {
  const submitted = file.events.find(({ kind }) => kind === 'case-submitted');
  return ((submitted?.body as { findings?: string[] } | undefined)?.findings ?? []).map((reason) => {
    const { outcome, text } = file.service.reasons[reason]!;
    return { reason, outcome, text };
  });
}

function timelineOf(file: CaseFile): TimelineEntry[] {
  return file.events.flatMap(({ kind, happenedAt }) => {
    const text = timelineWords[kind];
    return text ? [{ at: happenedAt.toISOString(), kind, text }] : [];
  });
}

function answersOf(file: CaseFile): AnswerView[] {
  const { form } = file.service;
  const answers = keepAsked(form, file.answers);
  const english = describeAnswers(form, answers, 'en');
  return describeAnswers(form, answers, 'ar').map((row, at) => ({
    pageId: row.pageId,
    questionId: row.questionId,
    label: { ar: row.label, en: english[at]!.label },
    value: { ar: row.value, en: english[at]!.value },
    ...(row.file ? { file: row.file } : {}),
  }));
}

function describeEvidence(evidence: EvidenceRow): EvidenceView {
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

function assignmentOf(row: CaseRow) {
  if (!row.assignment) return {};
  const { officerId, officerName, assignedAt } = row.assignment;
  return { assignment: { officerId, officerName, assignedAt: assignedAt.toISOString() } };
}

import { dateIn, type Text } from '#kernel/languages';
import { type Service, valueAt } from '#modules/catalogue';
import { countWorkingDays } from './calendar.ts';
import { correctedEvidence } from './changes/rules.ts';
import { mayTake } from './chart.ts';
import { checklistOf } from './checklist/rules.ts';
import type { ChangeChoices, OfficerCaseView, QueueItem, RequestChoices } from './contract.ts';
import { itemsOf, refusedItems } from './decisions/items.ts';
import { decidersOf, decisionOf, proposalOf } from './decisions/rules.ts';
import { formWith } from './evidence/conditions.ts';
import { runsOf } from './findings/rules.ts';
import type { NoteRow } from './messages/store.ts';
import { namesIn, namingEvidence } from './names/words.ts';
import type { QueuedRow } from './queue/store.ts';
import type { Duty } from './roles/contract.ts';
import type { CaseRow } from './store.ts';
import { type CaseFile, describeCase, describeSummary, type Here } from './views.ts';
import { historyOf } from './visits/rules.ts';

/** Who looks at a case, as a party to it or not and by which duties, up to which event they had seen it, and what the office keeps to itself. */
export type Looking = {
  officerId: string;
  isParty: boolean;
  duties: Duty[];
  seen: number | undefined;
  notes: NoteRow[];
  /** To whom they can give it. */
  assignees: OfficerCaseView['assignees'];
};
const named = (offered: Record<string, { text: Text }> = {}) =>
  Object.entries(offered).map(([id, { text }]) => ({ id, text }));

export function describeForOfficer(file: CaseFile, looking: Looking, here: Here): OfficerCaseView {
  const { row, service, events } = file;
  const { calendar, now } = here;
  const choices = Object.entries(service.reasons).flatMap(([id, { outcome, text, forOfficer }]) =>
    forOfficer && outcome !== 'review' ? [{ id, outcome, text }] : [],
  );
  const { requests, changes, decisions } = service.casework;
  // Whoever is a party reads here no more than on the page of the case, and does nothing.
  const { isParty: isOwn } = looking;
  const duties = looking.duties.filter((duty) => duty === 'read' || !isOwn);
  const proposal = row.state === 'to-confirm' && !isOwn ? proposalOf(file) : undefined;
  const applicant = applicantOf(file);
  const runs = runsOf(file);
  const hadAHand =
    row.state === 'to-confirm' ? proposal?.officerId === looking.officerId : decidersOf(events).has(looking.officerId);
  const seen = describeCase(file, here);
  return {
    ...seen,
    isParty: isOwn,
    duties,
    ...(applicant ? { applicant } : {}),
    ...(row.dueOn && row.workingDaysLeft === undefined
      ? { workingDaysLeft: countWorkingDays(dateIn(now, calendar.timeZone), row.dueOn, calendar) }
      : {}),
    ...assignmentOf(row),
    reasonChoices: choices,
    itemChoices: isOwn || row.erasedAt ? [] : itemChoicesOf(file),
    conditionChoices: named(decisions?.conditions),
    secondOfficerFor: decisions?.secondOfficer ?? [],
    ...(proposal ? { proposal: withoutId(proposal) } : {}),
    hadAHand,
    ...(requests ? { requestChoices: requestChoicesOf(file, requests) } : {}),
    ...(changes ? { changeChoices: changeChoicesOf(file, changes) } : {}),
    // What was sent for an open request is the person's until they give their answer.
    requests: seen.requests.map((request) =>
      request.isOpen ? { ...request, files: request.files.map((one) => ({ ...one, attached: [] })) } : request,
    ),
    messages: file.messages.map(({ writtenBy, writerName, text, writtenAt }) => ({
      writtenBy,
      ...(writerName && !isOwn ? { name: writerName } : {}),
      text,
      writtenAt: writtenAt.toISOString(),
    })),
    assignees: looking.assignees,
    earlierRuns: isOwn ? [] : runs.slice(0, -1),
    ...(isOwn || runs.length === 0 ? {} : { lastRun: runs.at(-1)! }),
    notes: (isOwn ? [] : looking.notes).map(({ writerName, text, writtenAt }) => ({
      name: writerName,
      text,
      writtenAt: writtenAt.toISOString(),
    })),
    checklist: isOwn ? [] : checklistOf(file, row.state),
    mayCheck:
      duties.includes('work') &&
      row.assignment !== undefined &&
      mayTake(row.state, 'check') &&
      !(row.state === 'under-appeal' && hadAHand),
    history: isOwn ? [] : historyOf(file, looking.officerId, looking.seen),
    ...(file.hold && !isOwn
      ? { hold: { untilOn: file.hold.untilOn, reason: file.hold.reason, setBy: file.hold.setByName } }
      : {}),
    mayHold: duties.includes('supervise') && row.endedAt !== undefined && row.erasedAt === undefined,
  };
}

export function describeQueued(
  { row, identity, findings, hasNews }: QueuedRow,
  service: Service,
  here: Here,
): QueueItem {
  const { calendar, now } = here;
  const why = findings.map((id) => service.reasons[id]).find((reason) => reason?.outcome === 'review')?.text;
  const applicant = nameIn(identity ?? {});
  return {
    ...describeSummary(row, service, here),
    homeState: row.homeState,
    version: row.version,
    workingDaysLeft: row.workingDaysLeft ?? countWorkingDays(dateIn(now, calendar.timeZone), row.dueOn!, calendar),
    ...(applicant ? { applicant } : {}),
    ...(why ? { why } : {}),
    ...assignmentOf(row),
    escalation: row.escalation ?? 0,
    hasNews,
  };
}

/** The name of a person or company as the home state gave it with consent; nothing else here knows who applies. */
const applicantOf = ({ evidence }: Pick<CaseFile, 'evidence'>): Text | undefined =>
  nameIn(evidence.find(({ evidenceType }) => namingEvidence.includes(evidenceType))?.values ?? {});

function nameIn(values: Record<string, unknown>): Text | undefined {
  const { ar, en } = namesIn(values);
  return ar === undefined && en === undefined ? undefined : { ar: (ar ?? en)!, en: (en ?? ar)! };
}

function assignmentOf(row: CaseRow) {
  if (!row.assignment) return {};
  const { officerId, officerName, assignedAt } = row.assignment;
  return { assignment: { officerId, officerName, assignedAt: assignedAt.toISOString() } };
}

/** On an appeal against an approval in part only what it refused is decided anew. */
function itemChoicesOf(file: CaseFile): OfficerCaseView['itemChoices'] {
  const decision = file.row.state === 'under-appeal' ? decisionOf(file) : undefined;
  const items =
    decision?.outcome === 'approved-in-part'
      ? refusedItems(decision)
      : itemsOf(file.service, formWith(file.service.form, file.evidence), file.answers);
  return items.map(({ id, label }) => ({ id, label }));
}

function withoutId({ officerId: _, ...proposal }: NonNullable<ReturnType<typeof proposalOf>>) {
  return proposal;
}

function requestChoicesOf(
  file: CaseFile,
  rules: NonNullable<CaseFile['service']['casework']['requests']>,
): RequestChoices {
  return {
    things: named(rules.things),
    pages: file.service.form.definition.pages.map(({ id, title }) => ({ id, title })),
    workingDays: rules.workingDays,
    workingDaysMax: rules.workingDaysMax,
  };
}

/** A fact that a document shows from one field in Arabic and from another in Latin letters is two to correct. */
function labelOf({ label, value }: { label: Text; value: Text }, path: string): Text {
  if (value.ar === value.en) return label;
  return path === value.ar
    ? { ar: `${label.ar} (بالعربية)`, en: `${label.en} (in Arabic)` }
    : { ar: `${label.ar} (بالحروف اللاتينية)`, en: `${label.en} (in Latin letters)` };
}

function changeChoicesOf(
  file: CaseFile,
  rules: NonNullable<CaseFile['service']['casework']['changes']>,
): ChangeChoices {
  const source = { evidence: correctedEvidence(file.evidence, file.corrections) };
  const { facts } = file.service.definition.document;
  return {
    corrections: named(rules.corrections),
    fields: rules.fields.flatMap((path) => {
      const value = valueAt(source, path);
      const fact = facts.find((one) => one.value.ar === path || one.value.en === path);
      return fact && typeof value === 'string' ? [{ path, label: labelOf(fact, path), value }] : [];
    }),
    reopenings: named(rules.reopenings),
    cancellations: named(rules.cancellations),
  };
}

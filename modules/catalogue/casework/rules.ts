import { findEvidenceType } from '#protocol/catalogue';
import { findLaw } from '#protocol/laws';
import type { Reasons, ServiceDefinition } from '../contract.ts';
import type { FormDefinition } from '../forms/contract.ts';
import type { Casework, SharingGround } from './contract.ts';

/** What the shape of casework.json cannot say: that it fits the form, the reasons and the document of its service. */
export function checkCasework(
  casework: Casework,
  parts: { definition: ServiceDefinition; form: FormDefinition; reasons: Reasons },
): string[] {
  const { requests, decisions, appeals, changes, deadline } = casework;
  const findings: string[] = [];
  if (requests) {
    const pages = new Set(parts.form.pages.map(({ id }) => id));
    if (Object.keys(requests.things).length === 0)
      findings.push('requests.things is empty, so there is nothing that may be asked for');
    for (const [id, thing] of Object.entries(requests.things))
      for (const page of thing.pages ?? [])
        if (!pages.has(page)) findings.push(`requests.things.${id} opens the page '${page}', which the form lacks`);
    if (requests.workingDays > requests.workingDaysMax)
      findings.push('requests.workingDays is more than requests.workingDaysMax');
    if (requests.remindWorkingDaysBefore >= requests.workingDays)
      findings.push('requests.remindWorkingDaysBefore would remind the person on the day of asking: make it less');
  }
  if (decisions?.secondOfficer.includes('approve-with-conditions') && Object.keys(decisions.conditions).length === 0)
    findings.push('decisions.secondOfficer names approvals with conditions, but decisions.conditions is empty');
  if (decisions?.items) {
    const kind = parts.form.questions[decisions.items.question]?.kind;
    if (kind !== 'checkboxes' && kind !== 'group')
      findings.push(
        `decisions.items names '${decisions.items.question}', which is neither boxes to tick nor a group of the form`,
      );
  } else if (decisions?.secondOfficer.includes('approve-in-part'))
    findings.push('decisions.secondOfficer names approvals in part, but decisions.items is absent');
  if (appeals?.against.includes('condition') && Object.keys(decisions?.conditions ?? {}).length === 0)
    findings.push('appeals.against names conditions, but decisions.conditions is empty');
  if (changes) {
    const shown = new Set(
      parts.definition.document.facts.flatMap(({ value }) => [value.ar as string, value.en as string]),
    );
    for (const path of changes.fields)
      if (!shown.has(path)) findings.push(`changes.fields names '${path}', which the document does not show`);
    if (changes.fields.length > 0 && Object.keys(changes.corrections).length === 0)
      findings.push('changes.fields may be corrected, but changes.corrections gives no reason for it');
  }
  if (deadline?.silence) {
    const { reason, outcome } = deadline.silence;
    if (!parts.reasons[reason]) findings.push(`deadline.silence.reason '${reason}' has no text in reasons.json`);
    else if (parts.reasons[reason].outcome !== outcome)
      findings.push(
        `deadline.silence ends in '${outcome}', but its reason '${reason}' is one to ${parts.reasons[reason].outcome}`,
      );
  }
  if (deadline && deadline.escalateWorkingDaysBefore >= parts.definition.serviceLevel.workingDays)
    findings.push('deadline.escalateWorkingDaysBefore is as long as the whole time for a decision');
  return [...findings, ...checkChecklist(casework, parts.reasons), ...checkSharing(casework, parts)];
}

/** Every point stands before a decision that an officer can take, and none can be passed by. */
function checkChecklist({ checklist, decisions }: Casework, reasons: Reasons): string[] {
  if (!checklist) return [];
  const findings: string[] = [];
  if (Object.keys(checklist).length === 0)
    findings.push('checklist is empty, so there is nothing to check: name a point, or leave it out');
  const hasConditions = Object.keys(decisions?.conditions ?? {}).length > 0;
  for (const [id, { before }] of Object.entries(checklist)) {
    if (before.includes('approve-with-conditions') && !hasConditions)
      findings.push(`checklist.${id} stands before approvals with conditions, but decisions.conditions is empty`);
    if (before.includes('approve') && !before.includes('approve-with-conditions') && hasConditions)
      findings.push(
        `checklist.${id} stands before an approval, and a condition would pass it by: name approve-with-conditions too`,
      );
    if (before.includes('approve-in-part') && !decisions?.items)
      findings.push(`checklist.${id} stands before approvals in part, but decisions.items is absent`);
    if (before.includes('approve') && !before.includes('approve-in-part') && decisions?.items)
      findings.push(
        `checklist.${id} stands before an approval, and one in part would pass it by: name approve-in-part too`,
      );
    for (const outcome of ['approve', 'refuse'] as const)
      if (
        before.includes(outcome) &&
        !Object.values(reasons).some((reason) => reason.forOfficer && reason.outcome === outcome)
      )
        findings.push(`checklist.${id} stands before '${outcome}', for which reasons.json gives no officer a reason`);
  }
  return findings;
}

/** Every ground is one that can be given, and everything that a partner sees is something that a case can hold. */
function checkSharing(
  { sharing }: Casework,
  { form, definition }: { form: FormDefinition; definition: ServiceDefinition },
): string[] {
  if (!sharing) return [];
  const findings: string[] = [];
  const checkGround = (place: string, ground: SharingGround) => {
    if ('law' in ground) {
      if (!findLaw(ground.law))
        findings.push(`${place}.ground names the law '${ground.law}', which is not in protocol/laws`);
    } else if (form.questions[ground.consent]?.kind !== 'checkbox')
      findings.push(`${place}.ground names '${ground.consent}', which is no box to tick in the form`);
  };
  if (sharing.home) checkGround('sharing.home', sharing.home.ground);
  for (const [role, partner] of Object.entries(sharing.partners ?? {})) {
    const place = `sharing.partners.${role}`;
    if (role === 'home') findings.push(`${place}: 'home' is the person's own view; call the partner otherwise`);
    if (!findEvidenceType(partner.holderOf))
      findings.push(`${place}.holderOf names '${partner.holderOf}', which is no evidence type`);
    checkGround(place, partner.ground);
    for (const path of partner.sees) {
      const [kind, first, field] = path.split('.');
      const isKnown =
        kind === 'answers'
          ? form.questions[first!] !== undefined && form.questions[first!]!.kind !== 'group'
          : definition.requirements.some(
              ({ evidence }) => evidence.type === first && evidence.fields.some(({ name }) => name === field),
            );
      if (!isKnown) findings.push(`${place}.sees names '${path}', which a case of this service does not hold`);
    }
  }
  return findings;
}

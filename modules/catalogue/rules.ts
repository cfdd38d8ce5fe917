import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { findEvidence, findEvidenceType, findPurpose, findRequirement } from '#protocol/catalogue';
import type { Casework } from './casework/contract.ts';
import { checkCasework } from './casework/rules.ts';
import type {
  CredentialDefinition,
  Finding,
  Reasons,
  ServiceDefinition,
  ServiceNotifications,
  ServiceTexts,
} from './contract.ts';
import type { DecisionModel } from './decisions/contract.ts';
import { checkDecisions, inputsOf } from './decisions/rules.ts';
import type { Eligibility } from './eligibility/contract.ts';
import { checkEligibility, checkEligibilityTables } from './eligibility/findings.ts';
import { eligibilityFile, eligibilityTables } from './eligibility/rules.ts';
import type { FeeDefinition } from './fees/contract.ts';
import { exemptionPaths } from './fees/exemptions.ts';
import { checkExemptionRows, checkFee } from './fees/rules.ts';
import { evidenceIn } from './forms/conditions.ts';
import type { FormDefinition } from './forms/contract.ts';
import { checkForm } from './forms/findings.ts';
import type { OfferRules } from './offers/contract.ts';
import { checkOffers } from './offers/rules.ts';
import { checkTemplate } from './template.ts';

type Parts = {
  definition: ServiceDefinition;
  form: FormDefinition;
  decisions: DecisionModel;
  reasons: Reasons;
  texts: ServiceTexts;
  notifications: ServiceNotifications;
  credential: CredentialDefinition;
  fee?: FeeDefinition;
  eligibility?: Eligibility;
  casework: Casework;
  offers: OfferRules;
  template: string;
  data: Record<string, unknown>;
};

/** What every issued document carries, whatever its look. */
const templateNeeds: Array<[string, string]> = [
  ['data.issuer', 'nobody sees who decided'],
  ['data.decisionNumber', 'the decision has no number'],
  ['data.decidedOn', 'the decision has no date'],
  ['data.facts', 'nobody sees what was decided upon'],
  ['data.reasons', 'nobody sees why'],
  ['data.legalBasis', 'nobody sees under which law'],
  ['verify-code()', 'nobody can check it by its code'],
];
/** Of a service that decides some things one by one. */
const itemsNeed: [string, string] = ['data.items', 'nobody sees what was granted and what was not'];

/** Where a value departs from its shape, in plain words. */
export function checkShape(schema: TSchema, value: unknown): string[] {
  const findings = Value.Errors(schema, value).map(({ keyword, instancePath, params, message }) => {
    const where = instancePath.slice(1).replaceAll('/', '.') || 'the file';
    const names = (key: string) => ((params as Record<string, unknown>)[key] as string[] | undefined)?.join(', ');
    if (keyword === 'required') return `${where} lacks ${names('requiredProperties')}`;
    if (keyword === 'additionalProperties')
      return `${where} holds ${names('additionalProperties')}, which is not known`;
    if (keyword === 'boolean') return undefined;
    if (keyword === 'enum') return `${where} is none of ${names('allowedValues')}`;
    return `${where} ${message}`;
  });
  return [...new Set(findings.filter((finding) => finding !== undefined))];
}

/** What the shapes cannot say: that the files of a service fit each other, the protocol, and both languages. */
export function checkParts(parts: Parts): Finding[] {
  const findings: Finding[] = [];
  const say = (file: string, problems: string[]) => findings.push(...problems.map((problem) => ({ file, problem })));
  const { definition, form, decisions, reasons, texts, credential, casework, fee } = parts;
  say('service.json', [
    ...checkEvidence(definition),
    ...checkPaths(parts),
    ...checkValidity(definition),
    ...checkOnce(parts),
    ...checkLanguages(definition),
  ]);
  say('form.json', [...checkForm(form), ...checkLanguages(form)]);
  say('decision.dmn', [
    ...checkDecisions(decisions),
    ...checkDecisionUse(parts),
    ...(fee ? checkExemptionRows(fee, decisions) : []),
  ]);
  say('reasons.json', checkLanguages(reasons));
  say('texts.json', checkLanguages(texts));
  say('notifications.json', checkLanguages(parts.notifications));
  say('credential.json', checkLanguages(credential));
  if (parts.eligibility) {
    const { decisions: tables, ...texts } = parts.eligibility;
    say(eligibilityFile, [...checkEligibility(texts), ...checkLanguages(texts)]);
    say(eligibilityTables, checkEligibilityTables(parts.eligibility, decisions));
  }
  if (fee) say('fee.json', [...checkFee(fee, definition, decisions), ...checkLanguages(fee)]);
  if (definition.cost.amountMinor > 0)
    say('service.json', [
      fee
        ? 'it names a cost too: set amountMinor to 0, for the fee of each state stands in fee.json'
        : 'it costs something, and nobody can pay it: put the amounts into fee.json',
    ]);
  say('casework.json', [...checkCasework(casework, parts), ...checkLanguages(casework)]);
  say('offers.json', [...checkOffers(parts.offers, parts), ...checkLanguages(parts.offers)]);
  say('certificate.typ', checkTemplate(parts.template));
  const needs = casework.decisions?.items ? [...templateNeeds, itemsNeed] : templateNeeds;
  for (const [needed, why] of needs)
    if (!parts.template.includes(needed)) say('certificate.typ', [`it never uses ${needed}, so ${why}`]);
  return findings;
}

function checkEvidence(definition: ServiceDefinition): string[] {
  const findings: string[] = [];
  const states = definition.offeredBy.map((offering) => offering.state);
  if (new Set(states).size !== states.length) findings.push('a state is named twice in offeredBy');
  if (!findPurpose(definition.purpose))
    findings.push(`the purpose '${definition.purpose}' is not agreed between the states`);
  for (const requirement of definition.requirements) {
    if (!findRequirement(requirement.id))
      findings.push(`the requirement '${requirement.id}' is not agreed between the states`);
    const { type, fields } = requirement.evidence;
    const known = findEvidenceType(type);
    if (!known) {
      findings.push(`the evidence type '${type}' is not agreed between the states`);
      continue;
    }
    const asked = new Set(fields.map((field) => field.name));
    if (asked.size !== fields.length) findings.push(`a field of '${type}' is asked for twice`);
    for (const field of fields) {
      if (!known.fields[field.name]) findings.push(`'${type}' has no field '${field.name}'`);
      if (!field.essential && !field.ifWithheld)
        findings.push(`'${type}.${field.name}' is optional: say in ifWithheld what happens without it`);
    }
    if (requirement.evidence.standing && requirement.evidence.providedBy === 'this-state')
      findings.push(`'${type}' is of this state's own records: only what another state gives is asked for again`);
    if (requirement.evidence.providedBy === 'this-state' && fields.some((field) => field.essential))
      findings.push(
        `'${type}' is of this state's own records, which not everybody has: none of its fields is essential`,
      );
    // What nothing is essential of may be missing altogether; where something is, half a proof would be none.
    const isNeeded = fields.some(({ essential }) => essential);
    for (const proof of findEvidence(requirement.id, '*'))
      if (proof.type === type)
        for (const name of proof.fields)
          if (!fields.some((field) => field.name === name && (field.essential || !isNeeded)))
            findings.push(
              `'${requirement.id}' is proved by '${type}.${name}', which is not asked for${isNeeded ? ' as essential' : ''}`,
            );
  }
  return findings;
}

/** Every path leads to something that is asked for: a document never prints what nobody was asked to send. */
function checkPaths(parts: Parts): string[] {
  const { definition, form, credential, data } = parts;
  const prefills = Object.values(form.questions).flatMap((question) => (question.prefill ? [question.prefill] : []));
  const paths = [
    ...Object.values(definition.decision.inputs),
    ...definition.document.facts.flatMap((fact) => [fact.value.ar, fact.value.en]),
    ...credential.claims.map((claim) => claim.value),
    ...prefills,
    ...Object.values(form.questions).flatMap(({ when }) => evidenceIn(when)),
    ...(parts.fee ? exemptionPaths(parts.fee) : []),
  ];
  const shown = definition.document.facts.flatMap(({ value }) => [value.ar, value.en]);
  const lists = [...new Set([...shown, ...credential.claims.map(({ value }) => value)])].filter((path) => {
    const [root, name] = path.split('.');
    return root === 'answers' && ['file', 'group'].includes(form.questions[name!]?.kind ?? '');
  });
  const unprintable = lists.map((path) => `'${path}' leads to a list, which no document and no credential can show`);
  const misled = [...new Set(paths)].flatMap((path) => {
    const [root, name, field] = path.split('.');
    if (root === 'answers') return form.questions[name!] ? [] : [`'${path}' leads to no question of the form`];
    if (root === 'decision' && name === 'validUntil')
      return definition.validity ? [] : [`'${path}' needs a validity in service.json`];
    if (root === 'data') return name! in data ? [] : [`'${path}' leads to no file '${name}.json'`];
    if (root !== 'evidence') return [];
    const evidence = definition.requirements.find((requirement) => requirement.evidence.type === name)?.evidence;
    return evidence?.fields.some((asked) => asked.name === field) ? [] : [`'${path}' is not asked for`];
  });
  return [...misled, ...unprintable];
}

function checkOnce({ definition, form }: Parts): string[] {
  const { oncePer, onceWhile, requirements } = definition;
  if (!oncePer) return onceWhile ? ['onceWhile says how long, and oncePer does not say once per what'] : [];
  return oncePer.flatMap((path) => {
    const [root, type, field] = path.split('.');
    const isAsked =
      root === 'evidence'
        ? requirements.some(
            ({ evidence }) => evidence.type === type && evidence.fields.some(({ name }) => name === field),
          )
        : Object.hasOwn(form.questions, path);
    return isAsked ? [] : [`oncePer names '${path}', which is neither a question nor a field of the evidence`];
  });
}

function checkValidity({ validity }: ServiceDefinition): string[] {
  if (validity === undefined) return [];
  const days = (duration: string) =>
    Number.parseInt(duration.slice(1), 10) * { Y: 365, M: 28, D: 1 }[duration.at(-1) as 'Y'];
  return days(validity.renewBefore) < days(validity.duration)
    ? []
    : ['validity.renewBefore is not shorter than validity.duration: it could be renewed before it is there'];
}

function checkDecisionUse({ definition, decisions, reasons, casework, fee }: Parts): string[] {
  const findings: string[] = [];
  const { name, inputs } = definition.decision;
  if (!decisions.decisions.some((decision) => decision.name === name)) findings.push(`there is no decision '${name}'`);
  const taken = inputsOf(decisions, name);
  const ofFee = fee?.decision ? inputsOf(decisions, fee.decision.name) : new Set<string>();
  for (const input of decisions.inputs)
    if (!(input in inputs) && (taken.has(input) || !ofFee.has(input)))
      findings.push(`the input '${input}' is given no value by service.json`);
  for (const input of Object.keys(inputs))
    if (!decisions.inputs.includes(input)) findings.push(`service.json gives '${input}', which the rules do not take`);
  const used = decisions.decisions.flatMap(({ logic }) => {
    if (logic.kind !== 'table') return [];
    const column = logic.outputs.findIndex((output) => output.name === 'reason');
    return column < 0 ? [] : logic.rules.map((rule) => rule.results[column]!.trim().replace(/^"|"$/g, ''));
  });
  for (const reason of new Set(used))
    if (!reasons[reason]) findings.push(`the reason '${reason}' has no text in reasons.json`);
  for (const [id, reason] of Object.entries(reasons))
    if (!used.includes(id) && !reason.forOfficer && casework.deadline?.silence?.reason !== id)
      findings.push(`the reason '${id}' is used by no rule and no officer`);
  return findings;
}

/** Every text is there in both languages, and not one language in both places. */
export function checkLanguages(value: unknown, where = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { ar, en } = value as { ar?: unknown; en?: unknown };
  if (typeof ar === 'string' && typeof en === 'string' && !/^(evidence|answers|data|today|decision|case)\./.test(ar)) {
    const findings: string[] = [];
    if (!/\p{Script=Arabic}/u.test(ar) && /\p{L}/u.test(ar))
      findings.push(`${where}: the Arabic text is not in Arabic`);
    if (ar.trim() === '') findings.push(`${where}: the Arabic text is empty`);
    if (/\p{Script=Arabic}/u.test(en)) findings.push(`${where}: the English text is not in English`);
    if (en.trim() === '') findings.push(`${where}: the English text is empty`);
    return findings;
  }
  return Object.entries(value).flatMap(([key, item]) => checkLanguages(item, where ? `${where}.${key}` : key));
}

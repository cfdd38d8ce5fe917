import { type EventType, findEventType } from '#protocol/event-types';
import type { ServiceDefinition } from '../contract.ts';
import type { FormDefinition, Question } from '../forms/contract.ts';
import type { OfferRules } from './contract.ts';

/** The field that says on which day the event happened: the first date that no event of the type is without. */
export function dayFieldOf({ fields }: Pick<EventType, 'fields'>): string | undefined {
  return Object.keys(fields).find((name) => fields[name]!.required && fields[name]!.schema['format'] === 'date');
}

/** Nobody else fills these in: a box is ticked, a paper attached and a list made by the person. */
const unfillable: ReadonlyArray<Question['kind']> = ['checkbox', 'checkboxes', 'file', 'group'];

/** What the shape of offers.json cannot say: that it fits the events that there are, and the form of its service. */
export function checkOffers(
  offers: OfferRules,
  { definition, form }: { definition: ServiceDefinition; form: FormDefinition },
): string[] {
  return Object.entries(offers).flatMap(([typeId, rule]) => {
    const type = findEventType(typeId);
    if (!type) return [`'${typeId}' is no type of event in protocol/events`];
    const findings: string[] = [];
    if (dayFieldOf(type) === undefined)
      findings.push(`'${typeId}' names no day on which it happened, so no offer can end by it`);
    if (rule.againAfterDays >= rule.forDays)
      findings.push(`${typeId}.againAfterDays is not less than forDays: the offer would be over before it comes back`);
    if (definition.applicants === 'companies')
      findings.push(`${typeId}: the service is for companies, and events are told of people`);
    if (definition.applicants === 'this-state' && rule.to !== 'own-people')
      findings.push(`${typeId}.to offers the service to people who may not apply for it: say 'own-people'`);
    const email = rule.contact?.email;
    if (email !== undefined && form.questions[email]?.kind !== 'email')
      findings.push(`${typeId}.contact.email names '${email}', which is no question for an e-mail address`);
    for (const [questionId, name] of Object.entries(rule.fills)) {
      const [question, field] = [form.questions[questionId], type.fields[name]];
      if (!question) findings.push(`${typeId}.fills names the question '${questionId}', which the form lacks`);
      else if (unfillable.includes(question.kind))
        findings.push(`${typeId}.fills names '${questionId}', which only the person answers`);
      if (!field) findings.push(`${typeId}.fills names the field '${name}', which the event lacks`);
      if (!question || !field) continue;
      const isDate = field.schema['format'] === 'date';
      if (isDate !== (question.kind === 'date'))
        findings.push(`${typeId}.fills: '${questionId}' and '${name}' are not both dates`);
      const choices = question.options?.map(({ value }) => value);
      const unknown = ((field.schema['enum'] ?? []) as string[]).filter((value) => choices && !choices.includes(value));
      if (unknown.length > 0)
        findings.push(`${typeId}.fills: '${questionId}' has no choice for ${unknown.join(', ')} of '${name}'`);
    }
    return findings;
  });
}

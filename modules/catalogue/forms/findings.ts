import { checkCondition } from './conditions.ts';
import { checkContact } from './contacts.ts';
import { type FormDefinition, itemsMost, type Question, type QuestionKind } from './contract.ts';
import { entryDefinition, openForm } from './rules.ts';

/** What JSON calls the answer to kinds that are no text. */
const answerTypes: Partial<Record<Question['kind'], string>> = {
  money: 'integer',
  year: 'integer',
  'yes-no': 'boolean',
  checkboxes: 'array',
  address: 'object',
  file: 'array',
  group: 'array',
  'look-up': 'object',
};
/** What is answered in several steps, without scripts, has a page for itself. */
export const aloneKinds: readonly QuestionKind[] = ['file', 'group', 'look-up'];

/** What an author got wrong in a form, in plain words. */
export function checkForm(definition: FormDefinition): string[] {
  const findings: string[] = [];
  const pageOfQuestion = new Map<string, number>();
  for (const [at, page] of definition.pages.entries()) {
    if (definition.pages.findIndex((other) => other.id === page.id) !== at)
      findings.push(`two pages are called '${page.id}'`);
    for (const id of page.questions) {
      if (!definition.questions[id]) findings.push(`page '${page.id}' asks '${id}', which is not among the questions`);
      if (pageOfQuestion.has(id)) findings.push(`the question '${id}' is asked twice`);
      else pageOfQuestion.set(id, at);
      const kind = definition.questions[id]?.kind;
      if (kind !== undefined && aloneKinds.includes(kind) && page.questions.length > 1)
        findings.push(`'${id}' is of kind ${kind}, which takes a page for itself, and '${page.id}' asks more`);
    }
  }
  for (const [id, question] of Object.entries(definition.questions)) {
    const at = pageOfQuestion.get(id);
    if (at === undefined) findings.push(`the question '${id}' is on no page`);
    const schema = definition.schema.properties[id];
    if (!schema) findings.push(`the question '${id}' has no schema`);
    const isPick = ['radios', 'choice', 'checkboxes'].includes(question.kind);
    if (isPick !== (question.options !== undefined))
      findings.push(
        isPick ? `'${id}' offers nothing to choose` : `'${id}' has options, but its kind is ${question.kind}`,
      );
    const offered = JSON.stringify(question.options?.map((option) => option.value));
    const allowed = question.kind === 'checkboxes' ? (schema?.['items'] as { enum?: unknown })?.enum : schema?.['enum'];
    if (isPick && schema && offered !== JSON.stringify(allowed))
      findings.push(`the options of '${id}' differ from the enum of its schema`);
    if (question.kind === 'checkbox' && schema && schema['const'] !== true)
      findings.push(`the box '${id}' needs a schema with "const": true`);
    const type = answerTypes[question.kind];
    if (type !== undefined && schema && schema['type'] !== type)
      findings.push(`'${id}' is of kind ${question.kind}, so its schema needs "type": "${type}"`);
    if ((question.kind === 'money') !== (question.currency !== undefined))
      findings.push(
        question.kind === 'money'
          ? `'${id}' needs a currency`
          : `'${id}' has a currency, but its kind is ${question.kind}`,
      );
    findings.push(...checkItems(definition, id, question, schema));
    if (question.when) {
      const isBefore = (one: string) => at !== undefined && (pageOfQuestion.get(one) ?? at) < at;
      findings.push(...checkCondition(definition, id, question.when, isBefore));
    }
  }
  for (const id of [...definition.schema.required, ...Object.keys(definition.schema.properties)])
    if (!definition.questions[id]) findings.push(`the schema names '${id}', which is not a question`);
  findings.push(...checkContact(definition));
  if (findings.length > 0) return findings;
  try {
    openForm(definition, '');
  } catch (error) {
    findings.push((error as Error).message);
  }
  return findings;
}

/** What is particular to questions whose answer is a list: files, and groups with their entries. */
function checkItems(
  definition: FormDefinition,
  id: string,
  question: Question,
  schema: Record<string, unknown> | undefined,
): string[] {
  const { kind } = question;
  const findings: string[] = [];
  const most = (itemsMost as Partial<Record<QuestionKind, number>>)[kind];
  if (most !== undefined && question.prefill) findings.push(`'${id}' is of kind ${kind}, which has no first value`);
  const limit = schema?.['maxItems'];
  if (schema && most !== undefined && !(Number.isInteger(limit) && Number(limit) >= 1 && Number(limit) <= most))
    findings.push(`'${id}' is of kind ${kind}, so its schema needs "maxItems" from 1 to ${most}`);
  if ((kind === 'look-up') !== (question.lookUp !== undefined))
    findings.push(
      kind === 'look-up'
        ? `'${id}' does not say in "lookUp" which register it is looked up in`
        : `'${id}' has "lookUp", but its kind is ${kind}`,
    );
  if ((kind === 'file') !== (question.files !== undefined))
    findings.push(
      kind === 'file'
        ? `'${id}' does not say in "files" what may be attached`
        : `'${id}' has "files", but its kind is ${kind}`,
    );
  if ((kind === 'group') !== (question.entry !== undefined))
    findings.push(
      kind === 'group'
        ? `'${id}' does not say in "entry" what one entry asks`
        : `'${id}' has "entry", but its kind is ${kind}`,
    );
  if (kind !== 'group' || !question.entry || !schema) return findings;
  const items = schema['items'] as { type?: unknown; additionalProperties?: unknown } | undefined;
  if (items?.type !== 'object' || items.additionalProperties !== false)
    findings.push(`the schema of '${id}' needs "items" of "type": "object" with "additionalProperties": false`);
  for (const [within, { kind: inner }] of Object.entries(question.entry.questions))
    if (aloneKinds.includes(inner))
      findings.push(`'${within}' in the entries of '${id}' is of kind ${inner}, which no entry may hold`);
  if (findings.length > 0) return findings;
  return checkForm(entryDefinition(definition, id)).map((problem) => `in the entries of '${id}': ${problem}`);
}

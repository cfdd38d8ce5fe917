import { DmnModdle } from 'dmn-moddle';
import type { Aggregation, Decision, DecisionLogic, DecisionModel, HitPolicy } from './contract.ts';

/** The part of dmn-moddle's tree that is read here; the library ships no types. */
type Element = {
  $type: string;
  id?: string;
  name?: string;
  text?: string;
  expressionLanguage?: string;
  variable?: { name?: string };
  drgElement?: Element[];
  decisionLogic?: Element;
  informationRequirement?: Array<{ requiredDecision?: { href: string }; requiredInput?: { href: string } }>;
  encapsulatedLogic?: { formalParameter?: Array<{ name: string }>; body?: Element };
  hitPolicy?: HitPolicy;
  aggregation?: Aggregation;
  input?: Array<{ id?: string; inputExpression?: { text?: string } }>;
  output?: Array<{ name?: string; outputValues?: { text?: string }; defaultOutputEntry?: { text?: string } }>;
  rule?: Array<{ id?: string; inputEntry?: Array<{ text?: string }>; outputEntry?: Array<{ text?: string }> }>;
};

// DMN 1.2, 1.4 and 1.5 differ from 1.3 in nothing that is read here, and dmn-moddle knows the name of 1.3 only.
const otherNamespaces = /https?:\/\/www\.omg\.org\/spec\/DMN\/(?:20180521|20211108|20230324)\/(MODEL|FEEL|DMNDI)\//g;

/**
 * Reads decision tables, literal expressions and functions from DMN XML (OMG DMN 1.2 to 1.5).
 * Throws an Error in plain words when the file holds something that would not be evaluated as written.
 */
export async function readDecisions(xml: string): Promise<DecisionModel> {
  if (/<!DOCTYPE|<!ENTITY/i.test(xml))
    throw new Error('the file declares a DOCTYPE or an entity, which is not accepted');
  const known = xml.replace(otherNamespaces, 'https://www.omg.org/spec/DMN/20191111/$1/');
  const { rootElement, warnings } = await new DmnModdle().fromXML(known);
  if (warnings.length > 0) throw new Error(`the XML does not follow DMN: ${warnings[0]?.message}`);
  const elements = (rootElement as Element).drgElement ?? [];
  const names = new Map(elements.map((element) => [`#${element.id}`, element.variable?.name ?? element.name ?? '']));
  const decisions = elements.filter((element) => element.$type === 'dmn:Decision');
  return {
    decisions: decisions.map((element) => readDecision(element, names)),
    inputs: elements
      .filter((element) => element.$type === 'dmn:InputData')
      .map((element) => element.variable?.name ?? element.name ?? ''),
    functions: elements
      .filter((element) => element.$type === 'dmn:BusinessKnowledgeModel')
      .map((element) => {
        const body = element.encapsulatedLogic?.body;
        if (body?.$type !== 'dmn:LiteralExpression' || !body.text)
          throw new Error(`the function '${element.name}' is not a literal expression`);
        const parameters = (element.encapsulatedLogic?.formalParameter ?? []).map((parameter) => parameter.name);
        return { name: element.variable?.name ?? element.name ?? '', parameters, text: body.text };
      }),
  };
}

function readDecision(element: Element, names: Map<string, string>): Decision {
  const name = element.variable?.name ?? element.name ?? '';
  const named = (href: string | undefined): string[] => {
    if (!href) return [];
    const needed = names.get(href);
    if (needed === undefined) throw new Error(`the decision '${name}' needs '${href}', which is not in the file`);
    return [needed];
  };
  const requirements = element.informationRequirement ?? [];
  const needs = requirements.flatMap(({ requiredDecision }) => named(requiredDecision?.href));
  const takes = requirements.flatMap(({ requiredInput }) => named(requiredInput?.href));
  if (!element.decisionLogic) throw new Error(`the decision '${name}' has no logic`);
  return { id: element.id ?? name, name, needs, takes, logic: readLogic(name, element.decisionLogic) };
}

function readLogic(decision: string, logic: Element): DecisionLogic {
  if (logic.$type === 'dmn:LiteralExpression') return { kind: 'expression', text: logic.text ?? '' };
  if (logic.$type !== 'dmn:DecisionTable')
    throw new Error(
      `the decision '${decision}' is a ${logic.$type.replace('dmn:', '')}; only decision tables and literal expressions are evaluated`,
    );
  const inputs = (logic.input ?? []).map((input, at) => ({
    id: input.id ?? `input-${at + 1}`,
    expression: input.inputExpression?.text ?? '',
  }));
  const outputs = (logic.output ?? []).map((output) => ({
    name: output.name ?? decision,
    ...(output.outputValues?.text ? { values: output.outputValues.text } : {}),
    ...(output.defaultOutputEntry?.text ? { fallback: output.defaultOutputEntry.text } : {}),
  }));
  const rules = (logic.rule ?? []).map((rule, at) => {
    const tests = (rule.inputEntry ?? []).map((entry) => (entry.text ?? '').trim() || '-');
    const results = (rule.outputEntry ?? []).map((entry) => entry.text ?? '');
    if (tests.length !== inputs.length || results.length !== outputs.length)
      throw new Error(`row ${at + 1} of '${decision}' does not have one entry for each column`);
    return { id: rule.id ?? `row-${at + 1}`, tests, results };
  });
  return {
    kind: 'table',
    hitPolicy: logic.hitPolicy ?? 'UNIQUE',
    ...(logic.aggregation ? { aggregation: logic.aggregation } : {}),
    inputs,
    outputs,
    rules,
  };
}

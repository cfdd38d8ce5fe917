import { evaluate, unaryTest } from 'feelin';
import type { Decision, DecisionModel, DecisionResult, DecisionTable, FiredRule } from './contract.ts';

type Context = Record<string, unknown>;
type Hit = { ruleId: string; row: number; outputs: Record<string, unknown> };

/**
 * Evaluates one decision and those it needs (DMN 1.3 section 8.2.10, FEEL by feelin). Never throws for a wrong table:
 * `problems` says why the value is null, and a caller must not rely on a value that came with problems.
 *
 * Trap: FEEL numbers are JavaScript doubles here (0.1 + 0.2 != 0.3), so money arrives in whole minor units.
 */
export function evaluateDecision(model: DecisionModel, name: string, inputs: Context): DecisionResult {
  const fired: FiredRule[] = [];
  const problems: string[] = [];
  const context: Context = { ...inputs };
  for (const fn of model.functions)
    context[fn.name] = (...values: unknown[]) =>
      read(
        fn.text,
        { ...context, ...Object.fromEntries(fn.parameters.map((parameter, at) => [parameter, values[at]])) },
        fn.name,
        problems,
      );

  const visiting = new Set<string>();
  const visit = (decisionName: string): unknown => {
    const decision = model.decisions.find((candidate) => candidate.name === decisionName);
    if (!decision) {
      problems.push(`there is no decision '${decisionName}'`);
      return null;
    }
    if (visiting.has(decisionName)) {
      problems.push(`'${decisionName}' needs itself`);
      return null;
    }
    visiting.add(decisionName);
    for (const needed of decision.needs) if (!(needed in context)) context[needed] = visit(needed);
    visiting.delete(decisionName);
    return decision.logic.kind === 'expression'
      ? read(decision.logic.text, context, decision.name, problems)
      : evaluateTable(decision, decision.logic, context, fired, problems);
  };
  return { value: visit(name), fired, problems };
}

/** A text by itself is what it says, and so is a name that holds one: reading FEEL anew takes longer than all the rest. */
const plainText = /^\s*"([^"\\]*)"\s*$/;
/** The texts that a cell lists, where it lists nothing else: `"bachelor", "master"`. */
const listed = (test: string): string[] | undefined =>
  /^"[^"\\]*"(\s*,\s*"[^"\\]*")*$/.test(test) ? test.match(/"[^"]*"/g)!.map((text) => text.slice(1, -1)) : undefined;

function read(text: string, context: Context, where: string, problems: string[]): unknown {
  const plain = plainText.exec(text);
  if (plain) return plain[1]!;
  const named = Object.hasOwn(context, text) ? context[text] : undefined;
  if (typeof named === 'string') return named;
  try {
    return evaluate(text, context).value ?? null;
  } catch (error) {
    problems.push(`'${text}' in '${where}' cannot be read: ${(error as Error).message}`);
    return null;
  }
}

function evaluateTable(
  decision: Decision,
  table: DecisionTable,
  context: Context,
  fired: FiredRule[],
  problems: string[],
): unknown {
  const values = table.inputs.map((input) => read(input.expression, context, decision.name, problems));
  const hits: Hit[] = [];
  for (const [at, rule] of table.rules.entries()) {
    const matches = rule.tests.every((test, column) => passes(test, values[column], context, decision.name, problems));
    if (!matches) continue;
    const entries = table.outputs.map((output, column) => [
      output.name,
      read(rule.results[column]!, context, decision.name, problems),
    ]);
    hits.push({ ruleId: rule.id, row: at + 1, outputs: Object.fromEntries(entries) });
    if (table.hitPolicy === 'FIRST') break;
  }
  const chosen = choose(decision.name, table, hits, context, problems);
  for (const hit of chosen) fired.push({ decision: decision.name, ...hit });
  const results = chosen.map((hit) => shape(table, hit.outputs));
  if (table.hitPolicy === 'COLLECT' && table.aggregation) return aggregate(table.aggregation, results);
  if (table.hitPolicy === 'COLLECT' || table.hitPolicy === 'RULE ORDER' || table.hitPolicy === 'OUTPUT ORDER')
    return results;
  if (results.length > 0) return results[0];
  if (hits.length > 0 || !table.outputs.some((output) => output.fallback)) return null;
  const fallback = table.outputs.map((output) => [
    output.name,
    output.fallback ? read(output.fallback, context, decision.name, problems) : null,
  ]);
  return shape(table, Object.fromEntries(fallback));
}

function passes(test: string, value: unknown, context: Context, where: string, problems: string[]): boolean {
  if (test === '-') return true;
  if (typeof value === 'boolean' && (test === 'true' || test === 'false')) return String(value) === test;
  const texts = typeof value === 'string' ? listed(test) : undefined;
  if (texts) return texts.includes(value as string);
  try {
    return unaryTest(test, { ...context, '?': value }).value === true;
  } catch (error) {
    problems.push(`'${test}' in '${where}' cannot be read: ${(error as Error).message}`);
    return false;
  }
}

/** The hits that count under the table's hit policy (DMN 1.3 section 8.2.10); a broken promise of the table is a problem. */
function choose(name: string, table: DecisionTable, hits: Hit[], context: Context, problems: string[]): Hit[] {
  const rows = hits.map((hit) => hit.row).join(', ');
  switch (table.hitPolicy) {
    case 'UNIQUE':
      if (hits.length > 1) problems.push(`'${name}' promises one matching row, but rows ${rows} match`);
      return hits.length > 1 ? [] : hits;
    case 'ANY': {
      const distinct = new Set(hits.map((hit) => JSON.stringify(hit.outputs)));
      if (distinct.size > 1) problems.push(`'${name}' promises equal results, but rows ${rows} differ`);
      return distinct.size > 1 ? [] : hits.slice(0, 1);
    }
    case 'FIRST':
      return hits.slice(0, 1);
    case 'PRIORITY':
      return sortByOutputs(table, hits, context).slice(0, 1);
    case 'OUTPUT ORDER':
      return sortByOutputs(table, hits, context);
    default:
      return hits;
  }
}

function sortByOutputs(table: DecisionTable, hits: Hit[], context: Context): Hit[] {
  const orders = table.outputs.map((output) => {
    if (!output.values) return undefined;
    const list = evaluate(`[${output.values}]`, context).value;
    return { name: output.name, values: Array.isArray(list) ? list : [] };
  });
  const rank = (values: unknown[], value: unknown) => {
    const at = values.indexOf(value);
    return at < 0 ? values.length : at;
  };
  return [...hits].sort((one, other) => {
    for (const order of orders) {
      if (!order) continue;
      const difference = rank(order.values, one.outputs[order.name]) - rank(order.values, other.outputs[order.name]);
      if (difference !== 0) return difference;
    }
    return one.row - other.row;
  });
}

function shape(table: DecisionTable, outputs: Record<string, unknown>): unknown {
  return table.outputs.length === 1 ? outputs[table.outputs[0]!.name] : outputs;
}

function aggregate(aggregation: NonNullable<DecisionTable['aggregation']>, results: unknown[]): unknown {
  if (aggregation === 'COUNT') return new Set(results.map((result) => JSON.stringify(result))).size;
  const numbers = results.filter((result): result is number => typeof result === 'number');
  if (numbers.length === 0) return null;
  if (aggregation === 'SUM') return numbers.reduce((sum, number) => sum + number, 0);
  return aggregation === 'MIN' ? Math.min(...numbers) : Math.max(...numbers);
}

/** Every input that a decision and those it needs say they stand on. */
export function inputsOf({ decisions }: DecisionModel, name: string): Set<string> {
  const taken = new Set<string>();
  const seen = new Set<string>();
  const visit = (one: string): void => {
    const decision = decisions.find((candidate) => candidate.name === one);
    if (!decision || seen.has(one)) return;
    seen.add(one);
    for (const input of decision.takes) taken.add(input);
    decision.needs.forEach(visit);
  };
  visit(name);
  return taken;
}

/** What a column of results allows, where the table says it, and gives as a word that is none of it. */
function strangeResult({ values }: DecisionTable['outputs'][number], text: string): string | undefined {
  if (!values || !/^"[^"]*"$/.test(text.trim())) return undefined;
  const allowed: unknown = evaluate(`[${values}]`, {}).value;
  return Array.isArray(allowed) && !allowed.includes(evaluate(text, {}).value) ? allowed.join(', ') : undefined;
}

/** Everything in a model that cannot be read as FEEL, reads what there is not, or gives what it may not, before any person meets it. */
export function checkDecisions(model: DecisionModel): string[] {
  const problems: string[] = [];
  const tryRead = (where: string, text: string, work: () => unknown) => {
    try {
      work();
    } catch (error) {
      problems.push(`${where}: '${text}' is not FEEL (${(error as Error).message})`);
    }
  };
  const known = Object.fromEntries(
    [...model.inputs, ...model.decisions.map((decision) => decision.name)].map((n) => [n, null]),
  );
  for (const decision of model.decisions) {
    const { logic } = decision;
    if (logic.kind === 'expression') {
      tryRead(decision.name, logic.text, () => evaluate(logic.text, known));
      continue;
    }
    for (const { expression } of logic.inputs) {
      // A name that nothing has is null to FEEL, so that the table would read nothing and say so to nobody.
      const [, name] = /^\s*([\p{L}_][\p{L}\p{N}_]*)\s*$/u.exec(expression) ?? [];
      if (name && !Object.hasOwn(known, name) && !['null', 'true', 'false'].includes(name))
        problems.push(`'${decision.name}' reads '${name}', which is no input and no decision`);
    }
    for (const input of logic.inputs)
      tryRead(`${decision.name}, column ${input.id}`, input.expression, () => evaluate(input.expression, known));
    for (const [at, rule] of logic.rules.entries()) {
      for (const test of rule.tests)
        if (test !== '-')
          tryRead(`${decision.name}, row ${at + 1}`, test, () => unaryTest(test, { ...known, '?': null }));
      for (const [column, text] of rule.results.entries()) {
        const allowed = new Set<string>();
        tryRead(`${decision.name}, row ${at + 1}`, text, () => {
          evaluate(text, known);
          const output = logic.outputs[column];
          const strange = output && strangeResult(output, text);
          if (strange) allowed.add(strange);
        });
        for (const one of allowed)
          problems.push(`row ${at + 1} of '${decision.name}' gives ${text.trim()}, which is none of ${one}`);
      }
    }
  }
  return problems;
}

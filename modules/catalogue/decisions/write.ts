import { DmnModdle } from 'dmn-moddle';

/** A row of a decision table: FEEL tests, one for each input, and what it gives, one for each output. */
export type TableRow = { id: string; tests: string[]; results: string[] };

type Cell = { text?: string };
type Table = {
  $type: string;
  input?: unknown[];
  output?: unknown[];
  rule?: Array<{ id?: string; inputEntry?: Cell[]; outputEntry?: Cell[]; $parent?: unknown }>;
};

/**
 * The same DMN file with other rows in the table of one decision, in this order; everything else stays as it is written. Throws an Error in plain words for a
 * decision without a table and for a row that does not fit its columns. Whether the cells are FEEL is said by `checkDecisions`.
 */
export async function writeTable(xml: string, decision: string, rows: readonly TableRow[]): Promise<string> {
  const moddle = new DmnModdle();
  const { rootElement } = await moddle.fromXML(xml);
  const elements = (
    rootElement as { drgElement?: Array<{ name?: string; variable?: { name?: string }; decisionLogic?: Table }> }
  ).drgElement;
  const table = elements?.find(({ name, variable }) => (variable?.name ?? name) === decision)?.decisionLogic;
  if (table?.$type !== 'dmn:DecisionTable') throw new Error(`there is no table '${decision}'`);
  const known = new Map((table.rule ?? []).map((rule) => [rule.id, rule]));
  const entries = (type: string, id: string, texts: string[]) =>
    texts.map((text, at) =>
      moddle.create(type, { id: `${id}-${type === 'dmn:UnaryTests' ? 'in' : 'out'}-${at + 1}`, text }),
    );
  table.rule = rows.map(({ id, tests, results }, at) => {
    if (tests.length !== (table.input ?? []).length || results.length !== (table.output ?? []).length)
      throw new Error(`row ${at + 1} of '${decision}' does not have one entry for each column`);
    const rule = known.get(id);
    if (rule) {
      for (const [column, text] of tests.entries()) rule.inputEntry![column]!.text = text;
      for (const [column, text] of results.entries()) rule.outputEntry![column]!.text = text;
      return rule;
    }
    return moddle.create('dmn:DecisionRule', {
      id,
      inputEntry: entries('dmn:UnaryTests', id, tests),
      outputEntry: entries('dmn:LiteralExpression', id, results),
    }) as NonNullable<Table['rule']>[number];
  });
  return (await moddle.toXML(rootElement, { format: true })).xml;
}

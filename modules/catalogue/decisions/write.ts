import { DmnModdle } from 'dmn-moddle';

/** A row of a decision table: FEEL tests, one for each input, and what it gives, one for each output. */
export type TableRow = { id: string; tests: string[]; results: string[] };

type Cell = { text?: string };
type Column = { inputExpression?: { text?: string } };
type Table = {
  $type: string;
  input?: Column[];
  output?: unknown[];
  rule?: Array<{ id?: string; inputEntry?: Cell[]; outputEntry?: Cell[]; $parent?: unknown }>;
};

type Element = {
  $type: string;
  id?: string;
  name?: string;
  variable?: { name?: string };
  decisionLogic?: Table;
  informationRequirement?: Array<{ requiredInput?: { href: string } }>;
};

/**
 * The same DMN file for other inputs, by name. One that is gone is taken out of every table and requirement, with the rows that tested it alone; a new one is given to the first table that reads
 * another of them, or to that of the decision `into`, as a column in which any value passes. What reads an input otherwise than as a column by itself is left as it is.
 * `types`: of new inputs that are no text, as DMN calls them.
 */
export async function writeInputs(
  xml: string,
  before: readonly string[],
  after: readonly string[],
  { into, types = {} }: { into?: string; types?: Record<string, string> } = {},
): Promise<string> {
  const moddle = new DmnModdle();
  const { rootElement } = await moddle.fromXML(xml);
  const root = rootElement as { drgElement?: Element[] };
  const elements = root.drgElement ?? [];
  const tables = elements.filter(({ decisionLogic }) => decisionLogic?.$type === 'dmn:DecisionTable');
  const isAny = (cell: Cell | undefined) => ['', '-'].includes(cell?.text?.trim() ?? '');
  const readBy = ({ inputExpression }: Column) => inputExpression?.text?.trim() ?? '';
  const first = tables.find(({ name, variable, decisionLogic }) =>
    into === undefined
      ? decisionLogic!.input?.some((column) => before.includes(readBy(column)))
      : (variable?.name ?? name) === into,
  );
  for (const gone of before.filter((name) => !after.includes(name))) {
    const data = elements.find(({ $type, name }) => $type === 'dmn:InputData' && name === gone);
    for (const element of elements)
      if (element.informationRequirement)
        element.informationRequirement = element.informationRequirement.filter(
          ({ requiredInput }) => !data || requiredInput?.href !== `#${data.id}`,
        );
    for (const { decisionLogic } of tables) {
      const at = decisionLogic!.input?.findIndex((column) => readBy(column) === gone) ?? -1;
      if (at < 0) continue;
      decisionLogic!.input!.splice(at, 1);
      // A row that tested nothing else would match everybody now.
      decisionLogic!.rule = decisionLogic!.rule?.filter(({ inputEntry = [] }) => {
        const [own] = inputEntry.splice(at, 1);
        return isAny(own) || !inputEntry.every(isAny);
      });
    }
    root.drgElement = root.drgElement?.filter((element) => element !== data);
  }
  const create = <Made>(type: string, properties: object) => moddle.create(type, properties) as Made;
  for (const name of after.filter((one) => !before.includes(one))) {
    if (!first) throw new Error('no table reads a question by itself, so none can read another');
    const id = `input-${name}`;
    const typeRef = types[name] ?? 'string';
    const variable = create('dmn:InformationItem', { name, typeRef });
    root.drgElement = [create<Element>('dmn:InputData', { id, name, variable }), ...(root.drgElement ?? [])];
    const requiredInput = create('dmn:DMNElementReference', { href: `#${id}` });
    first.informationRequirement = [
      ...(first.informationRequirement ?? []),
      create('dmn:InformationRequirement', { id: `${first.id}-${name}`, requiredInput }),
    ];
    const table = first.decisionLogic!;
    const inputExpression = create('dmn:LiteralExpression', {
      id: `expression-${name}`,
      typeRef,
      text: name,
    });
    table.input = [
      ...(table.input ?? []),
      create('dmn:InputClause', { id: `column-${name}`, label: name, inputExpression }),
    ];
    for (const rule of table.rule ?? [])
      rule.inputEntry = [
        ...(rule.inputEntry ?? []),
        create('dmn:UnaryTests', { id: `${rule.id}-in-${name}`, text: '-' }),
      ];
  }
  return (await moddle.toXML(rootElement, { format: true })).xml;
}

/**
 * The same DMN file with other rows in the table of one decision, in this order; everything else stays as it is written. Throws an Error in plain words for a
 * decision without a table and for a row that does not fit its columns. Whether the cells are FEEL is said by `checkDecisions`.
 */
export async function writeTable(xml: string, decision: string, rows: readonly TableRow[]): Promise<string> {
  const moddle = new DmnModdle();
  const { rootElement } = await moddle.fromXML(xml);
  const elements = (rootElement as { drgElement?: Element[] }).drgElement;
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

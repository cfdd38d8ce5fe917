import { eligibilityTables, readDecisions, type ServiceFiles, type TableRow, writeTable } from '#modules/catalogue';

/** What is done to the rows besides what their cells say now. Rows count from 1. */
export type RowEdit = { kind: 'save' } | { kind: 'add' } | { kind: 'remove' | 'up' | 'down'; row: number };

/** The file in which a decision stands: tables of the rules and of the check before applying have names of their own. */
export async function tableFileOf(files: ServiceFiles, decision: string): Promise<string | undefined> {
  for (const file of ['decision.dmn', eligibilityTables]) {
    if (files[file] === undefined) continue;
    const { decisions } = await readDecisions(files[file]);
    if (decisions.some(({ name, logic }) => name === decision && logic.kind === 'table')) return file;
  }
  return undefined;
}

/** Puts rows into a table, with one of them added, removed or moved. Throws an Error in plain words for what is no row of it. */
export async function putRows(
  files: ServiceFiles,
  decision: string,
  rows: readonly TableRow[],
  edit: RowEdit,
): Promise<ServiceFiles> {
  const file = (await tableFileOf(files, decision)) ?? '';
  const xml = files[file];
  if (xml === undefined) throw new Error(`there is no table '${decision}'`);
  const model = await readDecisions(xml);
  const logic = model.decisions.find(({ name }) => name === decision)?.logic;
  if (logic?.kind !== 'table') throw new Error(`there is no table '${decision}'`);
  const next = [...rows];
  if (edit.kind === 'add')
    next.push({ id: freeId(rows), tests: logic.inputs.map(() => '-'), results: logic.outputs.map(() => '""') });
  else if (edit.kind !== 'save') {
    const at = edit.row - 1;
    const row = next[at];
    if (!row) throw new Error(`there is no row ${edit.row}`);
    next.splice(at, 1);
    if (edit.kind !== 'remove') next.splice(Math.max(0, edit.kind === 'up' ? at - 1 : at + 1), 0, row);
  }
  return { ...files, [file]: await writeTable(xml, decision, next) };
}

/** XML takes an id once in a file; those of added rows are counted on. */
function freeId(rows: readonly TableRow[]): string {
  const numbers = rows.map(({ id }) => Number(/^added-(\d+)$/.exec(id)?.[1] ?? 0));
  return `added-${Math.max(0, ...numbers) + 1}`;
}

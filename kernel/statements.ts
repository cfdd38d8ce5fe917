import { CompiledQuery, type Kysely } from 'kysely';

/** What can always be sent. Trap: a value that the driver cannot write fails alone, and a commit behind it would still be carried out. */
export type Value = string | number | boolean | null | undefined | Date | Uint8Array | readonly Value[];

/** One SQL statement, with `$1`, `$2` … in place of its values. */
export type Statement = { text: string; values: readonly Value[] };

// biome-ignore lint/suspicious/noExplicitAny: whoever writes a statement names its columns where it reads them
export type Rows = any[];

/**
 * Statements and what their rows mean. What needs no other's result is sent together with it, so that parts from several
 * modules, each over its own tables, cost one round trip: `Database.readTogether` and `writeTogether` (`together.ts`).
 */
export type Part<Result> = {
  statements: readonly Statement[];
  /** Gets the rows of each statement, in their order. */
  read(rows: readonly Rows[]): Result;
};

/** A part of statements whose rows nobody needs. */
export const writing = (...statements: readonly Statement[]): Part<void> => ({ statements, read: () => undefined });

/** A part of one statement, read from its rows. */
export const reading = <Result>(text: string, values: readonly Value[], read: (rows: Rows) => Result) => ({
  statements: [{ text, values }],
  read: ([rows]: readonly Rows[]) => read(rows ?? []),
});

/** The rows of a table by a unique column of type `type`; the table and the column are written by the code, never by a caller. */
export const readingByKey = <Row>(table: string, column: string, type: string, keys: readonly string[]) =>
  reading(
    `select * from ${table} where ${column} = any($1::${type}[])`,
    [[...new Set(keys)]],
    (rows) => new Map<string, Row>(rows.map((row) => [row[column], row])),
  );

const rowsMax = 64;

/**
 * Cuts a list into pieces of 64, 32, 16 … 1, for statements over several rows: seven texts that stay prepared, whatever the
 * number of rows. The server takes values in place of `$1` for half the cost of the same values inside one JSON text.
 */
export function inPowers<Item>(items: readonly Item[]): Item[][] {
  const pieces: Item[][] = [];
  let at = 0;
  for (let size = rowsMax; at < items.length; )
    if (items.length - at < size) size /= 2;
    else {
      pieces.push(items.slice(at, at + size));
      at += size;
    }
  return pieces;
}

/** `values ($1, $2), ($3, $4)` for two rows of two, from `$first` on; `types` tell the server what it cannot infer. */
export function valuesText(
  rows: ReadonlyArray<readonly Value[]>,
  first: number,
  types: readonly string[] = [],
): string {
  let place = first;
  const list = rows.map(
    (row) => `(${row.map((_, column) => `$${place++}${types[column] ? `::${types[column]}` : ''}`).join(', ')})`,
  );
  return `values ${list.join(', ')}`;
}

/** Runs statements in a transaction that does other things too, one after the other. */
export async function runStatements(
  // biome-ignore lint/suspicious/noExplicitAny: statements name their tables themselves
  tx: Kysely<any>,
  statements: readonly Statement[],
): Promise<Rows[]> {
  const rows: Rows[] = [];
  for (const { text, values } of statements)
    rows.push((await tx.executeQuery<Rows[number]>(CompiledQuery.raw(text, [...values]))).rows);
  return rows;
}

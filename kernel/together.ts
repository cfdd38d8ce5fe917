import type { Socket } from 'node:net';
import type { Kysely } from 'kysely';
import type pg from 'pg';
import { type Part, type Rows, runStatements, type Statement } from './statements.ts';

// biome-ignore lint/suspicious/noExplicitAny: statements name their tables themselves
type Tx = Kysely<any>;

export type ResultsOf<Parts extends readonly Part<unknown>[]> = {
  [Place in keyof Parts]: Parts[Place] extends Part<infer Result> ? Result : never;
};

export type Together = {
  /** Reads several parts in one round trip. Each statement sees what is committed when it runs. */
  readTogether<const Parts extends readonly Part<unknown>[]>(parts: Parts): Promise<ResultsOf<Parts>>;
  /**
   * Writes several parts in one transaction and, without `mayCommit`, in one round trip. `mayCommit` is asked before the commit
   * and sees what the parts read; when it says no, nothing is kept. One statement that fails undoes all and is thrown.
   */
  writeTogether<const Parts extends readonly Part<unknown>[]>(
    parts: Parts,
    mayCommit?: (results: ResultsOf<Parts>) => boolean,
  ): Promise<{ results: ResultsOf<Parts>; isDone: boolean }>;
};

/** Runs statements on one connection and gives the rows of each: as they are, or as one transaction that `mayCommit` may undo. */
type RunTogether = (
  statements: readonly Statement[],
  transaction?: { mayCommit?: (rows: readonly Rows[]) => boolean },
) => Promise<{ rows: readonly Rows[]; isDone: boolean }>;

export function createTogether(run: RunTogether): Together {
  const statementsOf = (parts: readonly Part<unknown>[]) => parts.flatMap(({ statements }) => statements);
  const readAll = (parts: readonly Part<unknown>[], rows: readonly Rows[]) => {
    let from = 0;
    return parts.map((part) => {
      const own = rows.slice(from, from + part.statements.length);
      from += part.statements.length;
      return part.read(own);
    });
  };
  return {
    readTogether: async (parts) => readAll(parts, (await run(statementsOf(parts))).rows) as never,
    writeTogether: async (parts, mayCommit) => {
      let results: unknown[] = [];
      const judge = (rows: readonly Rows[]) => {
        results = readAll(parts, rows);
        return mayCommit!(results as never);
      };
      const { rows, isDone } = await run(statementsOf(parts), mayCommit ? { mayCommit: judge } : {});
      return { results: (mayCommit ? results : readAll(parts, rows)) as never, isDone };
    },
  };
}

/** On PostgreSQL all statements leave in one write, and a commit that nobody has to judge leaves with them. */
export async function sendTogether(
  pool: pg.Pool,
  nameOf: (text: string) => string | undefined,
  statements: readonly Statement[],
  transaction: Parameters<RunTogether>[1],
): ReturnType<RunTogether> {
  const client = await pool.connect();
  let lost: Error | undefined;
  try {
    const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
    stream.cork();
    // One statement is a transaction by itself: to begin and to commit it would be two more to send, run and answer.
    const isWhole = transaction !== undefined && (statements.length > 1 || transaction.mayCommit !== undefined);
    const begun = isWhole ? [client.query('begin')] : [];
    const sent = statements.map(({ text, values }) => client.query({ name: nameOf(text), text, values: [...values] }));
    const ended = isWhole && !transaction.mayCommit ? [client.query('commit')] : [];
    stream.uncork();
    // All of them: what came after a failure fails too, and the connection is free only when every answer is in.
    const settled = await Promise.allSettled([...begun, ...sent, ...ended]);
    const failure = settled.find((one) => one.status === 'rejected')?.reason as Error | undefined;
    if (failure) {
      if (transaction?.mayCommit)
        await client.query('rollback').catch((error) => {
          lost = error;
        });
      throw failure;
    }
    const results = settled as PromiseFulfilledResult<pg.QueryResult>[];
    const rows = results.slice(begun.length, begun.length + sent.length).map(({ value }) => value.rows);
    if (!transaction?.mayCommit) return { rows, isDone: true };
    let isDone = false;
    try {
      isDone = transaction.mayCommit(rows);
    } finally {
      await client.query(isDone ? 'commit' : 'rollback');
    }
    return { rows, isDone };
  } catch (error) {
    // Whatever the server did not say itself leaves the connection in a state that nobody knows.
    if (!('severity' in (error as object))) lost ??= error as Error;
    throw error;
  } finally {
    client.release(lost);
  }
}

class Undone extends Error {}

/** The embedded database takes one statement after the other. */
export async function runInTurn(
  database: { db: Tx; transaction(work: (tx: Tx) => Promise<void>): Promise<void> },
  statements: readonly Statement[],
  transaction: Parameters<RunTogether>[1],
): ReturnType<RunTogether> {
  if (!transaction) return { rows: await runStatements(database.db, statements), isDone: true };
  let rows: Rows[] = [];
  try {
    await database.transaction(async (tx) => {
      rows = await runStatements(tx, statements);
      if (transaction.mayCommit && !transaction.mayCommit(rows)) throw new Undone();
    });
    return { rows, isDone: true };
  } catch (error) {
    if (error instanceof Undone) return { rows, isDone: false };
    throw error;
  }
}

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';

// Loaded into a node's process before the node itself (`node --import`). On SIGUSR2, and at the start, it reads
// `faults.json` beside the node's config: how far its clock is off, and at which statement the process is to be killed.

export type Faults = {
  /** Milliseconds that the clock is ahead; behind when negative. */
  clockMs?: number;
  /** kill -9 around the last of these statements (regular expressions), once the others have been seen in this order. */
  dieAt?: { statements: string[]; when: 'before' | 'after' };
};

const file = join(process.argv[2] ?? '', '..', 'faults.json');
let faults: Faults = {};
let awaited: RegExp[] = [];

function read(): void {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '{}';
  faults = JSON.parse(text);
  seenOn = undefined;
  awaited = (faults.dieAt?.statements ?? []).map((statement) => new RegExp(statement, 'i'));
  writeFileSync(`${file}.read`, text);
}

const RealDate = Date;
const now = () => RealDate.now() + (faults.clockMs ?? 0);
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, made) => Reflect.construct(target, args.length === 0 ? [now()] : args, made),
  apply: () => new RealDate(now()).toString(),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});

type Query = (this: unknown, ...args: unknown[]) => unknown;
const die = () => process.kill(process.pid, 'SIGKILL');

/** The connection to a server on which the first was seen: what others commit is none of it. */
let seenOn: unknown;

/** True when this is the statement at which the process is to be killed. */
function isLast(text: string, connection?: unknown): boolean {
  if (!awaited[0]?.test(text) || (seenOn !== undefined && connection !== seenOn)) return false;
  seenOn = connection;
  awaited.shift();
  return awaited.length === 0;
}

const watched = (query: Query, connectionOf: (self: unknown) => unknown = () => undefined): Query =>
  function (...args) {
    const [first] = args;
    const text = typeof first === 'string' ? first : String((first as { text?: string } | null)?.text ?? '');
    if (!isLast(text, connectionOf(this))) return query.apply(this, args);
    if (faults.dieAt!.when === 'before') die();
    return Promise.resolve(query.apply(this, args)).then(die);
  };

// The embedded database commits by itself when the work of a transaction has ended.
const { transaction } = PGlite.prototype;
PGlite.prototype.transaction = async function (work) {
  const result = await transaction.call(this, (tx) => {
    tx.query = watched(tx.query.bind(tx) as Query) as typeof tx.query;
    return work(tx);
  });
  if (isLast('commit')) die();
  return result as never;
};
PGlite.prototype.query = watched(PGlite.prototype.query as Query) as typeof PGlite.prototype.query;
pg.Client.prototype.query = watched(
  pg.Client.prototype.query as Query,
  (client) => client,
) as typeof pg.Client.prototype.query;
process.on('SIGUSR2', read);
read();

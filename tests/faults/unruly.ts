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
const { transaction, execProtocolStream } = PGlite.prototype;
PGlite.prototype.transaction = async function (work) {
  const result = await transaction.call(this, work);
  if (isLast('commit')) die();
  return result as never;
};

/** A statement's text is on the wire once, with the name by which it is run from then on (Parse and Bind of PostgreSQL's protocol, 55.7). */
const texts = new WeakMap<object, Map<string, string>>();
function textRun(on: object, message: Uint8Array): string | undefined {
  const kind = String.fromCharCode(message[0]!);
  if (kind !== 'P' && kind !== 'B') return undefined;
  const known = texts.get(on) ?? new Map<string, string>();
  texts.set(on, known);
  const middle = message.indexOf(0, 5);
  const end = message.indexOf(0, middle + 1);
  const first = Buffer.from(message.subarray(5, middle)).toString();
  const second = Buffer.from(message.subarray(middle + 1, end)).toString();
  if (kind === 'B') return known.get(second);
  known.set(first, second);
  return undefined;
}
PGlite.prototype.execProtocolStream = async function (message, options) {
  const text = textRun(this, message);
  if (text === undefined || !isLast(text)) return execProtocolStream.call(this, message, options);
  if (faults.dieAt!.when === 'before') die();
  const said = await execProtocolStream.call(this, message, options);
  die();
  return said;
};
pg.Client.prototype.query = watched(
  pg.Client.prototype.query as Query,
  (client) => client,
) as typeof pg.Client.prototype.query;
process.on('SIGUSR2', read);
read();

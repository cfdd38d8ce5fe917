import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Sheet, SheetReply, TemplateFault } from './sheet.ts';

export type Typesetter = {
  /** The PDF. Throws when the template or the text cannot be set, or when that takes longer or more memory than it may. */
  set(sheet: Omit<Sheet, 'as'>): Promise<Buffer>;
  /** A picture of the pages (SVG). Throws a `SheetFault` when the template is at fault. */
  draw(sheet: Omit<Sheet, 'as'>): Promise<string>;
};

/** `waitingMost`: how many sheets wait at most; one more is refused. */
export type Limits = { deadlineMs: number; bytesMax: number; waitingMost?: number };

const restAfterMs = 15_000;
// The compiler loads packages that a template names. Through a proxy that nobody can be, it reaches none; it keeps and finds none, for it has no
// home. None of the node's own environment goes along.
const nowhere = 'http://127.0.0.1:0';
const closedEnvironment = { HTTPS_PROXY: nowhere, HTTP_PROXY: nowhere, ALL_PROXY: nowhere };

/**
 * Sets documents in a process of its own, which comes with the first document and leaves when there has been none for a
 * while: its forty megabytes are not the node's, no page waits while a document is set, and a fault in native code ends
 * that one document.
 */
export function createTypesetter({ deadlineMs, bytesMax, waitingMost = Number.POSITIVE_INFINITY }: Limits): Typesetter {
  let child: ChildProcess | undefined;
  let resting: NodeJS.Timeout | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  const open = (): ChildProcess => {
    if (child?.connected) return child;
    const opened = fork(join(import.meta.dirname, 'process.ts'), [String(bytesMax)], {
      serialization: 'advanced',
      env: closedEnvironment,
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    // Whoever waits for an answer hears of it; without a listener it would end the node when nobody waits.
    opened.on('error', () => undefined);
    // A node that stops does not wait for it: the process ends when its channel closes.
    opened.unref();
    opened.channel?.unref();
    child = opened;
    return opened;
  };
  const close = () => {
    child?.kill('SIGKILL');
    child = undefined;
  };

  const ask = async (sheet: Sheet): Promise<Exclude<SheetReply, { fault: TemplateFault }>> => {
    clearTimeout(resting);
    const asked = open();
    asked.channel?.ref();
    const answered = new AbortController();
    const deadline = AbortSignal.timeout(deadlineMs);
    const signal = AbortSignal.any([answered.signal, deadline]);
    const reply = once(asked, 'message', { signal });
    const end = once(asked, 'exit', { signal }).then(() =>
      Promise.reject(new SheetLimit('the typesetting process ended: it took too much memory')),
    );
    try {
      asked.send(sheet, (error) => error && answered.abort(error));
      const [answer] = (await Promise.race([reply, end])) as [SheetReply];
      if ('fault' in answer) throw new SheetFault(answer.fault);
      return answer;
    } catch (error) {
      if (!(error instanceof SheetFault)) close();
      // It ended before it could be handed anything, and its end was not noticed yet.
      if (answered.signal.aborted) throw new SheetLimit('the typesetting process ended');
      if (deadline.aborted && !(error instanceof SheetFault)) throw new SheetLimit('the document took too long to set');
      throw error;
    } finally {
      answered.abort();
      asked.channel?.unref();
      resting = setTimeout(close, restAfterMs).unref();
    }
  };

  const inTurn = (sheet: Sheet) => {
    if (waiting >= waitingMost) return Promise.reject(new SheetLimit('too many documents wait to be set'));
    waiting += 1;
    const turn = queue
      .then(() => ask(sheet))
      .finally(() => {
        waiting -= 1;
      });
    queue = turn.catch(() => undefined);
    return turn;
  };

  return {
    set: async (sheet) => {
      const answer = await inTurn({ ...sheet, as: 'pdf' });
      return Buffer.from((answer as { pdf: Uint8Array }).pdf);
    },
    draw: async (sheet) => ((await inTurn({ ...sheet, as: 'picture' })) as { picture: string }).picture,
  };
}

/** The sheet is at fault, not the process. */
export class SheetFault extends Error {
  readonly fault: TemplateFault;
  constructor(fault: TemplateFault) {
    super(`document template${fault.at ? `, line ${fault.at.line}, column ${fault.at.column}` : ''}: ${fault.message}`);
    this.fault = fault;
  }
}

/** It took more time or memory than it may, or too many waited before it. */
export class SheetLimit extends Error {}

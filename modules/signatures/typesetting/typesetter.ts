import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** One document to be set: files by name, the template that shows them, and the moment it is dated, in seconds since 1970. */
export type Sheet = { files: Record<string, Uint8Array>; template: string; at: number };
export type SheetReply = { pdf: Uint8Array } | { fault: string };

export type Typesetter = {
  /** The PDF. Throws when the template or the text cannot be set, or when that takes longer than twenty seconds. */
  set(sheet: Sheet): Promise<Buffer>;
};

const deadlineMs = 20_000;
const restAfterMs = 15_000;

/**
 * Sets documents in a process of its own, which comes with the first document and leaves when there has been none for a
 * while: its forty megabytes are not the node's, no page waits while a document is set, and a fault in native code ends
 * that one document.
 */
export function createTypesetter(): Typesetter {
  let child: ChildProcess | undefined;
  let resting: NodeJS.Timeout | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  const open = (): ChildProcess => {
    if (child?.connected) return child;
    const opened = fork(join(import.meta.dirname, 'process.ts'), [], {
      serialization: 'advanced',
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

  const ask = async (sheet: Sheet): Promise<Buffer> => {
    clearTimeout(resting);
    const asked = open();
    asked.channel?.ref();
    const answered = new AbortController();
    const signal = AbortSignal.any([answered.signal, AbortSignal.timeout(deadlineMs)]);
    const reply = once(asked, 'message', { signal });
    const end = once(asked, 'exit', { signal }).then(() => Promise.reject(new Error('the typesetting process ended')));
    try {
      asked.send(sheet, (error) => error && answered.abort(error));
      const [answer] = (await Promise.race([reply, end])) as [SheetReply];
      if ('fault' in answer) throw new SheetFault(answer.fault);
      return Buffer.from(answer.pdf);
    } catch (error) {
      if (!(error instanceof SheetFault)) close();
      throw error;
    } finally {
      answered.abort();
      asked.channel?.unref();
      resting = setTimeout(close, restAfterMs).unref();
    }
  };

  return {
    set: (sheet) => {
      const turn = queue.then(() => ask(sheet));
      queue = turn.catch(() => undefined);
      return turn;
    },
  };
}

/** The sheet is at fault, not the process. */
class SheetFault extends Error {}

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * How far the time of a sandbox is ahead of the machine's, as its file says; no file is no distance. `isHeld`: not every process is there
 * yet, so nothing that is due begins: what one signs now would lie in the future of another.
 */
export type MovedTime = { movedMs: number; isHeld: boolean };

export function readMovedTime(file: string): MovedTime {
  try {
    const { movedMs, isHeld } = JSON.parse(readFileSync(file, 'utf8')) as Partial<MovedTime>;
    return Number.isSafeInteger(movedMs) && movedMs! >= 0 ? { movedMs: movedMs!, isHeld: isHeld === true } : none;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return none;
    throw error;
  }
}
const none: MovedTime = { movedMs: 0, isHeld: false };

/** Where each process that follows a file notes how far it has come. */
export const heardFolderOf = (file: string): string => `${file}.heard`;

/** Timers at least so long are rounds, repetitions and ends of validity, which follow the time; shorter ones are turns of a loop, which do not. */
const longMs = 1_500;
const delayMsMax = 2 ** 31 - 1;

type Long = { dueMs: number; everyMs?: number; call(): void; early?: NodeJS.Timeout | undefined };

/**
 * Makes this whole process live as many milliseconds ahead as `file` says, from now on and whenever it changes: `Date`, and with it every
 * library, the embedded database, and timers of more than a second, which fire when the time jumps over them. Monotonic
 * clocks and certificates read by OpenSSL stay where they are. For the sandbox alone; a node that is none refuses such a configuration.
 */
export function followTime(file: string, { everyMs = 50 }: { everyMs?: number } = {}): void {
  const { Date: RealDate, setTimeout: once, clearTimeout: clear, setInterval: often, clearInterval: end } = globalThis;
  let { movedMs } = readMovedTime(file);
  let passedMs = movedMs;
  const now = () => RealDate.now() + movedMs;
  const moved: DateConstructor = new Proxy(RealDate, {
    construct: (target, given, asked) =>
      Reflect.construct(target, given.length === 0 ? [now()] : given, asked === moved ? target : asked),
    apply: () => new RealDate(now()).toString(),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name, target)),
  });
  globalThis.Date = moved;

  const timers = new Map<unknown, Long>();
  const forget = (handle: unknown) => {
    const long = timers.get(handle);
    if (long?.early) clear(long.early);
    timers.delete(handle);
  };
  // What a library has put on a function of Node's (util.promisify) stays on the one that takes its place.
  const inPlaceOf = <Kind extends object>(real: object, own: Kind): Kind =>
    Object.defineProperties(own, Object.getOwnPropertyDescriptors(real)) as Kind;
  const setLong = (work: (...given: unknown[]) => void, delayMs = 0, ...given: unknown[]) => {
    if (!(delayMs >= longMs)) return once(work, delayMs, ...given);
    const run = () => {
      clear(handle);
      forget(handle);
      work(...given);
    };
    const handle = once(run, Math.min(delayMs, delayMsMax));
    timers.set(handle, { dueMs: now() + delayMs, call: run });
    return handle;
  };
  const setOften = (work: (...given: unknown[]) => void, delayMs = 0, ...given: unknown[]) => {
    const handle = often(work, delayMs, ...given);
    if (delayMs >= longMs) timers.set(handle, { dueMs: now() + delayMs, everyMs: delayMs, call: () => work(...given) });
    return handle;
  };
  globalThis.setTimeout = inPlaceOf(once, setLong) as unknown as typeof setTimeout;
  globalThis.setInterval = inPlaceOf(often, setOften) as unknown as typeof setInterval;
  globalThis.clearTimeout = inPlaceOf(clear, (handle: NodeJS.Timeout) => {
    forget(handle);
    clear(handle);
  }) as typeof clearTimeout;
  globalThis.clearInterval = inPlaceOf(end, (handle: NodeJS.Timeout) => {
    forget(handle);
    end(handle);
  }) as typeof clearInterval;

  /** Fires what is due, and has the rest fire when it will be. */
  const pass = () => {
    for (const [handle, long] of [...timers]) {
      if (long.early) clear(long.early);
      if (long.dueMs <= now()) {
        if (long.everyMs) long.dueMs = now() + long.everyMs;
        long.call();
      } else if (!long.everyMs && timers.has(handle))
        long.early = once(long.call, Math.min(long.dueMs - now(), delayMsMax)).unref();
    }
  };
  const note = () => {
    mkdirSync(heardFolderOf(file), { recursive: true });
    writeFileSync(join(heardFolderOf(file), String(process.pid)), String(movedMs));
  };
  note();
  often(() => {
    const next = readMovedTime(file);
    if (next.movedMs !== movedMs) {
      movedMs = next.movedMs;
      note();
    }
    if (next.isHeld || passedMs === movedMs) return;
    passedMs = movedMs;
    pass();
  }, everyMs).unref();
}

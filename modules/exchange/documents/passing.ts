import { createHash, type Hash } from 'node:crypto';
import { pipeline, type Readable, Transform, type TransformCallback } from 'node:stream';

/** What a document has to be, byte for byte. */
export type Promised = { size: number; digest: string };

/** Why a document did not pass whole: `source` and `reader` went away or failed, `idle` neither moved, `deadline` too slow. */
export type BrokenBy = 'size' | 'digest' | 'source' | 'reader' | 'idle' | 'deadline' | 'log';
export type Outcome = { isWhole: true; bytes: number } | { isWhole: false; bytes: number; brokenBy: BrokenBy };

/** The error with which a stream ends that is not whole. It says which part does not hold, and no byte of it. */
export class BrokenDocument extends Error {
  readonly code = 'document-broken-off';
  readonly brokenBy: BrokenBy;
  constructor(brokenBy: BrokenBy) {
    super(`document-broken-off: ${brokenBy}`);
    this.name = 'BrokenDocument';
    this.brokenBy = brokenBy;
  }
}

export type PassingOptions = {
  /** Ended when no byte has moved for so long, whoever is to blame. */
  idleMs: number;
  deadlineMs: number;
  /** Hears of the bytes that pass, to have their memory freed. */
  collect(bytes: number): void;
  /** Called once. A whole document's last bytes wait for it: what it cannot write down is not given. */
  settle(outcome: Outcome): Promise<void>;
};

/**
 * Passes a document on, counted and hashed on its way, with no more of it in memory than the buffers of three streams (64 KiB
 * each) and as slowly as it is taken. The last bytes are held back until all bytes are known to be the promised ones: whoever
 * reads to the end has the document, and whoever is given another one gets an error in place of the end.
 *
 * TRAP for readers: until the end, the bytes are unproved. Show, parse or store nothing of them before `end`.
 */
export function passOn(source: Readable, promised: Promised, options: PassingOptions): Readable {
  const passing = new Passing(promised, options);
  source.once('error', () => passing.noteSourceFailed());
  if (source.destroyed) passing.noteSourceFailed();
  passing.once('close', () => passing.stopTimers());
  pipeline(source, passing, (error) => {
    if (error) void passing.settleBroken(error);
  });
  return passing;
}

class Passing extends Transform {
  readonly #promised: Promised;
  readonly #options: PassingOptions;
  readonly #hash: Hash = createHash('sha256');
  readonly #idle: NodeJS.Timeout;
  readonly #deadline: NodeJS.Timeout;
  #held: Buffer | undefined;
  #bytes = 0;
  #isSettled = false;
  #hasSourceFailed = false;

  constructor(promised: Promised, options: PassingOptions) {
    super({ highWaterMark: 65_536 });
    this.#promised = promised;
    this.#options = options;
    this.#idle = setTimeout(() => this.destroy(new BrokenDocument('idle')), options.idleMs);
    this.#deadline = setTimeout(() => this.destroy(new BrokenDocument('deadline')), options.deadlineMs);
  }

  override _transform(part: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#idle.refresh();
    this.#bytes += part.length;
    this.#options.collect(part.length);
    const isTooLong = this.#bytes > this.#promised.size;
    if (!isTooLong) {
      this.#hash.update(part);
      if (this.#held) this.push(this.#held);
      this.#held = part;
    }
    done(isTooLong ? new BrokenDocument('size') : null);
  }

  override _flush(done: TransformCallback): void {
    const isSameSize = this.#bytes === this.#promised.size;
    const isSame = isSameSize && `sha-256=:${this.#hash.digest('base64')}:` === this.#promised.digest;
    if (!isSame) {
      done(new BrokenDocument(isSameSize ? 'digest' : 'size'));
      return;
    }
    this.#isSettled = true;
    this.#options.settle({ isWhole: true, bytes: this.#bytes }).then(
      () => {
        this.#idle.refresh();
        done(null, this.#held);
      },
      () => done(new BrokenDocument('log')),
    );
  }

  noteSourceFailed(): void {
    this.#hasSourceFailed ||= !this.destroyed;
  }

  stopTimers(): void {
    clearTimeout(this.#idle);
    clearTimeout(this.#deadline);
  }

  async settleBroken(error: Error): Promise<void> {
    if (this.#isSettled) return;
    this.#isSettled = true;
    const brokenBy = error instanceof BrokenDocument ? error.brokenBy : this.#hasSourceFailed ? 'source' : 'reader';
    await this.#options.settle({ isWhole: false, bytes: this.#bytes, brokenBy }).catch(() => {
      // Whoever settles has logged it, and the document is broken off already.
    });
  }
}

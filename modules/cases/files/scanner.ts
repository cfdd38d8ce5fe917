import { connect, type Socket } from 'node:net';

/** `unavailable`: nobody knows yet; ask again later. */
export type Verdict = 'clean' | 'infected' | 'unavailable';
export type Scanner = {
  scan(bytes: Buffer): Promise<Verdict>;
  /** What the scanner calls itself and its signatures. Throws an Error when it does not answer. */
  readVersion(): Promise<string>;
};

const deadlineMs = 20_000;
const answerBytesMax = 1_024;
const chunkBytes = 65_536;

/**
 * A virus scanner that speaks the protocol of ClamAV's clamd (man clamd, "COMMANDS": zINSTREAM, zVERSION). `address`:
 * `tcp://host:port` or `unix:/path`.
 */
export function openScanner(address: string): Scanner {
  const dial = (): Socket => {
    if (address.startsWith('unix:')) return connect(address.slice('unix:'.length));
    const { hostname, port } = new URL(address);
    return connect(Number(port), hostname);
  };

  /** Sends all of it, and gives what is answered up to the NUL that ends it. */
  const ask = (parts: Iterable<Buffer | string>): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = dial();
      let answer = '';
      const end = (error?: Error) => {
        clearTimeout(timer);
        socket.destroy();
        if (error) reject(error);
        else resolve(answer.split('\0')[0]!);
      };
      const timer = setTimeout(() => end(new Error('scanner-silent')), deadlineMs);
      socket.setEncoding('latin1');
      socket.on('data', (text: string) => {
        answer += text;
        if (answer.includes('\0')) end();
        else if (answer.length > answerBytesMax) end(new Error('scanner-talks-too-much'));
      });
      socket.on('error', end);
      socket.on('close', () => end(new Error('scanner-hung-up')));
      socket.on('connect', () => {
        for (const part of parts) socket.write(part);
      });
    });

  return {
    scan: async (bytes) => {
      try {
        const answer = await ask(inChunks(bytes));
        if (answer === 'stream: OK') return 'clean';
        return / FOUND$/.test(answer) ? 'infected' : 'unavailable';
      } catch {
        return 'unavailable';
      }
    },
    readVersion: () => ask(['zVERSION\0']),
  };
}

/** Each chunk behind its length, and a length of zero at the end. */
function* inChunks(bytes: Buffer): Iterable<Buffer | string> {
  const length = (count: number) => {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(count);
    return head;
  };
  yield 'zINSTREAM\0';
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const chunk = bytes.subarray(at, at + chunkBytes);
    yield length(chunk.length);
    yield chunk;
  }
  yield length(0);
}

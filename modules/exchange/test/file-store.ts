import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';

export type FileStore = {
  url: string;
  files: Map<string, Buffer>;
  /** Sends the bytes in place of the usual: for a store that fails. */
  behave: ((response: ServerResponse, bytes: Buffer) => void) | undefined;
  /** How each response ended so far, and how many bytes of it had been taken off the store's hands. */
  sent: Array<{ path: string; bytes: number; isWhole: boolean | undefined }>;
  stop(): Promise<void>;
};

export const digestOf = (bytes: Buffer) => `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`;
/** A document as a record of a registry describes it. */
export const described = (path: string, bytes: Buffer) => ({
  path,
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
  type: 'application/pdf',
});
export const makeDocument = (size: number): Buffer =>
  Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(size - 9)], size);

/** A ministry's store of files over real HTTP, at `/files/`, which wants a bearer `key-of-the-store`. */
export async function startFileStore(): Promise<FileStore> {
  const server = createServer((request: IncomingMessage, response) => {
    const path = decodeURIComponent(new URL(request.url!, 'http://store').pathname);
    if (request.headers.authorization !== 'Bearer key-of-the-store') return void response.writeHead(401).end();
    const bytes = store.files.get(path.replace('/files/', ''));
    if (!bytes) return void response.writeHead(404).end();
    const entry: FileStore['sent'][number] = { path, bytes: 0, isWhole: undefined };
    store.sent.push(entry);
    response.on('close', () => {
      entry.isWhole = response.writableFinished;
    });
    if (store.behave) return store.behave(response, bytes);
    response.writeHead(200, { 'content-type': 'application/pdf', 'content-length': bytes.length });
    const pieces = async function* () {
      for (let from = 0; from < bytes.length; from += 65_536) {
        yield bytes.subarray(from, from + 65_536);
        entry.bytes = Math.min(bytes.length, from + 65_536);
      }
    };
    Readable.from(pieces(), { objectMode: false, highWaterMark: 65_536 })
      .on('error', () => undefined)
      .pipe(response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const store: FileStore = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    files: new Map(),
    behave: undefined,
    sent: [],
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  return store;
}

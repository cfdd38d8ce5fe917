import { constants, type FileHandle, open, realpath } from 'node:fs/promises';
import { isAbsolute, join, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { type Static, Type } from 'typebox';
import { type AdapterNeeds, lookUpTimeoutMs, RegistryFault } from './adapter.ts';
import { checkServer, openConnection, server } from './server.ts';

const closed = { additionalProperties: false };

/** Where a registry keeps the documents that its records name: a folder beside the description, or a server. */
export const DocumentStore = Type.Union([
  Type.Object({ folder: Type.String({ minLength: 1, maxLength: 1_000 }) }, closed),
  Type.Object(server, closed),
]);
export type DocumentStore = Static<typeof DocumentStore>;

/** A document on its way: read it to its end or destroy it. `size` is what the store says before the first byte. */
export type OpenDocument = { size: number | undefined; body: Readable };

export type OpenDocumentStore = {
  /** `location` is a record's own word for where the document is: never outside of the store. Throws RegistryFault. */
  open(location: string): Promise<OpenDocument>;
  /** Throws RegistryFault with what is broken. */
  probe(): Promise<void>;
  stop(): Promise<void>;
};

/** Throws a sentence for the engineer. */
export function checkDocumentStore(store: DocumentStore): void {
  if ('server' in store) checkServer(store);
}

export function openDocumentStore(needs: AdapterNeeds, store: DocumentStore): OpenDocumentStore {
  return 'folder' in store ? openFolder(resolve(needs.folder, store.folder)) : openServer(needs, store);
}

const outside = () =>
  new RegistryFault('document-outside', {
    en: 'A record names a document outside of its store. Correct the record.',
    ar: 'يذكر قيد وثيقة خارج مخزنها. صحّح القيد.',
  });
const gone = () =>
  new RegistryFault('document-gone', {
    en: 'A record names a document that is not there. Correct the record, or bring it back.',
    ar: 'يذكر قيد وثيقة غير موجودة. صحّح القيد أو أعد الوثيقة.',
  });

function openFolder(folder: string): OpenDocumentStore {
  return {
    open: async (location) => {
      if (isAbsolute(location) || !isPlain(location, /[/\\]/)) throw outside();
      const root = await realpath(folder).catch(() => {
        throw gone();
      });
      const file = await realpath(join(root, location)).catch(() => {
        throw gone();
      });
      // A link inside the folder may point out of it.
      if (!file.startsWith(root + sep)) throw outside();
      const handle = await openFile(file);
      const about = await handle.stat();
      if (!about.isFile()) {
        await handle.close();
        throw gone();
      }
      return { size: about.size, body: handle.createReadStream({ highWaterMark: 65_536 }) };
    },
    probe: async () => {
      await realpath(folder).catch(() => {
        throw new RegistryFault('folder-missing', {
          en: `The folder ${folder} is not there. Make it, readable for the node.`,
          ar: `المجلد ${folder} غير موجود. أنشئه بحيث تقرؤه العقدة.`,
        });
      });
    },
    stop: async () => undefined,
  };
}

function openFile(file: string): Promise<FileHandle> {
  // Nothing that changed into a link since it was looked at, and nothing that would wait for a writer.
  return open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => {
    throw gone();
  });
}

function openServer(needs: AdapterNeeds, config: Extract<DocumentStore, { server: string }>): OpenDocumentStore {
  const connection = openConnection(needs, config);
  const base = new URL(config.server.endsWith('/') ? config.server : `${config.server}/`);
  return {
    open: async (location) => {
      const url = URL.canParse(location, base.href) ? new URL(location, base) : undefined;
      const isInside = url?.origin === base.origin && url.pathname.startsWith(base.pathname) && url.hash === '';
      if (!isInside || !isPlain(decoded(location), /[/\\?]/)) throw outside();
      const answer = await connection.open({
        method: 'GET',
        url: url.href,
        headers: { 'accept-encoding': 'identity' },
        timeoutMs: lookUpTimeoutMs,
      });
      const { status } = answer;
      if (status === 200 && answer.headers['content-encoding'] === undefined)
        return { size: lengthOf(answer.headers['content-length']), body: answer.body };
      answer.body.destroy();
      throw status === 404
        ? gone()
        : new RegistryFault(`status-${status}`, {
            en: `The store of documents answers ${status}.`,
            ar: `يجيب مخزن الوثائق بالرمز ${status}.`,
          });
    },
    probe: connection.reach,
    stop: connection.stop,
  };
}

function decoded(location: string): string {
  try {
    return decodeURIComponent(location);
  } catch {
    throw outside();
  }
}

/** No control character and no step upwards: what a record says is a name, not a way. */
function isPlain(location: string, separators: RegExp): boolean {
  return !/[\x00-\x1f\x7f]/.test(location) && location !== '' && !location.split(separators).includes('..');
}

const lengthOf = (header: string | undefined) => (/^\d{1,15}$/.test(header ?? '') ? Number(header) : undefined);

import { createHash } from 'node:crypto';
import { link, open as openFile, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { DocumentReference } from './answers.ts';
import { UnverifiableAnswer } from './refusals.ts';

/** A document, every byte of it the one that the office signed for. */
export type Document = DocumentReference & { bytes: Uint8Array };
export type SavedDocument = DocumentReference & { path: string };

/** Opens the stream of a document at the own node: its bytes prove nothing yet. */
export type OpenDocument = () => Promise<Readable>;

/** Every byte is the one that `reference` names, or UnverifiableAnswer is thrown. */
export async function readDocument(open: OpenDocument, reference: DocumentReference): Promise<Document> {
  const bytes = new Uint8Array(reference.size);
  let from = 0;
  await verifyStream(await open(), reference, async (part) => {
    bytes.set(part, from);
    from += part.length;
  });
  return { ...reference, bytes };
}

/** The same, into a new file under `path`, which appears once it is whole. */
export async function saveDocument(
  open: OpenDocument,
  reference: DocumentReference,
  path: string,
): Promise<SavedDocument> {
  // A new file, so that two calls cannot write into each other's.
  const unverified = `${path}.unverified`;
  const file = await openFile(unverified, 'wx', 0o600);
  try {
    try {
      await verifyStream(await open(), reference, async (part) => {
        await file.write(part);
      });
      await file.sync();
    } finally {
      await file.close();
    }
    // Refuses a path that is taken; renaming would not.
    await link(unverified, path);
  } finally {
    await rm(unverified, { force: true });
  }
  return { ...reference, path };
}

/** What verified evidence says of one of its documents. */
export function referenceIn(evidence: { fields: object }, field: string): DocumentReference {
  const reference = (evidence.fields as Record<string, unknown>)[field];
  if (reference === undefined) throw new UnverifiableAnswer(`no document ${field}`);
  return reference as DocumentReference;
}

/** Hands the parts on and returns only if they were the whole document and nothing else. */
async function verifyStream(
  stream: Readable,
  reference: DocumentReference,
  take: (part: Buffer) => Promise<void>,
): Promise<void> {
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const part of stream as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > reference.size) throw new UnverifiableAnswer('document');
      hash.update(part);
      await take(part);
    }
  } catch (error) {
    const { code, syscall } = error as { code?: string; syscall?: string };
    // A disk that is full is the caller's to hear of; a connection that broke is a document that did not come whole.
    if (error instanceof UnverifiableAnswer || syscall === 'write' || code === 'ENOSPC') throw error;
    throw new UnverifiableAnswer('document broken off');
  }
  const isSame = size === reference.size && `sha-256=:${hash.digest('base64')}:` === reference.digest;
  if (!isSame) throw new UnverifiableAnswer('document');
}

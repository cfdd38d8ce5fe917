import { Compile } from 'typebox/compile';
import { DocumentReference } from '#protocol/document';
import { EntityId, Uuid } from '#protocol/text';
import { problem } from '../contract.ts';

const uuidShape = Compile(Uuid);
const entityIdShape = Compile(EntityId);
const digestShape = Compile(DocumentReference.properties.digest);

const dayMs = 86_400_000;
/** For as long after the answer a document can be fetched, while the consent stands. */
const fetchableDays = { consent: 30, law: 1 };

export type FetchHeaders = { requester: string; xRoadClient: string; digest: string };

/** What the header fields of a fetch say. Throws `fetch-malformed` with the name of the field. */
export function readFetch(headers: Record<string, string>, questionId: string): FetchHeaders {
  const malformed = (where: string) => problem('fetch-malformed', { where });
  if (!uuidShape.Check(questionId)) throw malformed('address');
  if (headers['x-road-id'] !== questionId) throw malformed('X-Road-Id');
  const requester = headers['jisr-requester'];
  if (!entityIdShape.Check(requester)) throw malformed('Jisr-Requester');
  return { requester, xRoadClient: headers['x-road-client'] ?? '', digest: readDigest(headers, 'fetch-malformed') };
}

/** The digest of the document as its answer named it. Throws the problem named. */
export function readDigest(headers: Record<string, string>, code: 'fetch-malformed' | 'call-malformed'): string {
  const digest = headers['jisr-document-digest'];
  if (!digestShape.Check(digest)) throw problem(code, { where: 'Jisr-Document-Digest' });
  return digest;
}

/** Throws `document-expired`. */
export function checkFetchable(use: { used_at: Date; law: string | null }, now: Date): void {
  const days = use.law === null ? fetchableDays.consent : fetchableDays.law;
  if (now.getTime() >= use.used_at.getTime() + days * dayMs) throw problem('document-expired');
}

const endings: Record<string, string> = { 'application/pdf': 'pdf', 'image/jpeg': 'jpg', 'image/png': 'png' };

/** A name for whoever saves it: the field's, so that it tells nothing of the person. */
export function documentFileName(field: string, mediaType: string): string {
  return `${field}.${endings[mediaType] ?? 'bin'}`;
}

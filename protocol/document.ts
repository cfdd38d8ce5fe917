import { type Static, Type } from 'typebox';
import { isFresh } from './exchange-message.ts';
import type { SignatureParams } from './http-signatures.ts';

const digestPattern = '^sha-256=:[A-Za-z0-9+/]{43}=:$';

/**
 * A document (a scan, a PDF) is not in an answer: the answer holds this in its place, and both signatures, both receipts and
 * the proof bind the bytes by it. The bytes are fetched from the answering node, streamed.
 */
export const DocumentReference = Type.Object(
  {
    /** RFC 6838, without parameters. */
    mediaType: Type.String({ pattern: '^[a-z]+/[a-z0-9.+-]+$', maxLength: 100 }),
    /** Bytes. */
    size: Type.Integer({ minimum: 1 }),
    /** SHA-256 of the bytes, as RFC 9530 writes it. */
    digest: Type.String({ pattern: digestPattern }),
  },
  { additionalProperties: false },
);
export type DocumentReference = Static<typeof DocumentReference>;

/** What an evidence type says of a document: which media types it takes, and how large it may be. */
export type DocumentRule = { mediaTypes: readonly string[]; bytesMax: number };

/** The `schema` of a document field in the catalogue: that of a reference, with media types and the largest size. */
export function documentSchema({ mediaTypes, bytesMax }: DocumentRule): Record<string, unknown> {
  return {
    type: 'object',
    additionalProperties: false,
    required: ['mediaType', 'size', 'digest'],
    properties: {
      mediaType: { type: 'string', enum: [...mediaTypes] },
      size: { type: 'integer', minimum: 1, maximum: bytesMax },
      digest: { type: 'string', pattern: digestPattern },
    },
  };
}

/** Reads the rule out of a field's schema; undefined where the field is no document. */
export function documentRule(field: { schema: Record<string, unknown> } | undefined): DocumentRule | undefined {
  const { mediaType, size } = (field?.schema['properties'] ?? {}) as Record<string, Record<string, unknown>>;
  if (field?.schema['type'] !== 'object' || !Array.isArray(mediaType?.['enum'])) return undefined;
  return { mediaTypes: mediaType['enum'] as string[], bytesMax: Number(size?.['maximum']) };
}

/** Where a document of an answer is fetched: below the address of its question. */
export function documentUrl(questionUrl: string, questionId: string, field: string): string {
  return `${questionUrl}/${questionId}/${field}`;
}

/** A signed GET. It says which document was promised, so that what has changed meanwhile is refused and not sent. */
export const fetchComponents = [
  '"@method"',
  '"@target-uri"',
  '"x-road-client"',
  '"x-road-id"',
  '"jisr-requester"',
  '"jisr-document-digest"',
] as const;
export const fetchLabel = 'fetch';
export const fetchTag = 'jisr-document-fetch';

/** `Content-Digest` is signed before the first byte is sent: whoever reads has to check the bytes against it, to the last. */
export const documentComponents = [
  '"@status"',
  '"content-digest"',
  '"content-type"',
  '"x-road-id"',
  '"@method";req',
  '"@target-uri";req',
  '"x-road-id";req',
  '"jisr-document-digest";req',
  '"signature";req;key="fetch"',
] as const;
export const documentLabel = 'document';
export const documentTag = 'jisr-document';

/** Every parameter that a fetch has to have, within the limits of a question's. */
export function isFetchCurrent(params: SignatureParams, now: Date): params is Required<SignatureParams> {
  const { created, expires, nonce = '', tag } = params;
  if (created === undefined || expires === undefined || tag !== fetchTag) return false;
  return nonce.length >= 16 && nonce.length <= 128 && isFresh({ created, expires }, now);
}

import type { RawAnswer, RequestFacts, StreamedAnswer } from '#kernel/contract';
import { problem } from '../contract.ts';
import type { ExchangeNeeds } from '../needs.ts';
import type { Systems } from '../systems/service.ts';
import { refuseCall } from '../xroad/calls.ts';
import { readCallHeaders } from '../xroad/headers.ts';
import type { DocumentAddress } from './giving.ts';
import { documentFileName, readDigest } from './rules.ts';
import type { FetchDocument, TakenDocument } from './taking.ts';

type Needs = ExchangeNeeds & {
  systems: Systems;
  fetchDocument(of: FetchDocument): Promise<TakenDocument>;
};

/**
 * Streams a document to an own information system, from the node that holds it. The system says which document it was
 * promised (`Jisr-Document-Digest`), and checks the bytes itself.
 */
export async function answerDocumentCall(
  needs: Needs,
  { params, request }: { params: DocumentAddress; request: RequestFacts },
): Promise<StreamedAnswer | RawAnswer> {
  const message = { method: request.method, url: request.url, headers: request.headers };
  try {
    const { office, system } = await needs.systems.recognise({ message, body: request.rawBody });
    const { xRoadId } = readCallHeaders(request.headers);
    const { questionId, field } = params;
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(questionId)) throw problem('service-not-found');
    const digest = readDigest(request.headers, 'call-malformed');
    const document = await needs.fetchDocument({ officeId: office.officeId, questionId, field, digest });
    return {
      stream: document.stream,
      contentType: document.mediaType,
      headers: documentHeaders(document, field, { 'x-road-client': system.client_id, 'x-road-id': xRoadId }),
    };
  } catch (error) {
    return refuseCall(needs, request, error, {});
  }
}

/** How a document leaves to whoever reads it: never shown in the node's own name, and never a name that tells of a person. */
export function documentHeaders(
  { mediaType, size, digest }: Pick<TakenDocument, 'mediaType' | 'size' | 'digest'>,
  field: string,
  others: Record<string, string> = {},
): Record<string, string> {
  return {
    ...others,
    'content-length': String(size),
    'content-digest': digest,
    'content-disposition': `attachment; filename="${documentFileName(field, mediaType)}"`,
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'private, no-store',
  };
}

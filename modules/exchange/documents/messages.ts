import { type Clock, epochSeconds } from '#kernel/clock';
import { randomToken } from '#kernel/ids';
import type { JWK } from '#kernel/keys';
import { MessageFault, verifyReplyOf } from '#modules/federation';
import {
  documentComponents,
  documentLabel,
  documentTag,
  fetchComponents,
  fetchLabel,
  fetchTag,
} from '#protocol/document';
import { questionLifeSecondsMax } from '#protocol/exchange-message';
import type { RequestMessage, ResponseMessage } from '#protocol/http-signatures';
import { problem } from '../contract.ts';
import { algorithms, type SignedBy } from '../messages.ts';
import type { CheckSignature } from '../signing.ts';

export const fetchRule = { label: fetchLabel, tag: fetchTag, components: fetchComponents, algorithms };
const replyRule = { label: documentLabel, tag: documentTag, components: documentComponents, algorithms };

export type FetchFacts = {
  url: string;
  questionId: string;
  requester: string;
  xRoadClient: string;
  /** Of the document, as the answer named it. */
  digest: string;
};

/** A fetch as it leaves. */
export async function signFetch(facts: FetchFacts, by: SignedBy): Promise<RequestMessage> {
  const headers: Record<string, string> = {
    'x-road-client': facts.xRoadClient,
    'x-road-id': facts.questionId,
    'jisr-requester': facts.requester,
    'jisr-document-digest': facts.digest,
  };
  const message = { method: 'GET', url: facts.url, headers };
  const created = epochSeconds(by.clock);
  const params = { created, expires: created + questionLifeSecondsMax, nonce: randomToken(16), tag: fetchTag };
  const { signer, mayShare } = by;
  const signed = await by.sign({ message, label: fetchLabel, components: fetchComponents, params, signer, mayShare });
  return { ...message, headers: { ...headers, ...signed } };
}

export type ReplyFacts = {
  status: number;
  contentType: string;
  /** RFC 9530 digest of what the body will be. */
  digest: string;
  questionId: string | undefined;
  request: RequestMessage;
};

/**
 * The header fields of a document or of the refusal of one, bound to its fetch. Of a fetch that came incomplete, the
 * signature covers what was there: such a refusal convinces nobody who sent a whole one.
 */
export async function signReply(facts: ReplyFacts, by: SignedBy): Promise<Record<string, string>> {
  const headers: Record<string, string> = {
    'content-type': facts.contentType,
    'content-digest': facts.digest,
    ...(facts.questionId === undefined ? {} : { 'x-road-id': facts.questionId }),
  };
  const asked = facts.request.headers;
  const absent: Record<string, boolean> = {
    '"x-road-id"': facts.questionId === undefined,
    '"x-road-id";req': asked['x-road-id'] === undefined,
    '"jisr-document-digest";req': asked['jisr-document-digest'] === undefined,
    '"signature";req;key="fetch"': !/(^|[,\s])fetch=:/.test(asked['signature'] ?? ''),
  };
  const signed = await by.sign({
    message: { status: facts.status, headers, request: facts.request },
    label: documentLabel,
    components: documentComponents.filter((component) => !absent[component]),
    params: { created: epochSeconds(by.clock), tag: documentTag },
    signer: by.signer,
    mayShare: by.mayShare,
  });
  return { ...headers, ...signed };
}

/** That a reply is the office's to this very fetch: before a byte of its body counts. Throws `document-invalid`. */
export async function verifyReply(
  message: ResponseMessage,
  findKey: (kid: string) => Promise<JWK | undefined>,
  checkSignature: CheckSignature,
  clock: Clock,
): Promise<void> {
  try {
    await verifyReplyOf({ findKey, checkSignature, clock }, replyRule, { message });
  } catch (error) {
    if (error instanceof MessageFault) throw problem('document-invalid', { where: error.where });
    throw error;
  }
}

import { type Clock, epochSeconds } from '#kernel/clock';
import { randomToken } from '#kernel/ids';
import { type JWK, type Signer, verifySignature } from '#kernel/keys';
import { MessageFault, type Office, verifyReplyOf, verifySender } from '#modules/federation';
import {
  eventComponents,
  eventLabel,
  eventReplyComponents,
  eventReplyLabel,
  eventReplyTag,
  eventTag,
} from '#protocol/event-message';
import { isFresh, questionLifeSecondsMax } from '#protocol/exchange-message';
import {
  contentDigest,
  type MessageSignature,
  type RequestMessage,
  type ResponseMessage,
  type SignatureParams,
  signMessage,
} from '#protocol/http-signatures';
import { problem } from './contract.ts';
import type { EventNeeds } from './needs.ts';
import { type MessageHeaders, readHeaders } from './rules.ts';

const algorithm = 'ecdsa-p256-sha256';
export const jsonType = 'application/json; charset=utf-8';

export type RequestFacts = {
  method: 'GET' | 'POST';
  url: string;
  body: string;
  contentType: string;
  messageId: string;
  sender: { entityId: string; xRoadClient: string; signer: Signer };
};

/** An event or a request as it leaves: with digest and signature. */
export async function signRequest(facts: RequestFacts, clock: Clock): Promise<RequestMessage> {
  const { signer } = facts.sender;
  const headers: Record<string, string> = {
    'content-type': facts.contentType,
    'content-digest': contentDigest(facts.body),
    'x-road-client': facts.sender.xRoadClient,
    'x-road-id': facts.messageId,
    'jisr-requester': facts.sender.entityId,
  };
  const created = epochSeconds(clock);
  const message = { method: facts.method, url: facts.url, headers };
  const signed = await signMessage({
    message,
    label: eventLabel,
    components: eventComponents,
    params: {
      created,
      expires: created + questionLifeSecondsMax,
      nonce: randomToken(16),
      keyid: signer.kid,
      alg: algorithm,
      tag: eventTag,
    },
    sign: (base) => signer.sign(base),
  });
  return { ...message, headers: { ...headers, ...signed } };
}

const algorithms = [algorithm];
const eventRule = { label: eventLabel, tag: eventTag, components: eventComponents, algorithms };
const replyRule = { label: eventReplyLabel, tag: eventReplyTag, components: eventReplyComponents, algorithms };
const checkSignature = ({ base, signature }: MessageSignature, key: JWK) =>
  verifySignature(key, 'ES256', base, signature);

export type Sender = MessageHeaders & { office: Office; params: Required<SignatureParams> };

/**
 * Who sent a message, after size, shape, signature, trust chain and time, in this order. Throws the refusal; whether the
 * message came before is for the caller to judge.
 */
export async function verifyRequest(
  { federation, clock }: Pick<EventNeeds, 'federation' | 'clock'>,
  message: RequestMessage,
  body: Buffer,
  bytesMax: number,
): Promise<Sender> {
  if (body.length > bytesMax) throw problem('message-too-large', { bytesMax });
  const headers = readHeaders(message.headers);
  const digests = [[message.headers['content-digest'], body]] as const;
  try {
    const { found: office, params } = await verifySender({ federation, checkSignature }, eventRule, {
      message,
      digests,
      ...headers,
    });
    if (!isFresh(params, clock.now())) throw problem('message-expired');
    return { ...headers, office, params };
  } catch (error) {
    if (error instanceof MessageFault) throw problem(error.reason, { where: error.where });
    throw error;
  }
}

/** The headers of a receipt, another answer or a refusal. A refusal covers of an incomplete request what was there. */
export async function signReply(
  reply: { status: number; body: string; contentType: string; request: RequestMessage },
  signer: Signer,
  clock: Clock,
): Promise<Record<string, string>> {
  const messageId = reply.request.headers['x-road-id'];
  const headers: Record<string, string> = {
    'content-type': reply.contentType,
    'content-digest': contentDigest(reply.body),
    ...(messageId && messageId.length <= 64 ? { 'x-road-id': messageId } : {}),
  };
  const message: ResponseMessage = { status: reply.status, headers, request: reply.request };
  const signed = await signMessage({
    message,
    label: eventReplyLabel,
    components: eventReplyComponents.filter((component) => canCover(message, component)),
    params: { created: epochSeconds(clock), keyid: signer.kid, alg: algorithm, tag: eventReplyTag },
    sign: (base) => signer.sign(base),
  });
  return { ...headers, ...signed };
}

function canCover(message: ResponseMessage, component: string): boolean {
  const name = component.replace(/^"([^"]+)".*/, '$1');
  if (name.startsWith('@')) return true;
  if (!component.includes(';req')) return message.headers[name] !== undefined;
  const value = message.request?.headers[name];
  if (value === undefined) return false;
  return name !== 'signature' || new RegExp(`(^|[,\\s])${eventLabel}=:[A-Za-z0-9+/=]*:`).test(value);
}

/** Checks that a reply was made by that office for this very request. Throws `reply-invalid`. */
export async function verifyReply(
  message: ResponseMessage,
  body: Buffer,
  findKey: (kid: string) => Promise<JWK | undefined>,
  clock: Clock,
): Promise<void> {
  try {
    await verifyReplyOf({ findKey, checkSignature, clock }, replyRule, { message, body });
  } catch (error) {
    if (error instanceof MessageFault) throw problem('reply-invalid', { where: error.where });
    throw error;
  }
}

const proofNames = [
  'content-type',
  'content-digest',
  'x-road-client',
  'x-road-id',
  'jisr-requester',
  'signature-input',
  'signature',
];

/** The header fields that prove a message later. */
export function proofHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(proofNames.flatMap((name) => (headers[name] ? [[name, headers[name]!]] : [])));
}

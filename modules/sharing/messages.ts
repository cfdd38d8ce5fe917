import { Compile } from 'typebox/compile';
import { type Clock, epochSeconds } from '#kernel/clock';
import { newId, randomToken } from '#kernel/ids';
import { type JWK, type Signer, verifySignature } from '#kernel/keys';
import { type Problem, problemFromJson } from '#kernel/problem';
import { findOfficeKey, MessageFault, type Office, verifyReplyOf, verifySender } from '#modules/federation';
import { isFresh, questionLifeSecondsMax, Refusal } from '#protocol/exchange-message';
import {
  contentDigest,
  type MessageSignature,
  type RequestMessage,
  type ResponseMessage,
  type SignatureParams,
  signMessage,
} from '#protocol/http-signatures';
import {
  letterComponents,
  letterLabel,
  letterReplyComponents,
  letterReplyLabel,
  letterReplyTag,
  letterTag,
} from '#protocol/shared-case';
import type { SharingNeeds, SharingOffice } from './needs.ts';
import { problem } from './problems.ts';
import { type MessageHeaders, officeUrl, readHeaders } from './rules.ts';

const algorithm = 'ecdsa-p256-sha256';
const algorithms = [algorithm];
export const jsonType = 'application/json; charset=utf-8';
const deadlineMs = 15_000;
const refusalShape = Compile(Refusal);
const letterRule = { label: letterLabel, tag: letterTag, components: letterComponents, algorithms };
const replyRule = { label: letterReplyLabel, tag: letterReplyTag, components: letterReplyComponents, algorithms };
const checkSignature = ({ base, signature }: MessageSignature, key: JWK) =>
  verifySignature(key, 'ES256', base, signature);

export type Call = {
  from: SharingOffice;
  to: Office;
  method: 'GET' | 'POST';
  /** Below the office's address: `/letters`. */
  path: string;
  body?: string;
  messageId?: string;
  replyBytesMax: number;
};
export type Reply = {
  status: number;
  body: Buffer;
  contentType: string;
  sent: Record<string, string>;
  received: Record<string, string>;
};

/**
 * Sends one signed message to the office's own address, as its state's metadata says, and returns the reply once its signature
 * holds. Throws `office-unknown`, `reply-invalid`, the kernel's `peer-*`, or what the federation says.
 */
export async function call(needs: SharingNeeds, { from, to, method, path, body = '', ...rest }: Call): Promise<Reply> {
  const { metadata } = await needs.federation.resolve(to.resolved.superior!, 'jisr_node');
  const endpoint: unknown = metadata['jisr_node']?.['shared_cases_endpoint'];
  if (typeof endpoint !== 'string') throw problem('office-unknown');
  const headers: Record<string, string> = {
    'content-type': jsonType,
    'content-digest': contentDigest(body),
    'x-road-client': from.xRoadClient,
    'x-road-id': rest.messageId ?? newId(),
    'jisr-requester': from.entityId,
  };
  const created = epochSeconds(needs.clock);
  const message = { method, url: `${officeUrl(endpoint, to.office.x_road_client)}${path}`, headers };
  const signed = await signMessage({
    message,
    label: letterLabel,
    components: letterComponents,
    params: {
      created,
      expires: created + questionLifeSecondsMax,
      nonce: randomToken(16),
      keyid: from.signer.kid,
      alg: algorithm,
      tag: letterTag,
    },
    sign: (base) => from.signer.sign(base),
  });
  const request: RequestMessage = { ...message, headers: { ...headers, ...signed } };
  const reply = await needs.http.request({
    method,
    url: request.url,
    headers: request.headers,
    ...(method === 'POST' ? { body } : {}),
    timeoutMs: deadlineMs,
    bodyBytesMax: rest.replyBytesMax,
  });
  const response: ResponseMessage = { status: reply.status, headers: reply.headers, request };
  try {
    const findKey = (kid: string) => findOfficeKey(needs.federation, to, kid);
    await verifyReplyOf({ findKey, checkSignature, clock: needs.clock }, replyRule, {
      message: response,
      body: reply.body,
    });
  } catch (error) {
    if (error instanceof MessageFault) throw problem('reply-invalid', { where: error.where });
    throw error;
  }
  if (reply.status !== 200) throw refusalOf(reply.status, reply.body);
  const contentType = reply.headers['content-type'] ?? '';
  return { status: reply.status, body: reply.body, contentType, sent: request.headers, received: reply.headers };
}

function refusalOf(status: number, body: Buffer): Problem {
  const json = parse(body);
  if (!refusalShape.Check(json) || json.status !== status) return problem('reply-invalid', { where: 'refusal' });
  return problemFromJson({ ...json, origin: json.origin === 'own-node' ? 'other-node' : json.origin }, status);
}

export function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw problem('reply-invalid', { where: 'JSON' });
  }
}

/** Whether the other side was not reached, or could not be judged now: a matter of the connection, not of the letter. */
export function isOutOfReach(error: Problem): boolean {
  return ['peer-unreachable', 'peer-timeout', 'entity-unreachable', 'evidence-provider-unknown'].includes(error.code);
}

export type Sender = MessageHeaders & { office: Office; params: Required<SignatureParams> };

/** Who sent a message, after size, headers, signature, trust chain and time, in this order. Throws the refusal. */
export async function verifyRequest(
  { federation, clock }: Pick<SharingNeeds, 'federation' | 'clock'>,
  message: RequestMessage,
  body: Buffer,
  bytesMax: number,
): Promise<Sender> {
  if (body.length > bytesMax) throw problem('message-too-large', { bytesMax });
  const headers = readHeaders(message.headers);
  const digests = [[message.headers['content-digest'], body]] as const;
  try {
    const { found: office, params } = await verifySender({ federation, checkSignature }, letterRule, {
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

/** The headers of a receipt, a document or a refusal. A refusal covers of an incomplete request what was there. */
export async function signReply(
  reply: { status: number; body: Buffer | string; contentType: string; request: RequestMessage },
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
    label: letterReplyLabel,
    components: letterReplyComponents.filter((component) => canCover(message, component)),
    params: { created: epochSeconds(clock), keyid: signer.kid, alg: algorithm, tag: letterReplyTag },
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
  return name !== 'signature' || new RegExp(`(^|[,\\s])${letterLabel}=:[A-Za-z0-9+/=]*:`).test(value);
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

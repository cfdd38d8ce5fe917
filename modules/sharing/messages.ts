import { Compile } from 'typebox/compile';
import { newId } from '#kernel/ids';
import { type Problem, problemFromJson } from '#kernel/problem';
import { createOfficeMessages, findOfficeKey, MessageFault, type Office } from '#modules/federation';
import { isFresh, Refusal } from '#protocol/exchange-message';
import type { RequestMessage, SignatureParams } from '#protocol/http-signatures';
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

export const jsonType = 'application/json; charset=utf-8';
const deadlineMs = 15_000;
const refusalShape = Compile(Refusal);
const messages = createOfficeMessages({
  label: letterLabel,
  tag: letterTag,
  components: letterComponents,
  replyLabel: letterReplyLabel,
  replyTag: letterReplyTag,
  replyComponents: letterReplyComponents,
});
export const { signReply } = messages;

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
  const request = await messages.signRequest(
    {
      method,
      url: `${officeUrl(endpoint, to.office.x_road_client)}${path}`,
      body,
      contentType: jsonType,
      messageId: rest.messageId ?? newId(),
      sender: from,
    },
    needs.clock,
  );
  const reply = await needs.http.request({
    method,
    url: request.url,
    headers: request.headers,
    ...(method === 'POST' ? { body } : {}),
    timeoutMs: deadlineMs,
    bodyBytesMax: rest.replyBytesMax,
  });
  try {
    const findKey = (kid: string) => findOfficeKey(needs.federation, to, kid);
    const response = { status: reply.status, headers: reply.headers, request };
    await messages.verifyReply(response, reply.body, findKey, needs.clock);
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
  try {
    const { office, params } = await messages.verifyRequest(federation, { message, body, ...headers });
    if (!isFresh(params, clock.now())) throw problem('message-expired');
    return { ...headers, office, params };
  } catch (error) {
    if (error instanceof MessageFault) throw problem(error.reason, { where: error.where });
    throw error;
  }
}

import { Compile } from 'typebox/compile';
import { newId } from '#kernel/ids';
import { Problem, problemFromJson } from '#kernel/problem';
import { findOfficeKey, type Office } from '#modules/federation';
import { eventReplyBytesMax } from '#protocol/event-message';
import { Refusal } from '#protocol/exchange-message';
import { problem } from './contract.ts';
import { jsonType, signRequest, verifyReply } from './messages.ts';
import type { EventNeeds, EventOffice } from './needs.ts';
import { officeUrl } from './rules.ts';

const refusalShape = Compile(Refusal);
const deadlineMs = 10_000;

/** Where an office of another node takes messages, as its state's own metadata says: nobody configures addresses. */
export async function findOfficeUrl(needs: Pick<EventNeeds, 'federation'>, office: Office): Promise<string> {
  const { metadata } = await needs.federation.resolve(office.resolved.superior!, 'jisr_node');
  const endpoint: unknown = metadata['jisr_node']?.['events_endpoint'];
  if (typeof endpoint !== 'string') throw problem('office-unknown');
  return officeUrl(endpoint, office.office.x_road_client);
}

export type Call = {
  from: EventOffice;
  to: Office;
  method: 'GET' | 'POST';
  /** Below the office's address: `/subscriptions`. */
  path: string;
  body?: string;
  contentType?: string;
  messageId?: string;
};
export type Reply = {
  status: number;
  body: Buffer;
  sent: Record<string, string>;
  received: Record<string, string>;
};

/**
 * Sends one signed message and returns the reply once its signature holds. Throws `reply-invalid`, the kernel's `peer-*`, or
 * what the federation says; a signed refusal is returned, for the caller to act on.
 */
export async function call(needs: EventNeeds, { from, to, method, path, body = '', ...rest }: Call): Promise<Reply> {
  const request = await signRequest(
    {
      method,
      url: `${await findOfficeUrl(needs, to)}${path}`,
      body,
      contentType: rest.contentType ?? jsonType,
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
    bodyBytesMax: eventReplyBytesMax,
  });
  const findKey = (kid: string) => findOfficeKey(needs.federation, to, kid);
  await verifyReply({ status: reply.status, headers: reply.headers, request }, reply.body, findKey, needs.clock);
  return { status: reply.status, body: reply.body, sent: request.headers, received: reply.headers };
}

/** The JSON of a reply of an agreed shape, or the refusal that it is, thrown. */
export function readReply<T>(reply: Reply, shape: { Check(value: unknown): value is T }): T {
  const json = parse(reply.body);
  if (reply.status !== 200) throw refusalOf(reply);
  if (!shape.Check(json)) throw problem('reply-invalid', { where: 'body' });
  return json;
}

export function refusalOf(reply: Reply): Problem {
  const json = parse(reply.body);
  if (!refusalShape.Check(json) || json.status !== reply.status) return problem('reply-invalid', { where: 'refusal' });
  return problemFromJson({ ...json, origin: json.origin === 'own-node' ? 'other-node' : json.origin }, reply.status);
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw problem('reply-invalid', { where: 'JSON' });
  }
}

/** Whether the other side was not reached, or could not be judged now: a matter of the connection, not of the message. */
export function isOutOfReach(error: unknown): error is Problem {
  return (
    error instanceof Problem &&
    ['peer-unreachable', 'peer-timeout', 'entity-unreachable', 'peer-answer-too-large'].includes(error.code)
  );
}

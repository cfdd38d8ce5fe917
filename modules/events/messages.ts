import type { Clock } from '#kernel/clock';
import type { JWK } from '#kernel/keys';
import { createOfficeMessages, MessageFault, type Office } from '#modules/federation';
import {
  eventComponents,
  eventLabel,
  eventReplyComponents,
  eventReplyLabel,
  eventReplyTag,
  eventTag,
} from '#protocol/event-message';
import { isFresh } from '#protocol/exchange-message';
import type { RequestMessage, ResponseMessage, SignatureParams } from '#protocol/http-signatures';
import { problem } from './contract.ts';
import type { EventNeeds } from './needs.ts';
import { type MessageHeaders, readHeaders } from './rules.ts';

export const jsonType = 'application/json; charset=utf-8';

const messages = createOfficeMessages({
  label: eventLabel,
  tag: eventTag,
  components: eventComponents,
  replyLabel: eventReplyLabel,
  replyTag: eventReplyTag,
  replyComponents: eventReplyComponents,
});
export const { signRequest, signReply } = messages;

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
  try {
    const { office, params } = await messages.verifyRequest(federation, { message, body, ...headers });
    if (!isFresh(params, clock.now())) throw problem('message-expired');
    return { ...headers, office, params };
  } catch (error) {
    if (error instanceof MessageFault) throw problem(error.reason, { where: error.where });
    throw error;
  }
}

/** Checks that a reply was made by that office for this very request. Throws `reply-invalid`. */
export async function verifyReply(
  message: ResponseMessage,
  body: Buffer,
  findKey: (kid: string) => Promise<JWK | undefined>,
  clock: Clock,
): Promise<void> {
  try {
    await messages.verifyReply(message, body, findKey, clock);
  } catch (error) {
    if (error instanceof MessageFault) throw problem('reply-invalid', { where: error.where });
    throw error;
  }
}

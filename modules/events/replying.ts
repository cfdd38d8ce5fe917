import type { RawAnswer, RequestFacts } from '#kernel/contract';
import { Problem } from '#kernel/problem';
import { clockSkewSeconds } from '#protocol/exchange-message';
import type { RequestMessage } from '#protocol/http-signatures';
import { problem } from './contract.ts';
import { jsonType, type Sender, signReply, verifyRequest } from './messages.ts';
import type { EventNeeds, EventOffice } from './needs.ts';
import * as store from './store.ts';

const problemType = 'application/problem+json; charset=utf-8';
const requestBytesMax = 65_536;

export type Address = { instance: string; memberClass: string; member: string };
export type Arrived = { params: Address; body: Buffer; request: RequestFacts };

/**
 * Replies to one signed message. Whatever is refused is refused with a code, signed by the office that the address names,
 * and noted in the log without personal data; a refusal of an unknown address is hearsay.
 */
export async function replyTo(
  needs: EventNeeds,
  input: Arrived,
  work: (office: EventOffice, message: RequestMessage, body: Buffer) => Promise<unknown>,
): Promise<RawAnswer> {
  const { request, params } = input;
  const client = `${params.instance}/${params.memberClass}/${params.member}`;
  const office = needs.offices.find(({ xRoadClient }) => xRoadClient === client);
  const message: RequestMessage = { method: request.method, url: request.url, headers: request.headers };
  const body = Buffer.isBuffer(input.body) ? input.body : Buffer.alloc(0);
  let reply: { status: number; body: string; contentType: string };
  try {
    if (!office) throw problem('office-unknown');
    reply = { status: 200, body: JSON.stringify(await work(office, message, body)), contentType: jsonType };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    needs.log.info({ code: error.code, origin: error.origin, requestId: request.id }, 'message about events refused');
    reply = {
      status: error.status,
      body: JSON.stringify(error.toJson('en', request.id)),
      contentType: problemType,
    };
  }
  const { 'content-type': contentType = reply.contentType, ...headers } = office
    ? await signReply({ ...reply, request: message }, office.signer, needs.clock)
    : {};
  return { bytes: reply.body, contentType, status: reply.status, headers };
}

/** Who sent a request about subscriptions. It is heeded once: events have ids for that, requests have their nonce. */
export async function verifyOnce(needs: EventNeeds, message: RequestMessage, body: Buffer): Promise<Sender> {
  const sender = await verifyRequest(needs, message, body, requestBytesMax);
  const until = new Date((sender.params.expires + clockSkewSeconds) * 1000);
  if (!(await store.spendNonce(needs.database.db, sender.sender, sender.params.nonce, until)))
    throw problem('message-replayed');
  return sender;
}

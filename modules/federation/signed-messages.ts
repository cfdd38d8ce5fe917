import { type Clock, epochSeconds } from '#kernel/clock';
import type { JWK } from '#kernel/keys';
import { Problem } from '#kernel/problem';
import { clockSkewSeconds } from '#protocol/exchange-message';
import {
  HttpSignatureError,
  type MessageSignature,
  type RequestMessage,
  type ResponseMessage,
  readSignature,
  type SignatureParams,
  verifyContentDigest,
} from '#protocol/http-signatures';
import type { Office, Resolved } from './contract.ts';
import { findOfficeKey } from './office-keys.ts';

/** What one kind of signed message (RFC 9421) has to be like: a question, an event, their replies. */
export type MessageRule = { label: string; tag: string; components: readonly string[]; algorithms: readonly string[] };
export type MessageFaultReason = 'signature-missing' | 'signature-invalid' | 'sender-unknown' | 'sender-unverifiable';

/** Why a message is not taken. Each module says it in its own codes. */
export class MessageFault extends Error {
  readonly reason: MessageFaultReason;
  /** The part that does not hold. */
  readonly where: string;
  constructor(reason: MessageFaultReason, where = '') {
    super(`${reason} ${where}`);
    this.name = 'MessageFault';
    this.reason = reason;
    this.where = where;
  }
}

export type OfficeFinder = {
  findOffice(entityId: string): Promise<Office | undefined>;
  resolve(entityId: string, entityType?: string, options?: { fresh?: boolean }): Promise<Resolved>;
};
export type MessageSender = { found: Office; key: JWK; params: Required<SignatureParams> };

/**
 * Who sent a request: signature and digests in form, office known by its trust chain under the member code it names, key its own,
 * signature true; in this order. Whether the message is fresh and new is for the caller to judge. Throws a `MessageFault`.
 */
export async function verifySender(
  needs: { federation: OfficeFinder; checkSignature(read: MessageSignature, key: JWK): boolean },
  rule: MessageRule,
  sent: {
    message: RequestMessage;
    /** Digest fields, each with the bytes that it has to fit. */
    digests: ReadonlyArray<readonly [field: string | undefined, bytes: Buffer]>;
    sender: string;
    xRoadClient: string;
  },
): Promise<MessageSender> {
  const { federation } = needs;
  const read = inForm(() => {
    const signature = readSignature(sent.message, rule.label, rule.components);
    for (const [field, bytes] of sent.digests) verifyContentDigest(field, bytes);
    return signature;
  });
  const params = readParams(rule, read.params);
  const found = await ofFederation(() => federation.findOffice(sent.sender));
  if (!found || found.office.x_road_client !== sent.xRoadClient) throw new MessageFault('sender-unknown');
  const key = await ofFederation(() => findOfficeKey(federation, found, params.keyid));
  if (!key) throw new MessageFault('signature-invalid', 'keyid');
  if (!needs.checkSignature(read, key)) throw new MessageFault('signature-invalid', 'signature');
  return { found, key, params };
}

/**
 * Checks that a reply was made with a key of the office asked, for this very request, which its signature covers by `;req`. An old
 * one is no fault: a repeated request may bring the stored reply. A body that is still to come is compared with its digest by
 * whoever reads it. Throws a `MessageFault` of reason `signature-invalid`.
 */
export async function verifyReplyOf(
  needs: {
    findKey(kid: string): Promise<JWK | undefined>;
    checkSignature(read: MessageSignature, key: JWK): boolean;
    clock: Clock;
  },
  rule: MessageRule,
  { message, body }: { message: ResponseMessage; body?: Buffer },
): Promise<void> {
  const invalid = (where: string) => new MessageFault('signature-invalid', where);
  try {
    const read = readSignature(message, rule.label, rule.components);
    const { alg, created, keyid, tag } = read.params;
    if (tag !== rule.tag) throw invalid('tag');
    if (alg === undefined || !rule.algorithms.includes(alg)) throw invalid('alg');
    if (created === undefined || created > epochSeconds(needs.clock) + clockSkewSeconds) throw invalid('created');
    const key = await needs.findKey(keyid ?? '');
    if (!key) throw invalid('keyid');
    if (!needs.checkSignature(read, key)) throw invalid('signature');
    if (body) verifyContentDigest(message.headers['content-digest'], body);
  } catch (error) {
    if (error instanceof HttpSignatureError) throw invalid(error.reason);
    throw error;
  }
}

function inForm<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof HttpSignatureError)) throw error;
    const isAbsent = error.reason === 'missing' && error.message.includes('Signature');
    throw isAbsent ? new MessageFault('signature-missing') : new MessageFault('signature-invalid', error.message);
  }
}

function readParams(rule: MessageRule, params: SignatureParams): Required<SignatureParams> {
  const invalid = (where: string) => new MessageFault('signature-invalid', where);
  for (const name of ['created', 'expires', 'nonce', 'keyid', 'alg', 'tag'] as const)
    if (params[name] === undefined) throw invalid(`parameter ${name}`);
  if (!rule.algorithms.includes(params.alg!)) throw invalid('alg');
  if (params.tag !== rule.tag) throw invalid('tag');
  if (params.nonce!.length < 16 || params.nonce!.length > 128) throw invalid('nonce');
  return params as Required<SignatureParams>;
}

/** Whose fault it is decides what the sender does next: join the federation, or wait. */
async function ofFederation<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new MessageFault(error.status >= 500 ? 'sender-unverifiable' : 'sender-unknown');
  }
}

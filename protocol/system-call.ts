import { hash } from 'node:crypto';
import { type Static, Type } from 'typebox';
import { ExchangeReceipt } from './exchange-message.ts';
import { contentDigest, signMessage } from './http-signatures.ts';
import { EntityId, Moment, Name, Text, Uuid } from './text.ts';

/**
 * How an information system of an office asks its own node: an X-Road REST call (message protocol for REST 1.0) that is signed
 * (RFC 9421, label `call`) or carries a secret. Nodes do not see these messages of each other.
 */
export const callLabel = 'call';
export const callTag = 'jisr-call';
/** A signed call may be valid for this long at most; clocks may differ by a minute. */
export const callLifeSecondsMax = 300;

/** Header fields that mean something to the node: each one that is present has to be signed. */
export const callHeaderNames = [
  'x-road-client',
  'x-road-id',
  'x-road-issue',
  'x-road-userid',
  'x-road-represented-party',
  'jisr-consent',
  'jisr-document-digest',
  'accept',
] as const;

/** What the signature of a call covers, in this order. The client and the id are always there. */
export function callComponents(headers: Record<string, string>, hasBody: boolean): string[] {
  return [
    '"@method"',
    '"@target-uri"',
    ...(hasBody ? ['"content-digest"', '"content-type"'] : []),
    ...callHeaderNames.filter((name) => headers[name] !== undefined).map((name) => `"${name}"`),
  ];
}

/**
 * The id of the question that a call becomes: a UUID (RFC 9562 version 8) made from client and `X-Road-Id`. The same call again
 * is the same question and counts once, and a system can tell by itself that an answer belongs to its own call.
 */
export function questionIdOf(xRoadClient: string, xRoadId: string): string {
  const bytes = hash('sha256', `jisr/question-id/v1\n${xRoadClient}\n${xRoadId}`, 'buffer').subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** With this in `Accept`, a system gets the answer together with everything it takes to check it without its node. */
export const provenAnswerType = 'application/vnd.jisr.proven-answer+json';

const Headers = Type.Record(Type.String(), Type.String());

export const ProvenAnswer = Type.Object({
  questionId: Uuid,
  evidenceType: Name,
  provider: Type.Object({ entityId: EntityId, state: Type.String(), names: Text }),
  answeredAt: Moment,
  /** The question as the node sent it, without the access token: a token is a key, and keys are not handed on. */
  question: Type.Object({ url: Type.String(), headers: Headers, body: Type.String() }),
  /** The answer as it came: these bytes are what the provider signed. */
  answer: Type.Object({ headers: Headers, body: Type.String() }),
  /** Signed statements from the provider's office up to the anchor (OpenID Federation 1.0 section 4). */
  trustChain: Type.Array(Type.String(), { minItems: 3, maxItems: 8 }),
  /** The same of the state above it, which says what state it is. */
  stateTrustChain: Type.Array(Type.String(), { minItems: 3, maxItems: 8 }),
  /** The own node's ledger entry of having received the answer. */
  ownReceipt: ExchangeReceipt,
});
export type ProvenAnswer = Static<typeof ProvenAnswer>;

/** A key that signs: ES256 as 64 bytes r‖s, or Ed25519. `keyId` is the thumbprint of its public half (RFC 7638). */
export type CallSigner = {
  keyId: string;
  alg: 'ecdsa-p256-sha256' | 'ed25519';
  sign(base: Uint8Array): Promise<Uint8Array> | Uint8Array;
};

/** The header fields of a signed call: those given, with digest and signature. `nonce` has 16 to 128 characters. */
export async function signCall(
  call: { method: string; url: string; headers: Record<string, string>; body?: string },
  signer: CallSigner,
  at: { seconds: number; nonce: string },
): Promise<Record<string, string>> {
  const hasBody = call.body !== undefined && call.body.length > 0;
  const headers = hasBody
    ? { ...call.headers, 'content-digest': contentDigest(Buffer.from(call.body!)) }
    : call.headers;
  const signed = await signMessage({
    message: { method: call.method, url: call.url, headers },
    label: callLabel,
    components: callComponents(headers, hasBody),
    params: {
      created: at.seconds,
      expires: at.seconds + callLifeSecondsMax,
      nonce: at.nonce,
      keyid: signer.keyId,
      alg: signer.alg,
      tag: callTag,
    },
    sign: (base) => signer.sign(base),
  });
  return { ...headers, ...signed };
}

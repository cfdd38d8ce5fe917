import { type Clock, epochSeconds } from '#kernel/clock';
import { randomToken } from '#kernel/ids';
import { type JWK, type Signer, verifySignature } from '#kernel/keys';
import { questionLifeSecondsMax } from '#protocol/exchange-message';
import {
  contentDigest,
  type MessageSignature,
  type RequestMessage,
  type ResponseMessage,
  type SignatureParams,
  signMessage,
} from '#protocol/http-signatures';
import type { Office } from './contract.ts';
import { type OfficeFinder, verifyReplyOf, verifySender } from './signed-messages.ts';

/** What the signatures of one kind of message and of its replies are called and cover, as the protocol says. */
export type MessageForm = {
  label: string;
  tag: string;
  components: readonly string[];
  replyLabel: string;
  replyTag: string;
  replyComponents: readonly string[];
};

export type OutgoingRequest = {
  method: 'GET' | 'POST';
  url: string;
  body: string;
  contentType: string;
  messageId: string;
  sender: { entityId: string; xRoadClient: string; signer: Signer };
};
export type OutgoingReply = { status: number; body: Buffer | string; contentType: string; request: RequestMessage };

const algorithm = 'ecdsa-p256-sha256';
const algorithms = [algorithm];
const checkSignature = ({ base, signature }: MessageSignature, key: JWK) =>
  verifySignature(key, 'ES256', base, signature);

export type OfficeMessages = {
  /** A request as it leaves: with digest and signature, valid for five minutes. */
  signRequest(request: OutgoingRequest, clock: Clock): Promise<RequestMessage>;
  /**
   * Who sent a request, after headers, signature and trust chain. Whether it is fresh, new and small enough is for the caller to
   * judge. Throws a `MessageFault`.
   */
  verifyRequest(
    federation: OfficeFinder,
    sent: { message: RequestMessage; body: Buffer; sender: string; xRoadClient: string },
  ): Promise<{ office: Office; params: Required<SignatureParams> }>;
  /** The headers of a reply or a refusal. A refusal covers of an incomplete request what was there. */
  signReply(reply: OutgoingReply, signer: Signer, clock: Clock): Promise<Record<string, string>>;
  /** Checks that a reply was made with one of these keys for this very request. Throws a `MessageFault`. */
  verifyReply(
    message: ResponseMessage,
    body: Buffer,
    findKey: (kid: string) => Promise<JWK | undefined>,
    clock: Clock,
  ): Promise<void>;
};

/** How two offices write to each other in one kind of message: signed by RFC 9421, known by their trust chains. */
export function createOfficeMessages(form: MessageForm): OfficeMessages {
  const { label, tag, components } = form;
  const requestRule = { label, tag, components, algorithms };
  const replyRule = { label: form.replyLabel, tag: form.replyTag, components: form.replyComponents, algorithms };
  const requestSignature = new RegExp(`(^|[,\\s])${label}=:[A-Za-z0-9+/=]*:`);

  const canCover = (message: ResponseMessage, component: string): boolean => {
    const name = component.replace(/^"([^"]+)".*/, '$1');
    if (name.startsWith('@')) return true;
    if (!component.includes(';req')) return message.headers[name] !== undefined;
    const value = message.request?.headers[name];
    return value !== undefined && (name !== 'signature' || requestSignature.test(value));
  };

  return {
    signRequest: async ({ method, url, body, contentType, messageId, sender }, clock) => {
      const headers: Record<string, string> = {
        'content-type': contentType,
        'content-digest': contentDigest(body),
        'x-road-client': sender.xRoadClient,
        'x-road-id': messageId,
        'jisr-requester': sender.entityId,
      };
      const created = epochSeconds(clock);
      const message = { method, url, headers };
      const { signer } = sender;
      const signed = await signMessage({
        message,
        label,
        components,
        params: {
          created,
          expires: created + questionLifeSecondsMax,
          nonce: randomToken(16),
          keyid: signer.kid,
          alg: algorithm,
          tag,
        },
        sign: (base) => signer.sign(base),
      });
      return { ...message, headers: { ...headers, ...signed } };
    },

    verifyRequest: async (federation, { message, body, ...names }) => {
      const digests = [[message.headers['content-digest'], body]] as const;
      const sent = { message, digests, ...names };
      const { found, params } = await verifySender({ federation, checkSignature }, requestRule, sent);
      return { office: found, params };
    },

    signReply: async ({ status, body, contentType, request }, signer, clock) => {
      const messageId = request.headers['x-road-id'];
      const headers: Record<string, string> = {
        'content-type': contentType,
        'content-digest': contentDigest(body),
        ...(messageId && messageId.length <= 64 ? { 'x-road-id': messageId } : {}),
      };
      const message: ResponseMessage = { status, headers, request };
      const signed = await signMessage({
        message,
        label: form.replyLabel,
        components: form.replyComponents.filter((component) => canCover(message, component)),
        params: { created: epochSeconds(clock), keyid: signer.kid, alg: algorithm, tag: form.replyTag },
        sign: (base) => signer.sign(base),
      });
      return { ...headers, ...signed };
    },

    verifyReply: (message, body, findKey, clock) =>
      verifyReplyOf({ findKey, checkSignature, clock }, replyRule, { message, body }),
  };
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

/** The header fields that prove such a message later. */
export function proofHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(proofNames.flatMap((name) => (headers[name] ? [[name, headers[name]!]] : [])));
}

import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import type { Clock } from '#kernel/clock';
import { canonicalJson, randomBytes, randomToken, sha256 } from '#kernel/ids';
import type { JWK, Signer } from '#kernel/keys';
import { MessageFault, verifyReplyOf, verifySender } from '#modules/federation';
import { batchAlgorithm, plainAlgorithm } from '#protocol/batch-signatures';
import {
  answerComponents,
  answerLabel,
  answerTag,
  lawfulQuestionComponents,
  questionComponents,
  questionLabel,
  questionLifeSecondsMax,
  questionTag,
} from '#protocol/exchange-message';
import { contentDigest, type RequestMessage, type ResponseMessage } from '#protocol/http-signatures';
import { problem } from './contract.ts';
import type { QuestionHeaders } from './rules.ts';
import type { CheckSignature, SignMessage } from './signing.ts';

const seconds = (clock: Clock) => Math.floor(clock.now().getTime() / 1000);
export const jsonType = 'application/json; charset=utf-8';
export const problemType = 'application/problem+json; charset=utf-8';

export type QuestionFacts = {
  url: string;
  body: string;
  questionId: string;
  requester: string;
  xRoadClient: string;
  /** Absent in a question under a law. */
  accessToken?: string;
};

/** Who signs, and whether the other side takes a signature shared with other messages. */
export type SignedBy = { sign: SignMessage; signer: Signer; mayShare: boolean; clock: Clock };

/** A question as it leaves: the request message with digest and signature. */
export async function signQuestion(facts: QuestionFacts, by: SignedBy): Promise<RequestMessage> {
  const headers: Record<string, string> = {
    'content-type': jsonType,
    'content-digest': contentDigest(facts.body),
    'x-road-client': facts.xRoadClient,
    'x-road-id': facts.questionId,
    'jisr-requester': facts.requester,
    ...(facts.accessToken === undefined
      ? {}
      : {
          authorization: `DPoP ${facts.accessToken}`,
          'jisr-authorization-digest': contentDigest(`DPoP ${facts.accessToken}`),
        }),
  };
  const created = seconds(by.clock);
  const message = { method: 'POST', url: facts.url, headers };
  const signed = await by.sign({
    message,
    label: questionLabel,
    components: facts.accessToken === undefined ? lawfulQuestionComponents : questionComponents,
    params: {
      created,
      expires: created + questionLifeSecondsMax,
      nonce: randomToken(16),
      tag: questionTag,
    },
    signer: by.signer,
    mayShare: by.mayShare,
  });
  return { ...message, headers: { ...headers, ...signed } };
}

/**
 * The headers of an answer or a refusal. What of the question was not there to be bound (a question without a signature) is
 * left out of a refusal; an answer binds all of it, for its question was complete.
 */
export async function signAnswer(
  answer: {
    status: number;
    body: string;
    contentType: string;
    questionId: string | undefined;
    request: RequestMessage;
  },
  by: SignedBy,
): Promise<Record<string, string>> {
  const headers: Record<string, string> = {
    'content-type': answer.contentType,
    'content-digest': contentDigest(answer.body),
    ...(answer.questionId ? { 'x-road-id': answer.questionId } : {}),
  };
  const message: ResponseMessage = { status: answer.status, headers, request: answer.request };
  const covered = answerComponents.filter((component) => canCover(message, component));
  const components = covered.length === answerComponents.length ? answerComponents : covered;
  const signed = await by.sign({
    message,
    label: answerLabel,
    components,
    params: { created: seconds(by.clock), tag: answerTag },
    signer: by.signer,
    mayShare: by.mayShare,
  });
  return { ...headers, ...signed };
}

const namedSignature = new RegExp(`(^|[,\\s])${questionLabel}=:[A-Za-z0-9+/=]*:`);

function canCover(message: ResponseMessage, component: string): boolean {
  const name = component.slice(1, component.indexOf('"', 1));
  if (name.startsWith('@')) return true;
  if (!component.includes(';req')) return message.headers[name] !== undefined;
  const value = message.request?.headers[name];
  if (value === undefined) return false;
  return name !== 'signature' || namedSignature.test(value);
}

export const algorithms = [plainAlgorithm, batchAlgorithm];
const questionRule = { label: questionLabel, tag: questionTag, algorithms };
const answerRule = { label: answerLabel, tag: answerTag, components: answerComponents, algorithms };

/**
 * Who asks, once signature, digests and trust chain hold, in this order. Throws `signature-missing`, `signature-invalid`,
 * `requester-unknown` or `requester-unverifiable`.
 */
export async function verifyQuestion(
  needs: Parameters<typeof verifySender>[0],
  { requester, xRoadClient }: QuestionHeaders,
  message: RequestMessage,
  body: Buffer,
  components: readonly string[],
) {
  const { 'content-digest': digest, 'jisr-authorization-digest': tokenDigest, authorization } = message.headers;
  const digests: Array<readonly [string | undefined, Buffer]> = [[digest, body]];
  if (components === questionComponents) digests.push([tokenDigest, Buffer.from(authorization ?? '')]);
  try {
    const rule = { ...questionRule, components };
    return await verifySender(needs, rule, { message, digests, sender: requester, xRoadClient });
  } catch (error) {
    throw problemOfSender(error);
  }
}

/** What a requester is told whose message cannot be taken as theirs. */
export function problemOfSender(error: unknown): unknown {
  if (!(error instanceof MessageFault)) return error;
  if (error.reason === 'sender-unknown') return problem('requester-unknown');
  if (error.reason === 'sender-unverifiable') return problem('requester-unverifiable');
  return problem(error.reason, { where: error.where });
}

/**
 * Checks that an answer or refusal was made by the provider for this very question. Throws Problem `answer-invalid` that says
 * which part does not hold.
 */
export async function verifyAnswer(
  message: ResponseMessage,
  body: Buffer,
  findKey: (kid: string) => Promise<JWK | undefined>,
  checkSignature: CheckSignature,
  clock: Clock,
): Promise<void> {
  try {
    await verifyReplyOf({ findKey, checkSignature, clock }, answerRule, { message, body });
  } catch (error) {
    if (error instanceof MessageFault) throw problem('answer-invalid', { where: error.where });
    throw error;
  }
}

/** SHA-256(salt ‖ RFC 8785 text): proves values to whoever holds them, and says nothing to whoever does not. */
export function commitValues(salt: Uint8Array, fields: Record<string, unknown>): string {
  return sha256(Buffer.concat([salt, Buffer.from(canonicalJson(fields))])).toString('base64');
}

/**
 * Seals an answer kept for a repeat of its question. The key comes from the secret of the question (its access token, or its
 * salt under a law), which this node does not keep: only whoever presents it again can have the answer opened, and the
 * database alone gives nobody the values.
 */
export function sealAnswer(body: string, secret: string, questionId: string): Buffer {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', sealKey(secret, questionId), iv);
  const sealed = Buffer.concat([cipher.update(body, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
}

/** The stored answer, or undefined when another token is presented. */
export function openAnswer(sealed: Uint8Array, secret: string, questionId: string): string | undefined {
  const bytes = Buffer.from(sealed);
  const decipher = createDecipheriv('aes-256-gcm', sealKey(secret, questionId), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

function sealKey(secret: string, questionId: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, questionId, 'jisr/stored-answer/v1', 32));
}

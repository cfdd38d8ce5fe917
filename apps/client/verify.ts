import { Compile } from 'typebox/compile';
import { canonicalJson, sha256 } from '#kernel/ids';
import { decodeJws } from '#kernel/jws';
import { type JWK, verifySignature } from '#kernel/keys';
import { Problem } from '#kernel/problem';
import { openSignature } from '#protocol/batch-signatures';
import { findEvidenceType } from '#protocol/catalogue';
import {
  Answer,
  answerComponents,
  answerLabel,
  answerTag,
  ConsentedQuestion,
  clockSkewSeconds,
  type ExchangeReceipt,
} from '#protocol/exchange-message';
import { HttpSignatureError, readSignature, verifyContentDigest } from '#protocol/http-signatures';
import { ProvenAnswer, questionIdOf } from '#protocol/system-call';
import { verifyChain } from '../../modules/federation/verify.ts';
import { type Evidence, type EvidenceName, type FieldName, UnverifiedAnswer, type Verified } from './answers.ts';
import { UnverifiableAnswer } from './refusals.ts';

const provenShape = Compile(ProvenAnswer);
const answerShape = Compile(Answer);
const questionShape = Compile(ConsentedQuestion);

export type Trust = {
  clientId: string;
  /** Trust anchors by entity id, with the keys you were given outside the network. */
  anchors: Readonly<Record<string, { keys: readonly JWK[] }>>;
  now: Date;
};

/**
 * Checks everything about an answer on this machine, from the anchor's keys down: that the office is who it says, that it signed
 * this answer to this very call, that the fields are what was asked for and of the agreed form, and that both receipts open.
 *
 * @throws UnverifiableAnswer
 */
export function verify<Type extends EvidenceName, Field extends FieldName<Type>>(
  unverified: UnverifiedAnswer<Type, Field>,
  trust: Trust,
): Verified<Evidence<Type, Field>> {
  const { asked, body } = UnverifiedAnswer.open(unverified);
  const proven = parse(body);
  if (!provenShape.Check(proven)) throw new UnverifiableAnswer('form');
  const isOwn = proven.questionId === questionIdOf(trust.clientId, asked.id);
  if (!isOwn) throw new UnverifiableAnswer('question');
  const keys = keysOfProvider(proven, asked.provider, trust);
  checkSignature(proven, asked, keys, trust.now);
  const question = checkQuestion(proven, asked);
  const answer = readAnswer(proven, asked);
  checkReceipts(proven, answer, question);
  return {
    fields: answer.fields,
    evidence: asked.evidence,
    version: answer.version,
    provider: { id: asked.provider, entityId: answer.provider, names: proven.provider.names },
    answeredAt: new Date(answer.answeredAt),
    questionId: answer.questionId,
    consentId: question.consentId,
    caseId: question.caseId,
    receipts: { provider: answer.receipt, own: proven.ownReceipt },
  } as unknown as Verified<Evidence<Type, Field>>;
}

/** The keys of the office with this X-Road id, as its state and the anchor above it vouch for them. */
function keysOfProvider(proven: ProvenAnswer, provider: string, trust: Trust): readonly JWK[] {
  const office = verifyChainTo(proven.provider.entityId, proven.trustChain, trust);
  const metadata = office.metadata['jisr_office'];
  if (office.superior === undefined || metadata?.['x_road_client'] !== provider)
    throw new UnverifiableAnswer('provider');
  // An office says itself which state it belongs to: the state that vouches for it has to be that one.
  const state = verifyChainTo(office.superior, proven.stateTrustChain, trust);
  if (state.metadata['jisr_node']?.['state'] !== provider.split('/')[0]) throw new UnverifiableAnswer('state');
  return (metadata['jwks'] as { keys?: JWK[] } | undefined)?.keys ?? [];
}

function verifyChainTo(entityId: string, tokens: string[], { anchors, now }: Trust) {
  try {
    const top = String(decodeJws(tokens.at(-1)!).payload['iss']);
    const anchor = Object.hasOwn(anchors, top) ? anchors[top] : undefined;
    if (!anchor) throw new UnverifiableAnswer('anchor');
    return verifyChain(entityId, tokens, { entityId: top, keys: [...anchor.keys] }, now);
  } catch (error) {
    if (error instanceof Problem) throw new UnverifiableAnswer('trust chain');
    throw error;
  }
}

function checkSignature(
  proven: ProvenAnswer,
  asked: { provider: string; evidence: string },
  keys: readonly JWK[],
  now: Date,
) {
  const { url, headers } = proven.question;
  const path = `/r1/${asked.provider}/registry/${asked.evidence}`;
  if (!URL.canParse(url) || new URL(url).pathname !== path) throw new UnverifiableAnswer('address');
  try {
    const request = { method: 'POST', url, headers };
    const message = { status: 200, headers: proven.answer.headers, request };
    const read = readSignature(message, answerLabel, answerComponents);
    const { params } = read;
    const opened = openSignature(read);
    if (params.tag !== answerTag || !opened) throw new UnverifiableAnswer('signature kind');
    if (params.created === undefined || params.created > now.getTime() / 1000 + clockSkewSeconds)
      throw new UnverifiableAnswer('signature time');
    const key = keys.find(({ kid }) => kid === params.keyid);
    if (!key || !verifySignature(key, 'ES256', opened.signed, opened.es256)) throw new UnverifiableAnswer('signature');
    verifyContentDigest(proven.answer.headers['content-digest'], Buffer.from(proven.answer.body));
    verifyContentDigest(headers['content-digest'], Buffer.from(proven.question.body));
  } catch (error) {
    if (error instanceof HttpSignatureError) throw new UnverifiableAnswer(error.reason);
    throw error;
  }
}

/** The node asked what it was told to ask, and nothing more. */
function checkQuestion(
  proven: ProvenAnswer,
  asked: { evidence: string; fields: readonly string[]; consentId?: string; caseId?: string },
): ConsentedQuestion {
  const question = parse(proven.question.body);
  const isSame =
    questionShape.Check(question) &&
    question.evidenceType === asked.evidence &&
    question.fields.length === asked.fields.length &&
    question.fields.every((field) => asked.fields.includes(field)) &&
    (asked.consentId === undefined || question.consentId === asked.consentId) &&
    (asked.caseId === undefined || question.caseId === asked.caseId);
  if (!isSame) throw new UnverifiableAnswer('question');
  return question;
}

function readAnswer(proven: ProvenAnswer, asked: { evidence: string; fields: readonly string[] }): Answer {
  const answer = parse(proven.answer.body);
  if (!answerShape.Check(answer)) throw new UnverifiableAnswer('answer');
  const isOf =
    answer.questionId === proven.questionId &&
    answer.evidenceType === asked.evidence &&
    answer.provider === proven.provider.entityId;
  if (!isOf) throw new UnverifiableAnswer('answer');
  const type = findEvidenceType(asked.evidence);
  for (const [field, value] of Object.entries(answer.fields)) {
    const schema = asked.fields.includes(field) ? type?.fields[field]?.schema : undefined;
    // What the types of this package promise about a value is checked, not believed.
    if (!schema || !Compile(schema as never).Check(value)) throw new UnverifiableAnswer(`field ${field}`);
  }
  return answer;
}

function checkReceipts(proven: ProvenAnswer, answer: Answer, question: ConsentedQuestion): void {
  const { receipt } = answer;
  checkOpening(receipt);
  checkOpening(proven.ownReceipt);
  const salt = Buffer.from(receipt.valuesSalt ?? '', 'base64');
  const values = sha256(Buffer.concat([salt, Buffer.from(canonicalJson(answer.fields))])).toString('base64');
  const asked = sha256(`${proven.question.url}\n${proven.question.body}`).toString('hex');
  const { record } = receipt;
  const isTrue =
    salt.length >= 16 &&
    record['valuesCommitment'] === values &&
    record['questionDigest'] === asked &&
    record['questionId'] === answer.questionId &&
    record['consentId'] === question.consentId &&
    record['kind'] === 'evidence-answered';
  if (!isTrue) throw new UnverifiableAnswer('receipt');
  const own = proven.ownReceipt.record;
  if (own['questionId'] !== answer.questionId || own['providerLeafHash'] !== receipt.leafHash)
    throw new UnverifiableAnswer('own receipt');
}

/** A receipt opens when its record and salt give the commitment, and that the leaf of the log. */
function checkOpening({ leafHash, commitment, salt, record }: ExchangeReceipt): void {
  const opened = sha256(
    Buffer.concat([
      Buffer.from('jisr/commitment/v1\n'),
      Buffer.from(salt ?? '', 'base64'),
      Buffer.from(canonicalJson(record)),
    ]),
  );
  const leaf = sha256(Buffer.concat([Buffer.of(0), opened])).toString('hex');
  if (opened.toString('base64') !== commitment || leaf !== leafHash) throw new UnverifiableAnswer('receipt');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnverifiableAnswer('JSON');
  }
}

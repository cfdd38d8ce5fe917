import { Compile } from 'typebox/compile';
import { decodeJws, type JwsPayload, verifyJws } from '#kernel/jws';
import type { JWK } from '#kernel/keys';
import { Problem } from '#kernel/problem';
import { GrantedEvidenceDetail } from '#protocol/evidence-detail';
import {
  ConsentedQuestion,
  clockSkewSeconds,
  isFresh,
  isLawful,
  LawfulQuestion,
  type Question,
  questionBytesMax,
} from '#protocol/exchange-message';
import type { SignatureParams } from '#protocol/http-signatures';
import { EntityId, Uuid } from '#protocol/text';
import { problem } from './contract.ts';

const consentedShape = Compile(ConsentedQuestion);
const lawfulShape = Compile(LawfulQuestion);
const grantedShape = Compile(GrantedEvidenceDetail);
const uuidShape = Compile(Uuid);
const entityIdShape = Compile(EntityId);
const memberPattern = /^[A-Z]{2,3}\/[A-Za-z0-9._-]{1,64}\/[A-Za-z0-9._-]{1,64}$/;
export const subsystem = 'registry';

/** Where a service of an office is asked: X-Road REST addressing below the node's exchange endpoint. */
export function serviceUrl(exchangeEndpoint: string, xRoadClient: string, evidenceType: string): string {
  const parts = [...xRoadClient.split('/'), subsystem, evidenceType];
  return `${exchangeEndpoint.replace(/\/$/, '')}/${parts.map(encodeURIComponent).join('/')}`;
}

export type QuestionHeaders = { questionId: string; requester: string; xRoadClient: string };

/** The headers that name a question; throws `question-malformed`. */
export function readHeaders(headers: Record<string, string>): QuestionHeaders {
  const questionId = headers['x-road-id'];
  const requester = headers['jisr-requester'];
  const xRoadClient = headers['x-road-client'];
  if (!uuidShape.Check(questionId)) throw problem('question-malformed', { where: 'X-Road-Id' });
  if (!entityIdShape.Check(requester)) throw problem('question-malformed', { where: 'Jisr-Requester' });
  if (!xRoadClient || !memberPattern.test(xRoadClient)) throw problem('question-malformed', { where: 'X-Road-Client' });
  if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? ''))
    throw problem('question-malformed', { where: 'Content-Type' });
  return { questionId, requester, xRoadClient };
}

/** The body of a question; throws `question-malformed` with the place of the first fault. */
export function readQuestion(body: Buffer, service: string): Question {
  const question = parseQuestion(body);
  if (question.evidenceType !== service)
    throw problem('question-malformed', { where: 'evidenceType and address differ' });
  return question;
}

function parseQuestion(body: Buffer): Question {
  let question: unknown;
  try {
    question = JSON.parse(body.toString('utf8'));
  } catch {
    throw problem('question-malformed', { where: 'JSON' });
  }
  // The shape that it means to have is checked alone, so that the fault named is that one's.
  const isMeantLawful = typeof question === 'object' && question !== null && 'ground' in question;
  const shape = isMeantLawful ? lawfulShape : consentedShape;
  if (!shape.Check(question)) {
    const [error] = shape.Errors(question);
    throw problem('question-malformed', { where: `body${(error as { instancePath?: string })?.instancePath ?? ''}` });
  }
  return question;
}

/** What a question asks for and on what ground: names of the catalogue, without the person and without the case. */
export type Asked = { evidenceType: string; fields: string[]; purpose: string; ground: string; sealUntil?: string };

export function askedOf(question: Question): Asked {
  const { evidenceType, fields, purpose } = question;
  if (!isLawful(question)) return { evidenceType, fields, purpose, ground: 'consent' };
  const { law, sealUntil } = question.ground;
  return { evidenceType, fields, purpose, ground: law, ...(sealUntil ? { sealUntil } : {}) };
}

/** The same of a body that was refused, for the operator's audit; null when it has not the form of a question. */
export function readAsked(body: Buffer): Asked | null {
  if (body.length > questionBytesMax) return null;
  try {
    return askedOf(parseQuestion(body));
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

export type QuestionSignatureParams = Required<SignatureParams>;

/** Valid now, with clocks up to a minute apart, and not made to be valid for long. Throws `question-expired`. */
export function checkFreshness(params: { created: number; expires: number }, now: Date): void {
  if (!isFresh(params, now)) throw problem('question-expired');
}

/** The access token of a question; throws `token-invalid`. */
export function readToken(authorization: string | undefined): string {
  const token = /^DPoP ([A-Za-z0-9._-]+)$/.exec(authorization ?? '')?.[1];
  if (!token) throw problem('token-invalid', { where: 'Authorization' });
  return token;
}

/** The claims of a token that this state's own provider signed; throws `token-issuer-unknown` or `token-invalid`. */
export function verifyToken(token: string, issuer: string, issuerKeys: readonly JWK[]): JwsPayload {
  try {
    // The issuer is read first, unchecked, only to name the right refusal; nothing is granted on it.
    if (decodeJws(token).payload['iss'] !== issuer) throw problem('token-issuer-unknown');
    return verifyJws(token, issuerKeys, { typ: 'at+jwt' }).payload;
  } catch (error) {
    if (error instanceof Problem && error.code === 'token-issuer-unknown') throw error;
    if (error instanceof Problem) throw problem('token-invalid', { where: 'signature' });
    throw error;
  }
}

export type ClaimRules = {
  audience: string;
  requester: string;
  /** RFC 7638 thumbprint of the key that signed the question: the token must be bound to it. */
  signerThumbprint: string;
  question: ConsentedQuestion;
  now: Date;
};

/**
 * The claims of a question's token (RFC 9068 with RFC 9449 `cnf` and RFC 9396 `authorization_details`): for this node, alive,
 * held by the signer, and granting all that is asked. Returns the person's pairwise subject.
 */
export function checkClaims(payload: JwsPayload, rules: ClaimRules): string {
  const invalid = (where: string) => problem('token-invalid', { where });
  const seconds = rules.now.getTime() / 1000;
  const audiences = Array.isArray(payload['aud']) ? payload['aud'] : [payload['aud']];
  if (!audiences.includes(rules.audience)) throw invalid('aud');
  if (typeof payload['exp'] !== 'number' || payload['exp'] <= seconds) throw invalid('exp');
  if (typeof payload['iat'] !== 'number' || payload['iat'] > seconds + clockSkewSeconds) throw invalid('iat');
  if (payload['nbf'] !== undefined && !(payload['nbf'] <= seconds + clockSkewSeconds)) throw invalid('nbf');
  if (payload['cnf']?.jkt !== rules.signerThumbprint) throw invalid('cnf.jkt');
  if (payload['client_id'] !== rules.requester) throw invalid('client_id');
  if (typeof payload['sub'] !== 'string' || payload['sub'] === '') throw invalid('sub');
  if (!isAuthorised(payload['authorization_details'], rules.requester, rules.question))
    throw problem('token-insufficient');
  return payload['sub'];
}

/** Whether a token says that somebody acts for its subject (RFC 8693 section 4.1). Throws `token-invalid` when it says so by half. */
export function isActing(payload: JwsPayload): boolean {
  const { act, mandate } = payload;
  if (act === undefined && mandate === undefined) return false;
  if (typeof act?.sub !== 'string' || act.sub === '' || typeof mandate !== 'string')
    throw problem('token-invalid', { where: 'act' });
  return true;
}

/** Whether one granted detail covers the whole question. Details are not added up: each was approved for its own purpose. */
export function isAuthorised(details: unknown, requester: string, question: ConsentedQuestion): boolean {
  return (
    Array.isArray(details) &&
    details.some(
      (detail) =>
        grantedShape.Check(detail) &&
        detail.requester === requester &&
        detail.consent_id === question.consentId &&
        detail.evidence_type === question.evidenceType &&
        detail.purpose === question.purpose &&
        detail.case_id === question.caseId &&
        question.fields.every((field) => detail.fields.includes(field)),
    )
  );
}

/** Refusals that the person concerned gets to see: an identified office asked about them and was turned away. */
const shownToPerson = new Set([
  'mandate-unknown',
  'mandate-ended',
  'mandate-suspended',
  'mandate-not-covering',
  'consent-withdrawn',
  'consent-expired',
  'consent-used-up',
  'evidence-not-consented',
  'fields-not-consented',
  'purpose-not-consented',
  'case-not-consented',
]);

export function isShownToPerson(code: string): boolean {
  return shownToPerson.has(code);
}

/** The `X-Road-Error` of a refusal (X-Road message protocol for REST 1.0 section 4.6), for software that speaks it. */
export function xRoadErrorOf(refusal: Problem): string {
  if (refusal.origin === 'registry') return 'Server.ServerProxy.ServiceFailed';
  const name = xRoadNames[refusal.code] ?? (refusal.status >= 500 ? 'InternalError' : 'AccessDenied');
  return `Server.ServerProxy.${name}`;
}

const xRoadNames: Record<string, string> = {
  'question-malformed': 'InvalidRequest',
  'question-too-large': 'InvalidRequest',
  'question-expired': 'InvalidRequest',
  'question-replayed': 'InvalidRequest',
  'service-unknown': 'UnknownService',
  'evidence-unknown': 'UnknownService',
  'signature-missing': 'MissingSignature',
  'signature-invalid': 'InvalidSignatureValue',
  'requester-unknown': 'UnknownMember',
};

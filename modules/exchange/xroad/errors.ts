import type { RawAnswer } from '#kernel/contract';
import type { Language } from '#kernel/languages';
import type { Problem } from '#kernel/problem';
import { provenAnswerType } from '#protocol/system-call';
import { xRoadErrorOf } from '../rules.ts';

/** Unmodified X-Road software names its client and asks for nothing of ours. */
export function speaksXRoad(headers: Record<string, string>): boolean {
  const accept = headers['accept'] ?? '';
  return (
    headers['x-road-client'] !== undefined &&
    !accept.includes('application/problem+json') &&
    !accept.includes(provenAnswerType)
  );
}

/** Refusals of the node that was called itself: what the caller did, and what this node could not do. */
const own: Record<string, string> = {
  'call-malformed': 'Client.BadRequest',
  'question-too-large': 'Client.BadRequest',
  'request-malformed': 'Client.BadRequest',
  'call-id-used': 'Client.InvalidRequest',
  'calls-too-many': 'Client.TooManyRequests',
  'caller-not-recognised': 'Server.ClientProxy.SslAuthenticationFailed',
  'consent-not-held': 'Server.ClientProxy.AccessDenied',
  'evidence-provider-unknown': 'Server.ClientProxy.UnknownMember',
  'member-unknown': 'Server.ClientProxy.UnknownMember',
  'provider-log-in-breach': 'Server.ServerProxy.AccessDenied',
  'service-not-found': 'Server.ServerProxy.UnknownService',
  'peer-unreachable': 'Server.ClientProxy.NetworkError',
  'peer-timeout': 'Server.ClientProxy.NetworkError',
  'peer-answer-too-large': 'Server.ClientProxy.InvalidResponse',
  'answer-invalid': 'Server.ClientProxy.InconsistentResponse',
  'entity-unreachable': 'Server.ClientProxy.NetworkError',
  'trust-chain-invalid': 'Server.ClientProxy.UnknownMember',
  'trust-anchor-unknown': 'Server.ClientProxy.UnknownMember',
  'database-unavailable': 'Server.ClientProxy.DatabaseError',
  'internal-error': 'Server.ClientProxy.InternalError',
};

/** X-Road's error type of a refusal; its prefix tells who failed (message protocol for REST section 4.6). */
export function errorTypeOf(refusal: Problem): string {
  return own[refusal.code] ?? xRoadErrorOf(refusal);
}

/** A registry that has no such record is an answer of the provider, which X-Road hands on as it is (category 1). */
export function isProvidersOwnAnswer(refusal: Problem): boolean {
  return refusal.origin === 'registry' && refusal.status < 500;
}

/**
 * X-Road's error: 400 for what the caller did, 500 for what failed between the systems. `detail` is the id under which the
 * operator finds the refusal. Being asked too often has no word there, so it has HTTP's own (RFC 6585 section 4).
 */
export function describeError(refusal: Problem, language: Language, requestId: string): RawAnswer {
  const type = errorTypeOf(refusal);
  const isTooMany = refusal.code === 'calls-too-many';
  return {
    bytes: JSON.stringify({ type, message: refusal.messages[language], detail: requestId }),
    contentType: 'application/json;charset=utf-8',
    status: isTooMany ? 429 : type.startsWith('Client.') ? 400 : 500,
    headers: { 'x-road-error': type, ...(isTooMany ? { 'retry-after': '1' } : {}) },
  };
}

import { errors } from 'oidc-provider';
import { findPurpose } from '#protocol/catalogue';
import type { EvidenceDetail } from '../contract.ts';
import { oauthDescription } from './rules.ts';

/** FAPI 2.0 Message Signing (Final, 2025) for every client that wants it: signed requests (RFC 9101), signed answers (JARM). */
export const messageSigningPolicy = {
  response_modes: ['query', 'query.jwt', 'jwt'],
  request_object_signing_alg: 'ES256',
  authorization_signed_response_alg: 'ES256',
};

/** Whether one of these is asked for under a purpose whose requests and answers are signed. */
export function mustBeSigned(details: ReadonlyArray<Pick<EvidenceDetail, 'purpose'>>): boolean {
  return details.some(({ purpose }) => findPurpose(purpose)?.messageSigning === true);
}

/** The library's context, as far as it matters here. */
type Asked = {
  oidc: {
    route: string;
    body?: Record<string, unknown>;
    params: Record<string, unknown>;
  };
};

/**
 * Refuses a pushed request that asks under such a purpose without a signed request object, or would have its answer unsigned. The
 * authorization endpoint takes pushed requests alone, so that nothing gets past this.
 */
export function assertMessageSigning(context: Asked, details: readonly EvidenceDetail[]): void {
  const { route, body, params } = context.oidc;
  if (route !== 'pushed_authorization_request' || !mustBeSigned(details)) return;
  if (typeof body?.['request'] !== 'string')
    throw new errors.InvalidRequest(oauthDescription('this purpose wants a signed request object (RFC 9101)'));
  if (!String(params['response_mode'] ?? '').endsWith('jwt'))
    throw new errors.InvalidRequest(oauthDescription('this purpose wants a signed answer: response_mode=jwt (JARM)'));
}

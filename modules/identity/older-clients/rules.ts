/**
 * The plain profile, for software that cannot do FAPI 2.0 and that an operator names: OpenID Connect Core 1.0 with code, PKCE and a
 * client secret. What it carries is guarded less, so that it carries less: the level is low at most, and there is no claim about a
 * person, no evidence, no token for another service.
 */
export const olderLevel = 'low';

/** Entity ids are addresses; this form can never be one. */
export const olderClientIdForm = /^older-[A-Za-z0-9_-]{22}$/;

export function isOlderClientId(clientId: unknown): boolean {
  return typeof clientId === 'string' && olderClientIdForm.test(clientId);
}

/**
 * Which of an older client's redirect addresses, counted from 1, cannot be one: https except on this machine, one host, no fragment.
 * A place in the list and not the address, for an answer never repeats what it was sent.
 */
export function redirectFault(redirectUris: readonly string[]): number | undefined {
  let first: string | undefined;
  const index = redirectUris.findIndex((text) => {
    if (!URL.canParse(text)) return true;
    const { protocol, hostname, host, hash, username, password } = new URL(text);
    const isHere = hostname === '127.0.0.1' || hostname === 'localhost' || hostname.endsWith('.localhost');
    if (protocol !== 'https:' && !(protocol === 'http:' && isHere)) return true;
    if (hash !== '' || username !== '' || password !== '' || text.includes('*')) return true;
    first ??= host;
    return host !== first;
  });
  return index === -1 ? undefined : index + 1;
}

/** As the provider's library wants it. */
export function olderClientMetadata(client: {
  clientId: string;
  secret: string;
  name: string;
  redirectUris: string[];
}) {
  return {
    client_id: client.clientId,
    client_secret: client.secret,
    client_name: client.name,
    redirect_uris: client.redirectUris,
    application_type: 'web',
    grant_types: ['authorization_code'],
    response_types: ['code'],
    response_modes: ['query'],
    scope: 'openid',
    // So that each ID token says the level, asked for or not.
    default_acr_values: [olderLevel],
    subject_type: 'pairwise',
    token_endpoint_auth_method: 'client_secret_basic',
    id_token_signed_response_alg: 'ES256',
    dpop_bound_access_tokens: false,
    require_pushed_authorization_requests: false,
    authorization_details_types: [],
  };
}

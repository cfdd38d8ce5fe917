import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { calculateJwkThumbprint, exportJWK, type JWK, SignJWT } from 'jose';

export type AppKey = { keyPair: CryptoKeyPair; publicJwk: JWK & { kid: string } };
export type Mark = { trust_mark_type: string; trust_mark: string };

export const scopes = ['cases:read', 'cases:write', 'payments:begin', 'documents:read'];
export const names = { ar: 'شهادتي', en: 'My Degree' };

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };

/**
 * The key by which the app is known: it signs what the app says of itself, and who it is at the token endpoint. Kept in `file`, so
 * that the app is the same after a restart; made anew without one.
 */
export async function openKey(file?: string): Promise<AppKey> {
  const keyPair =
    file && existsSync(file)
      ? await readKey(file)
      : await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  if (file && !existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(await exportJWK(keyPair.privateKey)), { mode: 0o600 });
  }
  const jwk = await exportJWK(keyPair.publicKey);
  return { keyPair, publicJwk: { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'ES256', use: 'sig' } };
}

async function readKey(file: string): Promise<CryptoKeyPair> {
  const whole = JSON.parse(readFileSync(file, 'utf8')) as JsonWebKey;
  const { d: _secret, key_ops: _ops, ...bare } = whole;
  return {
    privateKey: await crypto.subtle.importKey('jwk', { ...whole, key_ops: ['sign'] }, algorithm, true, ['sign']),
    publicKey: await crypto.subtle.importKey('jwk', { ...bare, key_ops: ['verify'] }, algorithm, true, ['verify']),
  };
}

function sign(key: AppKey, appId: string, claims: object, typ: string, lifetime = '4 minutes'): Promise<string> {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: key.publicJwk.kid, typ })
    .setIssuer(appId)
    .setIssuedAt()
    .setExpirationTime(lifetime)
    .sign(key.keyPair.privateKey);
}

/** What the app says of itself at `/.well-known/openid-federation` (OpenID Federation 1.0 section 9). */
export function describeApp(key: AppKey, appId: string, stateUrl: string, marks: readonly Mark[]): Promise<string> {
  const jwks = { keys: [key.publicJwk] };
  const client = {
    client_name: names.en,
    'client_name#ar': names.ar,
    redirect_uris: [`${appId}/callback`, `${appId}/back`],
    jisr_webhook_uri: `${appId}/webhook`,
    token_endpoint_auth_method: 'private_key_jwt',
    jwks,
  };
  return sign(
    key,
    appId,
    {
      sub: appId,
      jwks,
      authority_hints: [stateUrl],
      metadata: { oauth_client: client },
      ...(marks.length > 0 ? { trust_marks: marks } : {}),
    },
    'entity-statement+jwt',
    '1 hour',
  );
}

/** Asks to be an app of a kind (`tier`). A sandbox app is certified at once; another waits for an officer of the state. */
export async function join(
  key: AppKey,
  appId: string,
  stateUrl: string,
  app: { tier: string; scopes: readonly string[] },
  reach: typeof fetch,
): Promise<'waiting' | 'admitted'> {
  const answer = await reach(`${stateUrl}/federation/join`, {
    method: 'POST',
    headers: { 'content-type': 'application/jwt' },
    body: await sign(key, appId, { aud: stateUrl, names, grants: [], app }, 'jisr-join-request+jwt'),
  });
  const said = (await answer.json()) as { decision: 'waiting' | 'admitted'; title?: string };
  if (!answer.ok) throw new Error(`the state did not take the app: ${said.title}`);
  return said.decision;
}

/** The trust mark that the state has issued for the app, to be shown in what the app says of itself. */
export async function fetchMark(appId: string, stateUrl: string, anchorId: string, reach: typeof fetch): Promise<Mark> {
  const type = `${anchorId}/marks/app`;
  const query = new URLSearchParams({ trust_mark_type: type, sub: appId });
  const answer = await reach(`${stateUrl}/federation/trust-mark?${query}`);
  if (!answer.ok) throw new Error(`the state has issued no trust mark (${answer.status})`);
  return { trust_mark_type: type, trust_mark: (await answer.text()).trim() };
}

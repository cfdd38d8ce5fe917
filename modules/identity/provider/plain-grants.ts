import { randomToken } from '#kernel/ids';

/**
 * The grant of a plain sign-in says nothing that its session does not: this person, this client, the scope `openid`. It is spelled in
 * its id and never stored: a row for each sign-in, kept as long as a session can last, would hold nothing. The id never leaves the
 * provider. A grant of evidence is another thing, and is stored.
 */
export function plainGrantId(accountId: string, clientId: string): string {
  return `plain.${accountId}.${Buffer.from(clientId).toString('base64url')}.${randomToken(12)}`;
}

export function isPlainGrantId(grantId: string | undefined): boolean {
  return grantId?.startsWith('plain.') === true;
}

/** As the library would have stored it. */
export function readPlainGrant(grantId: string, nowSeconds: number): Record<string, unknown> {
  const [, accountId, clientId = ''] = grantId.split('.');
  return {
    jti: grantId,
    kind: 'Grant',
    accountId,
    clientId: Buffer.from(clientId, 'base64url').toString('utf8'),
    openid: { scope: 'openid' },
    iat: nowSeconds,
    // The code or the session that names it ends long before.
    exp: nowSeconds + 12 * 3_600,
  };
}

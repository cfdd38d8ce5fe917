export const sessionIdleMs = 30 * 60_000;
export const sessionAbsoluteMs = 12 * 3_600_000;
/** Writing down every request would make each page a write; once a minute is near enough to 30. */
export const seenEveryMs = 60_000;
export const sessionCookie = 'jisr_session';

/**
 * The name of a cookie for the whole of this host. Over HTTPS it says so (`__Host-`, RFC 6265bis section 4.1.3.2): another host of the
 * same domain can then not plant one, as it could any other cookie.
 */
export function hostCookie(name: string, isSecure: boolean): string {
  return isSecure ? `__Host-${name}` : name;
}

export function isSessionAlive(session: { createdAt: Date; seenAt: Date; endedAt: Date | null }, now: Date): boolean {
  if (session.endedAt !== null) return false;
  const sinceMs = (moment: Date) => now.getTime() - moment.getTime();
  return sinceMs(session.seenAt) < sessionIdleMs && sinceMs(session.createdAt) < sessionAbsoluteMs;
}

export function cookieText(value: string, options: { secure: boolean; maxAgeSeconds: number }): string {
  const secure = options.secure ? '; Secure' : '';
  return `${hostCookie(sessionCookie, options.secure)}=${value}; Path=/; Max-Age=${options.maxAgeSeconds}; HttpOnly; SameSite=Lax${secure}`;
}

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';
const logoutTokenAgeMaxSeconds = 300;

export type LogoutClaims = { iss: string; clients: string[]; sub?: string; sid?: string };

/** The claims of a logout token that has every required form (OpenID Connect Back-Channel Logout 1.0 section 2.6). */
export function readLogoutClaims(payload: Record<string, unknown>, nowSeconds: number): LogoutClaims | undefined {
  const { iss, aud, sub, sid, iat, exp, jti, events, nonce } = payload;
  const clients = (Array.isArray(aud) ? aud : [aud]).filter((one) => typeof one === 'string');
  const isFresh =
    typeof iat === 'number' &&
    Math.abs(nowSeconds - iat) <= logoutTokenAgeMaxSeconds &&
    (exp === undefined || (typeof exp === 'number' && exp > nowSeconds - 60));
  const isLogout = typeof events === 'object' && events !== null && Object.hasOwn(events, logoutEvent);
  const names = [sub, sid].filter((one) => one !== undefined);
  if (typeof iss !== 'string' || clients.length === 0 || typeof jti !== 'string') return undefined;
  if (!isFresh || !isLogout || nonce !== undefined) return undefined;
  if (names.length === 0 || names.some((one) => typeof one !== 'string')) return undefined;
  return {
    iss,
    clients,
    ...(sub === undefined ? {} : { sub: sub as string }),
    ...(sid === undefined ? {} : { sid: sid as string }),
  };
}

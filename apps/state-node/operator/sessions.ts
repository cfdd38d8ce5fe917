import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '#kernel/clock';
import type { OperatorFolder } from '#kernel/operator';

const cookieName = 'jisr_operator';
const lifeSeconds = 8 * 3_600;

/**
 * A browser shows the secret once and keeps a cookie made from it, which is good for eight hours and names its end itself: the
 * node keeps no sessions of operators, and a new secret ends them all.
 */
export function createOperatorSessions(needs: { folder: OperatorFolder; clock: Clock }) {
  const { folder, clock } = needs;
  const now = () => Math.floor(clock.now().getTime() / 1_000);
  const seal = (until: string) => createHmac('sha256', folder.secret).update(`jisr operator until ${until}`).digest();
  const isLive = (cookie: string) => {
    const [until = '', given = ''] = cookie.split('.');
    const bytes = Buffer.from(given, 'base64url');
    return (
      /^\d{10}$/.test(until) && Number(until) > now() && bytes.length === 32 && timingSafeEqual(bytes, seal(until))
    );
  };
  return {
    isOperator: (shown: { headers: Record<string, string>; cookies: Record<string, string | undefined> }): boolean => {
      const [scheme, token = ''] = (shown.headers['authorization'] ?? '').split(' ');
      if (scheme?.toLowerCase() === 'bearer') return folder.isSecret(token);
      return isLive(shown.cookies[cookieName] ?? '');
    },
    begin: (): string => {
      const until = String(now() + lifeSeconds);
      const value = `${until}.${seal(until).toString('base64url')}`;
      return `${cookieName}=${value}; Path=/; Max-Age=${lifeSeconds}; HttpOnly; SameSite=Strict`;
    },
    end: (): string => `${cookieName}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict`,
  };
}
export type OperatorSessions = ReturnType<typeof createOperatorSessions>;

import { hostCookie } from '#modules/identity';

/** What ties a browser to the sign-in that it has begun: nobody else's answer is taken in it. */
export type FlowCookie = {
  set(value: string): string;
  clear: string;
  read(cookies: Record<string, string | undefined>): string | undefined;
};

const flowSeconds = 1_800;

export function flowCookieOf(publicUrl: string): FlowCookie {
  const isSecure = publicUrl.startsWith('https:');
  const name = hostCookie('jisr_flow', isSecure);
  const text = (value: string, seconds: number) =>
    `${name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
  return {
    set: (value) => text(value, flowSeconds),
    clear: text('', 0),
    read: (cookies) => cookies[name] || undefined,
  };
}

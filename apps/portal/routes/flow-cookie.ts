import { hostCookie } from '#modules/identity';

/** What ties a browser to the sign-ins that it has begun, one in each tab: nobody else's answer is taken in it. */
export type FlowCookie = {
  set(value: string): string;
  read(cookies: Record<string, string | undefined>): string | undefined;
};

const flowSeconds = 1_800;

export function flowCookieOf(publicUrl: string): FlowCookie {
  const isSecure = publicUrl.startsWith('https:');
  const name = hostCookie('jisr_flow', isSecure);
  return {
    set: (value) =>
      `${name}=${value}; Path=/; Max-Age=${flowSeconds}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`,
    read: (cookies) => cookies[name] || undefined,
  };
}

import { lookup } from 'node:dns';
import { Agent, fetch as undiciFetch } from 'undici';

/** A fetch with a deadline. Not every resolver knows names under `.localhost`, on which the sample states live (RFC 6761 section 6.3). */
export function createFetch(): { fetch: typeof fetch; close(): Promise<void> } {
  const agent = new Agent({
    connect: {
      timeout: 5_000,
      lookup: (hostname, options, callback) =>
        hostname.endsWith('.localhost')
          ? callback(null, [{ address: '127.0.0.1', family: 4 }])
          : lookup(hostname, options, callback as never),
    },
  });
  const reach = (input: string | URL | Request, init?: RequestInit) =>
    undiciFetch(
      input as never,
      { signal: AbortSignal.timeout(15_000), ...init, redirect: 'manual', dispatcher: agent } as never,
    );
  return { fetch: reach as unknown as typeof fetch, close: () => agent.destroy() };
}

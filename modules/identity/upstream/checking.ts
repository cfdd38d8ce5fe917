import * as oidc from 'openid-client';
import { boundedFetch } from '../bounded-fetch.ts';
import { problem } from '../contract.ts';
import type { IdentityNeeds } from '../needs.ts';
import type { EidUpstream, UpstreamConnection } from './contract.ts';
import { connectedUpstreams } from './rules.ts';

/** An eID that is connected to this node, for whoever looks whether everything holds. */
export type UpstreamCheck = {
  id: string;
  /** Reads what the eID publishes about itself: nobody is signed in. Throws what went wrong. */
  check(): Promise<void>;
};

const deadlineMs = 5_000;

export function createUpstreamChecks(needs: Pick<IdentityNeeds, 'eid' | 'upstreams' | 'http'>): UpstreamCheck[] {
  const read = async (url: string): Promise<Buffer> => {
    const answer = await needs.http.request({ method: 'GET', url, timeoutMs: deadlineMs, bodyBytesMax: 262_144 });
    if (answer.status !== 200) throw problem('upstream-failed');
    return answer.body;
  };
  const readKeys = async (url: string) => {
    const { keys } = JSON.parse((await read(url)).toString('utf8')) as { keys?: unknown };
    if (!Array.isArray(keys) || keys.length === 0) throw problem('upstream-failed');
  };

  async function check(upstream: EidUpstream, { issuer, clientId, endpoints }: UpstreamConnection): Promise<void> {
    if (upstream.shape === 'push') return readKeys(new URL(upstream.paths.jwks, issuer).href);
    if (upstream.shape === 'card') {
      for (const path of [upstream.paths.ca, upstream.paths.crl]) await read(new URL(path, issuer).href);
      return;
    }
    if (endpoints) return readKeys(endpoints.jwks);
    // Refuses what calls itself otherwise than it is configured.
    const found = await oidc.discovery(new URL(issuer), clientId, undefined, oidc.None(), {
      [oidc.customFetch]: boundedFetch(needs.http) as oidc.CustomFetch,
      execute: issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : [],
    });
    await readKeys(String(found.serverMetadata().jwks_uri));
  }

  return connectedUpstreams(needs.eid, needs.upstreams).map(({ upstream, connection }) => ({
    id: upstream.id,
    check: () => check(upstream, connection),
  }));
}

import { Problem } from '#kernel/problem';
import { problem } from '../contract.ts';
import type { Fetcher } from '../statements/fetching.ts';
import type { Statement } from '../statements/rules.ts';
import { type Anchor, asChainProblem, chainDepthMax, type VerifiedChain, verifyChain } from './rules.ts';

const fetchesMax = 32;
const climbMsMax = 20_000;

/**
 * Climbs from an entity along `authority_hints` to a configured anchor and verifies what was collected
 * (OpenID Federation 1.0 section 10.1). Of several valid chains the shortest is taken. Nothing is fetched twice, nothing
 * beyond depth 6, 32 requests or 20 s. Throws 'trust-chain-invalid', 'trust-anchor-unknown' or 'entity-unreachable'.
 */
export async function climb(
  entityId: string,
  anchors: Map<string, Anchor>,
  fetcher: Fetcher,
  now: Date,
): Promise<VerifiedChain> {
  const startedAt = performance.now();
  const seen = new Map<string, Promise<Statement>>();
  const refusals: unknown[] = [];
  const chains: Array<{ tokens: string[]; anchor: Anchor }> = [];

  const once = (key: string, fetch: () => Promise<Statement>): Promise<Statement> => {
    const known = seen.get(key);
    if (known) return known;
    if (seen.size >= fetchesMax) throw problem('trust-chain-invalid', { entityId, reason: 'too-many-statements' });
    if (performance.now() - startedAt > climbMsMax)
      throw problem('entity-unreachable', { host: new URL(entityId).host });
    const fetched = fetch();
    seen.set(key, fetched);
    return fetched;
  };
  const configurationOf = (id: string) => once(id, () => fetcher.configuration(id, now));

  const climbFrom = async (from: Statement, tokens: string[], path: string[]): Promise<void> => {
    const hints = (from.claims.authority_hints ?? []).filter((hint) => !path.includes(hint));
    for (const hint of hints.toSorted((a, b) => Number(anchors.has(b)) - Number(anchors.has(a)))) {
      if (path.length > chainDepthMax) return;
      try {
        const superior = await configurationOf(hint);
        const anchor = anchors.get(hint);
        if (!anchor && !superior.claims.authority_hints) continue;
        const endpoint = superior.claims.metadata?.['federation_entity']?.['federation_fetch_endpoint'];
        const subject = from.claims.sub;
        const statement = await once(`${hint} ${subject}`, () => fetcher.subordinate(endpoint, hint, subject, now));
        const collected = [...tokens, statement.token];
        if (anchor) chains.push({ tokens: [...collected, superior.token], anchor });
        else await climbFrom(superior, collected, [...path, hint]);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        refusals.push(error);
      }
    }
  };

  try {
    const own = await configurationOf(entityId);
    const anchor = anchors.get(entityId);
    if (anchor) chains.push({ tokens: [own.token], anchor });
    else await climbFrom(own, [own.token], [entityId]);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    refusals.push(error);
  }
  for (const { tokens, anchor } of chains.toSorted((a, b) => a.tokens.length - b.tokens.length)) {
    try {
      return verifyChain(entityId, tokens, anchor, now);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      refusals.push(error);
    }
  }
  throw worstOf(refusals, entityId);
}

/** A silent entity may speak tomorrow, so unreachable comes before every definite refusal: a chain in hand is kept meanwhile. */
function worstOf(refusals: unknown[], entityId: string): unknown {
  const codes = refusals as Problem[];
  const unreachable = codes.find(({ code }) => code === 'entity-unreachable');
  if (unreachable) return unreachable;
  const first = codes[0];
  if (!first) return problem('trust-anchor-unknown');
  return first.code === 'entity-unknown'
    ? problem('trust-chain-invalid', { entityId, reason: 'not-found' })
    : asChainProblem(first, entityId);
}

import { Problem } from '#kernel/problem';
import { problem } from '../contract.ts';
import type { Fetcher } from '../statements/fetching.ts';
import { readStatement, type Statement } from '../statements/rules.ts';
import { type Anchor, asChainProblem, chainDepthMax, type VerifiedChain, verifyChain } from './rules.ts';

const fetchesMax = 32;
const climbMsMax = 20_000;

/** Statements above an entity, lowest first, the anchor's configuration last. */
type Route = { tokens: string[]; anchor: Anchor };

/**
 * Climbs from an entity along `authority_hints` to a configured anchor and verifies what was collected
 * (OpenID Federation 1.0 section 10.1). Of several valid chains the shortest is taken. Nothing is fetched twice, nothing
 * beyond depth 6, 32 requests or 20 s. A superior is asked about its subordinate while the road above it is looked for.
 * `configurationInHand`: what need not be fetched. `superiors`: the chains of those on the road, which
 * were read on the way. Throws 'trust-chain-invalid', 'trust-anchor-unknown' or
 * 'entity-unreachable'.
 */
export async function climb(
  entityId: string,
  anchors: Map<string, Anchor>,
  fetcher: Fetcher,
  now: Date,
  configurationInHand: (entityId: string) => string | undefined = () => undefined,
): Promise<{ verified: VerifiedChain; superiors: VerifiedChain[] }> {
  const startedAt = performance.now();
  const seen = new Map<string, Promise<Statement>>();
  const refusals: unknown[] = [];
  const chains: Route[] = [];

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
  const configurationOf = (id: string) => {
    const inHand = configurationInHand(id);
    if (inHand === undefined) return once(id, () => fetcher.configuration(id, now));
    return Promise.resolve(readStatement(inHand, now, { iss: id, sub: id }));
  };

  const routesFrom = async (from: Statement, path: string[]): Promise<Route[]> => {
    const found: Route[] = [];
    const hints = (from.claims.authority_hints ?? []).filter((hint) => !path.includes(hint));
    for (const hint of hints.toSorted((a, b) => Number(anchors.has(b)) - Number(anchors.has(a)))) {
      if (path.length > chainDepthMax) break;
      try {
        const superior = await configurationOf(hint);
        const anchor = anchors.get(hint);
        if (!anchor && !superior.claims.authority_hints) continue;
        const endpoint = superior.claims.metadata?.['federation_entity']?.['federation_fetch_endpoint'];
        const subject = from.claims.sub;
        const [statement, above] = await Promise.all([
          once(`${hint} ${subject}`, () => fetcher.subordinate(endpoint, hint, subject, now)),
          anchor ? [{ tokens: [superior.token], anchor }] : routesFrom(superior, [...path, hint]),
        ]);
        for (const route of above) found.push({ ...route, tokens: [statement.token, ...route.tokens] });
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        refusals.push(error);
      }
    }
    return found;
  };

  const superiorsOf = async (tokens: string[], anchor: Anchor): Promise<VerifiedChain[]> => {
    const chains: VerifiedChain[] = [];
    for (let at = 2; at < tokens.length - 1; at += 1) {
      const { sub } = readStatement(tokens[at]!, now).claims;
      try {
        chains.push(verifyChain(sub, [(await configurationOf(sub)).token, ...tokens.slice(at)], anchor, now));
      } catch (error) {
        // What a superior says of itself may be wrong without the entity below it being so.
        if (!(error instanceof Problem)) throw error;
      }
    }
    return chains;
  };

  try {
    const own = await configurationOf(entityId);
    const ownAnchor = anchors.get(entityId);
    if (ownAnchor) chains.push({ tokens: [own.token], anchor: ownAnchor });
    else
      for (const { tokens, anchor } of await routesFrom(own, [entityId]))
        chains.push({ tokens: [own.token, ...tokens], anchor });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    refusals.push(error);
  }
  for (const { tokens, anchor } of chains.toSorted((a, b) => a.tokens.length - b.tokens.length)) {
    try {
      const verified = verifyChain(entityId, tokens, anchor, now);
      return { verified, superiors: await superiorsOf(tokens, anchor) };
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

import type { Text } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import type { OperatorNeeds } from './needs.ts';
import { whyOf } from './reasons.ts';

/** How another node answered just now. `skewMs`: its clock minus this one's, to the second. */
export type Peer = { entityId: string; host: string; answerMs?: number; skewMs?: number; reason?: string | Text };
export type Peers = { anchor: Peer; neighbours: Peer[] };

const deadlineMs = 3_000;

/** Asks the anchor and every other state at once: how they are, and what time it is there. */
export async function askPeers(needs: OperatorNeeds): Promise<Peers> {
  const own = new URL(needs.publicUrl).origin;
  const anchorId = needs.anchor.entityId;
  const [anchor, neighbours] = await Promise.all([
    ask(needs, anchorId, '/.well-known/openid-federation'),
    listNeighbours(needs).then((origins) =>
      Promise.all(origins.filter((origin) => origin !== own).map((origin) => ask(needs, origin, '/api/health'))),
    ),
  ]);
  return { anchor, neighbours };
}

async function listNeighbours({ federation, anchor, log }: OperatorNeeds): Promise<string[]> {
  try {
    const origins = await federation.listOrigins();
    return [...origins].filter((origin) => origin !== new URL(anchor.entityId).origin).sort();
  } catch (error) {
    // Anchor or database are away: each has a check of its own, which must still be reached.
    log.warn({ err: error }, 'the other states cannot be listed for the diagnosis');
    return [];
  }
}

async function ask({ http, clock }: OperatorNeeds, entityId: string, path: string): Promise<Peer> {
  const { host } = new URL(entityId);
  const startedAt = performance.now();
  try {
    const answer = await http.request({ method: 'GET', url: entityId + path, timeoutMs: deadlineMs });
    const answerMs = Math.round(performance.now() - startedAt);
    if (answer.status !== 200) return { entityId, host, answerMs, reason: String(answer.status) };
    // The header is cut to whole seconds: half a second later it is right on average.
    const date = Date.parse(answer.headers['date'] ?? '') + 500;
    return { entityId, host, answerMs, ...(date ? { skewMs: date - clock.now().getTime() } : {}) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { entityId, host, reason: whyOf(error) };
  }
}

/** The middle of all clocks seen: one that is off does not make the others wrong. Undefined when none was seen. */
export function medianSkewMs({ anchor, neighbours }: Peers): number | undefined {
  const skews = [anchor, ...neighbours]
    .flatMap(({ skewMs }) => (skewMs === undefined ? [] : [skewMs]))
    .sort((a, b) => a - b);
  return skews[Math.floor((skews.length - 1) / 2)];
}

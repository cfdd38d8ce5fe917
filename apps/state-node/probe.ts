import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Clock } from '#kernel/clock';
import type { HttpClient } from '#kernel/http-client';
import { Problem } from '#kernel/problem';

/** `broken`: evidence types of which the node says that their registry does not work. */
export type ProbeResult = { status: 'up' | 'slow' | 'down'; answerMs?: number; broken?: string[] };

const rememberMs = 10_000;
const slowMs = 1_000;
const deadlineMs = 2_000;

/** Asks other nodes for their health, at most once in ten seconds each: a page that many open must not become a load. */
export function createProbe(needs: { http: HttpClient; clock: Clock }): (entityId: string) => Promise<ProbeResult> {
  const known = new Map<string, { at: number; result: Promise<ProbeResult> }>();
  return (entityId) => {
    const now = needs.clock.now().getTime();
    const last = known.get(entityId);
    if (last && now - last.at < rememberMs) return last.result;
    const result = askHealth(needs.http, entityId);
    known.set(entityId, { at: now, result });
    return result;
  };
}

const healthShape = Compile(
  Type.Object({ registries: Type.Array(Type.Object({ evidenceType: Type.String(), isHealthy: Type.Boolean() })) }),
);

/** Nothing where a node of another make says nothing of its registries. */
function brokenIn(body: Buffer): string[] {
  let said: unknown;
  try {
    said = JSON.parse(body.toString('utf8'));
  } catch {
    return [];
  }
  if (!healthShape.Check(said)) return [];
  return said.registries.filter(({ isHealthy }) => !isHealthy).map(({ evidenceType }) => evidenceType);
}

/** How a node is right now. */
export async function askHealth(http: HttpClient, entityId: string): Promise<ProbeResult> {
  const startedAt = performance.now();
  try {
    const answer = await http.request({ method: 'GET', url: `${entityId}/api/health`, timeoutMs: deadlineMs });
    const answerMs = Math.round(performance.now() - startedAt);
    if (answer.status !== 200) return { status: 'down', answerMs };
    return { status: answerMs > slowMs ? 'slow' : 'up', answerMs, broken: brokenIn(answer.body) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { status: 'down' };
  }
}

import type { HttpClient } from '#kernel/http-client';
import type { JWK } from '#kernel/keys';
import { Problem } from '#kernel/problem';

export type Anchor = { entityId: string; keys: JWK[] };

/**
 * The anchor as a node on this machine knows it: by its settings, and by what it has learned since, which it tells while it runs. Keys
 * that were put away are left out: they vouch for nothing now.
 */
export async function readAnchorOf(http: HttpClient, node: { publicUrl: string; anchor: Anchor }): Promise<Anchor> {
  const { entityId, keys } = node.anchor;
  try {
    const url = `${node.publicUrl}/api/federation/anchor`;
    const { status, body } = await http.request({ method: 'GET', url, timeoutMs: 5_000 });
    const told = status === 200 ? (JSON.parse(body.toString('utf8')) as Anchor) : node.anchor;
    if (told.entityId !== entityId) return node.anchor;
    const learned = told.keys.filter((key) => !('exp' in key) && !keys.some(({ kid }) => kid === key.kid));
    return { entityId, keys: [...keys, ...learned] };
  } catch (error) {
    if (error instanceof Problem || error instanceof SyntaxError) return node.anchor;
    throw error;
  }
}

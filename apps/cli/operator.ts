import type { HttpClient } from '#kernel/http-client';
import { readOperatorFolder } from '#kernel/operator';
import type { NamedNode } from './node-address.ts';

export type OperatorAccess = {
  url: string;
  /** Throws a Problem `peer-*`; any other answer comes back with its status. */
  get(path: string, timeoutMs: number): Promise<{ status: number; json: unknown }>;
};

/** Access to a node as its operator: for whoever may read the secret in its data folder on this machine. */
export function openOperatorAccess(node: NamedNode, http: HttpClient): OperatorAccess | undefined {
  const found = node.dataFolder === undefined ? undefined : readOperatorFolder(node.dataFolder);
  if (!found) return undefined;
  return {
    url: found.url,
    get: async (path, timeoutMs) => {
      const { status, body } = await http.request({
        method: 'GET',
        url: found.url + path,
        headers: { authorization: `Bearer ${found.secret}`, accept: 'application/json' },
        timeoutMs,
        bodyBytesMax: 16 * 1_048_576,
      });
      return { status, json: JSON.parse(body.toString('utf8')) };
    },
  };
}

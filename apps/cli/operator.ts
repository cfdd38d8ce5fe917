import { createHttpClient, type HttpClient } from '#kernel/http-client';
import { readOperatorFolder } from '#kernel/operator';
import { problemFromJson } from '#kernel/problem';
import type { CliConfig } from './config.ts';
import { findNode, type NamedNode } from './node-address.ts';

export type OperatorAccess = {
  url: string;
  /** Throws a Problem `peer-*`; any other answer comes back with its status. */
  get(path: string, timeoutMs: number): Promise<{ status: number; json: unknown }>;
  /** What the node says to an order or a question. Throws its refusal, or a Problem `peer-*`. */
  send(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<unknown>;
};

const sendDeadlineMs = 30_000;

const words = {
  en: 'This is done on the machine of the node while it runs, by whoever may read its data folder. Name its node.json (its operator.listen opens the address), or start the sample federation: npm start.',
  ar: 'يُنفَّذ هذا على جهاز العقدة وهي تعمل، لمن يحق له قراءة مجلد بياناتها. سمِّ ملفها node.json (يفتح operator.listen فيه العنوان) أو شغّل الاتحاد التجريبي: npm start.',
};

/** Access to a node as its operator: for whoever may read the secret in its data folder on this machine. */
export function openOperatorAccess(node: NamedNode, http: HttpClient): OperatorAccess | undefined {
  const found = node.dataFolder === undefined ? undefined : readOperatorFolder(node.dataFolder);
  if (!found) return undefined;
  const request = async (method: string, path: string, timeoutMs: number, body?: object) => {
    const answer = await http.request({
      method,
      url: found.url + path,
      headers: {
        authorization: `Bearer ${found.secret}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      timeoutMs,
      bodyBytesMax: 16 * 1_048_576,
    });
    return { status: answer.status, json: JSON.parse(answer.body.toString('utf8')) as unknown };
  };
  return {
    url: found.url,
    get: (path, timeoutMs) => request('GET', path, timeoutMs),
    send: async (method, path, body) => {
      const { status, json } = await request(method, path, sendDeadlineMs, body);
      if (status >= 400) throw problemFromJson(json, status);
      return json;
    },
  };
}

/** Does a command's work as the operator of a node. Exit code 2 when that node cannot be reached from here. */
export async function asOperator(
  config: CliConfig,
  named: string | undefined,
  work: (access: OperatorAccess, node: NamedNode) => Promise<number>,
): Promise<number> {
  const node = findNode(config, named);
  const http = createHttpClient({ timeoutMs: sendDeadlineMs });
  try {
    const access = node && openOperatorAccess(node, http);
    if (access) return await work(access, node);
    console.error(words[config.language]);
    return 2;
  } finally {
    await http.close();
  }
}

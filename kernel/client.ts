import type { AnswerOf, Contract, Endpoint, Input } from './contract.ts';
import { contentTypeOf } from './contract.ts';
import type { HttpClient } from './http-client.ts';
import { problemFromJson } from './problem.ts';

type ClientInput<E extends Endpoint> = Partial<Pick<Input<E>, 'params' | 'query' | 'body'>> & {
  headers?: Record<string, string>;
  timeoutMs?: number;
  bodyBytesMax?: number;
};

export type Client<C extends Contract> = {
  [Name in keyof C['endpoints']]: (input: ClientInput<C['endpoints'][Name]>) => Promise<AnswerOf<C['endpoints'][Name]>>;
};

/** A typed client made from a contract. A refusal of the other side is thrown as a Problem with its code and both texts. */
export function createClient<C extends Contract>(contract: C, needs: { baseUrl: string; http: HttpClient }): Client<C> {
  const client: Record<string, (input: ClientInput<Endpoint>) => Promise<unknown>> = {};
  for (const [name, endpoint] of Object.entries(contract.endpoints))
    client[name] = (input) => call(endpoint, input, needs);
  return client as Client<C>;
}

async function call(endpoint: Endpoint, input: ClientInput<Endpoint>, needs: { baseUrl: string; http: HttpClient }) {
  const url = new URL(needs.baseUrl + fillPath(endpoint.path, (input.params ?? {}) as Record<string, string>));
  for (const [name, value] of Object.entries((input.query ?? {}) as Record<string, unknown>))
    if (value !== undefined) url.searchParams.set(name, String(value));
  const isRaw = Buffer.isBuffer(input.body);
  const answer = await needs.http.request({
    method: endpoint.method,
    url: url.href,
    headers: {
      ...(input.body !== undefined && !isRaw ? { 'content-type': 'application/json' } : {}),
      accept: 'application/json',
      ...input.headers,
    },
    ...(input.body === undefined
      ? {}
      : { body: isRaw ? (input.body as unknown as Buffer) : JSON.stringify(input.body) }),
    ...(input.timeoutMs === undefined ? {} : { timeoutMs: input.timeoutMs }),
    ...(input.bodyBytesMax === undefined ? {} : { bodyBytesMax: input.bodyBytesMax }),
  });
  const isJson = /[/+]json/.test(answer.headers['content-type'] ?? '');
  if (answer.status >= 400) throw problemFromJson(isJson ? readJson(answer.body) : undefined, answer.status);
  if (contentTypeOf(endpoint.answer) !== undefined)
    return {
      status: answer.status,
      contentType: answer.headers['content-type'],
      bytes: answer.body,
      headers: answer.headers,
    };
  return answer.body.length === 0 ? undefined : readJson(answer.body);
}

function fillPath(path: string, params: Record<string, string>): string {
  return path
    .replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
    .replace(/\*$/, () => params['*'] ?? '');
}

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

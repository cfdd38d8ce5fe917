import type { HttpClient } from '#kernel/http-client';

/**
 * The Fetch interface over the node's own client, for libraries that speak to other nodes: with its deadline and its limit on
 * the size of an answer, and no redirects. Throws the client's Problems.
 */
export function boundedFetch(http: HttpClient): (input: string | URL | Request, init?: object) => Promise<Response> {
  return async (input, init) => {
    const request = new Request(input, { ...init, redirect: 'manual' } as RequestInit);
    const body = request.body === null ? undefined : Buffer.from(await request.arrayBuffer());
    const answer = await http.request({
      method: request.method,
      url: request.url,
      headers: Object.fromEntries(request.headers),
      ...(body === undefined ? {} : { body }),
      timeoutMs: 10_000,
      bodyBytesMax: 262_144,
    });
    const hasBody = answer.status !== 204 && answer.status !== 304;
    return new Response(hasBody ? new Uint8Array(answer.body) : null, {
      status: answer.status,
      headers: answer.headers,
    });
  };
}

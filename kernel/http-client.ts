import { lookup as dnsLookup } from 'node:dns';
import { BlockList, isIP, isIPv6 } from 'node:net';
import type { Readable } from 'node:stream';
import { Agent, type Dispatcher, fetch as undiciFetch } from 'undici';
import { kernelProblem, Problem } from './problem.ts';

export type HttpRequest = {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  timeoutMs?: number;
  bodyBytesMax?: number;
};
export type HttpAnswer = { status: number; headers: Record<string, string>; body: Buffer };
/** An answer whose body is still on its way: read it to its end or destroy it, or its connection stays taken. */
export type HttpOpening = { status: number; headers: Record<string, string>; body: Readable };

export type HttpClient = {
  /** Never follows a redirect. Throws Problem `peer-unreachable`, `peer-timeout` or `peer-answer-too-large`. */
  request(request: HttpRequest): Promise<HttpAnswer>;
  /**
   * Resolves when the head is there, within `timeoutMs`. The body waits for its reader, so that a slow one slows the peer,
   * and fails when the peer is silent for half a minute. Its length is not limited: count. Throws as `request` does.
   */
  open(request: Omit<HttpRequest, 'body' | 'bodyBytesMax'>): Promise<HttpOpening>;
  /** The same connections behind the Fetch interface, for libraries that want one. */
  fetch: typeof fetch;
  close(): Promise<void>;
};

const silentMsMax = 30_000;

/** Kept-alive connections to every peer: a new one costs some seventy times a request on an open one. */
export function createHttpClient(
  options: {
    timeoutMs?: number;
    bodyBytesMax?: number;
    /** Reaches no address of this machine or of a private net, under whatever name: for addresses that strangers named. */
    isPublicOnly?: boolean;
    /** PEM: whom to trust in place of the machine's authorities, and who this client is. */
    tls?: { ca?: string; cert?: string; key?: string };
  } = {},
): HttpClient {
  const timeoutMs = options.timeoutMs ?? 10_000;
  const bodyBytesMaxDefault = options.bodyBytesMax ?? 1_048_576;
  const makeAgent = () =>
    new Agent({
      connections: 32,
      keepAliveTimeout: 30_000,
      connect: {
        timeout: 5_000,
        lookup: (options.isPublicOnly ? lookupPublic : lookupLoopback) as never,
        ...options.tls,
      },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
  const agent = makeAgent();
  // Of their own, so that long bodies take no connection from short ones.
  const longAgent = makeAgent();

  /** A bare address is looked up nowhere, so it is judged here. */
  const refuseWithin = (url: URL): void => {
    if (options.isPublicOnly && isWithin(url.hostname)) throw kernelProblem('peer-unreachable', { host: url.host });
  };

  return {
    request: async (request) => {
      const url = new URL(request.url);
      refuseWithin(url);
      const deadline = AbortSignal.timeout(request.timeoutMs ?? timeoutMs);
      try {
        const send = () =>
          agent.request({
            origin: url.origin,
            path: url.pathname + url.search,
            method: request.method as Dispatcher.HttpMethod,
            headers: request.headers ?? {},
            body: request.body ?? null,
            signal: deadline,
          });
        const answer = await send().catch((error) => {
          if (request.method === 'GET' && isConnectionLost(error)) return send();
          throw error;
        });
        const body = await readLimited(answer.body, request.bodyBytesMax ?? bodyBytesMaxDefault);
        if (body === undefined) throw kernelProblem('peer-answer-too-large', { host: url.host });
        return { status: answer.statusCode, headers: flatten(answer.headers), body };
      } catch (error) {
        throw asProblem(error, url.host, deadline.aborted);
      }
    },
    open: async (request) => {
      const url = new URL(request.url);
      refuseWithin(url);
      const limitMs = request.timeoutMs ?? timeoutMs;
      const abort = new AbortController();
      const timer = setTimeout(() => abort.abort(), limitMs);
      try {
        const answer = await longAgent.request({
          origin: url.origin,
          path: url.pathname + url.search,
          method: request.method as Dispatcher.HttpMethod,
          headers: request.headers ?? {},
          signal: abort.signal,
          bodyTimeout: silentMsMax,
          highWaterMark: 65_536,
        });
        // It may break before anybody reads, and an error that nobody hears ends the process; whoever reads hears it too.
        answer.body.on('error', () => undefined);
        return { status: answer.statusCode, headers: flatten(answer.headers), body: answer.body };
      } catch (error) {
        throw asProblem(error, url.host, abort.signal.aborted);
      } finally {
        clearTimeout(timer);
      }
    },
    fetch: (async (input: string | URL | Request, init?: RequestInit) => {
      refuseWithin(new URL(input instanceof Request ? input.url : input));
      return undiciFetch(
        input as never,
        {
          ...init,
          redirect: 'manual',
          signal: init?.signal ?? AbortSignal.timeout(timeoutMs),
          dispatcher: agent,
        } as never,
      );
    }) as unknown as typeof fetch,
    close: async () => {
      await Promise.all([agent.destroy(), longAgent.destroy()]);
    },
  };
}

/** Resolvers differ on names under `.localhost`; RFC 6761 section 6.3 says that they are loopback, so we say so ourselves. */
function lookupLoopback(
  hostname: string,
  options: { all?: boolean; family?: number | string },
  callback: (error: Error | null, address: unknown, family?: number) => void,
): void {
  if (hostname === 'localhost' || hostname.endsWith('.localhost')) {
    if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }]);
    else callback(null, '127.0.0.1', 4);
    return;
  }
  dnsLookup(hostname, options as never, callback as never);
}

/** What no stranger may name: this machine, private and local nets, and what is no single host (IANA special-purpose registries). */
const within = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  within.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  within.addSubnet(net, bits, 'ipv6');

/** `host` as a URL writes it. A name is no address, and nothing is said about it here. */
function isWithin(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '');
  return isIP(address) !== 0 && within.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** The address is judged where it is used: a name that is asked twice may answer twice. */
function lookupPublic(
  hostname: string,
  options: object,
  callback: (error: Error | null, address: unknown, family?: number) => void,
): void {
  dnsLookup(hostname, { ...options, all: true }, (error, found) => {
    const isRefused = hostname === 'localhost' || hostname.endsWith('.localhost');
    const fit = (found ?? []).filter(({ address }) => !isRefused && !isWithin(address));
    if (error) return callback(error, []);
    if (fit.length === 0) return callback(Object.assign(new Error('no public address'), { code: 'ENOTFOUND' }), []);
    if ((options as { all?: boolean }).all) callback(null, fit);
    else callback(null, fit[0]!.address, fit[0]!.family);
  });
}

async function readLimited(stream: Dispatcher.ResponseData['body'], bytesMax: number): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of stream) {
    length += (part as Buffer).length;
    if (length > bytesMax) {
      stream.destroy();
      return undefined;
    }
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts);
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  return flat;
}

/** A peer that was restarted closes connections we still keep: for a read, the next one is as good. */
function isConnectionLost(error: unknown): boolean {
  return ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes((error as { code?: string }).code ?? '');
}

function asProblem(error: unknown, host: string, timedOut: boolean): unknown {
  const code = (error as { code?: string }).code ?? '';
  if (timedOut || /TIMEOUT/.test(code)) return kernelProblem('peer-timeout', { host });
  // The cause goes along for whoever operates the node, and is no part of the refusal that leaves it.
  if (/^(UND_ERR|ECONN|ENOTFOUND|EHOST|EPIPE|EAI_|ENETUNREACH)/.test(code) || isOfTls(code))
    return Object.assign(kernelProblem('peer-unreachable', { host }), { cause: error });
  return error;
}

/** Why a peer is unreachable, as a code of the system, of OpenSSL or of the client; for the operator alone. */
export function causeOfUnreachable(error: unknown): string | undefined {
  const cause = error instanceof Problem ? (error.cause as { code?: unknown } | undefined) : undefined;
  return typeof cause?.code === 'string' ? cause.code : undefined;
}

/** Codes of OpenSSL's verification and of Node's TLS. */
function isOfTls(code: string): boolean {
  return /^(ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|HOSTNAME_MISMATCH)/.test(
    code,
  );
}

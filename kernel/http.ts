import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type AdmissionNeeds, admit } from './admission.ts';
import type { Clock } from './clock.ts';
import {
  type Access,
  type Caller,
  type Contract,
  contentTypeOf,
  type Endpoint,
  type Handlers,
  isWithHeaders,
  type RawAnswer,
  type RequestFacts,
  type StreamedAnswer,
} from './contract.ts';
import { newId } from './ids.ts';
import { chooseLanguage, type Language } from './languages.ts';
import type { Log } from './log.ts';
import { kernelProblem, Problem, refusalOf } from './problem.ts';

export type HttpServer = {
  fastify: FastifyInstance;
  /** The address people and other nodes use, without a trailing slash. */
  publicUrl: string;
  /** An operator address serves endpoints with access `operator` and no others; a public address serves all the others. */
  isForOperators: boolean;
  /** Names the caller and refuses who may not pass: for what is mounted beside contracts (a portal's pages). */
  admit(access: Access, request: FastifyRequest, scope?: string): Promise<Caller>;
  listen(at: { port: number; host: string }): Promise<{ port: number }>;
  close(): Promise<void>;
};

export type ProblemFacts = Pick<RequestFacts, 'language' | 'method' | 'path' | 'page'> & { instance: string };

export type HttpServerNeeds = AdmissionNeeds & {
  publicUrl: string;
  log: Log;
  clock: Clock;
  /** How a refusal is shown to a browser; programs get problem+json. */
  renderProblem?: (problem: Problem, facts: ProblemFacts) => string | { redirect: string } | undefined;
};

declare module 'fastify' {
  interface FastifyRequest {
    rawBody: Buffer;
    facts: RequestFacts;
    caller: Caller;
    /** Of an app's call: how much it may still ask. */
    callHeaders: Record<string, string> | null;
  }
}

const bodyBytesMaxDefault = 65_536;
/** Less than whoever stops a node waits for its end. */
const drainMsMax = 5_000;

/**
 * One Fastify server per node. Every answer carries a request id and safe headers; every refusal is RFC 9457 for programs
 * and a page for people; the log names the route and never the address, which may hold an id.
 */
export function createHttpServer(needs: HttpServerNeeds): HttpServer {
  const ajv = new Ajv2020({
    allErrors: false,
    coerceTypes: 'array',
    removeAdditional: false,
    useDefaults: true,
    strict: false,
    // A contract is typed, and judged by the tests.
    validateSchema: false,
  });
  ajvFormats.default(ajv);
  const fastify = Fastify({
    logger: false,
    bodyLimit: 25 * 1024 * 1024,
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    genReqId: () => newId(),
    routerOptions: { maxParamLength: 2_048, ignoreTrailingSlash: true },
    // A server that closes answers what has come, and what comes on connections that are still open; see drain.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    frameworkErrors: (error, request, reply) => refuse(problemOfFastify(error), request, reply),
    clientErrorHandler: refuseBrokenRequest,
  });
  fastify.server.on('checkExpectation', refuseExpectation);
  fastify.setValidatorCompiler(({ schema }) => compileWhenAsked(ajv, schema as object));
  fastify.setSerializerCompiler(() => (data) => JSON.stringify(data));
  fastify.register(cookie);
  // Pages and their assets only: a signed answer's digest covers its bytes as they are.
  fastify.register(compress, {
    customTypes: /^(text\/(html|css|javascript)|image\/svg)/,
    encodings: ['br', 'gzip'],
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } },
    threshold: 1_024,
  });
  fastify.register(formbody, { bodyLimit: 262_144 });
  fastify.decorateRequest('rawBody', null as never);
  fastify.decorateRequest('facts', null as never);
  fastify.decorateRequest('caller', null as never);
  fastify.decorateRequest('callHeaders', null);
  fastify.removeContentTypeParser(['application/json']);
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    request.rawBody = body as Buffer;
    if ((body as Buffer).length === 0) return done(null, undefined);
    try {
      done(null, parseJson((body as Buffer).toString('utf8')));
    } catch {
      done(kernelProblem('request-malformed', { where: 'body (JSON)' }));
    }
  });

  fastify.addHook('onRequest', async (request, reply) => {
    request.rawBody = Buffer.alloc(0);
    const headers = singleHeaders(request);
    request.facts = {
      id: request.id,
      method: request.method,
      url: needs.publicUrl + request.url,
      path: request.url.split('?')[0]!,
      headers,
      rawBody: request.rawBody,
      language: chooseLanguage(request.cookies?.['lang'], headers['accept-language']),
    };
    reply.headers({
      'x-request-id': request.id,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
    });
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    // No text of a person holds a NUL, and PostgreSQL keeps none.
    if (request.url.includes('%00')) throw kernelProblem('request-malformed', { where: 'address' });
  });
  fastify.addHook('onResponse', async (request, reply) => {
    needs.log.info(
      {
        requestId: request.id,
        method: request.method,
        route: request.routeOptions.url ?? 'none',
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'request',
    );
  });

  const refuse = (problem: Problem, request: FastifyRequest, reply: FastifyReply) => {
    const language = request.facts?.language ?? 'en';
    const wantsPage = (request.headers.accept ?? '').includes('text/html');
    const page = wantsPage
      ? needs.renderProblem?.(problem, {
          language,
          instance: request.id,
          method: request.method,
          path: request.facts?.url.slice(needs.publicUrl.length) ?? '/',
          ...(request.facts?.page === undefined ? {} : { page: request.facts.page }),
        })
      : undefined;
    if (typeof page === 'object') return reply.redirect(page.redirect, 303);
    reply.status(problem.status);
    if (problem.challenge !== undefined) reply.header('www-authenticate', problem.challenge);
    if (problem.headers !== undefined) reply.headers(problem.headers);
    if (page !== undefined) return reply.type('text/html; charset=utf-8').send(page);
    return reply
      .type('application/problem+json; charset=utf-8')
      .send(JSON.stringify(problem.toJson(headerLanguage(request), request.id)));
  };
  fastify.setNotFoundHandler((request, reply) => refuse(kernelProblem('not-found'), request, reply));
  fastify.setErrorHandler((error: FastifyError | Problem, request, reply) => {
    const problem = error instanceof Problem ? error : problemOfFastify(error);
    if (problem.status >= 500 && !(error instanceof Problem))
      needs.log.error({ err: error, requestId: request.id, route: request.routeOptions.url }, 'request failed');
    else if (problem.status >= 400)
      needs.log.info({ requestId: request.id, code: problem.code, route: request.routeOptions.url }, 'refused');
    return refuse(problem, request, reply);
  });
  fastify.addHook('preHandler', async (request) => {
    request.facts.rawBody = request.rawBody;
  });

  return {
    fastify,
    publicUrl: needs.publicUrl,
    isForOperators: needs.isOperator !== undefined,
    listen: async ({ port, host }) => {
      await fastify.listen({ port, host });
      const address = fastify.server.address();
      return { port: typeof address === 'object' && address !== null ? address.port : port };
    },
    close: () => drain(fastify),
    admit: (access, request, scope) => admit(access, needs, request, scope),
  };
}

/** Takes no new connections, answers what is under way, and lets each connection go when it rests; at the end all of them. */
async function drain(fastify: FastifyInstance): Promise<void> {
  const resting = setInterval(() => fastify.server.closeIdleConnections(), 50);
  const end = setTimeout(() => fastify.server.closeAllConnections(), drainMsMax);
  try {
    await fastify.close();
  } finally {
    clearInterval(resting);
    clearTimeout(end);
  }
}

/**
 * Mounts the endpoints of a contract that belong on this address: validates once, names the caller, refuses who may not,
 * then calls one function. What only an operator may call does not exist on a public address.
 */
export function mountContract<C extends Contract>(server: HttpServer, contract: C, handlers: Handlers<C>): void {
  const endpoints = (Object.entries(contract.endpoints) as Array<[string, Endpoint]>).filter(
    ([, { access }]) => (access === 'operator') === server.isForOperators,
  );
  // An encapsulated context, so that a raw endpoint's parser applies to its own module's raw routes alone.
  server.fastify.register(async (scope) => {
    for (const [name, endpoint] of endpoints)
      if (!endpoint.raw) addRoute(scope, server, endpoint, handlers[name as keyof typeof handlers] as never);
  });
  server.fastify.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
      request.rawBody = body as Buffer;
      done(null, body);
    });
    for (const [name, endpoint] of endpoints)
      if (endpoint.raw) addRoute(scope, server, endpoint, handlers[name as keyof typeof handlers] as never);
  });
}

function addRoute(
  scope: FastifyInstance,
  server: HttpServer,
  endpoint: Endpoint,
  handler: (input: unknown) => Promise<unknown>,
): void {
  scope.route({
    method: endpoint.method,
    url: endpoint.path,
    bodyLimit: endpoint.bodyBytesMax ?? bodyBytesMaxDefault,
    schema: {
      ...(endpoint.params ? { params: endpoint.params } : {}),
      ...(endpoint.query ? { querystring: endpoint.query } : {}),
      ...(endpoint.body && !endpoint.raw ? { body: endpoint.body } : {}),
    },
    // Refuse a stranger before the body is read or checked: a validation error must not tell what an endpoint expects.
    onRequest: async (request, reply) => {
      request.caller = await server.admit(endpoint.access, request, endpoint.scope);
      if (request.callHeaders) reply.headers(request.callHeaders);
    },
    handler: async (request, reply) => {
      const result = await handler({
        params: request.params,
        query: request.query,
        body: endpoint.raw ? request.rawBody : request.body,
        caller: request.caller,
        request: request.facts,
      });
      return send(endpoint, result, reply);
    },
  });
}

function send(endpoint: Endpoint, result: unknown, reply: FastifyReply): FastifyReply {
  let answer = result;
  let status = endpoint.status ?? 200;
  if (isWithHeaders(result)) {
    answer = result.answer;
    status = result.status ?? status;
    reply.headers(result.headers);
  }
  const contentType = contentTypeOf(endpoint.answer);
  if (contentType !== undefined) {
    const raw = answer as RawAnswer | StreamedAnswer;
    if (raw.headers) reply.headers(raw.headers);
    return reply
      .status(raw.status ?? status)
      .type(raw.contentType ?? contentType)
      .send('stream' in raw ? raw.stream : raw.bytes);
  }
  if (answer === undefined) return reply.status(status === 200 ? 204 : status).send();
  return reply.status(status).type('application/json; charset=utf-8').send(JSON.stringify(answer));
}

function problemOfFastify(error: FastifyError): Problem {
  if (error.validation) {
    const first = error.validation[0];
    const where = `${error.validationContext ?? 'body'}${first?.instancePath ?? ''}`;
    return kernelProblem('request-malformed', { where });
  }
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return kernelProblem('request-too-large');
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return kernelProblem('media-type-unsupported');
  if (error.statusCode && error.statusCode >= 400 && error.statusCode < 500)
    return kernelProblem('request-malformed', { where: 'request' });
  return refusalOf(error);
}

function singleHeaders(request: FastifyRequest): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  return headers;
}

function headerLanguage(request: FastifyRequest): Language {
  return chooseLanguage(request.cookies?.['lang'], request.headers['accept-language'] ?? 'en');
}

/** Most of a node's endpoints are not asked in its first minutes: a check is compiled when its first request comes. */
function compileWhenAsked(ajv: Ajv2020, schema: object): FastifyValidator {
  let compiled: ValidateFunction | undefined;
  const check: FastifyValidator = (data: unknown) => {
    compiled ??= ajv.compile(schema);
    const isValid = compiled(data);
    check.errors = compiled.errors ?? null;
    return isValid;
  };
  return check;
}

/** As Fastify calls it: the errors of the last call stand on the function. */
type FastifyValidator = { (data: unknown): boolean; errors?: ValidateFunction['errors'] };

function parseJson(text: string): unknown {
  return JSON.parse(text, (key, value) => {
    if (key === '__proto__' || !isStorableText(key)) throw new SyntaxError('forbidden key');
    if (typeof value === 'string' && !isStorableText(value)) throw new SyntaxError('forbidden character');
    return value;
  });
}

/** Text that PostgreSQL can keep: no NUL, no half of a surrogate pair. */
export function isStorableText(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}

/** Node itself would refuse an expectation that it does not know without a word (RFC 9110 section 10.1.1). */
function refuseExpectation(_request: IncomingMessage, response: ServerResponse): void {
  const problem = kernelProblem('request-malformed', { where: 'Expect' });
  const body = JSON.stringify(problem.toJson());
  response
    .writeHead(problem.status, {
      'content-type': 'application/problem+json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      connection: 'close',
    })
    .end(body);
}

/** What is no HTTP at all, or has headers beyond Node's limit, never becomes a request: answered on the bare connection. */
function refuseBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return void socket.destroy();
  const isLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const problem = isLarge ? kernelProblem('request-too-large') : kernelProblem('request-malformed', { where: 'HTTP' });
  const status = isLarge ? '431 Request Header Fields Too Large' : '400 Bad Request';
  const body = JSON.stringify({ ...problem.toJson(), status: isLarge ? 431 : 400 });
  const head = `HTTP/1.1 ${status}\r\ncontent-type: application/problem+json; charset=utf-8\r\nconnection: close`;
  socket.end(`${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

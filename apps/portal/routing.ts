import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { refuseCrossSite } from '#kernel/admission';
import type { Access, Caller, RequestFacts } from '#kernel/contract';
import { type HttpServer, isStorableText } from '#kernel/http';
import { isUuid } from '#kernel/ids';
import type { Language } from '#kernel/languages';
import { kernelProblem, Problem } from '#kernel/problem';

export type Form = Record<string, string | string[]>;
export type Upload = { name: string; mediaType: string; bytes: Buffer };

export type PageContext = {
  params: Record<string, string>;
  query: Record<string, string>;
  form: Form;
  /** A posted file, on routes that take one. */
  upload?: Upload;
  caller: Caller;
  language: Language;
  facts: RequestFacts;
  cookies: Record<string, string | undefined>;
  /** For the OpenID Provider, which reads and writes its own cookies. */
  raw: { req: IncomingMessage; res: ServerResponse };
};

export type PageAnswer =
  /** `formTargets`: origins of others that the page's forms may lead to, by way of this site. */
  | { html: string; status?: number; cookies?: string[]; formTargets?: string[] }
  | { redirect: string; cookies?: string[] }
  | { bytes: Buffer | string; contentType: string; headers?: Record<string, string> }
  /** One that fails breaks the connection off, so that no browser takes it for whole. */
  | { stream: Readable; contentType: string; headers?: Record<string, string> };

/** A page or a form's target. Like an endpoint, it says who may come; the access tests attack this list too. */
export type PageRoute = {
  method: 'GET' | 'POST';
  path: string;
  access: Extract<Access, 'anyone' | 'person' | 'officer' | 'operator'>;
  /** Takes a multipart form with one file of at most this many bytes. */
  uploadBytesMax?: number;
  /** What comes of a form that arrives without a session; without it the person signs in and what they typed is lost. */
  keep?(context: PageContext): Promise<PageAnswer>;
  handle(context: PageContext): Promise<PageAnswer>;
};

/** The content security policy of a page, whose forms may lead to these origins besides. */
export type PagePolicy = (formTargets: readonly string[]) => Promise<string>;

export function mountPages(server: HttpServer, routes: PageRoute[], policy: PagePolicy): void {
  const pages = new Set(routes.filter(({ method }) => method === 'GET').map(({ path }) => shapeOf(path)));
  const add = (scope: typeof server.fastify, route: PageRoute) =>
    scope.route({
      method: route.method,
      url: route.path,
      bodyLimit: route.uploadBytesMax ?? 65_536,
      onRequest: async (request) => {
        if (route.method === 'POST') request.facts.page = pageAbove(pages, route.path, request.facts.path);
        try {
          request.caller = await server.admit(route.access, request);
        } catch (error) {
          if (!route.keep || !(error instanceof Problem) || error.code !== 'sign-in-needed') throw error;
          request.caller = { kind: 'anyone' };
        }
        if (route.method === 'POST') refuseCrossSite(request.facts);
      },
      handler: async (request, reply) => answer(route, request, reply, policy),
    });
  server.fastify.register(async (scope) => {
    // A page takes what its form sends; a program uses the API.
    scope.removeContentTypeParser(['application/json', 'text/plain']);
    for (const route of routes) if (route.uploadBytesMax === undefined) add(scope, route);
  });
  server.fastify.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
      request.rawBody = body as Buffer;
      done(null, undefined);
    });
    for (const route of routes) if (route.uploadBytesMax !== undefined) add(scope, route);
  });
}

/** Of two routes with one shape, whatever their parameters are called, the addresses are the same. */
const shapeOf = (path: string) => path.replaceAll(/:\w+/g, ':');

/** The page that a form was posted from: at its own address where there is one, else the nearest above it. */
function pageAbove(pages: ReadonlySet<string>, routePath: string, path: string): string {
  const shape = shapeOf(routePath).split('/');
  let count = shape.length;
  while (count > 1 && !pages.has(shape.slice(0, count).join('/'))) count -= 1;
  return path.split('/').slice(0, count).join('/') || '/';
}

/** An id of another form names nothing, and the database would not even take the question. */
const idParams = new Set([
  'caseId',
  'consentId',
  'credentialId',
  'useId',
  'mandateId',
  'attemptId',
  'linkId',
  'fileId',
  'roundId',
  'paymentId',
  'refundId',
  'shareId',
  'recoveryId',
  'documentId',
  'authorisationId',
  'visitId',
  'draftId',
  'offerId',
  'deviceId',
]);
const choiceCookie = (name: string, value: string) =>
  `${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly`;
/** Keeps the language that somebody chose, for a year. */
export const languageCookie = (language: Language) => choiceCookie('lang', language);

/** What somebody chose by a link of the frame: those of its choices that are known. */
function choicesIn({ lang, digits }: Record<string, string>): string[] {
  return [
    ...(lang === 'ar' || lang === 'en' ? [languageCookie(lang)] : []),
    ...(digits === 'arab' || digits === 'latn' ? [choiceCookie('digits', digits)] : []),
  ];
}

async function answer(route: PageRoute, request: FastifyRequest, reply: FastifyReply, policy: PagePolicy) {
  const query = flat(request.query);
  const params = flat(request.params);
  for (const [name, value] of Object.entries(params))
    if (idParams.has(name) && !isUuid(value)) throw kernelProblem('not-found');
  // The switches of language and digits are plain links; the choice stays, and the address is clean again.
  const chosen = route.method === 'GET' ? choicesIn(query) : [];
  if (chosen.length > 0) {
    const url = new URL(request.facts.url);
    for (const name of ['lang', 'digits']) url.searchParams.delete(name);
    reply.header('set-cookie', chosen);
    return reply.redirect(url.pathname + url.search, 303);
  }
  const posted = route.uploadBytesMax === undefined ? { form: formOf(request.body) } : await readMultipart(request);
  if (
    Object.entries(posted.form)
      .flat(2)
      .some((text) => !isStorableText(text))
  )
    throw kernelProblem('request-malformed', { where: 'form' });
  const isKept = route.keep !== undefined && request.caller.kind === 'anyone';
  const result = await (isKept ? route.keep! : route.handle)({
    params,
    query,
    form: posted.form,
    ...('upload' in posted && posted.upload ? { upload: posted.upload } : {}),
    caller: request.caller,
    language: request.facts.language,
    facts: request.facts,
    cookies: request.cookies,
    raw: { req: request.raw, res: reply.raw },
  });
  if ('bytes' in result || 'stream' in result) {
    if (result.headers) reply.headers(result.headers);
    return reply.type(result.contentType).send('stream' in result ? result.stream : result.bytes);
  }
  if (result.cookies) reply.header('set-cookie', result.cookies);
  if ('redirect' in result) return reply.redirect(result.redirect, 303);
  return reply
    .status(result.status ?? 200)
    .header('content-security-policy', await policy(result.formTargets ?? []))
    .header('vary', 'Cookie, Accept-Language')
    .type('text/html; charset=utf-8')
    .send(result.html);
}

/** Node reads multipart by itself (Fetch's Response); one library fewer stands between a stranger's bytes and us. */
async function readMultipart(request: FastifyRequest): Promise<{ form: Form; upload?: Upload }> {
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('application/x-www-form-urlencoded'))
    return { form: Object.fromEntries(new URLSearchParams(request.rawBody.toString('utf8'))) };
  if (!type.startsWith('multipart/form-data')) throw kernelProblem('media-type-unsupported');
  const form: Form = {};
  let upload: Upload | undefined;
  try {
    const data = await new Response(new Uint8Array(request.rawBody), { headers: { 'content-type': type } }).formData();
    for (const [name, value] of data)
      if (typeof value === 'string') form[name] = value;
      else if (value.size > 0)
        upload = { name: value.name, mediaType: value.type, bytes: Buffer.from(await value.arrayBuffer()) };
  } catch {
    throw kernelProblem('request-malformed', { where: 'multipart' });
  }
  return { form, ...(upload ? { upload } : {}) };
}

function flat(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries((value ?? {}) as Record<string, unknown>).map(([name, one]) => [
      name,
      String(Array.isArray(one) ? one.at(-1) : one),
    ]),
  );
}

function formOf(body: unknown): Form {
  return typeof body === 'object' && body !== null && !Buffer.isBuffer(body) ? (body as Form) : {};
}

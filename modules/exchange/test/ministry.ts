import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export type Record = { [name: string]: unknown };
export type Ministry = {
  url: string;
  /** What came over the wire, latest last. */
  seen: Array<{ method: string; url: string; headers: IncomingMessage['headers']; body: string }>;
  /** Connections opened so far. */
  connections(): number;
  /** The document it serves at /openapi.json; a test may change it. */
  document: Record;
  /** Answers instead of the usual: for a service that fails. */
  behave: ((response: ServerResponse) => void) | undefined;
  stop(): Promise<void>;
};

export const graduate = {
  civilNo: '900000001',
  award: { level: 'BSc', code: 613, major: 'Computer science' },
  uniAr: 'جامعة البحرين',
  uniEn: 'University of Bahrain',
  uniId: 'uob',
  awardedIn: '2015',
  gpa: '3,5',
};

const text = { type: 'string' };
const graduateSchema = {
  type: 'object',
  properties: {
    civilNo: text,
    award: { $ref: '#/components/schemas/Award' },
    uniAr: text,
    uniEn: text,
    uniId: text,
    awardedIn: text,
    gpa: { type: ['string', 'null'] },
  },
};

const answering = (schema: object) => ({ 200: { description: 'ok', content: { 'application/json': { schema } } } });

/** Anew for each ministry: a test may change it, and others run in the same process. */
const makeDocument = () =>
  structuredClone({
    openapi: '3.1.0',
    info: { title: 'Graduates', version: '1' },
    paths: {
      '/graduates/{civilNo}': {
        parameters: [{ name: 'civilNo', in: 'path', required: true, schema: text }],
        get: { operationId: 'getGraduate', responses: answering({ $ref: '#/components/schemas/Graduate' }) },
      },
      '/graduates': {
        get: {
          operationId: 'findGraduates',
          parameters: [
            { name: 'civil no', in: 'query', schema: text },
            { name: 'year', in: 'query', required: true, schema: text },
            { name: 'X-Civil-No', in: 'header', schema: text },
          ],
          responses: answering({ type: 'array', items: { $ref: '#/components/schemas/Graduate' } }),
        },
      },
      '/search': {
        post: {
          operationId: 'search',
          requestBody: { content: { 'application/json': { schema: { type: 'object' } } } },
          responses: answering({
            type: 'object',
            properties: { 'found/all': { type: 'array', items: { $ref: '#/components/schemas/Graduate' } } },
          }),
        },
      },
    },
    components: {
      schemas: {
        Graduate: graduateSchema,
        Award: { type: 'object', properties: { level: text, code: { type: 'integer' }, major: text } },
      },
    },
  });

/**
 * A ministry's REST service over real HTTP, which wants `X-Api-Key: key-of-the-ministry`, a bearer or a password; or what `accepts` takes. With
 * `tls` at `https://localhost`, where it wants a certificate of the authority `ca`.
 */
export async function startMinistry(
  graduates: Record[],
  options: {
    accepts?: (authorization: string | undefined) => Promise<boolean>;
    tls?: { cert: string; key: string; ca: string };
  } = {},
): Promise<Ministry> {
  let connections = 0;
  const accepted = ['key-of-the-ministry', 'Bearer key-of-the-ministry', `Basic ${btoa('jisr:key-of-the-ministry')}`];
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', async () => {
      const body = Buffer.concat(parts).toString('utf8');
      ministry.seen.push({ method: request.method!, url: request.url!, headers: request.headers, body });
      const say = (status: number, content: unknown) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
      const url = new URL(request.url!, 'http://ministry');
      if (url.pathname === '/openapi.json') return say(200, ministry.document);
      const keys = [request.headers['x-api-key'], request.headers.authorization, url.searchParams.get('key')];
      const isKnown = options.accepts
        ? await options.accepts(request.headers.authorization)
        : keys.some((key) => accepted.includes(String(key)));
      if (!isKnown) return say(401, {});
      if (ministry.behave && url.pathname !== '/') return ministry.behave(response);
      const among = (civilNo: unknown) => graduates.filter((one) => one['civilNo'] === civilNo);
      if (url.pathname === '/graduates')
        return say(200, among(url.searchParams.get('civil no') ?? request.headers['x-civil-no']));
      if (url.pathname === '/search') return say(200, { 'found/all': among(JSON.parse(body).criteria.civilNo) });
      const [found] = among(decodeURIComponent(url.pathname.replace('/graduates/', '')));
      return found ? say(200, found) : say(404, {});
    });
  };
  const server = options.tls
    ? createSecureServer({ ...options.tls, requestCert: true, rejectUnauthorized: true }, listener)
    : createServer(listener);
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const ministry: Ministry = {
    url: `${options.tls ? 'https://localhost' : 'http://127.0.0.1'}:${(server.address() as AddressInfo).port}`,
    seen: [],
    connections: () => connections,
    document: makeDocument(),
    behave: undefined,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  return ministry;
}

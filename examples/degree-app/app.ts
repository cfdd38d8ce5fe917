import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Flow, type Json, openGovernment, Refused, type Tokens } from './government.ts';
import { describeApp, fetchMark, join, type Mark, openKey, scopes } from './membership.ts';
import { day, escapeHtml, type FormPage, form, type Language, money, page, say, style } from './pages.ts';
import { createFetch } from './reach.ts';
import { readWebhook, type Told } from './webhooks.ts';

const serviceId = 'degree-recognition';
const bodyBytesMax = 65_536;

/** What is kept of a browser. A real app keeps it in a database, and tokens sealed. */
type Session = { flow?: Flow; tokens?: Tokens; caseId?: string };
type Reply = { html: string; status?: number } | { redirect: string } | { bytes: Buffer; type: string };
type Visit = { session: Session; language: Language; url: URL; form: URLSearchParams };

export type DegreeApp = {
  appId: string;
  /** Webhooks whose signature held. */
  told: Told[];
  /** How the app stands at the state: quotas, webhooks. */
  readOwn(path: string, method?: string): Promise<Json>;
  close(): Promise<void>;
};

/**
 * A private company's app for the recognition of a degree: its own address, its own pages, its own key. It reaches the state over
 * published interfaces alone. `tier`: the kind of app it asks to be.
 */
export async function startDegreeApp(options: {
  port: number;
  host: string;
  stateUrl: string;
  anchorId: string;
  tier: string;
  /** Where its key is kept. */
  keyFile?: string;
  log?: (line: string) => void;
}): Promise<DegreeApp> {
  const { stateUrl, anchorId, tier, log = () => undefined } = options;
  const { fetch: reach, close } = createFetch();
  const key = await openKey(options.keyFile);
  const sessions = new Map<string, Session>();
  const told: Told[] = [];
  let marks: Mark[] = [];
  let appId = '';

  const server = createServer((request, response) => {
    serve(request, response).catch((error) => {
      log(`failed: ${error instanceof Error ? error.message : error}`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port, '127.0.0.1', resolve));
  appId = `http://${options.host}:${(server.address() as { port: number }).port}`;

  // The state reads what the app says of itself while it decides; so the server comes first, and the trust mark after.
  log(`joining: ${await join(key, appId, stateUrl, { tier, scopes }, reach)}`);
  const certify = async () => {
    marks = [await fetchMark(appId, stateUrl, anchorId, reach)];
  };
  await certify();
  // Marks end; the state renews them while the app is certified.
  const renewing = setInterval(() => void certify().catch((error) => log(String(error))), 3_600_000).unref();
  const government = await openGovernment({ key, appId, stateUrl, reach });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', appId || 'http://app.invalid');
    if (url.pathname === '/.well-known/openid-federation') {
      response.writeHead(200, { 'content-type': 'application/entity-statement+jwt' });
      response.end(await describeApp(key, appId, stateUrl, marks));
      return;
    }
    const body = await readBody(request);
    if (request.method === 'POST' && url.pathname === '/webhook') return hear(request, response, url, body);
    const cookies = new Map(
      (request.headers.cookie ?? '').split('; ').map((one) => one.split('=') as [string, string]),
    );
    const known = sessions.get(cookies.get('app_session') ?? '');
    const id = known ? cookies.get('app_session')! : randomUUID();
    const session = known ?? {};
    sessions.set(id, session);
    const asked = url.searchParams.get('lang') ?? cookies.get('app_lang');
    const language: Language = asked === 'en' ? 'en' : 'ar';
    response.setHeader('set-cookie', [
      `app_session=${id}; Path=/; HttpOnly; SameSite=Lax`,
      `app_lang=${language}; Path=/; HttpOnly; SameSite=Lax`,
    ]);
    response.setHeader(
      'content-security-policy',
      `default-src 'none'; style-src 'self'; form-action 'self' ${stateUrl}`,
    );
    const visit = { session, language, url, form: new URLSearchParams(body.toString('utf8')) };
    send(response, await answer(request.method ?? 'GET', visit).catch((error) => refusal(visit, error)));
  }

  /** The state tells what happened. Only what its key signed is believed; what it is about is asked for with the token. */
  async function hear(request: IncomingMessage, response: ServerResponse, url: URL, body: Buffer): Promise<void> {
    const { keys } = await government.read('/api/apps/webhook-keys');
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const one = readWebhook({ url: url.href, headers, body }, keys);
    // Told twice is heard once.
    if (one && !told.some(({ id }) => id === one.id)) {
      told.push(one);
      log(`told: ${one.type} at ${one.at}`);
    }
    response.writeHead(one ? 204 : 401).end();
  }

  async function answer(method: string, visit: Visit): Promise<Reply> {
    const { session, language, url, form: posted } = visit;
    const route = `${method} ${url.pathname.replace(/^\/form\/.+/, '/form')}`;
    const pageId = url.pathname.split('/').at(-1)!;
    if (route === 'GET /style.css') return { bytes: Buffer.from(style), type: 'text/css' };
    if (route === 'GET /') return showStart(language);
    if (route === 'POST /start') {
      const begun = await government.begin(language);
      session.flow = begun.flow;
      return { redirect: begun.url.href };
    }
    if (route === 'GET /callback' && session.flow) {
      session.tokens = await government.complete(url, session.flow);
      delete session.flow;
      const { json } = await government.call(session.tokens, 'POST', '/api/cases', { serviceId });
      session.caseId = json.id;
      return { redirect: '/case' };
    }
    const { tokens, caseId } = session;
    if (!tokens || !caseId) return { redirect: '/' };
    const call = (verb: string, path: string, body?: object) =>
      government.call(tokens, verb, `/api/cases/${caseId}${path}`, body);
    switch (route) {
      case 'GET /back':
        return { redirect: '/case' };
      case 'POST /consent': {
        const wanted = { caseId, returnUri: `${appId}/back` };
        return { redirect: (await government.call(tokens, 'POST', '/api/app/visits', wanted)).json.personUrl };
      }
      case 'POST /pay': {
        const wanted = { caseId, returnUri: `${appId}/back` };
        return { redirect: (await government.call(tokens, 'POST', '/api/app/payments', wanted)).json.personUrl };
      }
      case 'GET /form':
        return showForm(language, (await call('GET', `/pages/${pageId}?language=${language}`)).json, new Map());
      case 'POST /form': {
        const { json } = await call('PUT', `/answers/${pageId}`, Object.fromEntries(posted));
        if (json.saved) return { redirect: '/case?next' };
        const shown = (await call('GET', `/pages/${pageId}?language=${language}`)).json;
        return showForm(language, shown, new Map(json.errors.map((one: Json) => [one.field, one.message[language]])));
      }
      case 'POST /submit':
        // What the person has just checked is sent, and nothing that was changed on another device since.
        await call('POST', `/submit?expectedVersion=${posted.get('version')}`);
        return { redirect: '/case' };
      case 'GET /case':
        return showCase(
          language,
          (await call('GET', '')).json,
          (await call('GET', '/fee')).json,
          url.searchParams.has('next'),
        );
      case 'GET /document': {
        const { bytes } = await call('GET', '/documents/pdf');
        const report = await government.read('/api/verify', {
          method: 'POST',
          headers: { 'content-type': 'application/pdf' },
          body: new Uint8Array(bytes),
        });
        if (report.ok) return { bytes, type: 'application/pdf' };
        throw new Refused(report.code, report.sentence);
      }
      default:
        return { html: page(language, '404', ''), status: 404 };
    }
  }

  async function showStart(language: Language): Promise<Reply> {
    const service = await government.read(`/api/services/${serviceId}`);
    const begin = `<form method="post" action="/start"><button>${say('start', language)}</button></form>`;
    return { html: page(language, service.title[language], `<p>${escapeHtml(service.summary[language])}</p>${begin}`) };
  }

  function showForm(language: Language, shown: FormPage, errors: Map<string, string>): Reply {
    return { html: page(language, shown.title, form(language, shown, errors)), status: errors.size > 0 ? 400 : 200 };
  }

  function showCase(language: Language, view: Json, fee: Json, isOnTheWay: boolean): Reply {
    const next = view.tasks.find((task: Json) => task.status === 'next');
    if (isOnTheWay && next?.pageId) return { redirect: `/form/${next.pageId}` };
    const parts = [`<p>${escapeHtml(view.reference)}</p>`];
    if (view.keptUntil) parts.push(`<p>${say('kept', language)} ${escapeHtml(day(view.keptUntil, language))}</p>`);
    if (view.state === 'draft' && next?.id === 'evidence')
      parts.push(
        `<p>${say('consentWords', language)}</p><form method="post" action="/consent"><button>${say('consent', language)}</button></form>`,
      );
    else if (view.state === 'draft' && next?.pageId)
      parts.push(`<a class="go" href="/form/${escapeHtml(next.pageId)}">${say('continue', language)}</a>`);
    else if (view.state === 'draft') {
      const rows = view.answers.map(
        (one: Json) => `<dt>${escapeHtml(one.label[language])}</dt><dd>${escapeHtml(one.value[language])}</dd>`,
      );
      parts.push(
        `<h2>${say('check', language)}</h2><dl>${rows.join('')}</dl>${feeAndSending(language, fee, view.version)}`,
      );
    } else if (view.decision) {
      parts.push(...view.decision.reasons.map((reason: Json) => `<p>${escapeHtml(reason.text[language])}</p>`));
      if (view.documents.some((one: Json) => one.kind === 'pdf'))
        parts.push(`<a class="go" href="/document">${say('document', language)}</a>`);
    } else parts.push(`<p>${say('waiting', language)}</p>`);
    const heard = told.filter(({ data }) => data.caseId === view.id);
    if (heard.length > 0)
      parts.push(
        `<h2>${say('news', language)}</h2><ul>${heard.map((one) => `<li>${escapeHtml(one.type)}</li>`).join('')}</ul>`,
      );
    return { html: page(language, view.serviceTitle[language], parts.join('\n')) };
  }

  /** What is due before it can be sent is paid first, on pages of the state and of its payment provider. */
  function feeAndSending(language: Language, fee: Json, version: number): string {
    const sending = `<form method="post" action="/submit"><input type="hidden" name="version" value="${version}"><button>${say('send', language)}</button></form>`;
    if (fee.amountMinor === 0) return sending;
    const amount = `<p><b>${escapeHtml(money(fee.amountMinor, fee.currency, language))}</b></p>`;
    if (fee.state === 'paid') return `${amount}<p>${say('paid', language)}</p>${sending}`;
    return `${amount}<p>${say('payWords', language)}</p><form method="post" action="/pay"><button>${say('pay', language)}</button></form>`;
  }

  function refusal({ language }: Visit, error: unknown): Reply {
    const text = error instanceof Refused ? error.messages[language] : undefined;
    if (!text) log(`refused: ${error instanceof Error ? error.message : error}`);
    const words = `<p class="bad" role="alert">${escapeHtml(text ?? (error as { error?: string }).error ?? '')}</p>`;
    return {
      html: page(language, say('refused', language), `${words}<a class="go" href="/">${say('home', language)}</a>`),
      status: 400,
    };
  }

  return {
    appId,
    told,
    readOwn: government.readOwn,
    close: async () => {
      clearInterval(renewing);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await close();
    },
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    length += (part as Buffer).length;
    if (length > bodyBytesMax) throw new Error('too much was sent');
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts);
}

function send(response: ServerResponse, reply: Reply): void {
  if ('redirect' in reply) {
    response.writeHead(303, { location: reply.redirect }).end();
    return;
  }
  if ('bytes' in reply) {
    response.writeHead(200, { 'content-type': reply.type }).end(reply.bytes);
    return;
  }
  response.writeHead(reply.status ?? 200, { 'content-type': 'text/html; charset=utf-8' }).end(reply.html);
}

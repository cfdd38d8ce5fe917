import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { generateSync } from 'otplib';
import { type Clock, systemClock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import { createHttpServer, type HttpServer, mountContract } from '#kernel/http';
import { createHttpClient, type HttpClient } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import { signJws } from '#kernel/jws';
import { type Keys, memoryKeys, type Signer } from '#kernel/keys';
import { type Log, silentLog } from '#kernel/log';
import { defineProblems } from '#kernel/problem';
import { openTestDatabase } from '../../../tests/support/database.ts';
import {
  contract,
  createIdentity,
  type EidFramework,
  type EvidenceDetail,
  hashPassword,
  type Identity,
  type IdentityNeeds,
  identityMigrations,
  type PersonImport,
  type RelyingParty,
  type ResolveEntity,
  refusalReasons,
} from '../index.ts';

export const totpSecret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
/** The framework of a sample state, as its folder has it. */
export const sampleEid = JSON.parse(readFileSync('states/bh/eid.json', 'utf8')) as EidFramework;
export const password = 'صقر-الجزيرة-2026';

const trustProblem = defineProblems({
  'trust-chain-invalid': { status: 403, en: 'This entity is not in the federation.', ar: 'ليست في الاتحاد.' },
  'request-over-asks': { status: 403, en: 'The trust mark does not grant this.', ar: 'الشارة لا تمنح هذا.' },
});

export type Node = {
  publicUrl: string;
  state: string;
  identity: Identity;
  identityNeeds: IdentityNeeds;
  server: HttpServer;
  database: Database;
  keys: Keys;
  portal: RelyingParty;
  office: RelyingParty;
  close(): Promise<void>;
};

/** The federation module is another door: a table of entities stands in for it here, at the constructor's edge. */
export type Registry = {
  resolve: ResolveEntity;
  entries: Map<string, { metadata: Record<string, object>; authority: string; signer: Signer }>;
};

export function createRegistry(): Registry {
  const entries: Registry['entries'] = new Map();
  return {
    entries,
    resolve: async (entityId) => {
      const entry = entries.get(entityId);
      if (entry === undefined) throw trustProblem('trust-chain-invalid');
      const statement = await signJws(entry.signer, { iss: entry.authority, sub: entityId });
      return { entityId, metadata: entry.metadata, jwks: { keys: [] }, chain: ['leaf', statement, 'anchor'] };
    },
  };
}

async function findFreePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

export const grantedFields = ['name', 'birth_date', 'degree', 'full_name_ar', 'full_name_latin'];

export async function startNode(
  registry: Registry,
  http: HttpClient,
  options: {
    state: string;
    /** As behind a proxy that ends TLS: addresses say so, and the port speaks plain HTTP (`http`: `behindProxy`). */
    isBehindProxy?: true;
    clock?: Clock;
    log?: Log;
    officerOf?: IdentityNeeds['officerOf'];
    eid?: EidFramework;
    upstreams?: NonNullable<IdentityNeeds['upstreams']>;
    mayAskPhones?: NonNullable<IdentityNeeds['mayAskPhones']>;
    onRecovery?: NonNullable<IdentityNeeds['onRecovery']>;
    onSuspendedAtHome?: NonNullable<IdentityNeeds['onSuspendedAtHome']>;
    /** Who is told of what happens to its people. */
    listStates?: NonNullable<IdentityNeeds['listStates']>;
  },
): Promise<Node> {
  const port = await findFreePort();
  const publicUrl = `${options.isBehindProxy ? 'https' : 'http'}://${options.state.toLowerCase()}.localhost:${port}`;
  const clock = options.clock ?? systemClock;
  const database = await openTestDatabase(identityMigrations);
  const keys = memoryKeys();
  const identityNeeds: IdentityNeeds = {
    database,
    clock,
    keys,
    http,
    log: options.log ?? silentLog,
    publicUrl,
    state: options.state,
    eid: options.eid ?? sampleEid,
    federation: { resolve: registry.resolve },
    checkEvidenceRequest: async (_clientId, details) => {
      if (!details.every((detail) => detail.fields.every((field) => grantedFields.includes(field))))
        throw trustProblem('request-over-asks');
    },
    ...(options.upstreams ? { upstreams: options.upstreams } : {}),
    ...(options.onRecovery ? { onRecovery: options.onRecovery } : {}),
    ...(options.onSuspendedAtHome ? { onSuspendedAtHome: options.onSuspendedAtHome } : {}),
    ...(options.listStates ? { listStates: options.listStates } : {}),
    ...(options.mayAskPhones ? { mayAskPhones: options.mayAskPhones } : {}),
    officerOf: options.officerOf ?? (async () => undefined),
    evidenceAudience: `${publicUrl}/r1`,
  };
  const identity = await createIdentity(identityNeeds);
  const server = createHttpServer({
    publicUrl,
    log: options.log ?? silentLog,
    clock,
    identify: identity.sessions.identify,
  });
  identity.mountProvider(server);
  mountContract(server, contract, identity.handlers);
  mountPages(server, identity);
  await server.listen({ port, host: '127.0.0.1' });

  const portal = { entityId: `${publicUrl}/portal`, signer: await keys.signer('portal') };
  const office = { entityId: `${publicUrl}/offices/moe`, signer: await keys.signer('office-moe') };
  const stateSigner = await keys.signer('state');
  registry.entries.set(publicUrl, {
    metadata: { jisr_node: { state: options.state } },
    authority: 'http://gcc.localhost:4000',
    signer: stateSigner,
  });
  registry.entries.set(identity.issuer, {
    metadata: { openid_provider: identity.providerMetadata({ ar: 'هوية', en: 'Identity' }) },
    authority: publicUrl,
    signer: stateSigner,
  });
  for (const [party, names] of [
    [portal, { ar: 'البوابة', en: 'Portal' }],
    [office, { ar: 'وزارة التعليم', en: 'Ministry of Education' }],
  ] as const)
    registry.entries.set(party.entityId, {
      metadata: {
        openid_relying_party: identity.relyingPartyMetadata({
          entityId: party.entityId,
          redirectUris: [`${publicUrl}/sign-in/callback`],
          postLogoutRedirectUris: [`${publicUrl}/signed-out`],
          names,
          jwks: { keys: [party.signer.publicJwk] },
          backchannelLogoutUri: `${publicUrl}/api/sign-in/backchannel-logout`,
        }),
      },
      authority: publicUrl,
      signer: stateSigner,
    });
  return {
    publicUrl,
    state: options.state,
    identity,
    identityNeeds,
    server,
    database,
    keys,
    portal,
    office,
    close: async () => {
      await identity.stop();
      await server.close();
      await database.close();
    },
  };
}

/** What the portal does with the interaction functions, as JSON instead of pages. */
function mountPages(server: HttpServer, { interaction }: Identity): void {
  type Form = Record<string, string>;
  server.fastify.get('/eid-pages/interaction/:uid', async (request, reply) => interaction.get(request.raw, reply.raw));
  server.fastify.get('/eid-pages/upstream', async (request, reply) => {
    const query = new URL(request.url, 'http://any.localhost').searchParams;
    const found = await interaction.findUpstreamReturn(query);
    return found ? reply.redirect(found.redirectUrl, 303) : reply.status(410).send({ code: 'interaction-expired' });
  });
  server.fastify.get('/eid-pages/interaction/:uid/upstream', async (request, reply) =>
    reply.redirect((await interaction.finishUpstream(request.raw, reply.raw)).redirectUrl, 303),
  );
  server.fastify.post('/eid-pages/interaction/:uid/:step', async (request, reply) => {
    const form = request.body as Form;
    const { step } = request.params as { step: string };
    if (step === 'ask-upstream') {
      const going = { id: form['id'] ?? '', language: 'en', nationalId: form['nationalId'] ?? '' } as const;
      return reply.redirect((await interaction.askUpstream(request.raw, reply.raw, going)).redirectUrl, 303);
    }
    if (step === 'peek-push') return { state: await interaction.peekPush(request.raw, reply.raw) };
    if (step === 'finish-push') {
      const gone = await interaction.finishByPush(request.raw, reply.raw);
      return gone === undefined ? { state: 'waiting' } : reply.redirect(gone.redirectUrl, 303);
    }
    if (step === 'stop-push') {
      await interaction.stopPush(request.raw, reply.raw);
      return {};
    }
    if (step === 'login') {
      const done = await interaction.login(request.raw, reply.raw, {
        nationalId: form['nationalId'] ?? '',
        password: form['password'] ?? '',
      });
      return done.next === 'done' ? reply.redirect(done.redirectUrl, 303) : done;
    }
    if (step === 'code') {
      const { redirectUrl } = await interaction.confirmCode(request.raw, reply.raw, { code: form['code'] ?? '' });
      return reply.redirect(redirectUrl, 303);
    }
    if (step === 'approve') {
      const { redirectUrl } = await interaction.approve(request.raw, reply.raw, {
        consentId: form['consentId'] ?? '',
        grantedDetails: JSON.parse(form['details'] ?? '[]') as EvidenceDetail[],
        accessTokenUntil: new Date(form['until'] ?? ''),
      });
      return reply.redirect(redirectUrl, 303);
    }
    if (step === 'again') {
      await interaction.tryAgain(request.raw, reply.raw);
      return {};
    }
    const reason = refusalReasons.find((candidate) => candidate === form['reason']) ?? 'user_cancelled';
    const { redirectUrl } = await interaction.refuse(request.raw, reply.raw, reason);
    return reply.redirect(redirectUrl, 303);
  });
}

export type Page = { status: number; url: string; text: string; json(): Record<string, never> };
export type Browser = {
  get(url: string): Promise<Page>;
  post(url: string, form: Record<string, string>, headers?: Record<string, string>): Promise<Page>;
  cookies: Map<string, { name: string; value: string; host: string; path: string }>;
};

/** Keeps cookies as a browser does and follows redirects, but stops before an address that `stopsAt` names. */
export function createBrowser(http: HttpClient, stopsAt: RegExp = /\/sign-in\/callback|\/signed-out/): Browser {
  const cookies: Browser['cookies'] = new Map();
  async function go(method: string, url: string, form?: Record<string, string>, headers = {}): Promise<Page> {
    let at = new URL(url);
    let body = form && new URLSearchParams(form).toString();
    let how = method;
    for (let hop = 0; hop < 12; hop++) {
      const sent = [...cookies.values()].filter(
        (cookie) =>
          cookie.host === at.hostname &&
          (at.pathname === cookie.path || at.pathname.startsWith(cookie.path.replace(/\/?$/, '/'))),
      );
      const answer = await http.fetch(at, {
        method: how,
        redirect: 'manual',
        headers: {
          accept: 'text/html',
          ...(sent.length > 0 ? { cookie: sent.map(({ name, value }) => `${name}=${value}`).join('; ') } : {}),
          ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body }),
      });
      for (const text of answer.headers.getSetCookie()) {
        const [pair = '', ...rest] = text.split(';').map((part) => part.trim());
        const [name = '', value = ''] = pair.split(/=(.*)/s);
        const path = rest.find((part) => /^path=/i.test(part))?.slice(5) ?? '/';
        const key = `${at.hostname}|${path}|${name}`;
        if (value === '' || rest.some((part) => /^expires=Thu, 01 Jan 1970/i.test(part))) cookies.delete(key);
        else cookies.set(key, { name, value, host: at.hostname, path });
      }
      const location = answer.headers.get('location');
      if (location === null || answer.status < 300 || answer.status > 399) {
        const text = await answer.text();
        return { status: answer.status, url: at.href, text, json: () => JSON.parse(text) };
      }
      await answer.arrayBuffer();
      at = new URL(location, at);
      if (stopsAt.test(at.href)) return { status: 302, url: at.href, text: '', json: () => ({}) };
      how = 'GET';
      body = undefined;
    }
    throw new Error('too many redirects');
  }
  return {
    cookies,
    get: (url) => go('GET', url),
    post: (url, form, headers) => go('POST', url, form, headers),
  };
}

let passwordHash: Promise<string> | undefined;

/** A sample Bahraini with a fresh number; everybody's password and secret are the same here. */
export async function addPerson(
  node: Node,
  nationalId: string,
  extra: Partial<PersonImport> = {},
): Promise<PersonImport> {
  passwordHash ??= hashPassword(password);
  const person: PersonImport = {
    personId: newId(),
    scheme: 'bh-cpr',
    nationalId,
    names: { ar: 'مريم العريض', en: 'Maryam Alarayedh' },
    passwordHash: await passwordHash,
    totpSecret,
    ...extra,
  };
  await node.identity.persons.importPersons([person]);
  return person;
}

/** To the sign-in page of a node, as its own portal leads there. */
export async function arriveAt(
  node: Node,
  browser: Browser,
  level: 'low' | 'substantial' | 'high' = 'substantial',
): Promise<{ page: Page; stateCookieValue: string }> {
  const { redirectUrl, stateCookieValue } = await node.identity.signin.start({
    client: node.portal,
    providerEntityId: node.identity.issuer,
    redirectUri: `${node.publicUrl}/sign-in/callback`,
    returnTo: '/',
    level,
    language: 'en',
  });
  return { page: await browser.get(redirectUrl), stateCookieValue };
}

export function codeAt(moment: Date): string {
  return generateSync({ secret: totpSecret, epoch: Math.floor(moment.getTime() / 1000) });
}

/** Password and code on the provider's page; answers where the browser ended up. */
export async function signInAt(browser: Browser, page: Page, nationalId: string, code: string): Promise<Page> {
  const first = await browser.post(`${page.url}/login`, { nationalId, password });
  if (first.status !== 200) return first;
  return browser.post(`${page.url}/code`, { code });
}

export function startHttp(): HttpClient {
  return createHttpClient({ timeoutMs: 5_000 });
}

/** A client for nodes behind a proxy that ends TLS: what is asked over HTTPS is asked of their ports as the proxy would. */
export function behindProxy(http: HttpClient): HttpClient {
  const plain = (url: string | URL) => String(url).replace(/^https:/, 'http:');
  return {
    ...http,
    fetch: (url, init) => http.fetch(plain(url instanceof Request ? url.url : url), init),
    request: (request) => http.request({ ...request, url: plain(request.url) }),
  };
}

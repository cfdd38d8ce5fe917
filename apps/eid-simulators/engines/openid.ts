import type { FastifyReply, FastifyRequest } from 'fastify';
import { sha256 } from '#kernel/ids';
import { type Account, claimsOf, type Row, subjectOf } from '../accounts.ts';
import type { OpenIdShape } from '../description.ts';
import { createKept } from '../kept.ts';
import { languageOf, sendPage } from '../pages/page.ts';
import { signInPage } from '../pages/sign-in.ts';
import { problem } from '../problem.ts';
import { checkReturn, hesitate, judge, leastAcrOf, type Simulator, secondsNow } from '../simulator.ts';
import { mountOnDevice } from './on-device.ts';
import { wordsOf } from './words.ts';

type Words = Record<string, string | undefined>;
type Asked = { parameters: Words; redirectUri: string };
type Given = { parameters: Words; redirectUri: string; account: Account; row: Row; authTime: number };

const pageSeconds = 900;
const tokenSeconds = 3_600;

/**
 * The code flow of OpenID Connect Core 1.0 section 3.1 (OAuth 2.0 without the scope `openid`), with PKCE where the client uses it.
 * A request leads to a page on which one chooses who answers and how; there is no session, so each request asks anew.
 */
export function mountOpenId(simulator: Simulator, shape: OpenIdShape): void {
  const { description, server, publicUrl, clock, faults, signing } = simulator;
  const { paths } = shape;
  const { fastify } = server;
  const pages = createKept<Asked>(clock, pageSeconds);
  const codes = createKept<Given>(clock, shape.codeSeconds);
  const tokens = createKept<Given>(clock, tokenSeconds);

  // UAE PASS documents a call that says multipart and has no body at all.
  fastify.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, (_request, _body, done) => done(null, {}));

  const isClient = (id: string | undefined) => description.clients.some((client) => client.id === id);

  /** Leads back to the service (RFC 6749 section 4.1.2). */
  function leadBack(reply: FastifyReply, { parameters, redirectUri }: Asked, answer: Words) {
    const url = new URL(redirectUri);
    const all = { ...answer, state: parameters['state'], ...(shape.namesIssuer ? { iss: publicUrl } : {}) };
    for (const [name, value] of Object.entries(all)) if (value !== undefined) url.searchParams.set(name, value);
    return reply.redirect(url.href, 303);
  }
  const refuse = (
    reply: FastifyReply,
    asked: Asked,
    { error, description: words }: { error: string; description?: string | undefined },
  ) => leadBack(reply, asked, { error, error_description: words });

  /** What somebody chose, on the page or in the app, as this eID tells it to the service. */
  async function answer(reply: FastifyReply, asked: Asked, chosen: Words): Promise<FastifyReply> {
    const nationalId = chosen['nationalId'] ?? '';
    if (faults.strikes('expired', nationalId)) return refuse(reply, asked, shape.errors.expired);
    const rejected = faults.take('rejected', nationalId);
    if (chosen['decision'] !== 'approve' || rejected) {
      const wanted = shape.rejectedToo?.find(({ error }) => error === rejected?.error);
      return refuse(reply, asked, wanted ?? shape.errors.rejected);
    }
    if (faults.strikes('suspended', nationalId)) return refuse(reply, asked, shape.errors.suspended);
    const leastAcr = leastAcrOf(description, asked.parameters['acr_values']);
    const judged = judge(simulator, {
      nationalId,
      method: chosen['method'] ?? '',
      ...(leastAcr === undefined ? {} : { leastAcr }),
    });
    if (judged === 'level-unmet') return refuse(reply, asked, shape.errors.levelUnmet);
    const authTime = Math.floor(clock.now().getTime() / 1_000);
    return leadBack(reply, asked, { code: codes.keep({ ...asked, ...judged, authTime }) });
  }

  const onDevice = shape.onDevice && mountOnDevice<Asked>(simulator, shape, { answer, refuse });

  fastify.get(paths.authorize, async (request, reply) => {
    const parameters = wordsOf(request.query);
    if (!isClient(parameters['client_id'])) throw problem('client-not-known');
    const asked = { parameters, redirectUri: checkReturn(simulator, parameters['redirect_uri']) };
    if (parameters['response_type'] !== 'code') return refuse(reply, asked, { error: 'unsupported_response_type' });
    const scopes = scopesOf(parameters);
    if (scopes.length === 0 || !scopes.every((scope) => shape.scopes.includes(scope)))
      return refuse(reply, asked, { error: 'invalid_scope' });
    if (parameters['code_challenge'] !== undefined && parameters['code_challenge_method'] !== 'S256')
      return refuse(reply, asked, { error: 'invalid_request', description: 'code_challenge_method' });
    const language = languageOf(request, parameters['ui_locales']);
    if (onDevice?.isAsked(parameters['acr_values']))
      return onDevice.begin(reply, asked, language, parameters['client_id']!);
    const page = pages.keep(asked);
    const methods = Object.keys(description.methods).filter((method) => {
      const needed = shape.methodsByParameter?.[method];
      return needed === undefined || parameters[needed] !== undefined;
    });
    const expected = parameters[shape.hintParameter];
    return sendPage(
      reply,
      signInPage(simulator, language, {
        action: `${paths.authorize}/${page}`,
        service: parameters['client_id']!,
        methods,
        ...(expected === undefined ? {} : { expected }),
      }),
    );
  });

  fastify.post(`${paths.authorize}/:page`, async (request, reply) => {
    const asked = pages.take((request.params as Words)['page']);
    if (asked === undefined) throw problem('page-expired');
    return answer(reply, asked, wordsOf(request.body));
  });

  fastify.post(paths.token, async (request, reply) => {
    // Some documented calls put everything into the address.
    const sent = { ...wordsOf(request.query), ...wordsOf(request.body) };
    const fail = (status: number, error: string, description?: string) =>
      reply.status(status).send({ error, ...(description === undefined ? {} : { error_description: description }) });
    const client = clientOf(request, sent);
    if (!description.clients.some(({ id, secret }) => id === client.id && secret === client.secret))
      return fail(401, 'invalid_client', 'unregisteredClient');
    if (sent['grant_type'] !== 'authorization_code') return fail(400, 'unsupported_grant_type');
    const given = codes.take(sent['code']);
    await hesitate(simulator, given?.account.nationalId);
    if (given === undefined) return fail(400, 'invalid_grant', 'codeNotFound');
    if (given.parameters['client_id'] !== client.id) return fail(400, 'invalid_grant', 'codeNotIssuedToClientId');
    if (given.redirectUri !== sent['redirect_uri']) return fail(400, 'invalid_grant', 'redirectUriMismatch');
    const challenge = given.parameters['code_challenge'];
    if (challenge !== undefined && sha256(sent['code_verifier'] ?? '').toString('base64url') !== challenge)
      return fail(400, 'invalid_grant', 'codeVerifierMismatch');
    const scope = given.parameters['scope']!;
    return reply.send({
      access_token: tokens.keep(given),
      token_type: 'Bearer',
      expires_in: tokenSeconds,
      scope,
      ...(scope.split(' ').includes('openid') ? { id_token: await idToken(given) } : {}),
    });
  });

  async function idToken({ parameters, account, row, authTime }: Given): Promise<string> {
    const { nationalId } = account;
    const at = secondsNow(simulator, nationalId);
    const payload = {
      ...(shape.claimsInIdToken ? claimsOf(description, account, row, description.claims, scopesOf(parameters)) : {}),
      iss: publicUrl,
      sub: subjectOf(description, account),
      aud: parameters['client_id'],
      iat: at,
      exp: at + 300,
      auth_time: at - (Math.floor(clock.now().getTime() / 1_000) - authTime),
      acr: row.acr,
      amr: description.methods[row.method]!.amr,
      ...(parameters['nonce'] === undefined ? {} : { nonce: parameters['nonce'] }),
    };
    return signing.sign(payload, faults.strikes('wrong-signature', nationalId));
  }

  fastify.route({
    method: ['GET', 'POST'],
    url: paths.userinfo,
    handler: async (request, reply) => {
      const [, token] = /^Bearer (\S{1,200})$/i.exec(request.headers.authorization ?? '') ?? [];
      const given = tokens.find(token);
      if (given === undefined)
        return reply
          .status(401)
          .header('www-authenticate', 'Bearer error="invalid_token"')
          .send({ error: 'invalid_token' });
      const { account, row, parameters } = given;
      const claims = claimsOf(description, account, row, description.claims, scopesOf(parameters));
      return { sub: subjectOf(description, account), ...claims };
    },
  });

  fastify.get(paths.jwks, async () => signing.jwks);
  fastify.get(paths.logout, async (request, reply) => {
    const query = wordsOf(request.query);
    return reply.redirect(checkReturn(simulator, query['post_logout_redirect_uri'] ?? query['redirect_uri']), 303);
  });
  fastify.get('/.well-known/openid-configuration', async () => ({
    issuer: publicUrl,
    authorization_endpoint: publicUrl + paths.authorize,
    token_endpoint: publicUrl + paths.token,
    userinfo_endpoint: publicUrl + paths.userinfo,
    jwks_uri: publicUrl + paths.jwks,
    end_session_endpoint: publicUrl + paths.logout,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    code_challenge_methods_supported: ['S256'],
    scopes_supported: shape.scopes,
    acr_values_supported: [...new Set(description.levels.map(({ acr }) => acr))],
    claims_supported: ['sub', 'acr', 'amr', 'auth_time', ...description.claims.map(({ name }) => name)],
    ui_locales_supported: ['ar', 'en'],
    authorization_response_iss_parameter_supported: shape.namesIssuer,
  }));
}

const scopesOf = (parameters: Words): string[] => (parameters['scope'] ?? '').split(' ').filter(Boolean);

/** `client_secret_basic` or `client_secret_post` (RFC 6749 section 2.3.1). */
function clientOf(request: FastifyRequest, sent: Words): { id: string | undefined; secret: string | undefined } {
  const [, basic] = /^Basic ([A-Za-z0-9+/=]{1,400})$/i.exec(request.headers.authorization ?? '') ?? [];
  if (basic === undefined) return { id: sent['client_id'], secret: sent['client_secret'] };
  const [id = '', secret = ''] = Buffer.from(basic, 'base64').toString('utf8').split(/:(.*)/s);
  const plain = (text: string) =>
    /%(?![0-9A-Fa-f]{2})/.test(text) ? text : decodeURIComponent(text.replaceAll('+', ' '));
  return { id: plain(id), secret: plain(secret) };
}

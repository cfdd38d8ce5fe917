import type { IncomingMessage } from 'node:http';
import { Provider } from 'oidc-provider';
import type { HttpServer } from '#kernel/http';
import type { Signer } from '#kernel/keys';
import type { Part } from '#kernel/statements';
import { createActing } from '../acting/service.ts';
import { acrValues, problem } from '../contract.ts';
import type { IdentityNeeds } from '../needs.ts';
import type { Persons, SignInSteps } from '../persons/service.ts';
import { providerConfiguration } from './configuration.ts';
import { createInteractions, type Interactions } from './interactions.ts';
import { plainPages } from './pages.ts';
import { pairwiseSubject } from './rules.ts';
import * as store from './store.ts';

export type OpenIdProvider = {
  issuer: string;
  interaction: Interactions;
  /** Serves the provider under `/eid` of this server. */
  mountProvider(server: HttpServer): void;
  /** `openid_provider` metadata for this provider's entity configuration. */
  providerMetadata(names: { ar: string; en: string }): Record<string, unknown>;
  /** The home person behind a pairwise subject of this provider. */
  findPersonOfSubject(subject: string): Promise<string | undefined>;
  /** Who the subjects are; a subject that nobody has is left out. */
  readingHolders(subjects: readonly string[]): Part<store.SubjectHolder[]>;
  /** The pairwise subject by which a client knows a home person. */
  subjectFor(personId: string, clientId: string): Promise<string>;
  /** What a sector calls a mandate. */
  mandateHandle(sector: string, mandateId: string): string;
  /** The mandate behind a handle that this provider gave to a client. */
  findMandateOfHandle(handle: string): Promise<string | undefined>;
  /** Ends the person's sign-ins at this provider. */
  endPerson(personId: string): Promise<void>;
  purge(): Promise<void>;
};

const mountPath = '/eid';

export async function createProvider(
  needs: IdentityNeeds,
  persons: Persons & SignInSteps,
  signer: Signer,
): Promise<OpenIdProvider> {
  const { database, keys, log } = needs;
  const issuer = `${needs.publicUrl}${mountPath}`;
  const subjectKey = await keys.secret('identity.subjects');
  const subjectFor = async (sector: string, personId: string): Promise<string> => {
    const subject = pairwiseSubject(subjectKey, sector, personId);
    await store.saveSubject(database.db, { subject, sector, personId });
    return subject;
  };
  const acting = createActing(needs, subjectKey);
  const provider = new Provider(
    issuer,
    providerConfiguration({
      needs,
      persons,
      signer,
      secrets: {
        cookie: await keys.secret('identity.cookies'),
        dpopNonce: await keys.secret('identity.dpop-nonce', 32),
      },
      subjectFor,
      acting,
      pages: { ...plainPages, ...needs.pages },
    }),
  );
  // Only so that cookies may be `Secure` behind a proxy that ends TLS; addresses are made from the issuer, never from headers.
  provider.proxy = true;
  provider.on('server_error', (_ctx, error) => log.error({ err: error }, 'the identity provider failed'));
  for (const event of ['authorization.error', 'pushed_authorization_request.error', 'grant.error'] as const)
    provider.on(event as 'grant.error', (_ctx, error) =>
      log.info({ code: error.error, detail: error.error_detail }, 'the identity provider refused'),
    );
  provider.on('backchannel.error', (_ctx, error) =>
    log.warn({ err: error }, 'a relying party could not be told of a sign-out'),
  );
  const refusals = new WeakMap<IncomingMessage, () => void>();
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.status !== 404 || ctx.body) return;
    // Nothing of the provider is at this address: it is refused as anywhere else at this node.
    ctx.respond = false;
    refusals.get(ctx.req)?.();
  });
  const handle = provider.callback();

  return {
    issuer,
    interaction: createInteractions({ needs, provider, signIn: persons, acting }),
    mountProvider: (server) => {
      server.fastify.register(async (scope) => {
        // The provider reads bodies itself: hand the stream through untouched.
        scope.removeAllContentTypeParsers();
        scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
        for (const url of [mountPath, `${mountPath}/*`])
          scope.route({
            method: ['GET', 'POST', 'OPTIONS'],
            url,
            handler: (request, reply) => {
              const { raw } = request;
              refusals.set(raw, () => reply.callNotFound());
              for (const [name, value] of Object.entries(reply.getHeaders()))
                if (value !== undefined) reply.raw.setHeader(name, value);
              raw.headers['x-forwarded-proto'] = new URL(needs.publicUrl).protocol.slice(0, -1);
              raw.headers['x-forwarded-host'] = new URL(needs.publicUrl).host;
              Object.assign(raw, { originalUrl: raw.url });
              raw.url = raw.url!.slice(mountPath.length).replace(/^(?!\/)/, '/');
              handle(raw, reply.raw);
            },
          });
      });
    },
    providerMetadata: (names) => ({
      issuer,
      organization_name: names.en,
      'organization_name#ar': names.ar,
      client_registration_types_supported: ['automatic'],
      request_authentication_methods_supported: { pushed_authorization_request: ['private_key_jwt'] },
      request_authentication_signing_alg_values_supported: ['ES256'],
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/me`,
      pushed_authorization_request_endpoint: `${issuer}/request`,
      end_session_endpoint: `${issuer}/session/end`,
      require_pushed_authorization_requests: true,
      jwks: { keys: [signer.publicJwk] },
      scopes_supported: ['openid'],
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code'],
      subject_types_supported: ['pairwise'],
      acr_values_supported: [...acrValues],
      id_token_signing_alg_values_supported: ['ES256'],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: ['ES256'],
      code_challenge_methods_supported: ['S256'],
      dpop_signing_alg_values_supported: ['ES256'],
      authorization_details_types_supported: ['evidence'],
      authorization_response_iss_parameter_supported: true,
      claims_parameter_supported: true,
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
      ui_locales_supported: ['ar', 'en'],
    }),
    findPersonOfSubject: (subject) => store.findPersonOfSubject(database.db, subject),
    readingHolders: store.readingHolders,
    subjectFor: async (personId, clientId) => {
      const client = await provider.Client.find(clientId);
      if (!client) throw problem('provider-not-trusted');
      return subjectFor((client as unknown as { sectorIdentifier: string }).sectorIdentifier, personId);
    },
    endPerson: (personId) => store.endPersonAtProvider(database.db, personId),
    mandateHandle: acting.nameOf,
    findMandateOfHandle: acting.findMandateOfHandle,
    purge: async () => {
      await store.purgeExpired(database.db, needs.clock.now());
      await acting.purge();
    },
  };
}

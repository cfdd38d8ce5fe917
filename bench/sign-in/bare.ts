import { createPublicKey, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { type Configuration, Provider } from 'oidc-provider';

// The yardstick: oidc-provider alone, with its own adapter in memory and the same profile: FAPI 2.0, pushed requests, DPoP with a
// nonce at the token endpoint, ES256. Whoever comes is signed in without a page: `node bare.ts <file of the client's key>`.

const [keyFile] = process.argv.slice(2) as [string];
const jwk = await exportJWK(createPublicKey(readFileSync(keyFile)));
const clientKey = { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'ES256' };
const { privateKey } = await generateKeyPair('ES256', { extractable: true });
const server = createServer();
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
const algorithms = [
  'clientAuthSigningAlgValues',
  'idTokenSigningAlgValues',
  'userinfoSigningAlgValues',
  'dPoPSigningAlgValues',
];
const provider = new Provider(issuer, {
  jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' }] },
  clients: [
    {
      client_id: `${issuer}/portal`,
      redirect_uris: [`${issuer}/back`],
      grant_types: ['authorization_code'],
      response_types: ['code'],
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      id_token_signed_response_alg: 'ES256',
      dpop_bound_access_tokens: true,
      jwks: { keys: [{ ...clientKey, use: 'sig' }] },
    },
  ],
  clientDefaults: { id_token_signed_response_alg: 'ES256' },
  clientAuthMethods: ['private_key_jwt'],
  responseTypes: ['code'],
  scopes: ['openid'],
  acrValues: ['low'],
  claims: { acr: null, sid: null, iss: null, openid: ['sub', 'amr', 'auth_time'] },
  enabledJWA: Object.fromEntries(algorithms.map((name) => [name, ['ES256']])),
  cookies: { keys: [randomBytes(32).toString('hex')] },
  features: {
    devInteractions: { enabled: false },
    fapi: { enabled: true, profile: '2.0' },
    pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true },
    dPoP: {
      enabled: true,
      nonceSecret: randomBytes(32),
      requireNonce: (ctx: { oidc: { route: string } }) => ctx.oidc.route === 'token',
    },
    claimsParameter: { enabled: true },
    backchannelLogout: { enabled: true },
  },
  findAccount: async (_ctx: unknown, accountId: string) => ({ accountId, claims: async () => ({ sub: accountId }) }),
  loadExistingGrant: async (ctx: {
    oidc: { provider: Provider; client: { clientId: string }; session: { accountId: string } };
  }) => {
    const grant = new provider.Grant({ accountId: ctx.oidc.session.accountId, clientId: ctx.oidc.client.clientId });
    grant.addOIDCScope('openid');
    await grant.save();
    return grant;
  },
  interactions: { url: (_ctx: unknown, interaction: { uid: string }) => `/login/${interaction.uid}` },
} as unknown as Configuration);
const handle = provider.callback();
server.on('request', async (request, response) => {
  if (!request.url!.startsWith('/login/')) return handle(request, response);
  const login = { accountId: randomBytes(16).toString('hex'), acr: 'low', amr: ['pwd'] };
  await provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
});
process.on('disconnect', () => process.exit(0));
process.send!({ ready: issuer });

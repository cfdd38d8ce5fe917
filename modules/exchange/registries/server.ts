import { type Static, Type } from 'typebox';
import { type AdapterNeeds, lookUpTimeoutMs, RegistryFault } from './adapter.ts';

const closed = { additionalProperties: false };
/** The name of a file in the node's secrets folder. */
export const SecretName = Type.String({ pattern: '^[a-z0-9][a-z0-9_-]{0,63}$' });
export const ParameterName = Type.String({ pattern: '^[^\\x00-\\x1f\\x7f]{1,100}$' });

const Authentication = Type.Union([
  Type.Object(
    {
      kind: Type.Literal('apiKey'),
      in: Type.Union([Type.Literal('header'), Type.Literal('query')]),
      name: ParameterName,
      secret: SecretName,
    },
    closed,
  ),
  Type.Object({ kind: Type.Literal('bearer'), secret: SecretName }, closed),
  /** The secret is `user:password`. */
  Type.Object({ kind: Type.Literal('basic'), secret: SecretName }, closed),
]);

/** A server of a ministry: where it is, and how it knows who asks. */
export const server = {
  server: Type.String({ pattern: '^https?://[^?#\\s]+$' }),
  /** Set where http:// is meant, for a network that nobody else can read. */
  isPlaintextAccepted: Type.Optional(Type.Literal(true)),
  authentication: Type.Optional(Authentication),
};
const Server = Type.Object(server);
export type Server = Static<typeof Server>;

/** Throws a sentence for the engineer. */
export function checkServer(config: Server): void {
  const { hostname, protocol, username } = new URL(config.server);
  if (username) throw new Error('server must not hold a password: name a secret under authentication');
  const isHere = hostname === 'localhost' || hostname.endsWith('.localhost') || /^(127\.|\[::1\])/.test(hostname);
  if (protocol === 'http:' && !isHere && !config.isPlaintextAccepted)
    throw new Error('server must begin with https://, or say "isPlaintextAccepted": true for a network of your own');
}

type ServerNeeds = Pick<AdapterNeeds, 'http' | 'secrets'>;
type Credentials = { headers: Record<string, string>; query?: string };

export function credentialsOf(needs: ServerNeeds, { authentication }: Server): Credentials {
  if (!authentication) return { headers: {} };
  const secret = needs.secrets.read(authentication.secret);
  if (authentication.kind === 'bearer') return { headers: { authorization: `Bearer ${secret}` } };
  if (authentication.kind === 'basic')
    return { headers: { authorization: `Basic ${Buffer.from(secret).toString('base64')}` } };
  if (authentication.in === 'header') return { headers: { [authentication.name]: secret } };
  return { headers: {}, query: `${encodeURIComponent(authentication.name)}=${encodeURIComponent(secret)}` };
}

/** That the server answers and takes our secret: what it says of the address itself does not matter. */
export async function reach(needs: ServerNeeds, config: Server): Promise<void> {
  const credentials = credentialsOf(needs, config);
  const url = credentials.query ? `${config.server}?${credentials.query}` : config.server;
  const answer = await needs.http
    .request({ method: 'GET', url, headers: credentials.headers, timeoutMs: lookUpTimeoutMs })
    .catch((error) => {
      const code = String((error as { code?: unknown }).code ?? 'failed');
      if (code === 'peer-answer-too-large') return undefined;
      throw new RegistryFault(
        code,
        `The registry at ${config.server} does not answer (${code}). Check that it runs and that this machine reaches it.`,
      );
    });
  if (answer?.status === 401 || answer?.status === 403) {
    if (!config.authentication)
      throw new RegistryFault('not-authorised', 'The registry wants to know who asks. Describe its authentication.');
    needs.secrets.forget(config.authentication.secret);
    throw new RegistryFault(
      'not-authorised',
      `The registry refuses the secret ${config.authentication.secret}. Put a valid one in its place.`,
    );
  }
}

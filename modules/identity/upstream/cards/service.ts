import { randomBytes } from '#kernel/ids';
import type { AssuranceLevel } from '#protocol/assurance';
import { problem, type RefusalReason } from '../../contract.ts';
import type { IdentityNeeds } from '../../needs.ts';
import type { CardUpstream, UpstreamConnection } from '../contract.ts';
import { acrValuesFor, readProof, type Shown } from '../rules.ts';
import { judgeCard, reasonOfState } from './rules.ts';

type Connected = { upstream: CardUpstream; connection: UpstreamConnection };

/** A card at an eID's page: a challenge goes there, and the signed challenge is fetched and judged here. Everything throws what went wrong. */
export type Cards = {
  /** Where to send the browser, and what its return has to bring. */
  begin(one: Connected, needed: AssuranceLevel | undefined, returnTo: string): Promise<CardSession & { url: string }>;
  /** `code` came back with the browser that answered: whoever merely began the session does not have it. */
  prove(one: Connected, session: CardSession, code: string): Promise<Shown | { refused: RefusalReason }>;
};
export type CardSession = { session: string; challenge: string };

export function createCards({ http, clock }: Pick<IdentityNeeds, 'http' | 'clock'>): Cards {
  const limits = { timeoutMs: 10_000, bodyBytesMax: 262_144 };
  const addressAt = ({ connection }: Connected, path: string) => new URL(path, connection.issuer).href;

  /** What the eID answers to one call: a JSON object. */
  async function call(one: Connected, path: string, body?: object): Promise<Record<string, unknown>> {
    const { clientId, clientSecret } = one.connection;
    const answer = await http.request({
      method: body === undefined ? 'GET' : 'POST',
      url: addressAt(one, path),
      headers: {
        accept: 'application/json',
        authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...limits,
    });
    const read: unknown = JSON.parse(answer.body.toString('utf8'));
    if (answer.status < 200 || answer.status > 299 || typeof read !== 'object' || read === null)
      throw problem('upstream-failed');
    return read as Record<string, unknown>;
  }

  async function fetchDer(one: Connected, path: string): Promise<Buffer> {
    const answer = await http.request({ method: 'GET', url: addressAt(one, path), ...limits });
    if (answer.status !== 200) throw problem('upstream-failed');
    return answer.body;
  }

  return {
    begin: async (one, needed, returnTo) => {
      const { upstream, connection } = one;
      const acrValues = needed === undefined ? undefined : acrValuesFor(upstream, needed);
      const challenge = randomBytes(32).toString('base64url');
      const asked = { challenge, returnTo, ...(acrValues === undefined ? {} : { acr_values: acrValues }) };
      const { session, url } = await call(one, upstream.paths.sessions, asked);
      const isGood = typeof session === 'string' && session.length <= 200 && typeof url === 'string';
      // The page's policy lets the browser go to the eID, and nowhere else.
      if (!isGood || new URL(url).origin !== new URL(connection.issuer).origin) throw problem('upstream-failed');
      return { session, url, challenge };
    },

    prove: async (one, { session, challenge }, code) => {
      const { paths } = one.upstream;
      const query = new URLSearchParams({ code });
      const result = await call(one, `${paths.sessions}/${encodeURIComponent(session)}/result?${query}`);
      const refused = reasonOfState(one.upstream, String(result['state']));
      if (refused !== undefined) return { refused };
      const { certificate, signature } = result;
      if (result['state'] !== 'signed' || typeof certificate !== 'string' || typeof signature !== 'string')
        throw problem('upstream-failed');
      // A node without such an eID does without the library; it asks for the reflection API to be there before.
      await import('reflect-metadata');
      const x509 = await import('@peculiar/x509');
      const [ca, list] = await Promise.all([fetchDer(one, paths.ca), fetchDer(one, paths.crl)]);
      const answer = {
        certificate: Buffer.from(certificate, 'base64'),
        signature: Buffer.from(signature, 'base64url'),
        challenge: Buffer.from(challenge, 'base64url'),
      };
      const authority = {
        certificate: new x509.X509Certificate(new Uint8Array(ca)),
        list: new x509.X509Crl(new Uint8Array(list)),
      };
      const said = await judgeCard(x509, answer, authority, clock.now());
      if (said === 'revoked') return { refused: 'suspended' };
      const shown = said === undefined ? 'unknown' : readProof(one.upstream, { certificate: said });
      if (shown === 'unknown') throw problem('upstream-failed');
      return shown === 'nobody' ? { refused: 'not_matched' } : shown;
    },
  };
}

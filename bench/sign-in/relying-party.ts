import { createHash, createPrivateKey, createPublicKey, randomBytes, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { calculateJwkThumbprint, exportJWK } from 'jose';
import { Pool } from 'undici';
import { drive, type Order } from '../exchange/load.ts';

// A relying party with many people who are signed in and go on to it, one after the other in each place: pushed request, code, token.
// `node relying-party.ts <address> <host> <path of the provider> <client id> <redirect address> <key file> <people, as JSON>`

const [address, host, path, clientId, redirectUri, keyFile, peopleJson] = process.argv.slice(2) as string[];
const issuer = `http://${host}${path}`;
const pool = new Pool(address!, { connections: 32 });
const key = createPrivateKey(readFileSync(keyFile!));
const jwk = await exportJWK(createPublicKey(key));
const kid = await calculateJwkThumbprint(jwk);
/** One for each place: many guesses at one account would be slowed down. */
const people: Array<{ nationalId: string; password: string }> = JSON.parse(peopleJson!);
const cookies = people.map(() => new Map<string, string>());
let nonce: string | undefined;

const random = () => randomBytes(16).toString('base64url');
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
function jwt(header: object, claims: object): string {
  const input = `${part({ alg: 'ES256', ...header })}.${part(claims)}`;
  return `${input}.${sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}
const seconds = () => Math.floor(Date.now() / 1_000);
const assertion = () =>
  jwt({ kid }, { iss: clientId, sub: clientId, aud: issuer, jti: random(), iat: seconds(), exp: seconds() + 60 });
const proof = (url: string) =>
  jwt(
    { typ: 'dpop+jwt', jwk },
    { htm: 'POST', htu: url, jti: random(), iat: seconds(), ...(nonce === undefined ? {} : { nonce }) },
  );

type Answer = { status: number; headers: Record<string, string | string[] | undefined>; text: string };
async function send(
  method: 'GET' | 'POST',
  target: string,
  place: number,
  form?: object,
  headers = {},
): Promise<Answer> {
  const jar = cookies[place]!;
  const answer = await pool.request({
    method,
    path: target,
    headers: {
      host: host!,
      accept: 'text/html',
      ...(jar.size > 0 ? { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') } : {}),
      ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      ...headers,
    },
    ...(form ? { body: new URLSearchParams(form as Record<string, string>).toString() } : {}),
  });
  for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
    if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(name!);
    else jar.set(name!, value!);
  }
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
}

const client = () => ({
  client_id: clientId!,
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  client_assertion: assertion(),
});

/** One whole sign-in in a place; where nobody is signed in yet, the page is answered by the password. */
async function signIn(place: number): Promise<void> {
  const verifier = randomBytes(32).toString('base64url');
  const pushed = await send('POST', `${path}/request`, place, {
    ...client(),
    response_type: 'code',
    scope: 'openid',
    redirect_uri: redirectUri!,
    acr_values: 'low',
    state: random(),
    nonce: random(),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  if (pushed.status !== 201) throw new Error(`pushed request: ${pushed.status} ${pushed.text}`);
  const query = new URLSearchParams({ client_id: clientId!, request_uri: JSON.parse(pushed.text).request_uri });
  let answer = await send('GET', `${path}/auth?${query}`, place);
  let location = new URL(String(answer.headers['location']), issuer);
  for (let hop = 0; hop < 6 && !location.href.startsWith(redirectUri!); hop += 1) {
    const target = location.pathname + location.search;
    answer = target.startsWith('/eid-pages/')
      ? await send('POST', target, place, people[place]!)
      : await send('GET', target, place);
    location = new URL(String(answer.headers['location']), issuer);
  }
  const code = location.searchParams.get('code');
  if (code === null) throw new Error(`no code: ${answer.status} ${location.href} ${answer.text.slice(0, 300)}`);
  const body = { grant_type: 'authorization_code', code, redirect_uri: redirectUri!, code_verifier: verifier };
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const dpop = proof(`${issuer}/token`);
    const token = await send('POST', `${path}/token`, place, { ...client(), ...body }, { dpop });
    const next = token.headers['dpop-nonce'];
    if (typeof next === 'string') nonce = next;
    if (token.status === 200) return;
    if (attempt > 0 || !token.text.includes('use_dpop_nonce')) throw new Error(`token: ${token.status} ${token.text}`);
  }
}

type SoakOrder = { soak: number };
process.on('message', async (order: Order | SoakOrder) => {
  if (!('soak' in order)) return process.send!({ figures: await drive(order, signIn) });
  let begun = 0;
  let failed = 0;
  await Promise.all(
    cookies.map(async (jar, place) => {
      while (begun < order.soak) {
        begun += 1;
        // One in ten signs in anew, by the password; the others are signed in already.
        if (begun % 10 === 0) jar.clear();
        await signIn(place).catch((error) => {
          failed += 1;
          if (failed < 4) console.error(error);
        });
      }
    }),
  );
  process.send!({ failed });
});
process.on('disconnect', () => process.exit(0));
process.send!({ ready: 'relying party' });

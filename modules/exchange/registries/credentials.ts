import type { HttpClient } from '#kernel/http-client';
import { lookUpTimeoutMs, RegistryFault } from './adapter.ts';
import type { Authentication } from './authentication.ts';
import type { Secrets } from './secrets.ts';

/** What goes with a request. `isKept`: a token from before, which may have been called back meanwhile. */
export type Shown = { headers: Record<string, string>; query?: string; isKept?: boolean };
export type Credentials = {
  /** Throws RegistryFault. */
  get(): Promise<Shown>;
  /** What was refused is not shown again: the next `get` reads or asks anew. */
  forget(): void;
};
type Needs = { getHttp(): HttpClient; secrets: Secrets };
type OAuth = Extract<Authentication, { kind: 'oauth' }>;
type Token = { value: string; until: number };

const tokenBytesMax = 65_536;
/** A token that does not say how long it holds is asked for again after a minute. */
const usualLifeMs = 60_000;
const aheadMs = 30_000;

export function openCredentials(needs: Needs, authentication: Authentication | undefined): Credentials {
  if (authentication?.kind === 'oauth') return openTokens(needs, authentication);
  return {
    get: async () =>
      authentication ? show(authentication, needs.secrets.read(authentication.secret)) : { headers: {} },
    forget: () => {
      if (authentication) needs.secrets.forget(authentication.secret);
    },
  };
}

function show(authentication: Exclude<Authentication, OAuth>, secret: string): Shown {
  if (authentication.kind === 'bearer') return { headers: { authorization: `Bearer ${secret}` } };
  if (authentication.kind === 'basic')
    return { headers: { authorization: `Basic ${Buffer.from(secret).toString('base64')}` } };
  if (authentication.in === 'header') return { headers: { [authentication.name]: secret } };
  return { headers: {}, query: `${encodeURIComponent(authentication.name)}=${encodeURIComponent(secret)}` };
}

/** One token for all lookups, asked for once however many wait, and again shortly before it ends. */
function openTokens(needs: Needs, config: OAuth): Credentials {
  let held: Token | undefined;
  let asking: Promise<Token> | undefined;
  return {
    get: async () => {
      const kept = held && held.until > performance.now() ? held : undefined;
      if (!kept)
        asking ??= fetchToken(needs, config)
          .then((token) => {
            held = token;
            return token;
          })
          .finally(() => {
            asking = undefined;
          });
      const { value } = kept ?? (await asking!);
      return { headers: { authorization: `Bearer ${value}` }, isKept: kept !== undefined };
    },
    forget: () => {
      held = undefined;
    },
  };
}

async function fetchToken({ getHttp, secrets }: Needs, config: OAuth): Promise<Token> {
  const [id, password] = splitClient(config.secret, secrets.read(config.secret));
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (config.scope !== undefined) form.set('scope', config.scope);
  if (config.audience !== undefined) form.set('audience', config.audience);
  const headers: Record<string, string> = {
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
  };
  if (config.sentIn === 'body') {
    form.set('client_id', id);
    form.set('client_secret', password);
  } else {
    // RFC 6749 section 2.3.1: both are written as in a form before they are joined.
    const written = [id, password].map((word) => new URLSearchParams({ '': word }).toString().slice(1)).join(':');
    headers['authorization'] = `Basic ${Buffer.from(written).toString('base64')}`;
  }
  const { host } = new URL(config.tokenUrl);
  const answer = await getHttp()
    .request({
      method: 'POST',
      url: config.tokenUrl,
      headers,
      body: form.toString(),
      timeoutMs: lookUpTimeoutMs,
      bodyBytesMax: tokenBytesMax,
    })
    .catch((error) => {
      const code = String((error as { code?: unknown }).code ?? 'failed');
      throw new RegistryFault(code, {
        en: `The token server ${host} gives no answer (${code}). Check tokenUrl, and that it runs.`,
        ar: `خادم الرموز ${host} لا يجيب (${code}). تحقق من tokenUrl ومن أنه يعمل.`,
      });
    });
  const said = readJson(answer.body);
  if (answer.status !== 200) {
    // The secret may have been changed since it was read.
    secrets.forget(config.secret);
    const why = /^[a-z_]{1,40}$/.test(String(said['error'])) ? said['error'] : answer.status;
    throw new RegistryFault('token-refused', {
      en: `The token server ${host} gives no token for the secret ${config.secret} (${why}). Put a valid one in its place, or correct scope and audience.`,
      ar: `خادم الرموز ${host} لا يعطي رمزًا مقابل السر ${config.secret} (${why}). ضع مكانه سرًا صالحًا أو صحّح scope وaudience.`,
    });
  }
  const { access_token: value, expires_in: seconds } = said;
  if (typeof value !== 'string' || !/^[\x21-\x7e]{1,16384}$/.test(value))
    throw new RegistryFault('token-unreadable', {
      en: `The token server ${host} answers without a token. Check tokenUrl.`,
      ar: `يجيب خادم الرموز ${host} دون رمز. تحقق من tokenUrl.`,
    });
  const lifeMs = Number(seconds) > 0 ? Number(seconds) * 1_000 : usualLifeMs;
  return { value, until: performance.now() + Math.max(lifeMs - aheadMs, lifeMs / 2) };
}

function splitClient(name: string, secret: string): [string, string] {
  const at = secret.indexOf(':');
  if (at < 1)
    throw new RegistryFault('secret-unreadable', {
      en: `The secret ${name} has to be client id:client secret.`,
      ar: `يجب أن يكون السر ${name} بالصيغة client id:client secret.`,
    });
  return [secret.slice(0, at), secret.slice(at + 1)];
}

function readJson(body: Buffer): Record<string, unknown> {
  try {
    const said: unknown = JSON.parse(body.toString('utf8'));
    return typeof said === 'object' && said !== null ? (said as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

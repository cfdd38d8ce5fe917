import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Static, Type } from 'typebox';
import {
  causeOfUnreachable,
  createHttpClient,
  type HttpAnswer,
  type HttpClient,
  type HttpRequest,
} from '#kernel/http-client';
import type { Text } from '#kernel/languages';
import { type AdapterNeeds, lookUpTimeoutMs, RegistryFault } from './adapter.ts';
import { Authentication, SecretName } from './authentication.ts';
import { openCredentials } from './credentials.ts';

/** How both ends of a connection show who they are. */
const Tls = Type.Object(
  {
    /** The secret with this node's certificate, those between it and its authority, and its key, as PEM. */
    certificate: Type.Optional(SecretName),
    /** A file with the certificates of the authorities that the server's may be from, as PEM; those that this machine trusts when absent. */
    authorities: Type.Optional(Type.String({ minLength: 1, maxLength: 1_000 })),
  },
  { additionalProperties: false },
);

/** A server of a ministry: where it is, and how it knows who asks. */
export const server = {
  server: Type.String({ pattern: '^https?://[^?#\\s]+$' }),
  /** Set where http:// is meant, for a network that nobody else can read. */
  isPlaintextAccepted: Type.Optional(Type.Literal(true)),
  authentication: Type.Optional(Authentication),
  tls: Type.Optional(Tls),
};
const Server = Type.Object(server);
export type Server = Static<typeof Server>;

/** Throws a sentence for the engineer. */
export function checkServer(config: Server): void {
  checkAddress('server', config.server, config);
  if (config.authentication?.kind === 'oauth') checkAddress('tokenUrl', config.authentication.tokenUrl, config);
  if (config.tls && !config.server.startsWith('https:')) throw new Error('tls is for a server at https://');
}

function checkAddress(name: string, address: string, { isPlaintextAccepted }: Server): void {
  if (!URL.canParse(address)) throw new Error(`${name} is no address`);
  const { hostname, protocol, username } = new URL(address);
  if (username) throw new Error(`${name} must not hold a password: name a secret under authentication`);
  const isHere = hostname === 'localhost' || hostname.endsWith('.localhost') || /^(127\.|\[::1\])/.test(hostname);
  if (protocol === 'http:' && !isHere && !isPlaintextAccepted)
    throw new Error(`${name} must begin with https://, or say "isPlaintextAccepted": true for a network of your own`);
}

/** Connections to a ministry's server, with what shows it who asks. Whatever fails is a RegistryFault. */
export type Connection = Pick<HttpClient, 'request' | 'open'> & {
  /** That the server answers and takes our secret. Throws RegistryFault. */
  reach(): Promise<void>;
  stop(): Promise<void>;
};
export type ConnectionNeeds = Pick<AdapterNeeds, 'http' | 'clock' | 'secrets' | 'folder'>;

export function openConnection(needs: ConnectionNeeds, config: Server): Connection {
  const { authentication, tls } = config;
  let own: { http: HttpClient; shown: string } | undefined;
  /** Set when something was refused: what this end shows may have been changed since it was read. */
  let isDoubted = false;
  /** Documents may still be on their way over them; idle connections close by themselves. */
  const retired = new Set<HttpClient>();
  const getHttp = () => {
    if (!tls) return needs.http;
    if (own && !isDoubted) return own.http;
    const read = readTls(needs, tls);
    isDoubted = false;
    const shown = JSON.stringify(read);
    if (own?.shown === shown) return own.http;
    if (own) retired.add(own.http);
    own = { http: createHttpClient({ tls: read }), shown };
    return own.http;
  };
  const credentials = openCredentials({ getHttp, secrets: needs.secrets }, authentication);
  const doubt = () => {
    if (tls?.certificate) needs.secrets.forget(tls.certificate);
    isDoubted = true;
  };
  const send = async <Answer extends Pick<HttpAnswer, 'status'>>(
    request: HttpRequest,
    by: (http: HttpClient, request: HttpRequest) => Promise<Answer>,
    isRepeat = false,
  ): Promise<Answer> => {
    const {
      headers,
      query,
      isKept = false,
    } = await credentials.get().catch((error) => {
      // A token server may be the one that no longer takes the certificate.
      if (tls) doubt();
      throw error;
    });
    const url = query ? `${request.url}${request.url.includes('?') ? '&' : '?'}${query}` : request.url;
    const http = getHttp();
    const answer = await by(http, { ...request, url, headers: { ...request.headers, ...headers } }).catch((error) => {
      if (tls && !isSlow(error)) doubt();
      throw faultOf(error, config);
    });
    if (answer.status !== 401) return answer;
    credentials.forget();
    // A token that was kept may have been called back; a fresh one was not.
    if (!isKept || isRepeat) return answer;
    (answer as { body?: { destroy?(): void } }).body?.destroy?.();
    return send(request, by, true);
  };
  const request: HttpClient['request'] = (one) => send(one, (http, made) => http.request(made));
  return {
    request,
    open: (one) => send(one, (http, { body: _, bodyBytesMax: _max, ...made }) => http.open(made)),
    reach: async () => {
      if (tls?.certificate) readCertificate(needs, tls.certificate);
      const answer = await request({ method: 'GET', url: config.server, timeoutMs: lookUpTimeoutMs }).catch((error) => {
        if ((error as { code?: unknown }).code === 'peer-answer-too-large') return undefined;
        throw error;
      });
      if (answer?.status !== 401 && answer?.status !== 403) return;
      if (!authentication)
        throw new RegistryFault('not-authorised', {
          en: 'The registry wants to know who asks. Describe its authentication.',
          ar: 'يريد السجل أن يعرف من يسأل. اذكر ذلك في authentication.',
        });
      needs.secrets.forget(authentication.secret);
      throw new RegistryFault(
        'not-authorised',
        authentication.kind === 'oauth'
          ? {
              en: `The registry refuses the token had with the secret ${authentication.secret}. Correct scope or audience, or ask the registry what it wants.`,
              ar: `يرفض السجل الرمز المأخوذ بالسر ${authentication.secret}. صحّح scope أو audience، أو اسأل أصحاب السجل عما يريدون.`,
            }
          : {
              en: `The registry refuses the secret ${authentication.secret}. Put a valid one in its place.`,
              ar: `يرفض السجل السر ${authentication.secret}. ضع مكانه سرًا صالحًا.`,
            },
      );
    },
    stop: async () => {
      await Promise.all([...retired, ...(own ? [own.http] : [])].map((one) => one.close()));
    },
  };
}

/** A server that answers late, or too much, has taken the certificate. */
const isSlow = (error: unknown): boolean =>
  ['peer-timeout', 'peer-answer-too-large'].includes(String((error as { code?: unknown }).code));

/** Why a server gave no answer, in a sentence for the operator. */
function faultOf(error: unknown, { server: address, tls }: Server): RegistryFault {
  if (error instanceof RegistryFault) return error;
  const said = String((error as { code?: unknown }).code ?? 'failed');
  const code = causeOfUnreachable(error) ?? said;
  if (/^ERR_SSL_.*(ALERT|HANDSHAKE)/.test(code))
    return new RegistryFault(
      code,
      tls?.certificate
        ? {
            en: `The registry does not take the certificate of the secret ${tls.certificate} (${code}). Put a valid one in its place.`,
            ar: `لا يقبل السجل شهادة السر ${tls.certificate} (${code}). ضع مكانها شهادة صالحة.`,
          }
        : {
            en: `The registry does not take this connection (${code}). If it wants a certificate, name its secret under tls.`,
            ar: `لا يقبل السجل هذا الاتصال (${code}). إن كان يريد شهادة فاذكر سرّها في tls.`,
          },
    );
  if (/^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_)/.test(code))
    return new RegistryFault(code, {
      en: `The certificate of ${new URL(address).host} is not trusted (${code}). Name the file of the authority that issued it under tls.`,
      ar: `شهادة ${new URL(address).host} غير موثوقة (${code}). اذكر في tls ملف الجهة التي أصدرتها.`,
    });
  // Some servers close a connection whose certificate they do not take without another word.
  const isSilent = address.startsWith('https:') && said === 'peer-unreachable';
  const orElse: Text = !isSilent
    ? { en: '', ar: '' }
    : tls?.certificate
      ? {
          en: ` It may also not take the certificate of the secret ${tls.certificate}.`,
          ar: ` وربما لا يقبل شهادة السر ${tls.certificate}.`,
        }
      : { en: ' If it wants a certificate, name its secret under tls.', ar: ' إن كان يريد شهادة فاذكر سرّها في tls.' };
  return new RegistryFault(code, {
    en: `The registry at ${address} does not answer (${code}). Check that it runs and that this machine reaches it.${orElse.en}`,
    ar: `السجل على العنوان ${address} لا يجيب (${code}). تحقق من أنه يعمل ومن أن هذا الجهاز يصل إليه.${orElse.ar}`,
  });
}

function readTls(needs: ConnectionNeeds, { certificate, authorities }: NonNullable<Server['tls']>) {
  const pem = certificate === undefined ? undefined : readCertificate(needs, certificate);
  return {
    ...(pem ? { cert: pem, key: pem } : {}),
    ...(authorities ? { ca: readAuthorities(resolve(needs.folder, authorities)) } : {}),
  };
}

function readAuthorities(file: string): string {
  let pem = '';
  try {
    pem = readFileSync(file, 'utf8');
  } catch {
    // Said below: what cannot be read holds no certificate either.
  }
  if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem;
  throw new RegistryFault('authorities-missing', {
    en: `${file} holds no certificate. Put those of the authorities there, as PEM.`,
    ar: `لا شهادة في ${file}. ضع فيه شهادات الجهات المصدِرة بصيغة PEM.`,
  });
}

function readCertificate({ clock, secrets }: ConnectionNeeds, name: string): string {
  const pem = secrets.read(name);
  const fault = (code: string, en: string, ar: string) => {
    // It may be put right at any time.
    secrets.forget(name);
    return new RegistryFault(code, {
      en: `The secret ${name} ${en}. Put a certificate and its key there, as PEM.`,
      ar: `السر ${name} ${ar}. ضع فيه شهادة ومفتاحها بصيغة PEM.`,
    });
  };
  let until: Date;
  try {
    until = new Date(new X509Certificate(pem).validTo);
  } catch {
    throw fault('certificate-unreadable', 'holds no certificate', 'لا شهادة فيه');
  }
  if (!/-----BEGIN ([A-Z]+ )?PRIVATE KEY-----/.test(pem))
    throw fault('certificate-unreadable', 'holds no key', 'لا مفتاح فيه');
  const on = until.toISOString().slice(0, 10);
  if (until < clock.now())
    throw fault('certificate-expired', `holds a certificate that ended on ${on}`, `فيه شهادة انتهت في ${on}`);
  return pem;
}

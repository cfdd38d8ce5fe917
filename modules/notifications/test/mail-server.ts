// @peculiar/x509 asks for the metadata reflection API to be there before it loads.
import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { BasicConstraintsExtension, SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';
import { SMTPServer } from 'smtp-server';

export type TakenMail = { from: string; to: string; isEncrypted: boolean; user: string; raw: string };

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

async function makeCertificate() {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const made = await X509CertificateGenerator.createSelfSigned({
    keys,
    name: 'CN=localhost',
    notBefore: new Date(Date.now() - 86_400_000),
    notAfter: new Date(Date.now() + 86_400_000),
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }]),
    ],
  });
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return { cert: made.toString('pem'), key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----` };
}

/** A mail server of somebody else's making: it wants STARTTLS and, unless it is open, a password, and refuses whom it is told to. */
export async function startMailServer({ password = 'secret of smtp', isOpen = false } = {}) {
  const taken: TakenMail[] = [];
  /** What it says to a recipient, by the part before the @. */
  const refusals = new Map<string, { code: number; times: number }>();
  let onTaken: (mail: TakenMail) => void = () => undefined;
  const { cert, key } = await makeCertificate();
  const server = new SMTPServer({
    cert,
    key,
    authMethods: ['PLAIN', 'LOGIN'],
    authOptional: isOpen,
    onAuth: (auth, _session, callback) =>
      auth.password === password ? callback(null, { user: auth.username! }) : callback(new Error('Invalid password')),
    onRcptTo: ({ address }, _session, callback) => {
      const refusal = refusals.get(address.split('@')[0]!);
      if (!refusal || refusal.times === 0) return callback();
      refusal.times -= 1;
      callback(Object.assign(new Error('not now or never'), { responseCode: refusal.code }));
    },
    onData: (stream, session, callback) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const mail = {
          from: session.envelope.mailFrom ? session.envelope.mailFrom.address : '',
          to: session.envelope.rcptTo.map(({ address }) => address).join(','),
          isEncrypted: session.secure,
          user: String(session.user),
          raw: Buffer.concat(chunks).toString('utf8'),
        };
        taken.push(mail);
        onTaken(mail);
        callback();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    port: (server.server.address() as AddressInfo).port,
    certificate: cert,
    taken,
    refuse: (name: string, code: number, times = Number.POSITIVE_INFINITY) => refusals.set(name, { code, times }),
    hear: (work: (mail: TakenMail) => void) => {
      onTaken = work;
    },
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

export type MailServer = Awaited<ReturnType<typeof startMailServer>>;

/** A mail as its reader gets it: headers by name in small letters, and each part with its text. */
export function readMail(raw: string) {
  const [head, body] = split(raw);
  const headers = readHeaders(head);
  const boundary = /boundary="?([^";]+)"?/.exec(headers['content-type'] ?? '')?.[1];
  const parts = boundary === undefined ? [raw] : body.split(`--${boundary}`).slice(1, -1);
  return {
    headers,
    parts: parts.map((part) => {
      const [partHead, partBody] = split(part.replace(/^\r?\n/, ''));
      const own = readHeaders(partHead);
      return { type: own['content-type'] ?? '', text: decode(partBody, own['content-transfer-encoding'] ?? '') };
    }),
  };
}

function split(text: string): [string, string] {
  const at = text.search(/\r?\n\r?\n/);
  return [text.slice(0, at), text.slice(at).replace(/^\r?\n\r?\n/, '')];
}

function readHeaders(text: string): Record<string, string> {
  const lines = text.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(':');
      return [line.slice(0, at).toLowerCase(), words(line.slice(at + 1).trim())];
    }),
  );
}

/** RFC 2047: encoded words of a header. */
function words(text: string): string {
  return text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([BQ])\?([^?]*)\?=/gi, (_, kind: string, coded: string) =>
      kind.toUpperCase() === 'B' ? Buffer.from(coded, 'base64').toString('utf8') : quoted(coded.replaceAll('_', ' ')),
    );
}

function decode(text: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(text, 'base64').toString('utf8');
  return encoding === 'quoted-printable' ? quoted(text.replace(/=\r?\n/g, '')) : text;
}

function quoted(text: string): string {
  const bytes = text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

// @peculiar/x509 asks for the metadata reflection API to be there before it loads.
import 'reflect-metadata';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { randomBytes } from '#kernel/ids';
import type { Text } from '#kernel/languages';

const dayMs = 86_400_000;
const caDays = 20 * 365;
const endEntityDays = 5 * 365;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

export type MadeCertificate = { der: Buffer; serial: string; validFrom: Date; validUntil: Date };

/** The state's own certification authority, self-signed, which may issue to end entities only (RFC 5280 section 4.2.1.9). */
export async function makeCaCertificate(input: {
  keyPair: CryptoKeyPair;
  state: string;
  names: Text;
  at: Date;
}): Promise<MadeCertificate> {
  const name = nameOf(
    { ar: `ختم الدولة – ${input.names.ar}`, en: `${input.names.en} seal authority` },
    input.names,
    input.state,
  );
  return generate({
    subject: name,
    issuer: name,
    publicKey: input.keyPair.publicKey,
    signingKey: input.keyPair.privateKey,
    at: input.at,
    days: caDays,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(input.keyPair.publicKey),
    ],
  });
}

/** What the key of an end entity may do, and nothing else. */
export type KeyUse = 'seal' | 'time-stamp';

/**
 * The certificate of one office's seal (ETSI EN 319 412-3), or of a time-stamping authority (RFC 3161 section 2.3: that purpose
 * stands alone and is critical). The organisation is named in both languages.
 */
export async function makeEndCertificate(input: {
  use: KeyUse;
  publicKey: CryptoKey;
  caKeyPair: CryptoKeyPair;
  ca: Buffer;
  state: string;
  names: Text;
  at: Date;
}): Promise<MadeCertificate> {
  const { use, names } = input;
  const ca = new X509Certificate(new Uint8Array(input.ca));
  const stampNames = { ar: `الأختام الزمنية – ${names.ar}`, en: `${names.en} time-stamps` };
  return generate({
    subject: nameOf(use === 'seal' ? names : stampNames, names, input.state),
    // The very bytes of the authority's name: encoded anew, it might not compare equal.
    issuer: new Name(ca.subjectName.toArrayBuffer()),
    publicKey: input.publicKey,
    signingKey: input.caKeyPair.privateKey,
    at: input.at,
    days: endEntityDays,
    until: ca.notAfter,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.nonRepudiation, true),
      ...(use === 'time-stamp' ? [new ExtendedKeyUsageExtension([ExtendedKeyUsage.timeStamping], true)] : []),
      await SubjectKeyIdentifierExtension.create(input.publicKey),
      await AuthorityKeyIdentifierExtension.create(input.caKeyPair.publicKey),
    ],
  });
}

export function pemOf(der: Buffer): string {
  return new X509Certificate(new Uint8Array(der)).toString('pem').trimEnd().concat('\n');
}

function nameOf(common: Text, organization: Text, state: string): Name {
  const utf8 = (value: string) => [{ utf8String: value }];
  // The library takes typed values, which its own types leave out.
  return new Name([
    { C: [{ printableString: state }] },
    { O: utf8(organization.ar) },
    { O: utf8(organization.en) },
    { CN: utf8(common.en) },
  ] as unknown as string);
}

async function generate(input: {
  subject: Name;
  issuer: Name;
  publicKey: CryptoKey;
  signingKey: CryptoKey;
  at: Date;
  days: number;
  until?: Date;
  extensions: Extension[];
}): Promise<MadeCertificate> {
  // Certificates count whole seconds; rounding down keeps a seal made in the same second inside its validity.
  const validFrom = new Date(Math.floor(input.at.getTime() / 1000) * 1000);
  const wished = new Date(validFrom.getTime() + input.days * dayMs);
  const validUntil = input.until && input.until < wished ? input.until : wished;
  // RFC 5280 section 4.1.2.2: positive, at most 20 octets, unguessable.
  const serialBytes = randomBytes(16);
  serialBytes[0] = (serialBytes[0]! & 0x7f) | 0x40;
  const serial = serialBytes.toString('hex');
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serial,
    subject: input.subject,
    issuer: input.issuer,
    notBefore: validFrom,
    notAfter: validUntil,
    publicKey: input.publicKey,
    signingKey: input.signingKey,
    signingAlgorithm: algorithm,
    extensions: input.extensions,
  });
  return { der: Buffer.from(certificate.rawData), serial, validFrom, validUntil };
}

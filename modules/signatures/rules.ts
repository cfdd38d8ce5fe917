import { X509Certificate as NodeCertificate, verify } from 'node:crypto';
import 'reflect-metadata';
import { BasicConstraintsExtension, KeyUsageFlags, KeyUsagesExtension, X509Certificate } from '@peculiar/x509';
import { sha256 } from '#kernel/ids';
import { readCms, type SealParts } from './cms.ts';
import type { SealedBy, SealRefusal } from './contract.ts';

export type SealFinding = {
  reason?: SealRefusal;
  sealedBy?: SealedBy;
  signedAt?: Date;
  coversWholeFile: boolean;
};

/** The bytes a seal covers: `[start, length, start, length]` (ISO 32000-2 section 12.8.1), around the hole it stands in. */
export type ByteRange = [number, number, number, number];

/**
 * Judges the outermost seal of a PDF. The answer is about these very bytes: the seal must cover every byte of the file
 * except its own hexadecimal text, so that nothing a reader is shown can stand outside it (shadow and append attacks).
 */
export function judgeSeal(pdf: Buffer, trust: { trustedCas: string[]; at: Date }): SealFinding {
  const isPdf = pdf.subarray(0, 5).toString('latin1') === '%PDF-';
  if (!isPdf) return { reason: 'not-a-pdf', coversWholeFile: false };
  const text = pdf.toString('latin1');
  const range = findByteRange(text);
  if (!range)
    return {
      reason: /\/ByteRange|ETSI\.CAdES|Adobe\.PPKLite/.test(text) ? 'altered' : 'no-seal',
      coversWholeFile: false,
    };
  const [start, holeAt, tailAt, tailLength] = range;
  const coversWholeFile = start === 0 && tailAt + tailLength === pdf.length;
  if (start !== 0 || holeAt >= tailAt || tailAt + tailLength > pdf.length)
    return { reason: 'altered', coversWholeFile };
  const hole = text.slice(holeAt, tailAt);
  if (!hole.startsWith('<') || !hole.endsWith('>')) return { reason: 'altered', coversWholeFile };

  const parts = readHole(hole);
  if (!parts) return { reason: 'seal-invalid', coversWholeFile };
  const digest = sha256(Buffer.concat([pdf.subarray(0, holeAt), pdf.subarray(tailAt, tailAt + tailLength)]));
  if (!digest.equals(parts.messageDigest)) return { reason: 'altered', coversWholeFile };
  const certificate = readCertificate(parts.certificate);
  if (!certificate || !isSignedBy(parts)) return { reason: 'seal-invalid', coversWholeFile };

  const signedAt = findClaimedTime(text, holeAt, tailAt);
  const sealedBy = findTrustedSealer(certificate, trust, signedAt);
  if (!sealedBy) return { reason: 'untrusted', signedAt, coversWholeFile };
  if (!coversWholeFile) return { reason: 'appended-after-seal', sealedBy, signedAt, coversWholeFile };
  return { sealedBy, signedAt, coversWholeFile };
}

/** The byte range that reaches furthest: earlier ones are seals under later revisions of the same file. */
export function findByteRange(text: string): ByteRange | undefined {
  const pattern = /\/ByteRange\s*\[\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]/g;
  let furthest: ByteRange | undefined;
  for (const match of text.matchAll(pattern)) {
    const range = match.slice(1, 5).map(Number) as ByteRange;
    if (!furthest || range[2] + range[3] > furthest[2] + furthest[3]) furthest = range;
  }
  return furthest;
}

/** The seal in its hole: hexadecimal of one case, DER, then zeros to the end. Anything else is somebody's change. */
function readHole(hole: string): SealParts | undefined {
  const hex = hole.slice(1, -1);
  if (hex.length % 2 !== 0 || !(/^[0-9a-f]+$/.test(hex) || /^[0-9A-F]+$/.test(hex))) return undefined;
  const bytes = Buffer.from(hex, 'hex');
  if (bytes.length < 4 || bytes[0] !== 0x30 || bytes[1] !== 0x82) return undefined;
  const length = 4 + bytes.readUInt16BE(2);
  if (length > bytes.length || bytes.subarray(length).some((byte) => byte !== 0)) return undefined;
  return readCms(bytes.subarray(0, length));
}

/** A stranger writes whatever they like into a certificate; what neither reader can load is no certificate. */
function readCertificate(der: Buffer): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(new Uint8Array(der));
    return new NodeCertificate(der).publicKey && certificate.notAfter && certificate.subjectName.toJSON()
      ? certificate
      : undefined;
  } catch {
    return undefined;
  }
}

function isSignedBy(parts: SealParts): boolean {
  const key = new NodeCertificate(parts.certificate).publicKey;
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return false;
  return verify('sha256', parts.attributes, key, parts.signature);
}

/** Who sealed, if a trusted authority of the same state says so, now and at the time that the seal claims. */
function findTrustedSealer(
  certificate: X509Certificate,
  trust: { trustedCas: string[]; at: Date },
  signedAt: Date | undefined,
): SealedBy | undefined {
  const moments = signedAt ? [trust.at, signedAt] : [trust.at];
  const isInForce = (each: X509Certificate) => moments.every((at) => each.notBefore <= at && at <= each.notAfter);
  const usages = certificate.getExtension(KeyUsagesExtension)?.usages ?? 0;
  const maySeal = (usages & KeyUsageFlags.digitalSignature) !== 0 && (usages & KeyUsageFlags.nonRepudiation) !== 0;
  if (!maySeal || certificate.getExtension(BasicConstraintsExtension)?.ca || !isInForce(certificate)) return undefined;
  const own = new NodeCertificate(Buffer.from(certificate.rawData));
  const state = certificate.subjectName.getField('C')[0];
  for (const ca of trust.trustedCas.flatMap(readPem)) {
    const issuer = new NodeCertificate(Buffer.from(ca.rawData));
    const isOfSameState = state !== undefined && ca.subjectName.getField('C')[0] === state;
    if (isOfSameState && issuer.ca && isInForce(ca) && own.checkIssued(issuer) && own.verify(issuer.publicKey))
      return { names: namesOf(certificate), state, certificateSerial: certificate.serialNumber };
  }
  return undefined;
}

function readPem(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}

/** A seal certificate names its organisation once per language; the script tells which is which. */
function namesOf(certificate: X509Certificate): { ar: string; en: string } {
  const organizations = certificate.subjectName.getField('O');
  const isArabic = (name: string) => /\p{Script=Arabic}/u.test(name);
  const ar = organizations.find(isArabic);
  const en = organizations.find((name) => !isArabic(name));
  return { ar: ar ?? en ?? '', en: en ?? ar ?? '' };
}

/** /M of the seal's own dictionary (`D:20261122083000Z`): what the sealer's clock said, covered by the seal. */
function findClaimedTime(text: string, holeAt: number, tailAt: number): Date | undefined {
  const before = text.slice(text.lastIndexOf(' obj', holeAt), holeAt);
  const after = text.slice(tailAt, text.indexOf('endobj', tailAt));
  const match = /\/M\s*\(D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(Z|[+-]00'00'?)?\)/.exec(before + after);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second));
}

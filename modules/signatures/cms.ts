import * as asn1 from 'asn1js';
import { Certificate, ContentInfo, SignedData } from 'pkijs';
import { sha256 } from '#kernel/ids';
import { derToP1363, p1363ToDer, type Signer } from '#kernel/keys';

const oid = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  sha256: '2.16.840.1.101.3.4.2.1',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
} as const;

/**
 * A detached CMS SignedData (RFC 5652) as PAdES baseline B-B wants it (ETSI EN 319 142-1 section 6.3): content-type,
 * message-digest and signing-certificate-v2 are signed; signing-time is left out, for PAdES forbids it beside /M.
 */
export async function makeCms(input: { digest: Buffer; certificate: Buffer; signer: Signer }): Promise<Buffer> {
  const attributes = signedAttributes(input.digest, input.certificate);
  const signature = p1363ToDer(await input.signer.sign(attributes));
  return assemble({ certificate: input.certificate, attributes, signature });
}

/** A CMS SignedData that carries its content, as a time-stamp token does (RFC 5652 section 5, RFC 3161 section 2.4.2). */
export async function makeEnclosingCms(input: {
  content: Buffer;
  contentType: string;
  certificate: Buffer;
  /** Certificates that go along only when the asker wants them. */
  withCertificate: boolean;
  signer: Signer;
}): Promise<Buffer> {
  const { certificate, content, contentType, withCertificate } = input;
  const attributes = signedAttributes(sha256(content), certificate, contentType);
  const signature = p1363ToDer(await input.signer.sign(attributes));
  return assemble({ certificate, attributes, signature }, { content, contentType, withCertificate });
}

/** What a seal says, taken apart. `signature` (DER, ECDSA with SHA-256) is over `attributes` (a DER SET OF). */
export type SealParts = { certificate: Buffer; attributes: Buffer; signature: Buffer; messageDigest: Buffer };

/**
 * Takes apart a CMS of exactly the profile that `makeCms` writes. It is rebuilt from its parts and compared: what the
 * signature does not cover must have the one value that it may have, so no byte of a seal can be changed unnoticed.
 * Undefined when it is anything else.
 */
export function readCms(der: Buffer): SealParts | undefined {
  try {
    const signed = new SignedData({ schema: ContentInfo.fromBER(new Uint8Array(der)).content });
    const signer = signed.signerInfos[0];
    const certificate = signed.certificates?.[0];
    const digest = signer?.signedAttrs?.attributes.find((each) => each.type === oid.messageDigest)?.values[0];
    if (!signer || !(certificate instanceof Certificate) || !(digest instanceof asn1.OctetString)) return undefined;
    const messageDigest = Buffer.from(digest.valueBlock.valueHexView);
    const certificateDer = Buffer.from(certificate.toSchema().toBER());
    const parts: SealParts = {
      certificate: certificateDer,
      attributes: signedAttributes(messageDigest, certificateDer),
      signature: p1363ToDer(derToP1363(signer.signature.valueBlock.valueHexView)),
      messageDigest,
    };
    return assemble(parts).equals(der) ? parts : undefined;
  } catch {
    // The library throws on whatever it cannot read; to the reader it is all one: not a seal.
    return undefined;
  }
}

function signedAttributes(digest: Buffer, certificate: Buffer, contentType: string = oid.data): Buffer {
  const attributes = [
    attribute(oid.contentType, identifier(contentType)),
    attribute(oid.messageDigest, octets(digest)),
    attribute(oid.signingCertificateV2, sequence(sequence(sequence(octets(sha256(certificate)))))),
  ];
  // DER sorts the members of a SET OF by their encoding (X.690 section 11.6).
  return encode(new asn1.Set({ value: attributes.sort((a, b) => Buffer.compare(encode(a), encode(b))) }));
}

function assemble(
  parts: Omit<SealParts, 'messageDigest'>,
  enclosed?: { content: Buffer; contentType: string; withCertificate: boolean },
): Buffer {
  const { issuer, serialNumber } = Certificate.fromBER(new Uint8Array(parts.certificate));
  const signerInfo = sequence(
    new asn1.Integer({ value: 1 }),
    sequence(issuer.toSchema(), serialNumber),
    sequence(identifier(oid.sha256)),
    tagged(0, ...(parse(parts.attributes) as asn1.Set).valueBlock.value),
    sequence(identifier(oid.ecdsaWithSha256)),
    octets(parts.signature),
  );
  const signedData = sequence(
    // RFC 5652 section 5.1: 3 for content that is not plain data.
    new asn1.Integer({ value: enclosed ? 3 : 1 }),
    new asn1.Set({ value: [sequence(identifier(oid.sha256))] }),
    enclosed
      ? sequence(identifier(enclosed.contentType), tagged(0, octets(enclosed.content)))
      : sequence(identifier(oid.data)),
    ...(enclosed?.withCertificate === false ? [] : [tagged(0, parse(parts.certificate))]),
    new asn1.Set({ value: [signerInfo] }),
  );
  return encode(sequence(identifier(oid.signedData), tagged(0, signedData)));
}

function attribute(type: string, value: asn1.BaseBlock): asn1.Sequence {
  return sequence(identifier(type), new asn1.Set({ value: [value] }));
}

function sequence(...value: asn1.BaseBlock[]): asn1.Sequence {
  return new asn1.Sequence({ value });
}

function identifier(value: string): asn1.ObjectIdentifier {
  return new asn1.ObjectIdentifier({ value });
}

function octets(bytes: Buffer): asn1.OctetString {
  return new asn1.OctetString({ valueHex: Uint8Array.from(bytes).buffer });
}

function tagged(tagNumber: number, ...value: asn1.BaseBlock[]): asn1.Constructed {
  return new asn1.Constructed({ idBlock: { tagClass: 3, tagNumber }, value });
}

function parse(der: Buffer): asn1.BaseBlock {
  const { result, offset } = asn1.fromBER(Uint8Array.from(der).buffer);
  if (offset !== der.length) throw new TypeError('not DER');
  return result as asn1.BaseBlock;
}

function encode(block: asn1.BaseBlock): Buffer {
  return Buffer.from(block.toBER());
}

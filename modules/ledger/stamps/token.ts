import { createHash, verify, X509Certificate } from 'node:crypto';
import * as asn1 from 'asn1js';
import {
  AlgorithmIdentifier,
  type Attribute,
  Certificate,
  ContentInfo,
  type ExtKeyUsage,
  MessageImprint,
  SignedData,
  type SignerInfo,
  TimeStampReq,
  TimeStampResp,
  TSTInfo,
} from 'pkijs';

/** Who is asked for the time, and the certificates under which the answer must stand: a root, or the authority's own. */
export type TimeStampAuthority = {
  name: string;
  url: string;
  /** PEM, one certificate each. */
  certificates: string[];
  /** The policy that is asked for and must be in the token; any when not given. */
  policy?: string;
};

export type TokenRefusal =
  | 'malformed'
  | 'other-imprint'
  | 'other-nonce'
  | 'other-policy'
  | 'certificate-missing'
  | 'signature-invalid'
  | 'untrusted'
  | 'not-for-time-stamping'
  | 'time-implausible';

export type TokenVerdict =
  | { ok: true; stampedAt: Date; policy: string; serial: string }
  | { ok: false; reason: TokenRefusal };

const oid = {
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  extendedKeyUsage: '2.5.29.37',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  sha256: '2.16.840.1.101.3.4.2.1',
} as const;

const digests: Record<string, string> = {
  [oid.sha256]: 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};
/** `undefined`: the digest algorithm named beside it. */
const signatureDigests: Record<string, string | undefined> = {
  '1.2.840.113549.1.1.1': undefined,
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
};
const chainMax = 6;

/** TimeStampReq (RFC 3161 section 2.4.1), DER. `imprint`: SHA-256. `nonce`: a positive number's bytes, without leading zero. */
export function makeStampRequest(request: { imprint: Buffer; nonce: Buffer; policy?: string }): Buffer {
  const made = new TimeStampReq({
    version: 1,
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithmId: oid.sha256, algorithmParams: new asn1.Null() }),
      hashedMessage: new asn1.OctetString({ valueHex: Uint8Array.from(request.imprint).buffer }),
    }),
    ...(request.policy === undefined ? {} : { reqPolicy: request.policy }),
    nonce: new asn1.Integer({ valueHex: Uint8Array.from(request.nonce).buffer }),
    certReq: true,
  });
  return Buffer.from(made.toSchema().toBER());
}

export type StampReply = { ok: true; token: Buffer } | { ok: false; status: number | undefined };

/** TimeStampResp (RFC 3161 section 2.4.2): the token when it was granted (status 0 or 1), else the status. */
export function readStampReply(der: Buffer): StampReply {
  try {
    const reply = TimeStampResp.fromBER(new Uint8Array(der));
    const status = Number(reply.status.status);
    if ((status !== 0 && status !== 1) || !reply.timeStampToken) return { ok: false, status };
    return { ok: true, token: Buffer.from(reply.timeStampToken.toSchema().toBER()) };
  } catch {
    // The library throws on whatever it cannot read; to the caller it is all one: no reply.
    return { ok: false, status: undefined };
  }
}

/**
 * Checks a token (RFC 3161 section 2.4.2, RFC 5816): what it covers, who signed it, and that this key is certified for
 * time-stamping and nothing else, under the authority's certificates as of the stamped time. Revocation is not looked up.
 */
export function verifyToken(
  der: Buffer,
  expected: {
    imprint: Buffer;
    authority: Pick<TimeStampAuthority, 'certificates' | 'policy'>;
    nonce?: Buffer;
    /** Where the stamped time must lie, when the token is fresh. */
    between?: { from: Date; until: Date };
  },
): TokenVerdict {
  const refuse = (reason: TokenRefusal): TokenVerdict => ({ ok: false, reason });
  const parts = readToken(der);
  if (!parts) return refuse('malformed');
  const { info, signer, content, embedded } = parts;
  const { messageImprint, genTime, policy } = info;
  const isSha256 = messageImprint.hashAlgorithm.algorithmId === oid.sha256;
  if (!isSha256 || !Buffer.from(messageImprint.hashedMessage.getValue()).equals(expected.imprint))
    return refuse('other-imprint');
  if (expected.nonce && !(info.nonce && bytesOf(info.nonce).equals(expected.nonce))) return refuse('other-nonce');
  if (expected.authority.policy !== undefined && policy !== expected.authority.policy) return refuse('other-policy');

  const trusted = expected.authority.certificates.flatMap(readCertificate);
  const certificate = findSigner(signer, [...embedded, ...trusted]);
  if (!certificate) return refuse('certificate-missing');
  if (!isSigned(signer, content, certificate)) return refuse('signature-invalid');
  if (!isForTimeStamping(certificate)) return refuse('not-for-time-stamping');
  if (!isTrusted(certificate, trusted, embedded, genTime)) return refuse('untrusted');
  const { between } = expected;
  if (between && (genTime < between.from || genTime > between.until)) return refuse('time-implausible');
  return { ok: true, stampedAt: genTime, policy, serial: bytesOf(info.serialNumber).toString('hex') };
}

/** What is no certificate is trusted by nobody. */
function readCertificate(pem: string): X509Certificate[] {
  try {
    return [new X509Certificate(pem)];
  } catch {
    return [];
  }
}

function readToken(der: Buffer) {
  try {
    const outer = ContentInfo.fromBER(new Uint8Array(der));
    if (outer.contentType !== oid.signedData) return undefined;
    const signed = new SignedData({ schema: outer.content });
    const { eContentType, eContent } = signed.encapContentInfo;
    const signer = signed.signerInfos[0];
    if (eContentType !== oid.tstInfo || !eContent || !signer || signed.signerInfos.length !== 1) return undefined;
    const content = Buffer.from(eContent.getValue());
    const info = TSTInfo.fromBER(new Uint8Array(content));
    if (info.version !== 1 || Number.isNaN(info.genTime.getTime())) return undefined;
    const embedded = (signed.certificates ?? [])
      .filter((one) => one instanceof Certificate)
      .map((one) => new X509Certificate(Buffer.from(one.toSchema().toBER())));
    return { info, signer, content, embedded };
  } catch {
    return undefined;
  }
}

function findAttribute(signer: SignerInfo, type: string): asn1.BaseBlock | undefined {
  const found = signer.signedAttrs?.attributes.filter((each: Attribute) => each.type === type) ?? [];
  return found.length === 1 ? (found[0]!.values[0] as asn1.BaseBlock) : undefined;
}

/** The certificate that the signed attributes name by its hash (RFC 5035 section 3), whatever else is sent along. */
function findSigner(signer: SignerInfo, candidates: X509Certificate[]): X509Certificate | undefined {
  for (const [type, usual] of [
    [oid.signingCertificateV2, 'sha256'],
    [oid.signingCertificate, 'sha1'],
  ] as const) {
    const first = childrenOf(childrenOf(childrenOf(findAttribute(signer, type))[0])[0]);
    const hash = first.find((one) => one instanceof asn1.OctetString);
    if (!(hash instanceof asn1.OctetString)) continue;
    const named = childrenOf(first.find((one) => one instanceof asn1.Sequence))[0];
    const isNamed = type === oid.signingCertificateV2 && first[0] !== hash && named instanceof asn1.ObjectIdentifier;
    const algorithm = isNamed ? digests[named.valueBlock.toString()] : usual;
    if (!algorithm) return undefined;
    const wanted = Buffer.from(hash.getValue());
    return candidates.find((one) => createHash(algorithm).update(one.raw).digest().equals(wanted));
  }
  return undefined;
}

function isSigned(signer: SignerInfo, content: Buffer, certificate: X509Certificate): boolean {
  const digest = digests[signer.digestAlgorithm.algorithmId];
  const { algorithmId } = signer.signatureAlgorithm;
  const signatureDigest = algorithmId in signatureDigests ? (signatureDigests[algorithmId] ?? digest) : undefined;
  const type = findAttribute(signer, oid.contentType);
  const claimed = findAttribute(signer, oid.messageDigest);
  if (!digest || !signatureDigest || !signer.signedAttrs) return false;
  if (!(type instanceof asn1.ObjectIdentifier) || type.valueBlock.toString() !== oid.tstInfo) return false;
  if (!(claimed instanceof asn1.OctetString)) return false;
  if (!createHash(digest).update(content).digest().equals(Buffer.from(claimed.getValue()))) return false;
  const attributes = Buffer.from(signer.signedAttrs.encodedValue);
  const signature = Buffer.from(signer.signature.getValue());
  try {
    return verify(signatureDigest, attributes, certificate.publicKey, signature);
  } catch {
    // A key that cannot verify such a signature has not made it.
    return false;
  }
}

/** RFC 3161 section 2.3: extended key usage, critical, time-stamping alone. */
function isForTimeStamping(certificate: X509Certificate): boolean {
  const read = Certificate.fromBER(new Uint8Array(certificate.raw));
  const usage = read.extensions?.find(({ extnID }) => extnID === oid.extendedKeyUsage);
  const purposes = (usage?.parsedValue as ExtKeyUsage | undefined)?.keyPurposes ?? [];
  return usage?.critical === true && purposes.length === 1 && purposes[0] === oid.timeStamping;
}

/** Climbs from the signer to a trusted certificate, through authorities that were all in force at the stamped time. */
function isTrusted(
  signer: X509Certificate,
  trusted: X509Certificate[],
  embedded: X509Certificate[],
  at: Date,
): boolean {
  const isInForce = (one: X509Certificate) => new Date(one.validFrom) <= at && at <= new Date(one.validTo);
  let current = signer;
  for (let height = 0; height < chainMax; height += 1) {
    if (!isInForce(current)) return false;
    const fingerprint = current.fingerprint256;
    if (trusted.some((one) => one.fingerprint256 === fingerprint)) return true;
    const issuer: X509Certificate | undefined = [...trusted, ...embedded].find(
      (one) => one.ca && current.checkIssued(one) && current.verify(one.publicKey),
    );
    if (!issuer || issuer.fingerprint256 === fingerprint) return false;
    current = issuer;
  }
  return false;
}

function childrenOf(block: asn1.BaseBlock | undefined): asn1.BaseBlock[] {
  return block instanceof asn1.Sequence ? (block.valueBlock.value as asn1.BaseBlock[]) : [];
}

/** A number as its shortest bytes: DER puts a zero before a high bit. */
function bytesOf(integer: asn1.Integer): Buffer {
  const bytes = Buffer.from(integer.valueBlock.valueHexView);
  return bytes.length > 1 && bytes[0] === 0 ? bytes.subarray(1) : bytes;
}

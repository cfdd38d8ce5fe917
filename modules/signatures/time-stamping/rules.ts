import * as asn1 from 'asn1js';
import { TimeStampReq } from 'pkijs';

/** Of the arc that RFC 5612 keeps for examples: nobody can take these stamps for those of a real authority. */
export const developmentPolicy = '1.3.6.1.4.1.32473.3161.1';

const digestLengths: Record<string, number> = {
  '2.16.840.1.101.3.4.2.1': 32,
  '2.16.840.1.101.3.4.2.2': 48,
  '2.16.840.1.101.3.4.2.3': 64,
};

/** PKIFailureInfo (RFC 3161 section 2.4.2), as the number of its bit. */
export const failures = {
  badAlg: 0,
  badRequest: 2,
  badDataFormat: 5,
  unacceptedPolicy: 15,
  unacceptedExtension: 16,
} as const;
export type Failure = keyof typeof failures;

export type StampRequest = {
  imprint: asn1.BaseBlock;
  nonce?: asn1.Integer;
  wantsCertificate: boolean;
};

/** Reads a TimeStampReq, DER; a word of RFC 3161 for what is wrong with it otherwise. */
export function readStampRequest(der: Buffer): StampRequest | Failure {
  let request: TimeStampReq;
  try {
    const parsed = asn1.fromBER(new Uint8Array(der));
    // Something behind the request would be stamped by nobody and read by somebody.
    if (parsed.offset !== der.length) return 'badDataFormat';
    request = new TimeStampReq({ schema: parsed.result });
  } catch {
    // The library throws on whatever it cannot read; RFC 3161 has one word for all of it.
    return 'badDataFormat';
  }
  const { messageImprint, reqPolicy, nonce, extensions, version } = request;
  if (version !== 1) return 'badRequest';
  const length = digestLengths[messageImprint.hashAlgorithm.algorithmId];
  if (length === undefined) return 'badAlg';
  if (messageImprint.hashedMessage.valueBlock.valueHexView.length !== length) return 'badDataFormat';
  if (reqPolicy && reqPolicy !== developmentPolicy) return 'unacceptedPolicy';
  if (extensions && extensions.length > 0) return 'unacceptedExtension';
  return {
    imprint: messageImprint.toSchema(),
    ...(nonce ? { nonce } : {}),
    wantsCertificate: request.certReq === true,
  };
}

/** TSTInfo (RFC 3161 section 2.4.2), DER. The time is in whole seconds. */
export function formatTokenInfo(info: { request: StampRequest; serial: Buffer; at: Date }): Buffer {
  const at = new Date(Math.floor(info.at.getTime() / 1_000) * 1_000);
  const sequence = new asn1.Sequence({
    value: [
      new asn1.Integer({ value: 1 }),
      new asn1.ObjectIdentifier({ value: developmentPolicy }),
      info.request.imprint,
      new asn1.Integer({ valueHex: Uint8Array.from(info.serial).buffer }),
      new asn1.GeneralizedTime({ valueDate: at }),
      // Accuracy: the second that is cut off.
      new asn1.Sequence({ value: [new asn1.Integer({ value: 1 })] }),
      ...(info.request.nonce ? [info.request.nonce] : []),
    ],
  });
  return Buffer.from(sequence.toBER());
}

export function formatGranted(token: Buffer): Buffer {
  const status = new asn1.Sequence({ value: [new asn1.Integer({ value: 0 })] });
  const parsed = asn1.fromBER(Uint8Array.from(token).buffer).result;
  return Buffer.from(new asn1.Sequence({ value: [status, parsed] }).toBER());
}

export function formatRefused(failure: Failure): Buffer {
  const bit = failures[failure];
  const bits = new Uint8Array(Math.floor(bit / 8) + 1);
  bits[bits.length - 1] = 0x80 >> (bit % 8);
  const status = new asn1.Sequence({
    value: [
      new asn1.Integer({ value: 2 }),
      new asn1.Sequence({ value: [new asn1.Utf8String({ value: failure })] }),
      new asn1.BitString({ valueHex: bits.buffer, unusedBits: 7 - (bit % 8) }),
    ],
  });
  return Buffer.from(new asn1.Sequence({ value: [status] }).toBER());
}

import { PDF } from '@libpdf/core';
import { sha256 } from '#kernel/ids';
import type { Signer } from '#kernel/keys';
import { makeCms } from './cms.ts';
import type { Attachment } from './contract.ts';
import { findByteRange } from './rules.ts';

const sealBytesMax = 4_096;

/**
 * Seals a PDF as PAdES baseline B-B (ETSI EN 319 142-1). The library writes the signature field in an incremental update
 * and leaves a hole; the seal that goes into the hole is ours, because the library's own carries the signing-time
 * attribute that PAdES forbids.
 */
export async function placeSeal(
  pdf: Buffer,
  seal: { signer: Signer; certificate: Buffer; at: Date; reason: string },
): Promise<Buffer> {
  const document = await PDF.load(new Uint8Array(pdf));
  const { bytes } = await document.sign({
    signer: {
      certificate: new Uint8Array(seal.certificate),
      keyType: 'EC',
      signatureAlgorithm: 'ECDSA',
      // The library's seal is overwritten below, so nothing is signed for it.
      sign: async () => new Uint8Array(8),
    },
    level: 'B-B',
    signingTime: seal.at,
    reason: seal.reason,
    estimatedSize: sealBytesMax,
  });
  const sealed = Buffer.from(bytes);
  const range = findByteRange(sealed.toString('latin1'));
  if (!range) throw new Error('the sealed file names no byte range');
  const [start, holeAt, tailAt, tailLength] = range;
  if (start !== 0 || tailAt + tailLength !== sealed.length) throw new Error('the byte range does not cover the file');
  const digest = sha256(Buffer.concat([sealed.subarray(0, holeAt), sealed.subarray(tailAt)]));
  const cms = await makeCms({ digest, certificate: seal.certificate, signer: seal.signer });
  const room = tailAt - holeAt - 2;
  if (cms.length * 2 > room) throw new Error('the seal does not fit into its hole');
  sealed.write(cms.toString('hex').padEnd(room, '0'), holeAt + 1, 'latin1');
  return sealed;
}

/** The files inside a PDF. Call it for a file whose seal has been found good: it reads what a stranger may have written. */
export async function readAttachments(pdf: Buffer): Promise<Attachment[]> {
  const document = await PDF.load(new Uint8Array(pdf));
  const attachments: Attachment[] = [];
  for (const [name, info] of document.getAttachments()) {
    const bytes = document.getAttachment(name);
    if (bytes)
      attachments.push({
        name,
        mediaType: info.mimeType ?? 'application/octet-stream',
        bytes: Buffer.from(bytes),
        ...(info.description ? { description: info.description } : {}),
      });
  }
  return attachments;
}

import { sha256 } from '#kernel/ids';
import { contentDigest } from '#protocol/http-signatures';

/** When a kept message was signed, in seconds since 1970, and with which key. */
export type Signing = { created: number; keyid?: string };

export function readSigning(headers: Record<string, string>): Signing {
  const input = headers['signature-input'] ?? '';
  const created = Number(/;created=(\d{1,15})/.exec(input)?.[1] ?? 0);
  const keyid = /;keyid="([^"]+)"/.exec(input)?.[1];
  return { created, ...(keyid ? { keyid } : {}) };
}

export function questionMatches(questionDigest: string, target: string, body: string): boolean {
  return sha256(`${target}\n${body}`).toString('hex') === questionDigest;
}

/** The body, if it is the one that was signed. */
export function findMatchingBody(digest: string | undefined, body: string): string | undefined {
  return contentDigest(body) === digest ? body : undefined;
}

/** `keyId`: eight hexadecimal digits, as they stand in the verifier key. */
export type Cosigner = { name: string; keyId: string; cosignedAt: number; line: string };

/** Bytes of key id, time and signature: Ed25519, ML-DSA-44 (C2SP tlog-cosignature). */
const cosignatureLengths = [4 + 8 + 64, 4 + 8 + 2_420];

/** The cosignatures on a checkpoint (C2SP tlog-cosignature), the log's own signature left out. Unverified. */
export function readCosigners(checkpoint: string): Cosigner[] {
  const [, ...lines] = checkpoint.slice(checkpoint.lastIndexOf('\n\n') + 2).split('\n');
  return lines.flatMap((line) => {
    const [, name, base64] = /^— (\S+) (\S+)$/u.exec(line) ?? [];
    const bytes = Buffer.from(base64 ?? '', 'base64');
    if (!name || !cosignatureLengths.includes(bytes.length)) return [];
    const keyId = bytes.toString('hex', 0, 4);
    return [{ name, keyId, cosignedAt: Number(bytes.readBigUInt64BE(4)), line }];
  });
}

/** How many different witnesses have cosigned, whatever the number of their keys. Unverified. */
export function countCosigners(checkpoint: string): number {
  return new Set(readCosigners(checkpoint).map(({ name }) => name)).size;
}

/** The checkpoint with only these cosignatures: a file carries no line that it cannot account for. */
export function keepCosigners(checkpoint: string, kept: readonly Cosigner[]): string {
  const split = checkpoint.lastIndexOf('\n\n') + 2;
  const [own] = checkpoint.slice(split).split('\n');
  return `${checkpoint.slice(0, split)}${[own, ...kept.map(({ line }) => line)].join('\n')}\n`;
}

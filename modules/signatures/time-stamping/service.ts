import { X509Certificate } from 'node:crypto';
import type { Clock } from '#kernel/clock';
import type { Handlers } from '#kernel/contract';
import { randomBytes } from '#kernel/ids';
import type { Keys } from '#kernel/keys';
import type { Text } from '#kernel/languages';
import { makeCaCertificate, makeEndCertificate, pemOf } from '../certificates.ts';
import { makeEnclosingCms } from '../cms.ts';
import { timeStampingContract } from './contract.ts';
import { formatGranted, formatRefused, formatTokenInfo, readStampRequest } from './rules.ts';

const caKey = 'time-stamping.ca';
const stampKey = 'time-stamping';
const tokenInfo = '1.2.840.113549.1.9.16.1.4';

/** PEM. `ca` is what others trust; `certificate` is the stamping key's own. */
export type TimeStampingCertificates = { ca: string; certificate: string };

export type TimeStampingNeeds = { keys: Keys; clock: Clock; certificates: TimeStampingCertificates };

/** Makes the certificates of a development authority, once: whoever starts it keeps them beside its keys. */
export async function prepareTimeStamping(needs: {
  keys: Keys;
  clock: Clock;
  /** As it stands in certificates: two letters. */
  state: string;
  names: Text;
}): Promise<TimeStampingCertificates> {
  const { keys, state, names } = needs;
  const at = needs.clock.now();
  const caKeyPair = await keys.cryptoKeyPair(caKey);
  const ca = await makeCaCertificate({ keyPair: caKeyPair, state, names, at });
  const { publicKey } = await keys.cryptoKeyPair(stampKey);
  const own = await makeEndCertificate({ use: 'time-stamp', publicKey, caKeyPair, ca: ca.der, state, names, at });
  return { ca: pemOf(ca.der), certificate: pemOf(own.der) };
}

/**
 * A small time-stamping authority (RFC 3161) for development and tests: its clock is this machine's and nobody audits it, so
 * its stamps carry a policy that says so. A state in earnest names accredited authorities instead.
 */
export function createTimeStamping(needs: TimeStampingNeeds) {
  const { keys, clock, certificates } = needs;
  const certificate = new X509Certificate(certificates.certificate).raw;

  const stamp = async (request: Buffer): Promise<Buffer> => {
    const read = readStampRequest(request);
    if (typeof read === 'string') return formatRefused(read);
    const serial = randomBytes(16);
    // Positive and without a leading zero.
    serial[0] = (serial[0]! & 0x3f) | 0x40;
    const token = await makeEnclosingCms({
      content: formatTokenInfo({ request: read, serial, at: clock.now() }),
      contentType: tokenInfo,
      certificate,
      withCertificate: read.wantsCertificate,
      signer: await keys.signer(stampKey),
    });
    return formatGranted(token);
  };

  const handlers: Handlers<typeof timeStampingContract> = {
    stamp: async ({ body }) => ({ bytes: await stamp(body), headers: { 'cache-control': 'no-store' } }),
    readCertificates: async () => ({ bytes: certificates.ca }),
  };
  return { contract: timeStampingContract, handlers, stamp };
}
export type TimeStamping = ReturnType<typeof createTimeStamping>;

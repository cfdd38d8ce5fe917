// @peculiar/x509 asks for the metadata reflection API to be there before it loads.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  CertificatePolicyExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  X509CrlGenerator,
  X509CrlReason,
} from '@peculiar/x509';
import type { Clock } from '#kernel/clock';
import { randomBytes } from '#kernel/ids';
import type { Text } from '#kernel/languages';
import type { Account } from '../accounts.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const yearMs = 365 * 86_400_000;
const crlMs = 3_600_000;

/** Signs a challenge with the key of somebody's card: ECDSA over SHA-256, as `r || s` (RFC 7518 section 3.4, ES256). */
export type CardAnswer = { certificate: Buffer; signature: Buffer };

export type CardAuthority = {
  /** The certificate of the authority, DER. */
  certificate: Buffer;
  /** The list of revoked certificates (RFC 5280 section 5), DER. */
  crl(): Promise<Buffer>;
  /** `wrongKey` signs with a key that is not the card's; `isRevoked` and `isExpired` are told by the certificate and the list alone. */
  answer(
    account: Account,
    policy: string,
    challenge: Buffer,
    how: { wrongKey: boolean; isRevoked: boolean; isExpired: boolean },
  ): Promise<CardAnswer>;
};

/** A certification authority made at the simulator's start, which issues a certificate whenever a card signs. */
export async function createCardAuthority(names: Text, state: string, clock: Clock): Promise<CardAuthority> {
  const makeKeys = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<CryptoKeyPair>;
  const keys = await makeKeys();
  const revoked = new Map<string, Date>();
  const issuer = nameOf(state, [{ CN: [{ utf8String: `${names.en} (simulator) CA` }] }]);
  const start = new Date(Math.floor(clock.now().getTime() / 1_000) * 1_000);
  const authority = await X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: issuer,
    issuer,
    notBefore: new Date(start.getTime() - yearMs),
    notAfter: new Date(start.getTime() + yearMs),
    publicKey: keys.publicKey,
    signingKey: keys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });

  return {
    certificate: Buffer.from(authority.rawData),
    crl: async () => {
      const now = clock.now();
      const list = await X509CrlGenerator.create({
        issuer,
        thisUpdate: now,
        nextUpdate: new Date(now.getTime() + crlMs),
        signingAlgorithm: algorithm,
        signingKey: keys.privateKey,
        entries: [...revoked].map(([serialNumber, revocationDate]) => ({
          serialNumber,
          revocationDate,
          reason: X509CrlReason.certificateHold,
        })),
      });
      return Buffer.from(list.rawData);
    },
    answer: async (account, policy, challenge, how) => {
      const card = await makeKeys();
      const serialNumber = newSerial();
      const now = clock.now().getTime();
      const certificate = await X509CertificateGenerator.create({
        serialNumber,
        // X.520: `serialNumber` of a name is the number of its holder.
        subject: nameOf(state, [
          { '2.5.4.5': [{ printableString: account.nationalId }] },
          { CN: [{ utf8String: account.names.en }] },
        ]),
        issuer,
        notBefore: new Date(now - yearMs / 2),
        notAfter: new Date(how.isExpired ? now - 1_000 : now + yearMs / 2),
        publicKey: card.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
          new CertificatePolicyExtension([policy]),
        ],
      });
      if (how.isRevoked) revoked.set(serialNumber, new Date(now));
      const { privateKey } = how.wrongKey ? await makeKeys() : card;
      const signature = await webcrypto.subtle.sign(algorithm, privateKey, new Uint8Array(challenge));
      return { certificate: Buffer.from(certificate.rawData), signature: Buffer.from(signature) };
    },
  };
}

/** RFC 5280 section 4.1.2.2: positive, at most 20 octets. */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes.toString('hex');
}

// The library takes typed values, which its own types leave out.
const nameOf = (state: string, parts: object[]) =>
  new Name([{ C: [{ printableString: state.toUpperCase() }] }, ...parts] as unknown as string);

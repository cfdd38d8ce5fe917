import { webcrypto } from 'node:crypto';
import type { X509Certificate, X509Crl } from '@peculiar/x509';
import type { CardUpstream } from '../contract.ts';

export type X509 = typeof import('@peculiar/x509');
/** What a card said: its certificate, and the challenge signed with its key (ES256: `r || s`). */
export type CardAnswer = { certificate: Buffer; signature: Buffer; challenge: Buffer };

/**
 * Judges a card's answer (RFC 5280 section 6, for a chain of two): what stands in the certificate, `revoked`, or undefined for one that
 * does not hold. The authority's certificate and list come from where the operator connected the eID.
 */
export async function judgeCard(
  x509: X509,
  { certificate, signature, challenge }: CardAnswer,
  authority: { certificate: X509Certificate; list: X509Crl },
  now: Date,
): Promise<Record<string, unknown> | 'revoked' | undefined> {
  const card = new x509.X509Certificate(new Uint8Array(certificate));
  const { certificate: ca, list } = authority;
  const isOf = (one: X509Certificate) => one.notBefore <= now && now < one.notAfter;
  const usage = (one: X509Certificate) => one.getExtension(x509.KeyUsagesExtension)?.usages ?? 0;
  const isAuthority =
    ca.getExtension(x509.BasicConstraintsExtension)?.ca === true &&
    (usage(ca) & (x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign)) !== 0;
  const isCard =
    card.getExtension(x509.BasicConstraintsExtension)?.ca !== true &&
    (usage(card) & x509.KeyUsageFlags.digitalSignature) !== 0;
  if (!isAuthority || !isCard || !isOf(ca) || !isOf(card) || card.issuer !== ca.subject) return undefined;
  if (!(await card.verify({ publicKey: ca, signatureOnly: true }))) return undefined;
  const isListCurrent = list.issuer === ca.subject && list.nextUpdate !== undefined && list.nextUpdate > now;
  if (!isListCurrent || !(await list.verify({ publicKey: ca }))) return undefined;
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const key = await card.publicKey.export(algorithm, ['verify'], webcrypto as Crypto);
  if (!(await webcrypto.subtle.verify(algorithm, key, new Uint8Array(signature), new Uint8Array(challenge))))
    return undefined;
  if (list.findRevoked(card.serialNumber) !== null) return 'revoked';
  return {
    // X.520: the number of a certificate's holder.
    serialNumber: card.subjectName.getField('2.5.4.5')[0],
    policy: card.getExtension(x509.CertificatePolicyExtension)?.policies.map(String),
  };
}

/** Why a sign-in ends in a state that the eID names; undefined where the data does not name it. */
export function reasonOfState(upstream: CardUpstream, state: string) {
  return Object.hasOwn(upstream.ends, state) ? upstream.ends[state] : undefined;
}

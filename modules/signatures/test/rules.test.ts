import 'reflect-metadata';
import { KeyUsageFlags, KeyUsagesExtension, X509Certificate, X509CertificateGenerator } from '@peculiar/x509';
import { beforeAll, describe, expect, test } from 'vitest';
import { fixedClock, systemClock } from '#kernel/clock';
import { memoryKeys } from '#kernel/keys';
import { makeCaCertificate, makeEndCertificate, pemOf } from '../certificates.ts';
import { createDocuments } from '../documents.ts';
import { judgeSeal } from '../rules.ts';
import { placeSeal } from '../seals.ts';
import { decisionInput } from './decision.ts';

const state = 'SA';
const names = { ar: 'المملكة العربية السعودية', en: 'Saudi Arabia' };
const now = systemClock.now();
const keys = memoryKeys();
let pdf: Buffer;
let caKeyPair: CryptoKeyPair;
let ca: Buffer;

beforeAll(async () => {
  pdf = await createDocuments({ clock: fixedClock(now) }).make(decisionInput());
  caKeyPair = await keys.cryptoKeyPair('ca');
  ca = (await makeCaCertificate({ keyPair: caKeyPair, state, names, at: now })).der;
});

async function sealWith(over: Partial<Parameters<typeof makeEndCertificate>[0]>): Promise<Buffer> {
  const { publicKey } = await keys.cryptoKeyPair('seal');
  const certificate = await makeEndCertificate({
    ...{ use: 'seal', publicKey, caKeyPair, ca, state, names, at: now },
    ...over,
  });
  return placeSeal(pdf, { signer: await keys.signer('seal'), certificate: certificate.der, at: now, reason: 'Test' });
}

const judge = (sealed: Buffer, trusted: Buffer = ca) =>
  judgeSeal(sealed, { trustedCas: [pemOf(trusted)], at: now }).reason;

describe('trust in a seal', () => {
  test('rests on the signature of the authority, not on its name or key identifier', async () => {
    expect(judge(await sealWith({}))).toBeUndefined();
    const rogue = await keys.cryptoKeyPair('rogue');
    const forged = await sealWith({ caKeyPair: { publicKey: caKeyPair.publicKey, privateKey: rogue.privateKey } });
    expect(judge(forged)).toBe('untrusted');
  });

  test('ends with the certificate of the authority', async () => {
    const longAgo = new Date(now.getTime() - 21 * 365 * 86_400_000);
    const ended = (await makeCaCertificate({ keyPair: caKeyPair, state, names, at: longAgo })).der;
    expect(judge(await sealWith({}), ended)).toBe('untrusted');
  });

  test('does not reach into another state', async () => {
    expect(judge(await sealWith({ state: 'BH' }))).toBe('untrusted');
  });

  test('is not lent to a certificate that was not made for sealing', async () => {
    const sealed = await placeSeal(pdf, { signer: await keys.signer('ca'), certificate: ca, at: now, reason: 'Test' });
    expect(judge(sealed)).toBe('untrusted');
    const { publicKey } = await keys.cryptoKeyPair('seal');
    const signsOnly = await X509CertificateGenerator.create({
      subject: 'C=SA, O=Sign-in service',
      issuer: new X509Certificate(new Uint8Array(ca)).subject,
      notBefore: new Date(now.getTime() - 60_000),
      notAfter: new Date(now.getTime() + 86_400_000),
      publicKey,
      signingKey: caKeyPair.privateKey,
      signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
      extensions: [new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true)],
    });
    const certificate = Buffer.from(signsOnly.rawData);
    const signed = await placeSeal(pdf, { signer: await keys.signer('seal'), certificate, at: now, reason: 'Test' });
    expect(judge(signed)).toBe('untrusted');
  });

  test('needs the key of the certificate', async () => {
    const { publicKey } = await keys.cryptoKeyPair('seal');
    const certificate = await makeEndCertificate({ use: 'seal', publicKey, caKeyPair, ca, state, names, at: now });
    const signer = await keys.signer('rogue');
    const sealed = await placeSeal(pdf, { signer, certificate: certificate.der, at: now, reason: 'Test' });
    expect(judge(sealed)).toBe('seal-invalid');
  });
});

import type { Clock } from '#kernel/clock';
import type { Handlers } from '#kernel/contract';
import type { Database, Tx } from '#kernel/database';
import type { Keys } from '#kernel/keys';
import type { Text } from '#kernel/languages';
import { type MadeCertificate, makeCaCertificate, makeEndCertificate, pemOf } from './certificates.ts';
import { type SealVerdict, type signaturesContract, signaturesProblem } from './contract.ts';
import { createDocuments, type DocumentInput, type Trial } from './documents.ts';
import { judgeSeal } from './rules.ts';
import { placeSeal, readAttachments } from './seals.ts';
import { findCertificate, insertCertificate, listCertificates } from './store.ts';

export type SignaturesNeeds = {
  keys: Keys;
  clock: Clock;
  database: Database;
  /** ISO 3166-1 alpha-2, as it stands in certificates: `SA`. */
  state: string;
  names: Text;
  /** The names of an office of this state; undefined when there is none. */
  findOfficeNames(officeId: string): Promise<Text | undefined> | Text | undefined;
};

const caSubject = 'ca';

export function createService(needs: SignaturesNeeds) {
  const documents = createDocuments(needs);
  const caKey = 'signatures.ca';
  const sealKey = (officeId: string) => `signatures.seal.${officeId}`;

  async function obtain(
    db: Tx,
    subject: string,
    keyName: string,
    make: () => Promise<MadeCertificate>,
  ): Promise<Buffer> {
    const { kid } = await needs.keys.signer(keyName);
    const found = await findCertificate(db, subject, kid, needs.clock.now());
    if (found) return found;
    const made = await make();
    await insertCertificate(db, {
      serial: made.serial,
      subject,
      key_id: kid,
      certificate: made.der,
      valid_from: made.validFrom,
      valid_until: made.validUntil,
    });
    return (await findCertificate(db, subject, kid, needs.clock.now())) ?? made.der;
  }

  const obtainCa = (db: Tx) =>
    obtain(db, caSubject, caKey, async () =>
      makeCaCertificate({
        keyPair: await needs.keys.cryptoKeyPair(caKey),
        state: needs.state,
        names: needs.names,
        at: needs.clock.now(),
      }),
    );

  async function obtainSeal(db: Tx, officeId: string): Promise<{ certificate: Buffer; names: Text }> {
    const names = await needs.findOfficeNames(officeId);
    if (!names) throw signaturesProblem('office-unknown', { officeId });
    const ca = await obtainCa(db);
    const certificate = await obtain(db, `office:${officeId}`, sealKey(officeId), async () =>
      makeEndCertificate({
        use: 'seal',
        publicKey: (await needs.keys.cryptoKeyPair(sealKey(officeId))).publicKey,
        caKeyPair: await needs.keys.cryptoKeyPair(caKey),
        ca,
        state: needs.state,
        names,
        at: needs.clock.now(),
      }),
    );
    return { certificate, names };
  }

  return {
    /** Makes the certificates of these offices now, so that no document has to wait for one. */
    async prepareOffices(officeIds: readonly string[]): Promise<void> {
      for (const officeId of officeIds) await obtainSeal(needs.database.db, officeId);
    },

    async caCertificatePem(): Promise<string> {
      return pemOf(await obtainCa(needs.database.db));
    },

    async listCaCertificatesPem(): Promise<string> {
      await obtainCa(needs.database.db);
      return (await listCertificates(needs.database.db, caSubject)).map(pemOf).join('');
    },

    async officeCertificatePem(officeId: string): Promise<string> {
      return pemOf((await obtainSeal(needs.database.db, officeId)).certificate);
    },

    makeDocument: (input: DocumentInput): Promise<Buffer> => documents.make(input),
    tryDocument: (input: DocumentInput, as: 'picture' | 'pdf'): Promise<Trial> => documents.try(input, as),

    async sealPdf(pdf: Buffer, options: { officeId: string; tx?: Tx }): Promise<Buffer> {
      const { certificate, names } = await obtainSeal(options.tx ?? needs.database.db, options.officeId);
      return placeSeal(pdf, {
        signer: await needs.keys.signer(sealKey(options.officeId)),
        certificate,
        at: needs.clock.now(),
        reason: `Sealed by ${names.en}`,
      });
    },

    async verifyPdf(pdf: Buffer, trust: { trustedCas: string[]; at?: Date }): Promise<SealVerdict> {
      const finding = judgeSeal(pdf, { trustedCas: trust.trustedCas, at: trust.at ?? needs.clock.now() });
      const { sealedBy, signedAt, coversWholeFile, reason } = finding;
      if (reason || !sealedBy || !coversWholeFile)
        return { ok: false, reason: reason ?? 'seal-invalid', sealedBy, signedAt, coversWholeFile };
      return { ok: true, sealedBy, signedAt, coversWholeFile, attachments: await readAttachments(pdf) };
    },
  };
}

export type Service = ReturnType<typeof createService>;

export function createHandlers(service: Service): Handlers<typeof signaturesContract> {
  return {
    readCaCertificates: async () => ({
      bytes: await service.listCaCertificatesPem(),
      headers: { 'cache-control': 'public, max-age=3600' },
    }),
  };
}

import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import { dayEnd } from '#kernel/languages';
import type { Cases, DecidedCase } from '#modules/cases';
import type { Catalogue } from '#modules/catalogue';
import type { Credentials, CredentialType } from '#modules/credentials';
import type { Signatures } from '#modules/signatures';

const validYears = 10;

/**
 * Makes the carriers of the decision that counts: the credential, and the sealed PDF with the credential inside. Heard from the job
 * queue, at least once: each step is found done or is done now.
 */
export async function issueDocuments(
  needs: {
    database: Database;
    clock: Clock;
    /** IANA name of the state's own time zone. */
    timeZone: string;
    cases: Cases;
    credentials: Credentials;
    signatures: Signatures;
  },
  caseId: string,
): Promise<void> {
  const { cases, credentials, database, signatures } = needs;
  const decided = await cases.getDecidedCase(caseId);
  const { decisionId } = decided;
  const validUntil = endOf(decided.validUntil, needs);
  const credential = await database.transaction(async (tx) =>
    (await cases.holdDecision(tx, caseId, decisionId))
      ? ((await credentials.findByDecision(decisionId, tx)) ??
        (await credentials.issueCredential(tx, {
          decisionId,
          officeId: decided.officeId,
          ...claimsOf(decided),
          validUntil,
          personId: decided.personId,
        })))
      : undefined,
  );
  // Another decision took its place meanwhile, and has a job of its own.
  if (!credential) return;
  const pdf = await signatures.makeDocument({
    template: decided.template,
    data: decided.document,
    title: decided.document.title,
    author: decided.document.issuer,
    languages: ['ar', 'en'],
    verifyUrl: credentials.verifyUrlOf(credential),
    attachments: [
      {
        name: 'credential.txt',
        mediaType: 'application/dc+sd-jwt',
        bytes: Buffer.from(credential.compact),
        description: 'The same decision as a verifiable credential (SD-JWT VC)',
      },
    ],
  });
  const sealed = await signatures.sealPdf(pdf, { officeId: decided.officeId });
  await database.transaction(async (tx) => {
    if (!(await cases.holdDecision(tx, caseId, decisionId))) return;
    await cases.attachDocument(tx, caseId, {
      kind: 'pdf',
      id: decided.decision.number,
      mediaType: 'application/pdf',
      bytes: sealed,
    });
    // What goes into a wallet is something that the person was granted.
    if (decided.credential)
      await cases.attachDocument(tx, caseId, {
        kind: 'credential',
        id: decisionId,
        mediaType: 'application/dc+sd-jwt',
        bytes: Buffer.from(credential.compact),
      });
  });
}

/** What the credential says: of an approval what the service defines, of a refusal only that there was one, so that it has a status. */
function claimsOf({ credential, decision, document, serviceId }: DecidedCase) {
  if (credential) return { vct: serviceId, claims: credential.claims, disclosable: credential.disclosable };
  return {
    vct: 'decision',
    claims: { reference: decision.number, service: `${document.title.ar} · ${document.title.en}`, outcome: 'refused' },
    disclosable: [],
  };
}

/** The end of the last day in the state's own time; ten years from now where a decision has no end. */
function endOf(lastDay: string | undefined, { clock, timeZone }: { clock: Clock; timeZone: string }): Date {
  if (lastDay !== undefined) return dayEnd(lastDay, timeZone);
  const until = new Date(clock.now());
  until.setUTCFullYear(until.getUTCFullYear() + validYears);
  return until;
}

/** What wallets and verifiers of other states are told of the credentials that this state's services end in. */
export function credentialTypesOf(catalogue: Catalogue): CredentialType[] {
  return catalogue.listDelivered().map((service) => ({
    typeId: service.id,
    names: service.credential.names,
    description: service.definition.document.title,
    claims: service.credential.claims.map((claim) => ({
      name: claim.claim,
      label: claim.names,
      isDisclosable: claim.disclosable,
    })),
  }));
}

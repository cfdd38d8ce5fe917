import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import { dayEnd } from '#kernel/languages';
import type { Cases } from '#modules/cases';
import type { Catalogue } from '#modules/catalogue';
import type { Credentials, CredentialType } from '#modules/credentials';
import type { Signatures } from '#modules/signatures';

const validYears = 10;

/**
 * Makes the carriers of a decided case: the credential, and the sealed PDF with the credential inside. Heard from the job
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
  const validUntil = endOf(decided.validUntil, needs);
  const credential = decided.credential
    ? await database.transaction(
        async (tx) =>
          (await credentials.findByDecision(caseId, tx)) ??
          (await credentials.issueCredential(tx, {
            decisionId: caseId,
            officeId: decided.officeId,
            vct: decided.serviceId,
            claims: decided.credential!.claims,
            disclosable: decided.credential!.disclosable,
            validUntil,
            personId: decided.personId,
          })),
      )
    : undefined;
  const pdf = await signatures.makeDocument({
    template: decided.template,
    data: decided.document,
    title: decided.document.title,
    author: decided.document.issuer,
    languages: ['ar', 'en'],
    ...(credential
      ? {
          verifyUrl: credentials.verifyUrlOf(credential),
          attachments: [
            {
              name: 'credential.txt',
              mediaType: 'application/dc+sd-jwt',
              bytes: Buffer.from(credential.compact),
              description: 'The same decision as a verifiable credential (SD-JWT VC)',
            },
          ],
        }
      : {}),
  });
  const sealed = await signatures.sealPdf(pdf, { officeId: decided.officeId });
  await database.transaction(async (tx) => {
    await cases.attachDocument(tx, caseId, {
      kind: 'pdf',
      id: decided.decision.number,
      mediaType: 'application/pdf',
      bytes: sealed,
    });
    if (credential)
      await cases.attachDocument(tx, caseId, {
        kind: 'credential',
        id: caseId,
        mediaType: 'application/dc+sd-jwt',
        bytes: Buffer.from(credential.compact),
      });
  });
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

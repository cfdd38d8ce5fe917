import type { AskEvidence } from '../asking.ts';
import type { Evidence } from '../contract.ts';
import type { ExchangeNeeds } from '../needs.ts';
import { chooseConsent } from './service.ts';

/** Evidence of a case that has to stand still at a later step. */
export type AskAgain = { officeId: string; providerState: string; evidenceType: string; caseId: string };

/** Asks the same fields again under the latest consent that the office holds for the case. Throws `consent-not-held` where it holds none. */
export async function askAgain(
  needs: Pick<ExchangeNeeds, 'database' | 'clock' | 'consentKey' | 'log'>,
  ask: (question: AskEvidence) => Promise<Evidence>,
  again: AskAgain,
): Promise<Evidence & { consentId: string }> {
  const { consentId, accessToken, detail, personId } = await chooseConsent(needs, { ...again, consentId: undefined });
  const evidence = await ask({
    officeId: again.officeId,
    providerState: again.providerState,
    evidenceType: again.evidenceType,
    fields: detail.fields,
    purpose: detail.purpose,
    caseId: again.caseId,
    consentId,
    accessToken,
    ...(personId === undefined ? {} : { personId }),
  });
  return { ...evidence, consentId };
}

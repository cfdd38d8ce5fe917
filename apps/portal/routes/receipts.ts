import { decodeJws } from '#kernel/jws';
import { dateIn } from '#kernel/languages';
import type { Consent } from '#modules/consent';
import { findEvidenceType } from '#protocol/catalogue';
import type { ConsentReceipt } from '#protocol/consent-receipt';
import { mandateKindNames } from '#protocol/representation';
import { findHolder, officeNameOf, type PortalNeeds } from '../needs.ts';
import type { GivenConsent, ReceiptView } from '../pages/index.ts';
import { termsOf } from './consent-terms.ts';

/** A consent with its signed receipt, as the person reads it. */
export async function receiptView(needs: PortalNeeds, consent: Consent, signed: string): Promise<ReceiptView> {
  const receipt = decodeJws(signed).payload as ConsentReceipt;
  const asked = receipt.purposes.flatMap((purpose) =>
    purpose.pii_information.map((item) => ({
      names: findEvidenceType(purpose.evidence_type)!.fields[item.pii_attribute]!.names,
      isApproved: item.pii_approved,
    })),
  );
  const holders = await Promise.all(
    consent.items.map((item) => findHolder(needs, needs.state.code, item.evidenceType)),
  );
  return {
    receiptNumber: consent.consentId.slice(0, 8).toUpperCase(),
    consentId: consent.consentId,
    givenAt: consent.givenAt,
    ...(consent.withdrawnAt ? { withdrawnAt: consent.withdrawnAt } : {}),
    ...(consent.givenBy ? { givenBy: mandateKindNames[consent.givenBy.kind] } : {}),
    requester: await officeNameOf(needs, consent.requester),
    holders: holders.filter((holder) => holder !== undefined),
    given: asked.filter((item) => item.isApproved).map((item) => item.names),
    notGiven: asked.filter((item) => !item.isApproved).map((item) => item.names),
    terms: termsOf(
      consent.items.map((item) => ({ ...item, evidence_type: item.evidenceType })),
      needs.state.timeZone,
    ),
    usesCount: consent.items.reduce((sum, { usesCount }) => sum + usesCount, 0),
    downloadHref: `/api/consents/${consent.consentId}/receipt`,
    signed,
  };
}

export async function givenConsentView(needs: PortalNeeds, consent: Consent): Promise<GivenConsent> {
  return {
    consentId: consent.consentId,
    requester: await officeNameOf(needs, consent.requester),
    purpose: consent.items[0]!.purposeNames,
    fields: consent.items.flatMap((item) => item.fields.map((field) => field.names)),
    givenAt: consent.givenAt,
    ...(consent.givenBy ? { givenBy: mandateKindNames[consent.givenBy.kind] } : {}),
    endsOn: dateIn(consent.until, needs.state.timeZone),
    state: consent.state === 'ended' ? 'expired' : consent.state === 'used-up' ? 'used' : consent.state,
  };
}

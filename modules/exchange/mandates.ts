import type { Consent } from '#modules/consent';
import { problem } from './contract.ts';
import type { ExchangeNeeds } from './needs.ts';

type Asked = { personId: string; purpose: string; evidenceType: string };

/**
 * Whether the mandate under which a consent was given is in force now and covers what is asked; asked of the register again
 * where it stands in one. Throws the refusal of the mandate. A consent that the person gave needs none.
 */
export async function checkMandateOf(
  needs: Pick<ExchangeNeeds, 'mandates'>,
  consent: Pick<Consent, 'givenBy'>,
  { personId, purpose, evidenceType }: Asked,
): Promise<void> {
  if (!consent.givenBy) return;
  const { mandateId, representativeId } = consent.givenBy;
  if (!needs.mandates) throw problem('mandate-unknown');
  await needs.mandates.check(mandateId, { representativeId, representedId: personId, purpose, evidenceType });
}

/**
 * The same for a token that says that somebody acts: the consent that it names has to say so too. Returns the signatory of a company, of
 * whom its record may speak.
 */
export async function checkActing(
  needs: Pick<ExchangeNeeds, 'consent' | 'mandates'>,
  consentId: string,
  asked: Asked,
): Promise<string | undefined> {
  const consent = await needs.consent.get(asked.personId, consentId);
  if (!consent.givenBy) throw problem('token-invalid', { where: 'act' });
  await checkMandateOf(needs, consent, asked);
  return consent.givenBy.kind === 'signatory' ? consent.givenBy.representativeId : undefined;
}

import type { GrantedEvidenceDetail } from '#protocol/evidence-detail';
import { problem } from '../contract.ts';
import type { ExchangeNeeds } from '../needs.ts';
import { openToken, sealToken } from './sealing.ts';
import * as store from './store.ts';

type Needs = Pick<ExchangeNeeds, 'database' | 'clock' | 'consentKey' | 'log'>;

export type HoldConsent = {
  officeId: string;
  /** ISO 3166-1 alpha-2 of the state that holds the evidence. */
  providerState: string;
  accessToken: string;
  /** As the home state granted them; all of one consent. */
  details: readonly GrantedEvidenceDetail[];
  /** The person as this node knows them, so that questions appear in their own list here. */
  personId?: string;
};

export type ChosenConsent = {
  consentId: string;
  accessToken: string;
  detail: GrantedEvidenceDetail;
  personId?: string;
};

/** Keeps a consent that an office obtained, so that its systems can ask on its ground until it ends. Returns its id. */
export async function holdConsent(needs: Needs, hold: HoldConsent): Promise<string> {
  const [first] = hold.details;
  if (!first || hold.details.some(({ consent_id: id }) => id !== first.consent_id))
    throw new Error('a held consent has details, and all of them carry its id');
  const ends = hold.details.map(({ until }) => new Date(until).getTime());
  await needs.database.transaction((tx) =>
    store.saveConsent(tx, {
      consent_id: first.consent_id,
      office_id: hold.officeId,
      provider_state: hold.providerState,
      case_id: first.case_id,
      details: [...hold.details],
      token_sealed: sealToken(hold.accessToken, needs.consentKey, first.consent_id),
      person_id: hold.personId ?? null,
      obtained_at: needs.clock.now(),
      expires_at: new Date(Math.max(...ends)),
    }),
  );
  return first.consent_id;
}

/**
 * The consent that a call stands on: the one it names, or the latest of the case it names. Throws `consent-not-held` also
 * when it is another office's: whose it is, nobody else learns.
 */
export async function chooseConsent(
  needs: Needs,
  of: {
    officeId: string;
    providerState: string;
    evidenceType: string;
    consentId: string | undefined;
    caseId: string | undefined;
  },
): Promise<ChosenConsent> {
  const at = needs.clock.now();
  const { db } = needs.database;
  const rows = of.consentId
    ? [await store.findConsent(db, { officeId: of.officeId, consentId: of.consentId, at })]
    : of.caseId
      ? await store.listConsentsOfCase(db, { ...of, caseId: of.caseId, at })
      : [];
  for (const row of rows) {
    const detail = row?.details.find((one) => one.evidence_type === of.evidenceType && new Date(one.until) > at);
    if (!row || !detail || row.provider_state !== of.providerState) continue;
    if (of.caseId !== undefined && detail.case_id !== of.caseId) continue;
    const accessToken = openToken(row.token_sealed, needs.consentKey, row.consent_id);
    if (accessToken === undefined) {
      needs.log.error({ consentId: row.consent_id }, 'a held consent cannot be opened with the key of this node');
      continue;
    }
    return { consentId: row.consent_id, accessToken, detail, ...(row.person_id ? { personId: row.person_id } : {}) };
  }
  throw problem('consent-not-held');
}

/** The person withdrew it: the token is of no use any more, so it is not kept. */
export async function dropConsent(needs: Needs, consentId: string): Promise<void> {
  await needs.database.transaction((tx) => store.deleteConsent(tx, consentId));
}

import { randomToken, sha256 } from '#kernel/ids';
import { checkEvidenceRequest } from '#modules/consent';
import type { EvidenceDetail } from '#protocol/evidence-detail';
import { problem } from '../contract.ts';
import type { ExchangeNeeds, OwnOffice } from '../needs.ts';
import type { SystemRow } from '../systems/store.ts';
import type { RequestConsent, RequestedConsent } from './contract.ts';
import * as store from './store.ts';

type Needs = Pick<ExchangeNeeds, 'database' | 'clock' | 'federation' | 'publicUrl'>;

/** What the portal needs to send a person to the consent page of their state, and back to the system. */
export type ConsentRequest = {
  officeId: string;
  homeState: string;
  details: EvidenceDetail[];
  returnUrl: string;
};

const requestLifeMs = 86_400_000;

/**
 * Makes a link for a person. What the office's trust mark does not cover is refused here, before the person is bothered; the
 * home state refuses it again. Throws the consent module's refusals of over-asking and `return-address-missing`.
 */
export async function requestConsent(
  needs: Needs,
  { system, office }: { system: SystemRow; office: OwnOffice },
  request: RequestConsent,
): Promise<RequestedConsent> {
  if (!system.return_url) throw problem('return-address-missing');
  const details = request.evidence.map(
    (one): EvidenceDetail => ({
      type: 'evidence',
      evidence_type: one.type,
      fields: one.fields,
      ...(one.essentialFields ? { essential_fields: one.essentialFields } : {}),
      purpose: request.purpose,
      case_id: request.caseId,
      requester: office.entityId,
      retention: request.retention,
      until: request.until,
      use: request.use,
      ...(request.times === undefined ? {} : { times: request.times }),
    }),
  );
  const known = await needs.federation.findOffice(office.entityId);
  const marks = known?.resolved.trustMarks.filter(({ issuer }) => issuer === known.resolved.superior) ?? [];
  checkEvidenceRequest(office.entityId, details, marks);
  const handle = randomToken();
  const expiresAt = new Date(needs.clock.now().getTime() + requestLifeMs);
  await needs.database.transaction((tx) =>
    store.insertRequest(tx, {
      handle_digest: digestOf(handle),
      system_id: system.system_id,
      office_id: office.officeId,
      home_state: request.homeState,
      details,
      return_url: system.return_url!,
      expires_at: expiresAt,
    }),
  );
  return { personUrl: `${needs.publicUrl}/consents/ask/${handle}`, expiresAt: expiresAt.toISOString() };
}

/** Throws `consent-request-ended` for a link that is unknown, over or used. */
export async function findConsentRequest(needs: Needs, handle: string): Promise<ConsentRequest> {
  const row = await store.findRequest(needs.database.db, digestOf(handle), needs.clock.now());
  if (!row) throw problem('consent-request-ended');
  return { officeId: row.office_id, homeState: row.home_state, details: row.details, returnUrl: row.return_url };
}

/** A link serves for one decision. */
export async function endConsentRequest(needs: Needs, handle: string): Promise<void> {
  await needs.database.transaction((tx) => store.deleteRequest(tx, digestOf(handle)));
}

function digestOf(handle: string): string {
  return sha256(`jisr/consent-request/v1\n${handle}`).toString('hex');
}

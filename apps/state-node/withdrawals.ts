import type { Jobs } from '#kernel/jobs';
import type { Cases } from '#modules/cases';
import type { Events } from '#modules/events';
import type { Federation } from '#modules/federation';
import type { Identity } from '#modules/identity';
import type { Sharing } from '#modules/sharing';
import type { Following } from './following.ts';
import type { Office } from './state-folder.ts';

export const consentType = 'consent-withdrawn';
const purpose = 'consent-withdrawal';

/**
 * Has an office with a case of somebody of another state told when the person withdraws a consent there: what came with it is not decided upon any more,
 * and the sharing that stands on it ends. Only an office that its state certifies for such events is told of any; the others never ask.
 */
export function followWithdrawals(needs: {
  jobs: Jobs;
  offices: readonly Office[];
  events: Events;
  cases: Pick<Cases, 'getToldCase' | 'loseConsent'>;
  sharing: Pick<Sharing, 'endUnder'>;
  federation: Pick<Federation, 'findAnnouncer'>;
  identity: Identity;
  subscriptionTo: Following;
}): void {
  const { cases, events, identity } = needs;
  // From the moment on at which something came with a consent: it may be withdrawn before the case is sent.
  needs.jobs.hear('case-evidence-received', 'withdrawals', async ({ caseId }) => {
    const { officeId, personId } = await cases.getToldCase(String(caseId));
    const office = needs.offices.find(({ id }) => id === officeId);
    const grant = office?.eventGrants?.find((one) => one.event_type === consentType && one.purpose === purpose);
    const visitor = grant && (await identity.sessions.findVisitor(personId));
    if (!visitor) return;
    const publisher = await needs.federation.findAnnouncer(visitor.homeState, consentType);
    if (publisher === undefined) return;
    const { fields } = grant;
    const subscriptionId = await needs.subscriptionTo({ officeId, publisher, eventType: consentType, purpose, fields });
    await events.watch({ subscriptionId, add: [visitor.subject] });
  });
  events.hear(consentType, async (tx, { data, publisher }) => {
    const consentId = String(data['consent_id']);
    await needs.sharing.endUnder(tx, consentId);
    await cases.loseConsent(tx, { consentId, origin: new URL(publisher).origin });
  });
}

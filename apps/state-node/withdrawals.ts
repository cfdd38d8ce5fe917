import type { Jobs } from '#kernel/jobs';
import type { Cases } from '#modules/cases';
import type { Events } from '#modules/events';
import type { Federation } from '#modules/federation';
import type { Identity } from '#modules/identity';
import type { Sharing } from '#modules/sharing';
import type { Following } from './following.ts';
import type { Office } from './state-folder.ts';

const type = 'consent-withdrawn';
const purpose = 'consent-withdrawal';

/**
 * Has an office that shares a case with the home state told when the person withdraws a consent there, and ends the sharing that stands
 * on it. Only an office that its state certifies for such events is told of any; the others never ask.
 */
export function followWithdrawals(needs: {
  jobs: Jobs;
  offices: readonly Office[];
  events: Events;
  cases: Pick<Cases, 'getToldCase' | 'isShared'>;
  sharing: Pick<Sharing, 'endUnder'>;
  federation: Pick<Federation, 'findAnnouncer'>;
  identity: Identity;
  subscriptionTo: Following;
}): void {
  const { cases, events, identity } = needs;
  needs.jobs.hear('case-submitted', 'withdrawals', async ({ caseId }) => {
    if (!(await cases.isShared(String(caseId)))) return;
    const { officeId, personId } = await cases.getToldCase(String(caseId));
    const office = needs.offices.find(({ id }) => id === officeId);
    const grant = office?.eventGrants?.find((one) => one.event_type === type && one.purpose === purpose);
    const visitor = grant && (await identity.sessions.findVisitor(personId));
    if (!visitor) return;
    const publisher = await needs.federation.findAnnouncer(visitor.homeState, type);
    if (publisher === undefined) return;
    const { fields } = grant;
    const subscriptionId = await needs.subscriptionTo({ officeId, publisher, eventType: type, purpose, fields });
    await events.watch({ subscriptionId, add: [visitor.subject] });
  });
  events.hear(type, (tx, { data }) => needs.sharing.endUnder(tx, String(data['consent_id'])));
}

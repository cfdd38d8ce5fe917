import type { Jobs } from '#kernel/jobs';
import type { Cases } from '#modules/cases';
import type { Events } from '#modules/events';
import type { Federation } from '#modules/federation';
import type { Identity } from '#modules/identity';
import type { Following } from './following.ts';
import type { Office } from './state-folder.ts';

const type = 'person-died';
const purpose = 'identity-protection';
const fields = ['died_on'];

/**
 * Has an office that was sent a case told of the death of whoever it concerns, by the home state's own register, and stops the case
 * then. Only an office that its state certifies for such events is told of any; the others never ask.
 */
export function followDeaths(needs: {
  jobs: Jobs;
  offices: readonly Office[];
  events: Events;
  cases: Cases;
  federation: Pick<Federation, 'findAnnouncer'>;
  identity: Identity;
  subscriptionTo: Following;
}): void {
  const { cases, events, identity, subscriptionTo } = needs;

  needs.jobs.hear('case-submitted', 'deaths', async ({ caseId }) => {
    const { officeId, personId, representative } = await cases.getToldCase(String(caseId));
    const office = needs.offices.find(({ id }) => id === officeId);
    const isCertified = office?.eventGrants?.some((one) => one.event_type === type && one.purpose === purpose);
    if (!isCertified) return;
    // A company does not die; whoever signed for it does.
    const people = representative ? [representative.personId] : [];
    if (representative?.kind !== 'signatory') people.push(personId);
    for (const id of people) {
      const visitor = await identity.sessions.findVisitor(id);
      if (!visitor) continue;
      const publisher = await needs.federation.findAnnouncer(visitor.homeState, type);
      if (publisher === undefined) continue;
      const subscriptionId = await subscriptionTo({ officeId, publisher, eventType: type, purpose, fields });
      await events.watch({ subscriptionId, add: [visitor.subject] });
    }
  });

  events.hear(type, async (tx, { publisher, subject, data }) => {
    // A subject means somebody only together with the provider that gave it: that of the publisher's own node, which has one address.
    const { origin } = new URL(publisher);
    for (const { personId, issuer } of await identity.sessions.listVisitorsBySubject(tx, subject))
      if (new URL(issuer).origin === origin) await cases.noteDeath(tx, { personId, diedOn: String(data['died_on']) });
  });
}

import type { Clock } from '#kernel/clock';
import type { Database, Tx } from '#kernel/database';
import type { Jobs } from '#kernel/jobs';
import type { Log } from '#kernel/log';
import type { Cases } from '#modules/cases';
import { type Catalogue, findOffering } from '#modules/catalogue';
import type { EventNeeds, Events } from '#modules/events';
import type { Federation } from '#modules/federation';
import type { Identity } from '#modules/identity';
import type { Ledger } from '#modules/ledger';
import type { Mandates } from '#modules/mandates';
import type { Matching } from '#modules/matching';
import type { Notifications } from '#modules/notifications';
import { createOffers, type Offers, wishChanged, withdrawnType } from '#modules/offers';
import type { Sharing } from '#modules/sharing';
import { followDeaths } from './deaths.ts';
import { createFollowing, type Following } from './following.ts';
import type { Office, StateDescription } from './state-folder.ts';
import { consentType, followWithdrawals } from './withdrawals.ts';

const diedType = 'person-died';

/** What an office of this node announces of a person, its own modules hear in the transaction in which it is announced. */
export function hearOwnEvents(
  later: () => {
    cases: Pick<Cases, 'noteDeath' | 'loseConsent'>;
    offers: Pick<Offers, 'noteEvent'>;
    matching: Pick<Matching, 'isLinked'>;
    identity: { persons: Pick<Identity['persons'], 'noteDeath'> };
  },
): NonNullable<EventNeeds['onPublished']> {
  return async (tx, event) => {
    const { cases, offers, matching, identity } = later();
    const { personId } = event;
    if (event.type === diedType) {
      await cases.noteDeath(tx, { personId, diedOn: String(event.data['died_on']) });
      await identity.persons.noteDeath(tx, personId, true);
    }
    if (event.type === withdrawnType && event.data['event_type'] === diedType)
      await identity.persons.noteDeath(tx, personId, false);
    if (event.type === consentType) await cases.loseConsent(tx, { consentId: String(event.data['consent_id']) });
    // Only a person of another state is linked to a record here.
    await offers.noteEvent(tx, { ...event, isOwnPerson: !(await matching.isLinked(personId, tx)) });
  };
}

type OfferingNeeds = {
  database: Database;
  clock: Clock;
  log: Log;
  ledger: Ledger;
  jobs: Jobs;
  catalogue: Catalogue;
  cases: Cases;
  events: Events;
  federation: Pick<Federation, 'findAnnouncer'>;
  identity: Identity;
  mandates: Pick<Mandates, 'listGuardians'>;
  offices: readonly Office[];
  state: StateDescription;
  subscriptionTo: Following;
  /** Late, because modules are made one after another. */
  notifications(): Pick<Notifications, 'tell' | 'getSettings'>;
};

/**
 * Joins offers to what tells of people's lives: the registers of this state; those of other states, for whoever wants that here; the
 * cases that make an offer needless.
 */
function createOffersFor(needs: OfferingNeeds): Offers {
  const { jobs, catalogue, cases, events, identity, offices, state, ...rest } = needs;
  const offers = createOffers({
    ...rest,
    jobs,
    catalogue,
    cases,
    state: state.code,
    timeZone: state.timeZone,
    listGuardians: (tx, personId) => needs.mandates.listGuardians(tx, personId),
    findEmail: async (personId) => {
      const { addresses } = await needs.notifications().getSettings(personId, 'ar');
      return addresses.find(({ way, state: standing }) => way === 'email' && standing === 'confirmed')?.address;
    },
    tell: (tx, told) => needs.notifications().tell(tx, told),
  });

  jobs.hear('case-submitted', 'offers', async ({ caseId }) => {
    const { personId, serviceId } = await cases.getToldCase(String(caseId));
    await needs.database.transaction((tx) => offers.noteApplied(tx, personId, serviceId));
  });

  // A register of another state is asked about nobody who does not want it here, and no more once they do not.
  jobs.work(wishChanged, async (wish) => {
    const [personId, eventType] = [String(wish['personId']), String(wish['eventType'])];
    const visitor = await identity.sessions.findVisitor(personId);
    if (!visitor) return;
    const publisher = await needs.federation.findAnnouncer(visitor.homeState, eventType);
    if (publisher === undefined) return;
    for (const service of catalogue.listDelivered().filter((one) => eventType in one.offers)) {
      const office = offices.find(({ id }) => id === findOffering(service, state.code)!.office);
      const { purpose } = service.definition;
      for (const grant of office?.eventGrants ?? []) {
        if (grant.purpose !== purpose || ![eventType, withdrawnType].includes(grant.event_type)) continue;
        const followed = {
          officeId: office!.id,
          publisher,
          purpose,
          eventType: grant.event_type,
          fields: grant.fields,
        };
        const subscriptionId = await needs.subscriptionTo(followed);
        const subjects = [visitor.subject];
        await events.watch({
          subscriptionId,
          ...(wish['isWanted'] === true ? { add: subjects } : { remove: subjects }),
        });
      }
    }
  });

  const noteElsewhere = async (tx: Tx, heard: { type: string; publisher: string; subject: string; data: object }) => {
    // A subject means somebody only together with the provider that gave it: that of the publisher's own node, which has one address.
    const { origin } = new URL(heard.publisher);
    for (const { personId, issuer } of await identity.sessions.listVisitorsBySubject(tx, heard.subject))
      if (new URL(issuer).origin === origin) {
        const { type, publisher, data } = heard;
        await offers.noteEvent(tx, { type, publisher, personId, isOwnPerson: false, data: { ...data } });
      }
  };
  const types = new Set(catalogue.listDelivered().flatMap(({ offers: rules }) => Object.keys(rules)));
  for (const type of [...types, withdrawnType, diedType]) events.hear(type, noteElsewhere);
  return offers;
}

/** Has this node told of what happens to people elsewhere: deaths and withdrawn consents for its cases, the rest for its offers. */
export function followLives(
  needs: Omit<OfferingNeeds, 'subscriptionTo'> & { sharing: Pick<Sharing, 'endUnder'> },
): Offers {
  const subscriptionTo = createFollowing(needs);
  followDeaths({ ...needs, subscriptionTo });
  followWithdrawals({ ...needs, subscriptionTo });
  return createOffersFor({ ...needs, subscriptionTo });
}

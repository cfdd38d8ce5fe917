import type { Tx } from '#kernel/database';
import { dateIn, type Text } from '#kernel/languages';
import type { Person, Prefill } from '#modules/cases';
import { describeAsked, type OfferRule, type Service } from '#modules/catalogue';
import { findEventType } from '#protocol/event-types';
import { type Offer, type OfferWish, problem } from './contract.ts';
import { wishChanged } from './making.ts';
import type { OffersNeeds } from './needs.ts';
import { addDays, fillsOf, isFor, isWanted, ownAddress, sayValue, sourceOf } from './rules.ts';
import * as store from './store.ts';

/** What people do with offers. */
export function createAnswering(needs: OffersNeeds) {
  const { database, clock, catalogue } = needs;
  const today = () => dateIn(clock.now(), needs.timeZone);

  /** Once, and where its time is not over before it comes back. */
  const mayPutOff = (row: store.OfferRow, rule: OfferRule): boolean =>
    row.again_on === null && addDays(today(), rule.againAfterDays) <= row.until;

  /** An offer of a service that is not offered for such events any more is none. */
  const describe = async (row: store.OfferRow): Promise<Offer | undefined> => {
    const service = await catalogue.findService(row.service_id);
    const rule = service?.offers[row.event_type];
    const type = findEventType(row.event_type);
    if (!service || !rule || !type) return undefined;
    const email = rule.contact && row.state !== 'ended' ? await needs.findEmail(row.recipient_id) : undefined;
    const label = (questionId: string): Text => service.form.definition.questions[questionId]!.label;
    const isOver = row.state === 'open' && row.until < today();
    return {
      offerId: row.offer_id,
      serviceId: row.service_id,
      serviceTitle: service.definition.title,
      eventType: row.event_type,
      eventNames: rule.event,
      happenedOn: row.happened_on,
      publisher: row.publisher,
      why: rule.why,
      madeAt: row.made_at.toISOString(),
      until: row.until,
      isForChild: row.about_id !== row.recipient_id,
      state: isOver ? 'ended' : row.state,
      ...(row.ended_for || isOver ? { endedFor: row.ended_for ?? 'time' } : {}),
      ...(row.state === 'later' && row.again_on !== null ? { againOn: row.again_on } : {}),
      mayPutOff: mayPutOff(row, rule),
      fills: [
        ...Object.entries(rule.fills).flatMap(([questionId, field]) => {
          const value = row.fills[field];
          return value === undefined
            ? []
            : [{ label: label(questionId), value: sayValue(type.id, field, value), source: sourceOf(rule) }];
        }),
        ...(rule.contact && email !== undefined
          ? [{ label: label(rule.contact.email), value: { ar: email, en: email }, source: ownAddress }]
          : []),
      ],
      asks: describeAsked(service)
        .filter(({ providedBy }) => providedBy === 'home-state')
        .map(({ evidenceNames, fields }) => ({ names: evidenceNames, fields: fields.map(({ names }) => names) })),
      ...(row.case_id === null ? {} : { caseId: row.case_id }),
    };
  };

  const described = async (row: store.OfferRow): Promise<Offer> => {
    const found = await describe(row);
    if (!found) throw problem('offer-unknown');
    return found;
  };

  /** Whoever acts for a child sees what is offered to themselves, for the child. */
  const isTheirs = (row: store.OfferRow, { personId, representative }: Pick<Person, 'personId' | 'representative'>) =>
    representative
      ? row.recipient_id === representative.personId && row.about_id === personId
      : row.recipient_id === personId;

  const holdOpen = async (tx: Tx, person: Pick<Person, 'personId' | 'representative'>, offerId: string) => {
    const row = await store.holdOffer(tx, offerId);
    if (!row || !isTheirs(row, person)) throw problem('offer-unknown');
    if (row.state === 'ended' || row.until < today()) throw problem('offer-ended');
    return row;
  };

  const list = async (person: Pick<Person, 'personId' | 'representative'>): Promise<Offer[]> => {
    const recipientId = person.representative?.personId ?? person.personId;
    const rows = (await store.listOpen(database.db, recipientId, today())).filter((row) => isTheirs(row, person));
    return (await Promise.all(rows.map(describe))).filter((one) => one !== undefined);
  };

  const get = async (person: Pick<Person, 'personId' | 'representative'>, offerId: string): Promise<Offer> => {
    const row = await store.findOffer(database.db, offerId);
    if (!row || !isTheirs(row, person)) throw problem('offer-unknown');
    return described(row);
  };

  const prefillsOf = async (row: store.OfferRow, service: Service, rule: OfferRule): Promise<Prefill[]> => {
    const source = sourceOf(rule);
    const email = rule.contact && (await needs.findEmail(row.recipient_id));
    return [
      ...Object.entries(fillsOf(rule.fills, row.fills)).map(([questionId, value]) => ({ questionId, value, source })),
      ...(rule.contact && email ? [{ questionId: rule.contact.email, value: email, source: ownAddress }] : []),
    ].filter(({ questionId }) => questionId in service.form.definition.questions);
  };

  const begin = async (person: Person, offerId: string): Promise<{ caseId: string }> => {
    const row = await database.transaction((tx) => holdOpen(tx, person, offerId));
    if (row.state === 'begun') return { caseId: row.case_id! };
    if (row.about_id !== person.personId) throw problem('offer-for-another');
    const service = await catalogue.findService(row.service_id);
    const rule = service?.offers[row.event_type];
    if (!service || !rule) throw problem('offer-ended');
    // The draft comes first: whoever is cut off in between finds it again, and the offer too.
    const draft = await needs.cases.startFilled(person, row.service_id, await prefillsOf(row, service, rule));
    return database.transaction(async (tx) => {
      const held = await holdOpen(tx, person, offerId);
      if (held.state === 'begun') return { caseId: held.case_id! };
      await store.updateOffer(tx, offerId, { state: 'begun', case_id: draft.id });
      return { caseId: draft.id };
    });
  };

  /** The kinds of events that services of this state are offered for to such a person. */
  const listKinds = (isOwnPerson: boolean): Map<string, { names: Text; services: Text[] }> => {
    const kinds = new Map<string, { names: Text; services: Text[] }>();
    for (const { offers, definition } of catalogue.listDelivered())
      for (const [typeId, { to, event }] of Object.entries(offers)) {
        if (!isFor(to, isOwnPerson)) continue;
        const { names = event, services = [] } = kinds.get(typeId) ?? {};
        kinds.set(typeId, { names, services: [...services, definition.title] });
      }
    return kinds;
  };
  type Owner = Pick<Person, 'personId' | 'homeState'>;

  const listWishes = async ({ personId, homeState }: Owner): Promise<OfferWish[]> => {
    const isOwnPerson = homeState === needs.state;
    const chosen = await store.listWishes(database.db, personId);
    return [...listKinds(isOwnPerson)].map(([eventType, { names, services }]) => ({
      eventType,
      names,
      isWanted: isWanted(chosen.get(eventType), isOwnPerson),
      services,
    }));
  };

  const saveWishIn = async (tx: Tx, personId: string, eventType: string, wanted: boolean): Promise<void> => {
    const before = (await store.listWishes(tx, personId)).get(eventType) ?? false;
    await store.saveWish(tx, personId, eventType, wanted, clock.now());
    if (!wanted) await store.endOffers(tx, { recipientId: personId, eventType }, 'never');
    // Nobody who was never followed has to be forgotten.
    if (wanted !== before) await needs.jobs.send(tx, wishChanged, { personId, eventType, isWanted: wanted });
  };

  return {
    list,
    get,
    begin,
    listWishes,
    saveWish: async (owner: Owner, eventType: string, wanted: boolean): Promise<OfferWish[]> => {
      if (!listKinds(owner.homeState === needs.state).has(eventType)) throw problem('event-kind-unknown');
      await database.transaction((tx) => saveWishIn(tx, owner.personId, eventType, wanted));
      return listWishes(owner);
    },
    /** `not-now` puts it off, once; the second time it is declined. `never` is kept for all events of the kind. */
    answer: async (
      person: Pick<Person, 'personId' | 'representative'>,
      offerId: string,
      answer: 'not-now' | 'never',
    ): Promise<Offer> => {
      const found = await store.findOffer(database.db, offerId);
      if (!found || !isTheirs(found, person)) throw problem('offer-unknown');
      const rule = (await catalogue.findService(found.service_id))?.offers[found.event_type];
      await database.transaction(async (tx) => {
        const row = await holdOpen(tx, person, offerId);
        if (row.state === 'begun' || !rule) throw problem('offer-ended');
        if (answer === 'never') await saveWishIn(tx, row.recipient_id, row.event_type, false);
        else if (row.state === 'open' && mayPutOff(row, rule))
          await store.updateOffer(tx, offerId, { state: 'later', again_on: addDays(today(), rule.againAfterDays) });
        else if (row.state === 'open') await store.updateOffer(tx, offerId, { state: 'ended', ended_for: 'declined' });
      });
      return get(person, offerId);
    },
  };
}

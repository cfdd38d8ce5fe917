import type { Tx } from '#kernel/database';
import { newId } from '#kernel/ids';
import { dateIn } from '#kernel/languages';
import { dayFieldOf, type OfferRule, type Service } from '#modules/catalogue';
import { findEventType } from '#protocol/event-types';
import type { OffersNeeds } from './needs.ts';
import { dropOpenings } from './openings/store.ts';
import { addDays, isFor, isWanted } from './rules.ts';
import * as store from './store.ts';

/** Something that happened to a person, by the office that recorded it. */
export type LifeEvent = {
  type: string;
  /** This node's own id of whoever it happened to. */
  personId: string;
  /** Whether this state is the person's own. */
  isOwnPerson: boolean;
  /** Entity id of the office. */
  publisher: string;
  data: Record<string, unknown>;
};

export const withdrawnType = 'life-event-withdrawn';
const diedType = 'person-died';
export const wishChanged = 'offer-wish-changed';

/** Makes offers of what happens to people, and ends them with it. */
export function createMaking(needs: OffersNeeds) {
  const { clock, ledger, catalogue } = needs;
  const today = () => dateIn(clock.now(), needs.timeZone);

  /** Told when it is made and when it comes back: each is one message, however often it is heard. */
  const tell = async (tx: Tx, row: store.OfferRow, source: string): Promise<void> => {
    const rule = catalogue.listDelivered().find(({ id }) => id === row.service_id)?.offers[row.event_type];
    if (!rule) return;
    await needs.tell(tx, {
      personId: row.recipient_id,
      kind: 'service-offered',
      source,
      serviceId: row.service_id,
      values: { fact: rule.event },
      link: `/offers/${row.offer_id}`,
    });
  };

  const offer = async (tx: Tx, event: LifeEvent, happenedOn: string, service: Service, rule: OfferRule) => {
    const until = addDays(happenedOn, rule.forDays);
    if (until < today()) return;
    const hasApplied = await needs.cases.hasSubmittedSince(
      tx,
      event.personId,
      service.id,
      new Date(`${happenedOn}T00:00:00Z`),
    );
    if (hasApplied) return;
    const guardians = await needs.listGuardians(tx, event.personId);
    for (const recipientId of guardians.length > 0 ? guardians : [event.personId]) {
      const wishes = await store.listWishes(tx, recipientId);
      if (!isWanted(wishes.get(event.type), event.isOwnPerson)) continue;
      const fields = new Set(Object.values(rule.fills));
      const row: store.OfferRow = {
        offer_id: newId(),
        recipient_id: recipientId,
        about_id: event.personId,
        service_id: service.id,
        event_type: event.type,
        happened_on: happenedOn,
        publisher: event.publisher,
        fills: Object.fromEntries(
          Object.entries(event.data).flatMap(([field, value]) =>
            fields.has(field) && ['string', 'number'].includes(typeof value) ? [[field, String(value)]] : [],
          ),
        ),
        state: 'open',
        ended_for: null,
        made_at: clock.now(),
        until,
        again_on: null,
        case_id: null,
      };
      if (!(await store.insertOffer(tx, row))) continue;
      await ledger.append(tx, {
        kind: 'offer-made',
        personId: recipientId,
        record: { offerId: row.offer_id, serviceId: service.id, publisher: event.publisher },
      });
      await tell(tx, row, `service-offered:${row.offer_id}`);
    }
  };

  return {
    /** In the transaction in which the event is recorded or heard. Heard twice, it is offered once. */
    noteEvent: async (tx: Tx, event: LifeEvent): Promise<void> => {
      const { type: typeId, personId, data } = event;
      if (typeId === diedType) {
        await store.endOffers(tx, { aboutId: personId }, 'died');
        await store.endOffers(tx, { recipientId: personId }, 'died');
        await dropOpenings(tx, { personId });
        return;
      }
      if (typeId === withdrawnType) {
        const [eventType, happenedOn] = [String(data['event_type']), String(data['happened_on'])];
        await store.endOffers(tx, { aboutId: personId, eventType, happenedOn }, 'withdrawn');
        return;
      }
      const type = findEventType(typeId);
      const dayField = type && dayFieldOf(type);
      const happenedOn = dayField === undefined ? undefined : data[dayField];
      if (typeof happenedOn !== 'string') return;
      for (const service of catalogue.listDelivered()) {
        const rule = service.offers[typeId];
        if (rule && isFor(rule.to, event.isOwnPerson)) await offer(tx, event, happenedOn, service, rule);
      }
    },

    /** Whoever has applied is not offered the same any more. */
    noteApplied: (tx: Tx, personId: string, serviceId: string): Promise<void> =>
      store.endOffers(tx, { aboutId: personId, serviceId }, 'applied'),

    /** What the calendar does: offers end, and those that were put off come back once. */
    tend: (): Promise<void> =>
      needs.database.transaction(async (tx) => {
        await store.endOverdue(tx, today());
        for (const row of await store.bringBack(tx, today()))
          await tell(tx, row, `service-offered-again:${row.offer_id}`);
        await store.dropOld(tx, addDays(today(), -365));
      }),
  };
}

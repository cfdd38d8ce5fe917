import { type Caller, type Handlers, personOf } from '#kernel/contract';
import type { ModuleMigrations } from '#kernel/database';
import { createLoop } from '#kernel/loop';
import type { Person } from '#modules/cases';
import { type OffersContract, offersContract } from './contract.ts';
import { createMaking, wishChanged } from './making.ts';
import { up as offers } from './migrations/0001-offers.ts';
import { up as openingsTable } from './migrations/0002-openings.ts';
import type { OffersNeeds } from './needs.ts';
import { createOpenings } from './openings/service.ts';
import { createAnswering } from './service.ts';

export { type Offer, type OfferWish, offersContract, problem as offersProblem } from './contract.ts';
export { type LifeEvent, wishChanged, withdrawnType } from './making.ts';
export type { OffersNeeds } from './needs.ts';
export type { Opening } from './openings/contract.ts';

export const offersMigrations: ModuleMigrations = {
  module: 'offers',
  migrations: { '0001-offers': { up: offers }, '0002-openings': { up: openingsTable } },
};

const tendEveryMs = 600_000;
const openedEveryMs = 60_000;

/** Services that are offered to people because of what happened in their lives. Declares its queue at once: create it before the jobs start. */
export function createOffers(needs: OffersNeeds) {
  needs.jobs.queue(wishChanged);
  const making = createMaking(needs);
  const answering = createAnswering(needs);
  const tending = createLoop({
    work: () => making.tend().then(() => false),
    everyMs: tendEveryMs,
    log: needs.log,
    failed: 'offers could not be tended',
  });
  const openings = createOpenings(needs);
  const telling = createLoop({
    work: () => openings.tellOpened().then(() => false),
    everyMs: openedEveryMs,
    log: needs.log,
    failed: 'services that opened could not be told',
  });
  const me = (caller: Caller): Person => {
    const { personId, homeState, level } = personOf(caller);
    return { personId, homeState, ...(level === undefined ? {} : { level }) };
  };
  const handlers: Handlers<OffersContract> = {
    listOffers: async ({ caller }) => ({ offers: await answering.list(me(caller)) }),
    beginOffer: ({ caller, params }) => answering.begin(me(caller), params.offerId),
    answerOffer: ({ caller, params, body }) => answering.answer(me(caller), params.offerId, body.answer),
    listWishes: async ({ caller }) => ({ wishes: await answering.listWishes(me(caller)) }),
    saveWish: async ({ caller, params, body }) => ({
      wishes: await answering.saveWish(me(caller), params.eventType, body.isWanted),
    }),
    listOpenings: ({ caller }) => listMine(caller),
    awaitOpening: async ({ caller, params }) => {
      await openings.awaitOpening(me(caller).personId, params.serviceId);
      return listMine(caller);
    },
    dropOpening: async ({ caller, params }) => {
      await openings.dropOpening(me(caller).personId, params.serviceId);
      return listMine(caller);
    },
  };
  const listMine = async (caller: Caller) => ({ openings: await openings.listOpenings(me(caller).personId) });
  return {
    ...making,
    ...answering,
    ...openings,
    contract: offersContract,
    handlers,
    start: () => {
      tending.start();
      telling.start();
    },
    stop: async () => {
      await tending.stop();
      await telling.stop();
    },
  };
}
export type Offers = ReturnType<typeof createOffers>;

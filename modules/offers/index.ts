import { type Caller, type Handlers, personOf } from '#kernel/contract';
import type { ModuleMigrations } from '#kernel/database';
import { createLoop } from '#kernel/loop';
import type { Person } from '#modules/cases';
import { type OffersContract, offersContract } from './contract.ts';
import { createMaking, wishChanged } from './making.ts';
import { up as offers } from './migrations/0001-offers.ts';
import type { OffersNeeds } from './needs.ts';
import { createAnswering } from './service.ts';

export { type Offer, type OfferWish, offersContract, problem as offersProblem } from './contract.ts';
export { type LifeEvent, wishChanged, withdrawnType } from './making.ts';
export type { OffersNeeds } from './needs.ts';

export const offersMigrations: ModuleMigrations = { module: 'offers', migrations: { '0001-offers': { up: offers } } };

const tendEveryMs = 600_000;

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
  };
  return { ...making, ...answering, contract: offersContract, handlers, start: tending.start, stop: tending.stop };
}
export type Offers = ReturnType<typeof createOffers>;

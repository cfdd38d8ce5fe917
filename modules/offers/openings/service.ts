import { formatDate, type Language, type Text } from '#kernel/languages';
import { problem } from '../contract.ts';
import type { OffersNeeds } from '../needs.ts';
import type { Opening } from './contract.ts';
import * as store from './store.ts';

/** Longer than any pause that is said ahead, and no longer than somebody remembers that they asked. */
const keptMs = 2 * 366 * 86_400_000;
const listedMax = 500;

const openEnd: Text = { ar: 'ولم يُعلن موعد لإغلاقها.', en: 'No day on which it closes has been said.' };

/** Tells whoever asked for it, once, that a paused service takes applications again. */
export function createOpenings(needs: OffersNeeds) {
  const { database, clock, catalogue, log } = needs;

  const list = async (personId: string): Promise<Opening[]> => {
    const rows = await store.listOpeningsOf(database.db, personId);
    const listed = await Promise.all(
      rows.map(async ({ serviceId, askedAt }): Promise<Opening[]> => {
        const service = await catalogue.findService(serviceId);
        if (!service) return [];
        const opensAt = (await catalogue.findPause(serviceId))?.endsAt;
        return [
          {
            serviceId,
            serviceTitle: service.definition.title,
            askedAt: askedAt.toISOString(),
            keptUntil: new Date(askedAt.getTime() + keptMs).toISOString(),
            ...(opensAt ? { opensAt: opensAt.toISOString() } : {}),
          },
        ];
      }),
    );
    return listed.flat();
  };

  /** Until when one can begin, in a sentence of its own. */
  const untilWords = (serviceId: string): Text => {
    const closesAt = catalogue.describeService(serviceId).nextPause?.startsAt;
    if (closesAt === undefined) return openEnd;
    const at = (language: Language) =>
      formatDate(new Date(closesAt), language, { timeZone: needs.timeZone, withTime: true });
    return {
      ar: `ويمكن بدء الطلب حتى ${at('ar')}.`,
      en: `You can begin an application until ${at('en')}.`,
    };
  };

  /** Answers whether this process told them. The row and the message go and come together: whoever is cut off in between tells anew. */
  const tellOne = (serviceId: string, personId: string, until: Text): Promise<boolean> =>
    database.transaction(async (tx) => {
      const taken = await store.takeOpening(tx, serviceId, personId);
      if (!taken) return false;
      await needs.tell(tx, {
        personId,
        kind: 'service-opened',
        source: `service-opened:${serviceId}:${taken.askedAt.toISOString()}`,
        serviceId,
        values: { until },
        link: `/services/${serviceId}`,
      });
      return true;
    });

  return {
    listOpenings: list,
    /** Asked twice is asked once. Throws `service-unknown`, and `service-open` for one that takes applications now. */
    awaitOpening: async (personId: string, serviceId: string): Promise<void> => {
      if (!(await catalogue.findService(serviceId))) throw problem('service-unknown');
      if (!(await catalogue.findPause(serviceId))) throw problem('service-open');
      await store.insertOpening(database.db, { serviceId, personId, askedAt: clock.now() });
    },
    /** Nothing is kept of it. */
    dropOpening: async (personId: string, serviceId: string): Promise<void> => {
      await store.takeOpening(database.db, serviceId, personId);
    },
    isAwaited: async (personId: string, serviceId: string): Promise<boolean> =>
      (await store.listOpeningsOf(database.db, personId)).some((row) => row.serviceId === serviceId),

    /** Looks which awaited services take applications, and tells; of a service that is given here no more nothing is kept. Answers how many were told. */
    tellOpened: async (): Promise<number> => {
      await store.dropOpenings(database.db, { askedBefore: new Date(clock.now().getTime() - keptMs) });
      let told = 0;
      for (const serviceId of await store.listAwaitedServices(database.db)) {
        if (!(await catalogue.findService(serviceId))) {
          await store.dropOpenings(database.db, { serviceId });
          continue;
        }
        if (await catalogue.findPause(serviceId)) continue;
        const until = untilWords(serviceId);
        const waiting = await store.listWaiting(database.db, serviceId, listedMax);
        for (const personId of waiting)
          try {
            if (await tellOne(serviceId, personId, until)) told += 1;
          } catch (error) {
            // One person's message that fails keeps nobody else waiting; it is tried again with the next look.
            log.error({ err: error, serviceId }, 'that a service is open could not be told');
          }
      }
      return told;
    },
  };
}

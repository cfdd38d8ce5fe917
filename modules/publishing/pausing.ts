import type { Text } from '#kernel/languages';
import { findOffering } from '#modules/catalogue';
import { type Official, problem, publisherRole } from './contract.ts';
import type { PublishingNeeds } from './service.ts';

const reasonMax = 500;
const aheadMsMax = 366 * 86_400_000;

/** On, or to come; `startsAt` names it. */
export type PauseOfService = { reason: Text; startsAt: string; endsAt?: string; isOn: boolean };

/**
 * Stops and reopens a service for new applications. One publisher does it alone: what is wrong with a service does not wait for a
 * second pair of eyes, and nothing of the service changes. Whoever began goes on. Said ahead, pauses leave the times in which a service is applied for.
 */
export function createPausing(needs: PublishingNeeds) {
  const { database, clock, catalogue, ledger, log, state } = needs;

  const check = ({ roles, officeId }: Official, serviceId: string) => {
    if (!roles.includes(publisherRole)) throw problem('role-missing');
    const service = catalogue.listDelivered().find(({ id }) => id === serviceId);
    if (!service || findOffering(service, state)?.office !== officeId) throw problem('draft-unknown');
  };

  return {
    /** Throws `pause-unsaid` without a reason in both languages, `moment-past` for a beginning that is not within a year from now or an end not within a year after it. */
    pauseService: async (
      official: Official,
      serviceId: string,
      given: { reason: Text; startsAt?: Date; endsAt?: Date },
    ): Promise<void> => {
      check(official, serviceId);
      const reason = { ar: given.reason.ar.trim(), en: given.reason.en.trim() };
      if (Object.values(reason).some((words) => words === '' || words.length > reasonMax))
        throw problem('pause-unsaid');
      const now = clock.now();
      const startsAt = given.startsAt ?? now;
      const isAhead = (at: Date | undefined, of: Date) =>
        at === undefined || (at > of && at.getTime() - of.getTime() <= aheadMsMax);
      if (!isAhead(given.startsAt, now) || !isAhead(given.endsAt, startsAt)) throw problem('moment-past');
      const endsAt = given.endsAt ? { endsAt: given.endsAt } : {};
      await database.transaction(async (tx) => {
        await catalogue.pause(tx, { serviceId, reason, startsAt, ...endsAt });
        const times = {
          pausedAt: startsAt.toISOString(),
          ...(given.endsAt ? { endsAt: given.endsAt.toISOString() } : {}),
        };
        const record = { serviceId, officeId: official.officeId, reason, ...times };
        await ledger.append(tx, { kind: 'service-paused', record });
      });
      await catalogue.refresh();
      log.info({ serviceId, startsAt }, 'a service takes no new applications from a moment on');
    },
    /** Ends the pause that began at that moment, or takes back one to come. Throws `not-paused`. */
    resumeService: async (official: Official, serviceId: string, startsAt: Date): Promise<void> => {
      check(official, serviceId);
      if (Number.isNaN(startsAt.getTime())) throw problem('not-paused');
      await database.transaction(async (tx) => {
        if (!(await catalogue.endPause(tx, serviceId, startsAt))) throw problem('not-paused');
        const at = { pausedAt: startsAt.toISOString(), resumedAt: clock.now().toISOString() };
        const record = { serviceId, officeId: official.officeId, ...at };
        await ledger.append(tx, { kind: 'service-resumed', record });
      });
      await catalogue.refresh();
      log.info({ serviceId }, 'a service takes applications again');
    },
    listPauses: async (serviceId: string): Promise<PauseOfService[]> => {
      const now = clock.now();
      return (await catalogue.listPauses(serviceId)).map(({ reason, startsAt, endsAt }) => ({
        reason,
        startsAt: startsAt.toISOString(),
        ...(endsAt ? { endsAt: endsAt.toISOString() } : {}),
        isOn: startsAt <= now,
      }));
    },
  };
}

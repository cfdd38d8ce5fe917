import type { Text } from '#kernel/languages';
import { findOffering } from '#modules/catalogue';
import { type Official, problem, publisherRole } from './contract.ts';
import type { PublishingNeeds } from './service.ts';

const reasonMax = 500;
const aheadMsMax = 366 * 86_400_000;

export type PausedService = { reason: Text; endsAt?: string };

/**
 * Stops and reopens a service for new applications. One publisher does it alone: what is wrong with a service does not wait for a
 * second pair of eyes, and nothing of the service changes. Whoever began goes on.
 */
export function createPausing(needs: PublishingNeeds) {
  const { database, clock, catalogue, ledger, log, state } = needs;

  const check = ({ roles, officeId }: Official, serviceId: string) => {
    if (!roles.includes(publisherRole)) throw problem('role-missing');
    const service = catalogue.listDelivered().find(({ id }) => id === serviceId);
    if (!service || findOffering(service, state)?.office !== officeId) throw problem('draft-unknown');
  };

  return {
    /** Throws `pause-unsaid` without a reason in both languages, `moment-past` for an end that is not within a year from now. */
    pauseService: async (
      official: Official,
      serviceId: string,
      given: { reason: Text; endsAt?: Date },
    ): Promise<void> => {
      check(official, serviceId);
      const reason = { ar: given.reason.ar.trim(), en: given.reason.en.trim() };
      if (Object.values(reason).some((words) => words === '' || words.length > reasonMax))
        throw problem('pause-unsaid');
      const now = clock.now();
      const ahead = given.endsAt === undefined ? 1 : given.endsAt.getTime() - now.getTime();
      if (!(ahead > 0 && ahead <= aheadMsMax)) throw problem('moment-past');
      const endsAt = given.endsAt ? { endsAt: given.endsAt } : {};
      await database.transaction(async (tx) => {
        await catalogue.pause(tx, { serviceId, reason, ...endsAt });
        const record = { serviceId, officeId: official.officeId, reason, pausedAt: now.toISOString() };
        await ledger.append(tx, { kind: 'service-paused', record });
      });
      await catalogue.refresh();
      log.info({ serviceId }, 'a service takes no new applications for now');
    },
    /** Throws `not-paused`. */
    resumeService: async (official: Official, serviceId: string): Promise<void> => {
      check(official, serviceId);
      await database.transaction(async (tx) => {
        if (!(await catalogue.endPause(tx, serviceId))) throw problem('not-paused');
        const record = { serviceId, officeId: official.officeId, resumedAt: clock.now().toISOString() };
        await ledger.append(tx, { kind: 'service-resumed', record });
      });
      await catalogue.refresh();
      log.info({ serviceId }, 'a service takes applications again');
    },
    findPaused: async (serviceId: string): Promise<PausedService | undefined> => {
      const pause = await catalogue.findPause(serviceId);
      return pause && { reason: pause.reason, ...(pause.endsAt ? { endsAt: pause.endsAt.toISOString() } : {}) };
    },
  };
}

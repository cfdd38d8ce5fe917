import type { Tx } from '#kernel/database';
import type { Language } from '#kernel/languages';
import { readAddress } from '../addresses/rules.ts';
import type { Sealing } from '../addresses/sealing.ts';
import type { Addresses } from '../addresses/service.ts';
import type { ContactPlace } from '../contract.ts';
import type { NotificationNeeds, Senders } from '../needs.ts';
import { type AddressWay, addressWays } from '../ways/contract.ts';
import * as store from './store.ts';

const dayMs = 86_400_000;

export type CasePlaces = { reference: string; language?: Language; places: ContactPlace[] };

/** What the form of a case says of where to tell its person: looked up for each notice, so that a corrected answer counts at once. */
export function createContacts(needs: NotificationNeeds, sealing: Sealing, senders: Senders, addresses: Addresses) {
  const { database, clock } = needs;
  const hashOf = (address: string) => sealing.hash(`contact ${address}`);

  /** `personId`: who is told; whether an address is confirmed is a question about them. Nothing when the case is over. */
  const find = async (caseId: string, personId: string): Promise<CasePlaces | undefined> => {
    const contact = await needs.findContact(caseId);
    if (!contact) return undefined;
    const { reference, language } = contact;
    const stops = await store.listStops(database.db, caseId);
    const places: ContactPlace[] = [];
    for (const way of addressWays) {
      const typed = contact[way === 'email' ? 'email' : 'mobile'];
      const address = typed === undefined ? undefined : readAddress(way, typed);
      if (address === undefined || !senders[way]) continue;
      const stop = stops.find(
        (one) => one.way === way && (!one.address_hash || hashOf(address).equals(Buffer.from(one.address_hash))),
      );
      places.push({
        way,
        address,
        isOwn: (await addresses.find(database.db, personId, way))?.address === address,
        ...(stop ? { stopped: stop.reason } : {}),
      });
    }
    return { reference, ...(language ? { language } : {}), places };
  };

  return {
    find,

    /** For that address of the case alone: another one that is typed later is written to. */
    stop: (
      tx: Tx,
      stopped: { caseId: string; way: AddressWay; address: string; reason: 'unwanted' | 'undeliverable' },
    ) =>
      store.putStop(tx, {
        case_id: stopped.caseId,
        way: stopped.way,
        address_hash: hashOf(stopped.address),
        reason: stopped.reason,
        stopped_at: clock.now(),
      }),

    /** By the person of the case, for whatever its form says. Whoever calls has made sure of whose case it is. */
    choose: (caseId: string, isWanted: boolean): Promise<void> =>
      database.transaction(async (tx) => {
        await store.deleteStops(tx, caseId);
        if (isWanted) return;
        for (const way of addressWays)
          await store.putStop(tx, {
            case_id: caseId,
            way,
            address_hash: null,
            reason: 'unwanted',
            stopped_at: clock.now(),
          });
      }),

    forget: (): Promise<void> =>
      store.forgetStops(database.db, new Date(clock.now().getTime() - needs.rules.keptDays * dayMs)),
  };
}

export type Contacts = ReturnType<typeof createContacts>;

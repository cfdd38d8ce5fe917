import type { Tx } from '#kernel/database';
import { newId } from '#kernel/ids';
import type { Language } from '#kernel/languages';
import type { Sealing } from '../addresses/sealing.ts';
import { type OwnDevice, problem } from '../contract.ts';
import type { Tell } from '../mailbox/service.ts';
import type { NotificationNeeds } from '../needs.ts';
import type { OwnPreferences } from '../preferences/service.ts';
import type { Templates } from '../templates/rules.ts';
import type { Subscription } from '../ways/contract.ts';
import { applicationServerKey } from '../ways/push/send.ts';
import { readSubscription, usualPushHosts } from '../ways/push/subscription.ts';
import * as store from './store.ts';

/** As many browsers one person is reached in. */
const devicesMax = 10;
const nameLengthMax = 60;
type Sealed = Subscription & { name: string };

/** The browsers that a person has allowed to show notices. Each is known by its subscription, which is sealed like an address. */
export function createDevices(
  needs: NotificationNeeds,
  { sealing, templates, preferences }: { sealing: Sealing; templates: Templates; preferences: OwnPreferences },
  tell: (tx: Tx, told: Tell) => Promise<void>,
) {
  const { database, clock, rules, push } = needs;
  const open = (row: store.DeviceRow) => JSON.parse(sealing.open(row.sealed, row.device_id)) as Sealed;

  const list = async (personId: string): Promise<OwnDevice[]> =>
    (await store.listDevicesOf(database.db, personId)).map((row) => ({
      deviceId: row.device_id,
      name: open(row).name,
      addedAt: row.added_at.toISOString(),
    }));

  return {
    /** What a page has to know to offer it; undefined where this state does not write to browsers. */
    describe: async (personId: string) =>
      rules.push && push ? { publicKey: applicationServerKey(push.signer), devices: await list(personId) } : undefined,

    /** `userAgent`: the header of the browser, of which its kind is kept. The first device turns the way on for every topic. */
    add: async (personId: string, given: Subscription, userAgent: string, language: Language): Promise<void> => {
      if (!rules.push || !push) throw problem('way-not-offered');
      const subscription = readSubscription(given, rules.push.hosts ?? usualPushHosts);
      if (!subscription) throw problem('subscription-refused');
      const name = push.describeDevice(userAgent).slice(0, nameLengthMax);
      const deviceId = newId();
      const row = {
        device_id: deviceId,
        person_id: personId,
        endpoint_hash: sealing.hash(`endpoint ${subscription.endpoint}`),
        sealed: sealing.seal(JSON.stringify({ ...subscription, name } satisfies Sealed), deviceId),
        added_at: clock.now(),
      };
      await database.transaction(async (tx) => {
        await store.holdDevices(tx, personId);
        const known = await store.listDevicesOf(tx, personId);
        const isKnown = known.some((one) => Buffer.from(one.endpoint_hash).equals(row.endpoint_hash));
        if (!isKnown && known.length >= devicesMax) throw problem('devices-too-many');
        if (known.length === 0) await preferences.startWay(tx, personId, 'push', language);
        // Told on the ways there were before it: the new device needs no notice of itself.
        if (!isKnown)
          await tell(tx, {
            personId,
            kind: 'device-added',
            source: `device-added:${deviceId}`,
            values: { device: name || { ar: templates.words.ar.channels.push, en: templates.words.en.channels.push } },
            link: '/messages/settings',
          });
        await store.putDevice(tx, row);
      });
    },

    remove: async (personId: string, deviceId: string): Promise<void> => {
      if (!(await store.deleteDevice(database.db, personId, deviceId))) throw problem('device-unknown');
    },

    /** Whoever signs out everywhere is written to in no browser any more. */
    removeAll: (personId: string): Promise<void> => store.deleteDevicesOf(database.db, personId),

    idsOf: async (db: Tx, personId: string): Promise<string[]> =>
      (await store.listDevicesOf(db, personId)).map((row) => row.device_id),

    /** As a sender takes it; undefined when it was taken away, or is somebody else's now. */
    find: async (db: Tx, personId: string, deviceId: string): Promise<string | undefined> => {
      const row = await store.findDevice(db, deviceId);
      if (!row || row.person_id !== personId) return undefined;
      const { endpoint, p256dh, auth } = open(row);
      return JSON.stringify({ endpoint, p256dh, auth } satisfies Subscription);
    },

    /** Takes a device out of use whose subscription is over, and says so in the mailbox. */
    breakOff: async (tx: Tx, personId: string, deviceId: string): Promise<void> => {
      if (!(await store.deleteDevice(tx, personId, deviceId))) return;
      await tell(tx, {
        personId,
        kind: 'address-undeliverable',
        source: `address-undeliverable:${deviceId}`,
        values: { channel: { ar: templates.words.ar.channels.push, en: templates.words.en.channels.push } },
        link: '/messages/settings',
      });
    },
  };
}

export type Devices = ReturnType<typeof createDevices>;

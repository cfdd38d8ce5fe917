import { randomInt, timingSafeEqual } from 'node:crypto';
import type { Tx } from '#kernel/database';
import { newId } from '#kernel/ids';
import type { Language } from '#kernel/languages';
import { type OwnAddress, problem } from '../contract.ts';
import type { Tell } from '../mailbox/service.ts';
import type { NotificationNeeds, Senders } from '../needs.ts';
import type { Templates } from '../templates/rules.ts';
import type { AddressWay } from '../ways/contract.ts';
import {
  codeDigits,
  codesPerAddressDay,
  codesPerPersonHour,
  codeTriesMax,
  codeValidMs,
  readAddress,
  readCode,
} from './rules.ts';
import type { Sealing } from './sealing.ts';
import * as store from './store.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Where people are written to outside the node. Nothing but a code goes to an address before the code has come back from it. */
export function createAddresses(
  needs: NotificationNeeds,
  sealing: Sealing,
  senders: Senders,
  templates: Templates,
  tell: (tx: Tx, told: Tell) => Promise<void>,
) {
  const { database, clock, log } = needs;
  const channel = (way: AddressWay) => ({ ar: templates.words.ar.channels[way], en: templates.words.en.channels[way] });

  /** Counts a code before it leaves: whoever asks at the same moment is counted too. */
  async function count(tx: Tx, { codeId, personId, address }: { codeId: string; personId: string; address: string }) {
    await store.holdCodes(tx);
    const now = clock.now();
    const addressHash = sealing.hash(`address ${address}`);
    const ofPerson = await store.countCodes(tx, { personId }, new Date(now.getTime() - hourMs));
    const ofAddress = await store.countCodes(tx, { addressHash }, new Date(now.getTime() - dayMs));
    if (ofPerson >= codesPerPersonHour || ofAddress >= codesPerAddressDay) throw problem('codes-too-many');
    await store.insertCode(tx, { code_id: codeId, person_id: personId, address_hash: addressHash, sent_at: now });
  }

  const begin = (personId: string, way: AddressWay, address: string, code: string) =>
    database.transaction(async (tx) => {
      await count(tx, { codeId: newId(), personId, address });
      const now = clock.now();
      const addressId = newId();
      await store.replaceWaiting(tx, {
        address_id: addressId,
        person_id: personId,
        way,
        sealed: sealing.seal(address, addressId),
        code_hash: sealing.hash(`code ${addressId} ${code}`),
        code_until: new Date(now.getTime() + codeValidMs),
        code_tries: 0,
        confirmed_at: null,
        broken_at: null,
      });
      return addressId;
    });

  /** The number that a code for signing in goes to: in use, and confirmed before that moment. */
  async function findSettled(personId: string, before: Date) {
    const row = await store.findConfirmed(database.db, personId, 'sms');
    if (!row || row.broken_at || row.confirmed_at! > before) return undefined;
    return { addressId: row.address_id, address: sealing.open(row.sealed, row.address_id) };
  }

  return {
    /** The last two digits of that number; undefined where no code can be sent. */
    findHint: async (personId: string, settledBefore: Date): Promise<string | undefined> =>
      senders.sms && (await findSettled(personId, settledBefore))?.address.slice(-2),

    /** Sends a code for signing in, whatever the hour. False when there is no such number. */
    sendSignIn: async (
      personId: string,
      { code, language, settledBefore }: { code: string; language: Language; settledBefore: Date },
    ): Promise<boolean> => {
      const found = await findSettled(personId, settledBefore);
      if (!senders.sms || !found) return false;
      const codeId = newId();
      await database.transaction((tx) => count(tx, { codeId, personId, address: found.address }));
      const result = await senders.sms.send({
        kind: 'code',
        signsIn: true,
        to: found.address,
        language,
        id: `sign-in.${codeId}`,
        code,
      });
      if (result.outcome === 'sent') return true;
      log.warn({ way: 'sms', code: result.code }, 'a code could not be sent');
      throw problem('code-not-sent');
    },

    add: async (personId: string, way: AddressWay, typed: string, language: Language): Promise<void> => {
      const sender = senders[way];
      if (!sender) throw problem('way-not-offered');
      const address = readAddress(way, typed);
      if (address === undefined) throw problem('address-invalid');
      const code = String(randomInt(10 ** codeDigits)).padStart(codeDigits, '0');
      const addressId = await begin(personId, way, address, code);
      const result = await sender.send({ kind: 'code', to: address, language, id: `code.${addressId}`, code });
      if (result.outcome === 'sent') return;
      log.warn({ way, code: result.code }, 'a code could not be sent');
      throw problem('code-not-sent');
    },

    /** The confirmed address takes the place of the one before it, of which the person is told. */
    confirm: async (personId: string, way: AddressWay, typed: string): Promise<void> => {
      const isRight = await database.transaction(async (tx) => {
        const row = await store.holdWaiting(tx, personId, way);
        if (!row) throw problem('address-unknown');
        const now = clock.now();
        const hash = sealing.hash(`code ${row.address_id} ${readCode(typed)}`);
        const isOpen = row.code_tries < codeTriesMax && row.code_until !== null && row.code_until > now;
        if (!isOpen || !timingSafeEqual(hash, Buffer.from(row.code_hash!))) {
          // Outside the refusal, or the count would be rolled back with it.
          await store.updateAddress(tx, row.address_id, { code_tries: row.code_tries + 1 });
          return false;
        }
        await store.deleteConfirmed(tx, personId, way);
        await store.updateAddress(tx, row.address_id, { confirmed_at: now, code_hash: null, code_until: null });
        await tell(tx, {
          personId,
          kind: 'address-changed',
          source: `address-changed:${row.address_id}`,
          values: { channel: channel(way) },
          link: '/messages/settings',
        });
        return true;
      });
      if (!isRight) throw problem('code-wrong');
    },

    remove: async (personId: string, way: AddressWay): Promise<void> => {
      if (!(await database.transaction((tx) => store.deleteAddresses(tx, personId, way))))
        throw problem('address-unknown');
    },

    list: async (personId: string): Promise<OwnAddress[]> =>
      (await store.listAddressesOf(database.db, personId)).map((row) => ({
        way: row.way,
        address: sealing.open(row.sealed, row.address_id),
        state: row.broken_at ? 'broken' : row.confirmed_at ? 'confirmed' : 'waiting',
      })),

    /** Where somebody is written to now; undefined when nowhere. */
    find: async (
      db: Tx,
      personId: string,
      way: AddressWay,
    ): Promise<{ addressId: string; address: string } | undefined> => {
      const row = await store.findConfirmed(db, personId, way);
      if (!row || row.broken_at) return undefined;
      return { addressId: row.address_id, address: sealing.open(row.sealed, row.address_id) };
    },

    /** Takes an address out of use that the other side has refused for good, and says so in the mailbox. */
    breakOff: async (tx: Tx, personId: string, way: AddressWay, addressId: string): Promise<void> => {
      await store.updateAddress(tx, addressId, { broken_at: clock.now() });
      await tell(tx, {
        personId,
        kind: 'address-undeliverable',
        source: `address-undeliverable:${addressId}`,
        values: { channel: channel(way) },
        link: '/messages/settings',
      });
    },

    forget: (): Promise<void> => store.forgetCodes(database.db, new Date(clock.now().getTime() - dayMs)),
  };
}

export type Addresses = ReturnType<typeof createAddresses>;

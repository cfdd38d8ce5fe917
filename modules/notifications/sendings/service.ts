import { timingSafeEqual } from 'node:crypto';
import type { Tx } from '#kernel/database';
import type { Sealing } from '../addresses/sealing.ts';
import type { Addresses } from '../addresses/service.ts';
import { problem } from '../contract.ts';
import type { Devices } from '../devices/service.ts';
import type { Told } from '../mailbox/service.ts';
import { findMessage, type MessageRow } from '../mailbox/store.ts';
import type { Notice, NotificationNeeds, Senders, SendResult } from '../needs.ts';
import type { OwnPreferences } from '../preferences/service.ts';
import type { Topic } from '../templates/contract.ts';
import type { Templates } from '../templates/rules.ts';
import { type Way, ways } from '../ways/contract.ts';
import { nextTryAt, planDeparture } from './rules.ts';
import * as store from './store.ts';

const claimMs = 120_000;
const claimAtOnce = 20;
const dayMs = 86_400_000;
const countedDays = 7;
const digestAt = '08:00';
/** The most pressing first. */
const paces = ['at-once', 'soon', 'daily'] as const;
const listedMax = 200;

/** Takes messages out of the node, at least once, one message on one way at a time. */
export function createSendings(
  needs: NotificationNeeds,
  parts: {
    senders: Senders;
    templates: Templates;
    sealing: Sealing;
    addresses: Addresses;
    devices: Devices;
    preferences: OwnPreferences;
    /** Something is due now. */
    nudge: () => void;
  },
) {
  const { database, clock, log, publicUrl, rules, timeZone } = needs;
  const { senders, templates, sealing, addresses, devices, preferences } = parts;
  const ofKind = (kind: string) => templates.kinds[kind]!;

  /** Decides on which ways a message leaves and when, in the transaction that puts it into the mailbox. */
  const plan = async (tx: Tx, { messageId, personId, kind, at }: Told): Promise<void> => {
    // What says that an address does not work is not sent to another address of the same kind of person: it waits in the mailbox.
    if (kind === 'address-undeliverable') return;
    const { topic, pace } = ofKind(kind);
    const wishes = await preferences.find(tx, personId);
    for (const way of ways) {
      if (!senders[way] || !wishes.topics[topic].ways.includes(way)) continue;
      const isPush = way === 'push';
      const isThere = isPush || (await addresses.find(tx, personId, way)) !== undefined;
      const deviceIds = isPush ? await devices.idsOf(tx, personId) : isThere ? [store.noDevice] : [];
      const departure = planDeparture(at, pace, {
        quietHours: wishes.quietHours,
        // A text message is read one by one; the others are gathered.
        isDigest: wishes.isDigest && way !== 'sms',
        digestAt: rules.digestAt ?? digestAt,
        timeZone,
      });
      for (const deviceId of deviceIds)
        await store.insertSending(tx, {
          message_id: messageId,
          way,
          device_id: deviceId,
          person_id: personId,
          topic,
          state: 'waiting',
          code: null,
          attempts: 0,
          is_digest: departure.isDigest,
          due_at: departure.dueAt,
          claimed_until: null,
          done_at: null,
        });
    }
    parts.nudge();
  };

  const unsubscribePath = (messageId: string) => `/messages/unsubscribe/${messageId}/${sealing.linkToken(messageId)}`;

  /** Why something that is due is not sent after all; undefined when it is. */
  const reasonToSkip = async (row: store.SendingRow, message: MessageRow | undefined): Promise<string | undefined> => {
    if (!message?.short) return 'deleted';
    if (message.opened_at) return 'read-already';
    if (row.way === 'sms' && rules.sms) {
      const since = new Date(clock.now().getTime() - dayMs);
      if ((await store.countSentSince(database.db, row.person_id, 'sms', since)) >= rules.sms.perPersonPerDay)
        return 'enough-today';
    }
    return undefined;
  };

  const settle = (rows: store.SendingRow[], changes: Partial<store.SendingRow>) =>
    database.transaction(async (tx) => {
      for (const row of rows) await store.updateSending(tx, row, changes);
    });

  const note = async (rows: store.SendingRow[], addressId: string, result: SendResult): Promise<void> => {
    const [{ way, person_id: personId, device_id: deviceId, attempts }] = rows as [store.SendingRow];
    const now = clock.now();
    if (result.outcome === 'sent')
      return settle(rows, { state: 'sent', code: null, done_at: now, claimed_until: null });
    const next = result.outcome === 'later' ? nextTryAt(now, attempts) : undefined;
    log.warn({ way, code: result.code, attempts, isOver: next === undefined }, 'a notice was not taken');
    if (next) return settle(rows, { code: result.code, due_at: next, claimed_until: null });
    await database.transaction(async (tx) => {
      const ended = { state: 'undeliverable', code: result.code, done_at: now, claimed_until: null } as const;
      for (const row of rows) await store.updateSending(tx, row, ended);
      if (result.outcome !== 'never') return;
      if (way === 'push') await devices.breakOff(tx, personId, deviceId);
      else await addresses.breakOff(tx, personId, way, addressId);
    });
  };

  /** Where a notice goes: the address of a way, or the subscription of a device. */
  const findTo = async (personId: string, way: Way, deviceId: string) => {
    if (way !== 'push') return addresses.find(database.db, personId, way);
    const address = await devices.find(database.db, personId, deviceId);
    return address === undefined ? undefined : { addressId: deviceId, address };
  };

  /** One notice for what is gathered, or for one message. */
  const sendGroup = async (rows: store.SendingRow[]): Promise<void> => {
    const due: Array<{ row: store.SendingRow; message: MessageRow }> = [];
    for (const row of rows) {
      const message = await findMessage(database.db, row.message_id);
      const reason = await reasonToSkip(row, message);
      if (reason === undefined) due.push({ row, message: message! });
      else await settle([row], { state: 'skipped', code: reason, done_at: clock.now(), claimed_until: null });
    }
    const [first] = due;
    if (!first) return;
    const { way, person_id: personId, device_id: deviceId } = first.row;
    const to = await findTo(personId, way, deviceId);
    const sender = senders[way];
    const left = due.map(({ row }) => row);
    if (!to || !sender)
      return settle(left, { state: 'skipped', code: 'no-address', done_at: clock.now(), claimed_until: null });
    const { language } = await preferences.find(database.db, personId);
    const mayStop = due.every(({ message }) => !ofKind(message.kind).isMandatory);
    const isOne = due.length === 1;
    const notice: Notice = {
      kind: 'news',
      to: to.address,
      language,
      id: `${first.message.message_id}.${way}`,
      pace: paces.find((pace) => due.some(({ message }) => ofKind(message.kind).pace === pace))!,
      shorts: [...new Set(due.map(({ message }) => message.short![language]))],
      // A text message has room for the mailbox alone.
      link: `${publicUrl}/messages${isOne && way !== 'sms' ? `/${first.message.message_id}` : ''}`,
      settingsUrl: `${publicUrl}/messages/settings`,
      ...(mayStop ? { unsubscribeUrl: `${publicUrl}${unsubscribePath(first.message.message_id)}` } : {}),
    };
    await note(left, to.addressId, await sender.send(notice));
  };

  /** Sends what is due. True when there may be more. */
  const sendDue = async (): Promise<boolean> => {
    if (Object.keys(senders).length === 0) return false;
    const now = clock.now();
    const claimed = await store.claimDue(database.db, now, new Date(now.getTime() + claimMs), claimAtOnce);
    const groups = Map.groupBy(
      claimed,
      (row) => `${row.way} ${row.device_id} ${row.is_digest ? `${row.person_id} ${row.topic}` : row.message_id}`,
    );
    for (const rows of groups.values()) await sendGroup(rows);
    return claimed.length === claimAtOnce;
  };

  /** The message that a link to stop e-mails belongs to. Throws where the link was not made here or the message is gone. */
  const readUnsubscribe = async (messageId: string, token: string): Promise<{ personId: string; topic: Topic }> => {
    const [given, right] = [Buffer.from(token), Buffer.from(sealing.linkToken(messageId))];
    if (given.length !== right.length || !timingSafeEqual(given, right)) throw problem('unsubscribe-invalid');
    const message = await findMessage(database.db, messageId);
    if (!message) throw problem('unsubscribe-invalid');
    return { personId: message.person_id, topic: ofKind(message.kind).topic };
  };

  return {
    plan,
    sendDue,
    readUnsubscribe,

    /** RFC 8058: whoever holds the link stops e-mails of that topic, without signing in and for nobody else. */
    unsubscribe: async (messageId: string, token: string): Promise<Topic> => {
      const { personId, topic } = await readUnsubscribe(messageId, token);
      await database.transaction(async (tx) => {
        await preferences.stopWay(tx, personId, topic, 'email');
        await store.skipWaiting(tx, personId, 'email', topic, clock.now());
      });
      return topic;
    },

    /** For the operator: counts and codes, nobody's name or address. */
    overview: async () => {
      const since = new Date(clock.now().getTime() - countedDays * dayMs);
      const dead = await store.listUndeliverable(database.db, listedMax);
      return {
        counts: await store.countByOutcome(database.db, since),
        dead: dead.map((row) => ({
          messageId: row.message_id,
          way: row.way,
          topic: row.topic,
          code: row.code ?? '',
          attempts: row.attempts,
          at: row.done_at!.toISOString(),
        })),
      };
    },

    /** Seconds that the notice which has been due longest has waited; 0 when none is due. */
    lateSeconds: async (): Promise<number> => {
      const oldest = await store.findOldestDue(database.db);
      return oldest ? Math.max(0, (clock.now().getTime() - oldest.getTime()) / 1_000) : 0;
    },

    retry: async (messageId: string, way: Way): Promise<void> => {
      if (!(await store.reviveSending(database.db, { message_id: messageId, way }, clock.now())))
        throw problem('sending-unknown');
      parts.nudge();
    },
  };
}

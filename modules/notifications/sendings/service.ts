import { timingSafeEqual } from 'node:crypto';
import type { Tx } from '#kernel/database';
import type { Language } from '#kernel/languages';
import type { Sealing } from '../addresses/sealing.ts';
import type { Addresses } from '../addresses/service.ts';
import type { Contacts } from '../contacts/service.ts';
import { type ContactPlace, problem } from '../contract.ts';
import type { Devices } from '../devices/service.ts';
import type { Tell, Told } from '../mailbox/service.ts';
import { findMessage, type MessageRow } from '../mailbox/store.ts';
import type { Notice, NotificationNeeds, Senders, SendResult } from '../needs.ts';
import type { OwnPreferences } from '../preferences/service.ts';
import type { Topic } from '../templates/contract.ts';
import type { Templates } from '../templates/rules.ts';
import { type AddressWay, type Way, ways } from '../ways/contract.ts';
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
/** E-mails a day, for one person, to addresses that nobody has confirmed: they may be somebody else's. */
const toUnconfirmedPerDay = 10;

/** Something that leaves now, with the message that it is about. */
type Due = { row: store.SendingRow; message: MessageRow };

/** Takes messages out of the node, at least once, one message on one way at a time. */
export function createSendings(
  needs: NotificationNeeds,
  parts: {
    senders: Senders;
    templates: Templates;
    sealing: Sealing;
    addresses: Addresses;
    devices: Devices;
    contacts: Contacts;
    tell: (tx: Tx, told: Tell) => Promise<void>;
    preferences: OwnPreferences;
    /** Something is due now. */
    nudge: () => void;
  },
) {
  const { database, clock, log, publicUrl, rules, timeZone } = needs;
  const { senders, templates, sealing, addresses, devices, contacts, preferences } = parts;
  const ofKind = (kind: string) => templates.kinds[kind]!;

  /** Decides on which ways a message leaves and when, in the transaction that puts it into the mailbox. */
  const plan = async (tx: Tx, { messageId, personId, kind, at, contactWays }: Told): Promise<void> => {
    // What says that an address does not work is not sent to another address of the same kind of person: it waits in the mailbox.
    if (kind === 'address-undeliverable') return;
    const { topic, pace } = ofKind(kind);
    const wishes = await preferences.find(tx, personId);
    for (const way of ways) {
      if (!senders[way]) continue;
      const isWanted = wishes.topics[topic].ways.includes(way);
      const isPush = way === 'push';
      const isThere = isPush || (await addresses.find(tx, personId, way)) !== undefined;
      const own = !isWanted ? [] : isPush ? await devices.idsOf(tx, personId) : isThere ? [store.noDevice] : [];
      const deviceIds = !isPush && contactWays.includes(way) ? [...own, store.ofCase] : own;
      for (const deviceId of deviceIds) {
        const departure = planDeparture(at, pace, {
          quietHours: wishes.quietHours,
          // A text message is read one by one; the others are gathered.
          isDigest: wishes.isDigest && way !== 'sms',
          digestAt: rules.digestAt ?? digestAt,
          timeZone,
        });
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
    if (row.device_id === store.ofCase && row.way === 'email') {
      const since = new Date(clock.now().getTime() - dayMs);
      const sent = await store.countSentSince(database.db, row.person_id, 'email', since, store.ofCase);
      if (sent >= toUnconfirmedPerDay) return 'enough-today';
    }
    return undefined;
  };

  const settle = (rows: store.SendingRow[], changes: Partial<store.SendingRow>) =>
    database.transaction(async (tx) => {
      for (const row of rows) await store.updateSending(tx, row, changes);
    });

  const note = async (
    rows: store.SendingRow[],
    breakOff: (tx: Tx) => Promise<void>,
    result: SendResult,
  ): Promise<void> => {
    const [{ way, attempts }] = rows as [store.SendingRow];
    const now = clock.now();
    if (result.outcome === 'sent')
      return settle(rows, { state: 'sent', code: null, done_at: now, claimed_until: null });
    const next = result.outcome === 'later' ? nextTryAt(now, attempts) : undefined;
    log.warn({ way, code: result.code, attempts, isOver: next === undefined }, 'a notice was not taken');
    if (next) return settle(rows, { code: result.code, due_at: next, claimed_until: null });
    await database.transaction(async (tx) => {
      const ended = { state: 'undeliverable', code: result.code, done_at: now, claimed_until: null } as const;
      for (const row of rows) await store.updateSending(tx, row, ended);
      if (result.outcome === 'never') await breakOff(tx);
    });
  };

  /** Where a notice goes: the address of a way, or the subscription of a device. */
  const findTo = async (personId: string, way: Way, deviceId: string) => {
    if (way !== 'push') return addresses.find(database.db, personId, way);
    const address = await devices.find(database.db, personId, deviceId);
    return address === undefined ? undefined : { addressId: deviceId, address };
  };

  /** Why nothing goes where the form of the case says; undefined when it does. */
  const reasonAgainst = async (row: store.SendingRow, place: ContactPlace | undefined) => {
    if (!place) return 'no-address';
    if (place.stopped) return place.stopped;
    if (!place.isOwn) return undefined;
    // A confirmed address is written to once, and as the person chose for it.
    if (await store.isPlannedToOwn(database.db, row.message_id, row.way)) return 'own-address';
    const { topics } = await preferences.find(database.db, row.person_id);
    return topics[row.topic].ways.includes(row.way) ? undefined : 'unwanted';
  };

  const paceOf = (due: readonly Due[]) =>
    paces.find((pace) => due.some(({ message }) => ofKind(message.kind).pace === pace))!;
  const shortsOf = (due: readonly Due[], language: Language) => [
    ...new Set(due.map(({ message }) => message.short![language])),
  ];

  const stopPath = (messageId: string) =>
    `/messages/unsubscribe/${messageId}/${sealing.linkToken(`case ${messageId}`)}`;

  /** One notice where the form of their case says now, for one message of it or for those that are gathered. */
  const sendToContact = async (due: readonly Due[]): Promise<void> => {
    const [{ row, message }] = due as [Due];
    const { person_id: personId, message_id: messageId } = row;
    const way = row.way as AddressWay;
    const caseId = message.case_id!;
    const found = await contacts.find(caseId, personId);
    const place = found?.places.find((one) => one.way === way);
    const sender = senders[way];
    const left: Due[] = [];
    for (const one of due) {
      const reason = await reasonAgainst(one.row, place);
      if (reason === undefined && sender) left.push(one);
      else
        await settle([one.row], {
          state: 'skipped',
          code: reason ?? 'no-address',
          done_at: clock.now(),
          claimed_until: null,
        });
    }
    if (left.length === 0 || !found || !place || !sender) return;
    const language = found.language ?? (await preferences.find(database.db, personId)).language;
    const envelope = { to: place.address, language, id: `${messageId}.${way}.case`, pace: paceOf(left) };
    const { reference } = found;
    const link = `${publicUrl}/messages`;
    const stopUrl = `${publicUrl}${stopPath(messageId)}`;
    const notice: Notice = place.isOwn
      ? {
          ...envelope,
          kind: 'news',
          shorts: shortsOf(left, language),
          link,
          settingsUrl: `${link}/settings`,
          unsubscribeUrl: stopUrl,
        }
      : { ...envelope, kind: 'case-news', reference, link, stopUrl };
    const breakOff = async (tx: Tx) => {
      await contacts.stop(tx, { caseId, way, address: place.address, reason: 'undeliverable' });
      await parts.tell(tx, {
        personId,
        kind: 'contact-undeliverable',
        source: `contact-undeliverable:${messageId}:${way}`,
        ...(message.service_id === null ? {} : { serviceId: message.service_id }),
        caseId,
        values: {
          reference,
          channel: { ar: templates.words.ar.channels[way], en: templates.words.en.channels[way] },
        },
        ...(message.link === null ? {} : { link: message.link }),
      });
    };
    const rows = left.map((one) => one.row);
    await note(rows, breakOff, await sender.send(notice));
  };

  /** One notice for what is gathered, or for one message. */
  const sendGroup = async (rows: store.SendingRow[]): Promise<void> => {
    const due: Due[] = [];
    for (const row of rows) {
      const message = await findMessage(database.db, row.message_id);
      const reason = await reasonToSkip(row, message);
      if (reason === undefined) due.push({ row, message: message! });
      else await settle([row], { state: 'skipped', code: reason, done_at: clock.now(), claimed_until: null });
    }
    const [first] = due;
    if (!first) return;
    const { way, person_id: personId, device_id: deviceId } = first.row;
    if (deviceId === store.ofCase) {
      // Each case has an address of its own.
      for (const ofOne of Map.groupBy(due, ({ message }) => message.case_id).values()) await sendToContact(ofOne);
      return;
    }
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
      pace: paceOf(due),
      shorts: shortsOf(due, language),
      // A text message has room for the mailbox alone.
      link: `${publicUrl}/messages${isOne && way !== 'sms' ? `/${first.message.message_id}` : ''}`,
      settingsUrl: `${publicUrl}/messages/settings`,
      ...(mayStop ? { unsubscribeUrl: `${publicUrl}${unsubscribePath(first.message.message_id)}` } : {}),
    };
    const breakOff = (tx: Tx) =>
      way === 'push' ? devices.breakOff(tx, personId, deviceId) : addresses.breakOff(tx, personId, way, to.addressId);
    await note(left, breakOff, await sender.send(notice));
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

  /** `caseId`: it stops what goes where the form of that case says. The message that a link to stop e-mails belongs to. Throws where the link was not made here or the message is gone. */
  const readUnsubscribe = async (
    messageId: string,
    token: string,
  ): Promise<{ personId: string; topic: Topic; caseId?: string }> => {
    const given = Buffer.from(token);
    const isFor = (of: string) => {
      const right = Buffer.from(sealing.linkToken(of));
      return given.length === right.length && timingSafeEqual(given, right);
    };
    const isOfCase = isFor(`case ${messageId}`);
    if (!isOfCase && !isFor(messageId)) throw problem('unsubscribe-invalid');
    const message = await findMessage(database.db, messageId);
    if (!message) throw problem('unsubscribe-invalid');
    return {
      personId: message.person_id,
      topic: ofKind(message.kind).topic,
      ...(isOfCase ? { caseId: message.case_id! } : {}),
    };
  };

  return {
    plan,
    sendDue,
    readUnsubscribe,

    /** RFC 8058: whoever holds the link stops e-mails of that topic, or to the address of that case, without signing in and for nobody else. */
    unsubscribe: async (messageId: string, token: string): Promise<{ topic: Topic; isOfCase: boolean }> => {
      const { personId, topic, caseId } = await readUnsubscribe(messageId, token);
      if (caseId !== undefined) {
        const found = await contacts.find(caseId, personId);
        const { address } = found?.places.find(({ way }) => way === 'email') ?? {};
        // Of a case that is over nothing is sent any more.
        if (address !== undefined)
          await database.transaction((tx) => contacts.stop(tx, { caseId, way: 'email', address, reason: 'unwanted' }));
        return { topic, isOfCase: true };
      }
      await database.transaction(async (tx) => {
        await preferences.stopWay(tx, personId, topic, 'email');
        await store.skipWaiting(tx, personId, 'email', topic, clock.now());
      });
      return { topic, isOfCase: false };
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

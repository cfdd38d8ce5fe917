import type { Tx } from '#kernel/database';
import { newId, randomBytes } from '#kernel/ids';
import type { Text } from '#kernel/languages';
import { type CaseMessage, type Message, problem } from '../contract.ts';
import type { NotificationNeeds, ToldService } from '../needs.ts';
import type { Words } from '../templates/contract.ts';
import { type Templates, type Values, writePart } from '../templates/rules.ts';
import type { AddressWay } from '../ways/contract.ts';
import { describeForOffice, describeMessage, hashWords } from './rules.ts';
import * as store from './store.ts';

/** Something that happened to a person, as it is told. */
export type Tell = {
  personId: string;
  kind: string;
  /** Names the fact: told twice under one name, it makes one message. */
  source: string;
  /** Of the kind's placeholders, without `service`. */
  values?: Values;
  serviceId?: string;
  caseId?: string;
  /** A path of this portal. */
  link?: string;
  /** It goes where the form of its case says, too, on these ways. Of several people who are told one fact, of one alone. */
  contactWays?: AddressWay[];
};

export type Told = { messageId: string; personId: string; kind: string; at: Date; contactWays: AddressWay[] };

const pageSize = 50;
const eraseAtOnce = 500;
const dayMs = 86_400_000;
const nameless = (id: string): Text => ({ ar: id, en: id });

export function createMailbox(
  needs: NotificationNeeds,
  templates: Templates,
  /** Plans the ways out of a message, in its transaction. */
  plan: (tx: Tx, told: Told) => Promise<void>,
  isWanted: (tx: Tx, personId: string, kind: string) => Promise<boolean>,
) {
  const { database, clock, ledger } = needs;

  const serviceOf = (serviceId: string | null | undefined) => {
    if (!serviceId) return undefined;
    // A service that is gone since is still named by its id: the message must not fail for it.
    return needs.listServices().find(({ id }) => id === serviceId) ?? { id: serviceId, title: nameless(serviceId) };
  };

  const write = ({ kind, values = {}, serviceId }: Tell) => {
    const service: ToldService | undefined = serviceOf(serviceId);
    const all = service === undefined ? values : { ...values, service: service.title };
    const part = (name: keyof Words) => writePart(templates, kind, name, all, service?.words?.[kind]);
    return { subject: part('subject'), text: part('text'), short: part('short') };
  };

  /** Puts a message into a mailbox, with its ledger entry and the ways out, in the caller's transaction. */
  const tell = async (tx: Tx, told: Tell): Promise<void> => {
    if (!templates.kinds[told.kind]) throw new Error(`there is no kind of message ${told.kind}`);
    if (!(await isWanted(tx, told.personId, told.kind))) return;
    const at = clock.now();
    const messageId = newId();
    const salt = randomBytes(16);
    const { subject, text, short } = write(told);
    const isNew = await store.insertMessage(tx, {
      message_id: messageId,
      person_id: told.personId,
      kind: told.kind,
      source: told.source,
      service_id: told.serviceId ?? null,
      case_id: told.caseId ?? null,
      link: told.link ?? null,
      subject,
      body: text,
      short,
      salt,
      sent_at: at,
      sent_leaf: '',
      opened_at: null,
      opened_leaf: null,
      deleted_at: null,
      kept_until: new Date(at.getTime() + needs.rules.keptDays * dayMs),
    });
    if (!isNew) return;
    const { leafHash } = await ledger.append(tx, {
      kind: 'message-delivered',
      personId: told.personId,
      record: { messageId, message: told.kind, wordsHash: hashWords({ subject, text }, salt), at: at.toISOString() },
    });
    await store.updateMessage(tx, messageId, { sent_leaf: leafHash });
    await plan(tx, {
      messageId,
      personId: told.personId,
      kind: told.kind,
      at,
      contactWays: told.caseId === undefined ? [] : (told.contactWays ?? []),
    });
  };

  const own = (row: store.MessageRow | undefined, personId: string): store.MessageRow => {
    if (!row || row.person_id !== personId || row.deleted_at) throw problem('message-unknown');
    return row;
  };

  return {
    tell,
    countUnread: (personId: string): Promise<number> => store.countUnread(database.db, personId),

    list: async (personId: string, before?: string): Promise<{ unread: number; messages: Message[] }> => {
      const rows = await store.listMessagesOf(database.db, personId, before, pageSize);
      return {
        unread: await store.countUnread(database.db, personId),
        messages: rows.map((row) => describeMessage(row, templates.kinds)),
      };
    },

    /** Without opening it. */
    get: async (personId: string, messageId: string): Promise<Message> =>
      describeMessage(own(await store.findMessage(database.db, messageId), personId), templates.kinds),

    /** The first opening is what the law calls received: it goes into the ledger. */
    open: (personId: string, messageId: string): Promise<Message> =>
      database.transaction(async (tx) => {
        const row = own(await store.holdMessage(tx, messageId), personId);
        if (row.opened_at) return describeMessage(row, templates.kinds);
        const at = clock.now();
        const { leafHash } = await ledger.append(tx, {
          kind: 'message-opened',
          personId,
          record: { messageId, at: at.toISOString() },
        });
        const changes = { opened_at: at, opened_leaf: leafHash };
        await store.updateMessage(tx, messageId, changes);
        return describeMessage({ ...row, ...changes }, templates.kinds);
      }),

    remove: (personId: string, messageId: string): Promise<void> =>
      database.transaction(async (tx) => {
        own(await store.holdMessage(tx, messageId), personId);
        const gone = { subject: null, body: null, short: null, salt: null, link: null };
        await store.updateMessage(tx, messageId, { ...gone, deleted_at: clock.now() });
      }),

    listOfCase: async (caseId: string): Promise<CaseMessage[]> => {
      const rows = await store.listMessagesOfCase(database.db, caseId);
      // In the words of the node: those of the message itself are the person's.
      return rows.map((row) => {
        const service = serviceOf(row.service_id);
        const values: Values = service ? { service: service.title } : {};
        return describeForOffice(row, writePart(templates, row.kind, 'subject', values, undefined));
      });
    },

    /** Erases what was told about a case that is erased itself, whoever it was told to. */
    eraseOfCase: (tx: Tx, caseId: string): Promise<void> => store.eraseOfCase(tx, caseId, clock.now()),

    /** Erases messages whose time is over. */
    erase: async (): Promise<number> => {
      let erased = 0;
      for (;;) {
        const some = await database.transaction((tx) => store.eraseKeptUntil(tx, clock.now(), eraseAtOnce));
        erased += some;
        if (some < eraseAtOnce) return erased;
      }
    },
  };
}

export type Mailbox = ReturnType<typeof createMailbox>;
